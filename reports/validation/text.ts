/**
 * A validation in the terminal: rows by bed and family, then the summary. Colour comes from the caller; the same
 * document gives the same text.
 */
import { GAP, type Paint, PLAIN, printBlock, shareWidth, widestOf, wrap } from '../grid.ts';
import type { Validation } from './schema.ts';
import { againstOf, KEPT, MISSED, rowTables, summaryTables, type TextTable, verdictOf } from './tables.ts';
import { counted, problemLines } from './words.ts';

const WIDTH = 120;
/** Tables of eight columns in a terminal of 80: words are broken, lines are not. */
const TEXT_MIN = 9;
const LEGEND =
  'Error: predicted ÷ measured − 1. ÷ noise: the error over the spread that a repeat would show (at most 1: inside ' +
  'the noise).';

/**
 * @param options.all    print rows that are not scored too
 * @param options.width  columns of the terminal, at least 80; 120 by default
 */
export function renderValidation(
  document: Validation,
  options: { readonly all?: boolean; readonly width?: number; readonly paint?: Paint } = {},
): string {
  const width = Math.max(80, options.width ?? WIDTH);
  const paint = options.paint ?? PLAIN;
  const title = `Predictions of model ${document.model.version} beside ${againstOf(document)}`;
  const lines = [...wrap(title, width).map(paint.bold), ...wrap(LEGEND, width).map(paint.dim)];
  const tables = [...rowTables(document, options.all === true), ...summaryTables(document)];
  for (const table of tables) lines.push('', ...printTable(table, width, paint));
  lines.push(...hidden(document, options.all === true).map(paint.dim));
  lines.push(...problems(document, width).map(paint.yellow));
  lines.push('', ...wrap(verdictOf(document), width).map(paint.bold));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Long text columns are wrapped into the room that the others leave; ids break at commas. */
export function printTable(table: TextTable, width: number, paint: Paint): string[] {
  const used = table.columns.map(
    ({ name }, k) => table.rows.some((row) => row[k] !== '') || k === 0 || name === '',
  );
  const columns = table.columns.flatMap(({ name, align }, k) =>
    used[k] ? [{ name, align, cells: table.rows.map((row) => row[k]!) }] : [],
  );
  const wanted = columns.map(({ name, cells, align }) =>
    align === 'right' ? widestOf([...name.split(' '), ...cells]) : widestOf([name, ...cells]),
  );
  const fixed = columns.reduce((sum, { align }, k) => sum + (align === 'right' ? wanted[k]! : 0), 0);
  const texts = columns.flatMap(({ align }, k) => (align === 'left' ? [wanted[k]!] : []));
  const room = shareWidth(texts, width - fixed - GAP.length * (columns.length - 1), TEXT_MIN);
  let text = 0;
  const printed = columns.map(({ name, align, cells }, k) => {
    const colour = (cell: string): string => {
      const word = cell.trim();
      return word === KEPT ? paint.green(cell) : word === MISSED ? paint.red(cell) : cell;
    };
    if (align === 'right') return { header: wrap(name, wanted[k]!), entries: cells, align, paint: colour };
    const mine = room[text++]!;
    const entries = cells.map((cell) => broken(cell, mine));
    return { header: [name], entries, align, paint: colour };
  });
  const note = table.note === '' ? [] : wrap(table.note, width).map(paint.dim);
  return [paint.bold(table.title), ...note, ...(table.rows.length === 0 ? [] : printBlock(printed, paint))];
}

/** Lines of at most `width`, broken at spaces, or at commas, slashes, hyphens and the like where a word is longer. */
function broken(text: string, width: number): string {
  const lines = wrap(text, width).flatMap((line) => {
    if ([...line].length <= width) return [line];
    const parts = line.split(/(?<=[,/=_-])/);
    const out = [''];
    for (const part of parts) {
      const last = out.at(-1)!;
      if (last === '' || [...last].length + [...part].length <= width) out[out.length - 1] = last + part;
      else out.push(part);
    }
    return out;
  });
  return lines.join('\n');
}

/** Words that are longer than a line, such as paths of files, are broken. */
function problems({ problems: all }: Validation, width: number): string[] {
  const lines = problemLines(all).flatMap((line) => broken(line, width).split('\n'));
  return lines.length === 0 ? [] : ['', 'What could not be used:', ...lines];
}

function hidden({ rows }: Validation, all: boolean): string[] {
  const count = rows.filter(({ list }) => list === 'not scored').length;
  return all || count === 0 ? [] : [`${counted(count, 'row')} not scored, left out above; --all shows them`];
}
