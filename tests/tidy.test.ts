/** The tidy rules: the project keeps them, and each of them is seen to fire on a small bad sample. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkTidy } from '../scripts/tidy.ts';

const header = '/** A sample. */\n';
const privateFolder = ['..', 'shared'].join('/');
const manyLines = (count: number): string => `${header}${'export {};\n'.repeat(count - 1)}`;
const longFunction = (lines: number): string =>
  `${header}export function f(): void {\n${'  f();\n'.repeat(lines - 2)}}\n`;

/** Inspects a project of these files (text after the header) in a folder of its own. */
function inspect(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'tidy-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(
        path.join(root, file),
        text.startsWith('/**') || !file.endsWith('.ts') ? text : header + text,
      );
    }
    return checkTidy(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('the project is tidy', () => {
  assert.deepEqual(checkTidy(fileURLToPath(new URL('..', import.meta.url))), []);
});

const imports: readonly (readonly [file: string, target: string, allowed: boolean])[] = [
  ['engine/core/a.ts', './b.ts', true],
  ['engine/core/a.ts', '../host/b.ts', false],
  ['engine/core/a.ts', 'node:fs', false],
  ['engine/core/a.ts', 'zod', false],
  ['engine/fabric/a.ts', '../core/b.ts', true],
  ['engine/fabric/a.ts', '../host/b.ts', false],
  ['engine/host/a.ts', '../core/b.ts', true],
  ['engine/host/a.ts', '../transport/b.ts', false],
  ['engine/transport/a.ts', '../host/b.ts', true],
  ['engine/transport/a.ts', '../traffic/b.ts', false],
  ['engine/traffic/a.ts', '../transport/b.ts', true],
  ['engine/traffic/a.ts', '../task.ts', false],
  ['engine/task.ts', './traffic/b.ts', true],
  ['engine/task.ts', '../backends/b.ts', false],
  ['backends/a.ts', '../engine/host/backend.ts', true],
  ['backends/a.ts', './paths/pod.ts', true],
  ['backends/a.ts', './b.ts', false],
  ['backends/a.ts', '../engine/host/machine.ts', false],
  ['backends/a.ts', '../engine/task.ts', false],
  ['backends/index.ts', './b.ts', true],
  ['backends/index.ts', '../machines/index.ts', false],
  ['machines/a.ts', '../engine/host/machine.ts', true],
  ['machines/a.ts', '../engine/host/compile.ts', false],
  ['machines/a.ts', './b.ts', false],
  ['machines/a.ts', '../backends/index.ts', false],
  ['scenarios/a.ts', '../backends/index.ts', true],
  ['scenarios/a.ts', './lib/define.ts', true],
  ['scenarios/a.ts', '../workers/pool.ts', false],
  ['scenarios/a.ts', '../reports/table.ts', false],
  ['scenarios/lib/a.ts', 'node:fs', false],
  ['planning/a.ts', '../engine/task.ts', true],
  ['planning/a.ts', '../reports/table.ts', false],
  ['planning/a.ts', 'node:fs', false],
  ['calibration/a.ts', 'node:fs', true],
  ['calibration/a.ts', '../workers/pool.ts', false],
  ['workers/a.ts', '../engine/task.ts', true],
  ['workers/a.ts', 'piscina', true],
  ['workers/a.ts', 'node:fs', true],
  ['workers/a.ts', '../reports/table.ts', false],
  ['reports/a.ts', '../engine/core/record.ts', true],
  ['reports/a.ts', '../engine/core/wheel.ts', false],
  ['reports/a.ts', '../backends/index.ts', false],
  ['reports/a.ts', '../scenarios/index.ts', false],
  ['reports/a.ts', 'vega-lite', true],
  ['reports/a.ts', 'piscina', false],
  ['cli/a.ts', '../reports/table.ts', true],
  ['cli/a.ts', 'commander', true],
  ['cli/a.ts', '../tests/helper.ts', false],
  ['tests/a.test.ts', '../engine/task.ts', true],
];

test('who may import whom', () => {
  for (const [file, target, allowed] of imports) {
    for (const text of [`import { x } from '${target}';\nx();\n`, `export * from '${target}';\n`]) {
      const expected = allowed ? [] : [`may not import ${target}`];
      const found = inspect({ [file]: text }).map((line) => line.replace(/^.* (may not import)/, '$1'));
      assert.deepEqual(found, expected, `${file}: ${text}`);
    }
  }
});

test('types may come from any folder of the engine, and from no further', () => {
  const typeOnly = ["import type { X } from '../host/b.ts';", "import { type X } from '../host/b.ts';"];
  for (const text of [...typeOnly, "export type { X } from '../host/b.ts';"]) {
    assert.deepEqual(inspect({ 'engine/core/a.ts': `${text}\n` }), [], text);
    const outside = text.replace('../host/b.ts', '../../backends/b.ts');
    assert.equal(inspect({ 'engine/core/a.ts': `${outside}\n` }).length, 1, outside);
  }
  const mixed = "import { type X, y } from '../host/b.ts';\n";
  assert.match(inspect({ 'engine/core/a.ts': mixed }).join(), /^engine\/core\/a\.ts:2: .*may not import/);
});

test('names that make a run depend on its machine are banned where runs pass, and free elsewhere', () => {
  const bad = [
    'Math.log(2);',
    'Math.random();',
    'Math.pow(2, 3);',
    'Math.PI;',
    "Math['exp'](1);",
    'const { sin } = Math;',
    '2 ** 3;',
    'let x = 2; x **= 3;',
    'new Date();',
    'Date.now();',
    'performance.now();',
    'setTimeout(f, 1);',
    'setImmediate(f);',
    'new Intl.Collator();',
    "'a'.localeCompare('b');",
    '(1).toLocaleString();',
    'process.env;',
    'async function f() {}',
    'const f = async () => 1;',
  ];
  for (const folder of ['engine/core', 'engine', 'backends', 'machines', 'scenarios/lib', 'planning']) {
    for (const text of bad) {
      const found = inspect({ [`${folder}/a.ts`]: `${text}\n` });
      assert.equal(found.length, 1, `${folder}: ${text} ${found.join()}`);
      assert.match(found[0]!, /a\.ts:2: .* is banned here$/);
    }
  }
  for (const text of bad) assert.deepEqual(inspect({ 'workers/a.ts': `${text}\n` }), [], text);
  const fine = [
    'Math.max(1, Math.imul(2, 3), Math.clz32(4));',
    '// Math.random() and 2 ** 3',
    "'Math.random';",
    'thing.process;',
    'const kind = { process: 1, performance: 2 };',
    'for (const process of all) use(process);',
  ];
  for (const text of fine) assert.deepEqual(inspect({ 'engine/a.ts': `${text}\n` }), [], text);
});

test('assertions build no text on the good path', () => {
  const bad = [
    'assert(ok, `text`);',
    'assert(ok, `at ${now}`);',
    "assertWhole(n, 'n ' + n);",
    "assert(ok, a + 'b');",
  ];
  for (const text of bad) {
    assert.match(
      inspect({ 'engine/a.ts': `${text}\n` }).join(),
      /^engine\/a\.ts:2: assertion builds text/,
      text,
    );
  }
  assert.deepEqual(inspect({ 'engine/a.ts': "assert(a + b < 3, 'sum');\nfail(`at ${now}`);\n" }), []);
});

test('the engine knows no backend and no vendor by name, except in comments', () => {
  for (const text of [
    "'flannel';",
    'const calicoIpip = 1;',
    "'Intel Xeon';",
    '`a virtio ${x}`;',
    'x.viaWireguard;',
  ]) {
    assert.match(
      inspect({ 'engine/host/a.ts': `${text}\n` }).join(),
      /^engine\/host\/a\.ts:2: the engine names /,
      text,
    );
    assert.deepEqual(inspect({ 'backends/a.ts': `${text}\n` }), [], text);
  }
  assert.deepEqual(inspect({ 'engine/a.ts': "// as flannel does\nconst intelligent = 'vxlan';\n" }), []);
});

test('backends are declarations', () => {
  for (const text of ['if (x) y();', 'const z = x ? 1 : 2;', 'for (const x of y) x();', 'while (x) y();']) {
    assert.match(inspect({ 'backends/a.ts': `${text}\n` }).join(), /control flow in a declaration/, text);
    assert.deepEqual(inspect({ 'backends/index.ts': `${text}\n` }), [], text);
  }
});

test('files have headers and keep their sizes', () => {
  const limits = { 'engine/a.ts': 300, 'backends/a.ts': 100, 'reports/a.ts': 350, 'cli/a.ts': 350 };
  for (const [file, limit] of Object.entries(limits)) {
    assert.deepEqual(inspect({ [file]: manyLines(limit) }), [], file);
    const found = [`${file}:1: ${limit + 1} lines, limit ${limit}`];
    assert.deepEqual(inspect({ [file]: manyLines(limit + 1) }), found);
  }
  assert.deepEqual(inspect({ 'cli/a.mjs': 'export {};\n' }), ['cli/a.mjs:1: no file header']);
  assert.deepEqual(inspect({ 'bin/a.js': `#!/usr/bin/env node\n${header}` }), []);
});

test('functions and lines keep their sizes', () => {
  assert.deepEqual(inspect({ 'engine/a.ts': longFunction(70) }), []);
  const method = longFunction(71)
    .replace('export function f(): void {', 'class C { m = () => {')
    .replace(/\}\n$/, '}}\n');
  assert.deepEqual(inspect({ 'engine/a.ts': longFunction(71) }), [
    'engine/a.ts:2: function of 71 lines, limit 70',
  ]);
  assert.deepEqual(inspect({ 'cli/a.ts': method }), ['cli/a.ts:2: function of 71 lines, limit 70']);
  assert.deepEqual(inspect({ 'cli/a.ts': `// ${'·'.repeat(117)}\n` }), []);
  assert.deepEqual(inspect({ 'cli/a.ts': `// ${'·'.repeat(118)}\n` }), [
    'cli/a.ts:2: 121 columns, limit 120',
  ]);
});

test('no file of any kind mentions the folder of facts that users do not have', () => {
  for (const file of ['README.md', 'docs/MODEL.md', 'workloads/a.txt', 'engine/a.ts', '.ci/run']) {
    const found = inspect({ [file]: `${file.endsWith('.ts') ? header : 'a line\n'}// ${privateFolder}/x\n` });
    assert.deepEqual(found, [`${file}:2: mentions ${privateFolder}`]);
  }
  assert.deepEqual(inspect({ 'node_modules/x/a.js': privateFolder }), []);
});
