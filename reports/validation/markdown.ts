/**
 * Tables of a validation in Markdown, and documents whose marked parts are replaced by them: what stands between
 * `<!-- validate:begin NAME -->` and `<!-- validate:end NAME -->` is the command's, the rest the author's.
 */
import type { Validation } from './schema.ts';
import { rowTables, summaryTables, type TextTable, verdictOf } from './tables.ts';

/** A document that cannot be filled: unknown name, or a part without its end. */
export class BadMarkers extends Error {}

const BEGIN = /<!-- validate:begin ([a-z-]+) -->\n/g;

/** The parts by name. */
export function markdownParts(document: Validation): Map<string, string> {
  const parts = new Map(summaryTables(document).map((table) => [table.id, markdownTable(table)]));
  parts.set('verdict', verdictOf(document));
  const byOrigin = (name: string, fits: (title: string) => boolean): void => {
    const tables = rowTables(document, false).filter(({ title }) => fits(title));
    parts.set(
      name,
      tables.map((table) => `**${cell(table.title)}**\n\n${markdownTable(table)}`).join('\n\n'),
    );
  };
  byOrigin('rows-kernel', (title) => title.startsWith('veth-vm:'));
  byOrigin('rows-bottleneck', (title) => title.startsWith('tcp-bottleneck:'));
  byOrigin('rows-published', (title) => !/^(veth-vm|tcp-bottleneck):/.test(title));
  return parts;
}

/**
 * The text with its marked parts replaced; filling twice changes nothing.
 * @throws BadMarkers
 */
export function fillMarkers(text: string, parts: ReadonlyMap<string, string>): string {
  let filled = '';
  let from = 0;
  for (const match of text.matchAll(BEGIN)) {
    const [begin, name] = match as unknown as [string, string];
    const end = `<!-- validate:end ${name} -->`;
    const start = match.index + begin.length;
    const stop = text.indexOf(end, start);
    if (stop < 0) throw new BadMarkers(`part '${name}' has no end`);
    const part = parts.get(name);
    if (part === undefined)
      throw new BadMarkers(`unknown part '${name}'; there are ${[...parts.keys()].join(', ')}`);
    filled += `${text.slice(from, start)}\n${part}\n\n`;
    from = stop;
  }
  return filled + text.slice(from);
}

function markdownTable({ columns, rows, note }: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const head = line(columns.map(({ name }) => name));
  const rule = `|${columns.map(({ align }) => (align === 'right' ? ' --: |' : ' --- |')).join('')}`;
  const table = rows.length === 0 ? [] : [head, rule, ...rows.map(line)];
  return [...(note === '' ? [] : [note]), ...(note === '' || table.length === 0 ? [] : ['']), ...table].join(
    '\n',
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
