/**
 * Layout of fixed-width text: aligned columns, wrapped entries, lines that fit. Knows nothing of results.
 * Left out: characters of double width (no label uses them).
 */
import { glue } from './units.ts';

/** Colours of a terminal; every function returns text of the same printed width. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

const same = (text: string): string => text;
/** No colour. */
export const PLAIN: Paint = { bold: same, dim: same, red: same, yellow: same, green: same };

/** Between two columns. */
export const GAP = '  ';
const TEXT_WIDTH_MIN = 14;

/** One column ready to print: header lines, one entry a row; text columns are wrapped to their width. */
export interface Printed {
  readonly header: readonly string[];
  readonly entries: readonly string[];
  readonly align: 'left' | 'right';
  readonly paint?: (text: string, row: number) => string;
}

/** Header lines and rows of columns side by side; the first column sets the number of rows. */
export function printBlock(columns: readonly Printed[], paint: Paint): string[] {
  const height = Math.max(...columns.map((column) => column.header.length));
  const widths = columns.map(columnWidth);
  const lines: string[] = [];
  for (let line = 0; line < height; line++) {
    const parts = columns.map((column, k) =>
      pad(column.header[line - height + column.header.length] ?? '', widths[k]!, column.align),
    );
    lines.push(paint.dim(parts.join(GAP)));
  }
  const count = columns[0]!.entries.length;
  for (let row = 0; row < count; row++) {
    const entries = columns.map((column) => column.entries[row]!.split('\n'));
    const tall = Math.max(...entries.map((entry) => entry.length));
    for (let line = 0; line < tall; line++) {
      const parts = columns.map((column, k) => {
        const text = pad(entries[k]![line] ?? '', widths[k]!, column.align);
        return column.paint === undefined ? text : column.paint(text, row);
      });
      lines.push(parts.join(GAP));
    }
  }
  return lines;
}

/** Columns in as few runs as fit the width, as even as they come. */
export function cut(columns: readonly Printed[], width: number): Printed[][] {
  for (let count = 1; count < columns.length; count++) {
    const size = Math.ceil(columns.length / count);
    const runs = Array.from({ length: count }, (_, k) => columns.slice(k * size, (k + 1) * size));
    if (runs.every((run) => widthOf(run) <= width)) return runs.filter((run) => run.length > 0);
  }
  return columns.map((column) => [column]);
}

/** Widths that fit: the widest gives way first, down to `min`, the least readable one. */
export function shareWidth(wanted: readonly number[], free: number, min = TEXT_WIDTH_MIN): number[] {
  const widths = [...wanted];
  while (widths.reduce((a, b) => a + b, 0) > free) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= min) break;
    widths[widest]!--;
  }
  return widths;
}

function columnWidth(column: Printed): number {
  return Math.max(
    ...[...column.header, ...column.entries.flatMap((entry) => entry.split('\n'))].map(lengthOf),
  );
}

/** Printed width of columns side by side. */
export function widthOf(columns: readonly Printed[]): number {
  return (
    columns.reduce((sum, column) => sum + columnWidth(column), 0) +
    GAP.length * Math.max(0, columns.length - 1)
  );
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** Printed width: code points, as every label here is of single width. */
function lengthOf(text: string): number {
  return [...text].length;
}

/** Lines of at most `width` characters, broken at spaces; "97 %" and "3.0 M" stay together. */
export function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of glue(textOf(text)).split(' ')) {
    const line = lines.at(-1)!;
    if (line === '' || lengthOf(line) + 1 + lengthOf(word) <= width)
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replaceAll('\u00a0', ' '));
}

/** Widest of several texts. */
export function widestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(lengthOf));
}

/** Text without control characters: a label cannot move the cursor or break a line. */
export function textOf(label: string): string {
  return label.replace(/\p{Cc}/gu, ' ');
}
