/**
 * Checks that no compiler makes: who imports whom, names that would make a run depend on its machine, file
 * headers, sizes, text built on the good path of assertions, vendor names in the engine.
 *
 * Works on the syntax tree, so comments and strings are told from code. Left out: whether an import is needed.
 *
 *     node --import tsx scripts/tidy.ts [folder]      prints what is untidy; exit 1 if anything is
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { type Layer, layerOf } from './layers.ts';

const columnsMax = 120;
const functionLinesMax = 70;
const mathAllowed = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
]);
const bannedNames = new Set([
  'Date',
  'performance',
  'Intl',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'globalThis',
]);
const bannedMembers = new Set(['localeCompare', 'toLocaleString', 'toLocaleUpperCase', 'toLocaleLowerCase']);
/** Words, so `intelligent` passes and `intelNic` does not. */
const vendorWords = new Set([
  'flannel',
  'flanneld',
  'calico',
  'felix',
  'cilium',
  'wireguard',
  'antrea',
  'xeon',
  'epyc',
  'virtio',
  'intel',
  'amd',
  'mellanox',
  'nvidia',
  'broadcom',
  'aws',
  'gcp',
  'azure',
  'docker',
]);
const skippedFolders = new Set(['node_modules', '.git', 'results']);
const sourceFile = /\.(ts|mts|js|mjs)$/;
const textFile = /(\.(ts|mts|js|mjs|json|md|txt|c|cc|cpp|h|hpp|yml|yaml|html|css|svg)|\/run)$/;
/** The folder of facts behind the project, which users do not have. Joined here, so that this file passes. */
const privateFolder = ['..', 'shared'].join('/');

/** One file under inspection; `report` takes the place of what is wrong. */
interface Inspection {
  readonly file: string;
  readonly layer: Layer;
  readonly tree: ts.SourceFile;
  readonly report: (position: number, message: string) => void;
}

/**
 * Inspects a project folder.
 * @returns  lines `file:line: what is wrong`, sorted by file; empty if all is tidy
 */
export function checkTidy(root: string): string[] {
  const untidy: string[] = [];
  for (const file of filesBelow(root, '')) {
    if (!textFile.test(file)) continue;
    const text = readFileSync(path.join(root, file), 'utf8');
    const found: [line: number, message: string][] = [];
    for (const [index, line] of text.split('\n').entries()) {
      if (line.includes(privateFolder)) found.push([index + 1, `mentions ${privateFolder}`]);
    }
    if (sourceFile.test(file)) found.push(...checkSource(file, text));
    untidy.push(...found.sort((a, b) => a[0] - b[0]).map(([line, message]) => `${file}:${line}: ${message}`));
  }
  return untidy;
}

function* filesBelow(root: string, folder: string): Generator<string> {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) yield file;
    else if (entry.isDirectory() && !skippedFolders.has(entry.name)) yield* filesBelow(root, file);
  }
}

function checkSource(file: string, text: string): [number, string][] {
  const found: [number, string][] = [];
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const report = (position: number, message: string): void => {
    found.push([tree.getLineAndCharacterOfPosition(position).line + 1, message]);
  };
  const inspection = { file, layer: layerOf(file), tree, report };
  checkShape(inspection, text);
  const visit = (node: ts.Node): void => {
    checkImport(inspection, node);
    checkFunction(inspection, node);
    if (inspection.layer.pure) checkPure(inspection, node);
    if (inspection.layer.constantAsserts) checkAssert(inspection, node);
    if (inspection.layer.engine) checkVendor(inspection, node);
    if (inspection.layer.declarations) checkControlFlow(inspection, node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function checkShape({ layer, report }: Inspection, text: string): void {
  if (!/^(#![^\n]*\n)?\/\*\*/.test(text)) report(0, 'no file header');
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines.length > layer.linesMax) report(0, `${lines.length} lines, limit ${layer.linesMax}`);
  let position = 0;
  for (const line of lines) {
    const columns = [...line].length;
    if (columns > columnsMax) report(position, `${columns} columns, limit ${columnsMax}`);
    position += line.length + 1;
  }
}

function checkImport({ file, layer, report }: Inspection, node: ts.Node): void {
  let target: ts.Node | undefined;
  let typeOnly = false;
  if (ts.isImportDeclaration(node)) {
    target = node.moduleSpecifier;
    typeOnly = importsOnlyTypes(node.importClause);
  } else if (ts.isExportDeclaration(node)) {
    target = node.moduleSpecifier;
    typeOnly = node.isTypeOnly;
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    target = node.argument.literal;
    typeOnly = true;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    target = node.arguments[0];
    if (layer.pure && (target === undefined || !ts.isStringLiteral(target))) {
      report(node.getStart(), 'import of a computed name');
    }
  }
  if (target === undefined || !ts.isStringLiteral(target)) return;
  const name = target.text;
  const resolved = name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name;
  if (!layer.mayImport(resolved, typeOnly, file))
    report(node.getStart(), `${layer.name} may not import ${name}`);
}

function importsOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function checkFunction({ tree, report }: Inspection, node: ts.Node): void {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
  const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
  const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
  const lines = last - first + 1;
  if (lines > functionLinesMax)
    report(node.getStart(), `function of ${lines} lines, limit ${functionLinesMax}`);
}

/** Section 1 of the design: a run reads no clock, no environment, nothing that engines may compute differently. */
function checkPure({ report }: Inspection, node: ts.Node): void {
  const banned = (what: string): void => report(node.getStart(), `${what} is banned here`);
  if (ts.isIdentifier(node)) {
    if (isMemberName(node)) {
      if (bannedMembers.has(node.text)) banned(node.text);
    } else if (bannedNames.has(node.text)) {
      if (!declaredHere(node)) banned(node.text);
    } else if (node.text === 'Math') {
      const { parent } = node;
      const member = ts.isPropertyAccessExpression(parent) ? parent.name.text : '';
      if (!mathAllowed.has(member)) banned(member === '' ? 'Math as a value' : `Math.${member}`);
    }
  } else if (node.kind === ts.SyntaxKind.AsteriskAsteriskToken) {
    banned('**');
  } else if (node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) {
    banned('**=');
  } else if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) {
    banned('async');
  }
}

/** Name of a member, or of a property that is being declared: `thing.process`, `{ process: 1 }`. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) &&
    parent.name === node
  );
}

/** A name of the file's own, such as a variable that holds a process of the model. */
function declaredHere(name: ts.Identifier): boolean {
  const declares = (node: ts.Node): boolean =>
    ((ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) &&
      ts.isIdentifier(node.name) &&
      node.name.text === name.text) ||
    (ts.forEachChild(node, (child) => declares(child) || undefined) ?? false);
  return declares(name.getSourceFile());
}

function checkAssert({ report }: Inspection, node: ts.Node): void {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
  if (!node.expression.text.startsWith('assert')) return;
  for (const argument of node.arguments) {
    const built = ts.isTemplateLiteral(argument) || joinsText(argument);
    if (built) report(argument.getStart(), 'assertion builds text on the good path');
  }
}

function joinsText(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return false;
  return [node.left, node.right].some((side) => ts.isStringLiteralLike(side) || joinsText(side));
}

function checkVendor({ report }: Inspection, node: ts.Node): void {
  const isText =
    ts.isIdentifier(node) ||
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node);
  if (!isText) return;
  for (const word of node.text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z]+/)) {
    if (vendorWords.has(word.toLowerCase())) report(node.getStart(), `the engine names ${word}`);
  }
}

function checkControlFlow({ report }: Inspection, node: ts.Node): void {
  const branches =
    ts.isIfStatement(node) ||
    ts.isConditionalExpression(node) ||
    ts.isSwitchStatement(node) ||
    ts.isTryStatement(node);
  if (branches || ts.isIterationStatement(node, false))
    report(node.getStart(), 'control flow in a declaration');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
  const untidy = checkTidy(root);
  for (const line of untidy) console.error(line);
  console.log(untidy.length === 0 ? 'tidy' : `${untidy.length} untidy`);
  process.exitCode = untidy.length === 0 ? 0 : 1;
}
