/**
 * Advice as text: a line a backend, then the recommendation and its reasons. At most 100 columns.
 */
import type { Advice, AdviceRow } from '../planning/advise.ts';
import { kernelText, type Question } from '../planning/question.ts';
import type { colors } from './io.ts';

type Paint = ReturnType<typeof colors>;

const WIDTH = 100;
const GAP = 2;

/** The question in a line or two. */
export function questionText(question: Question): string {
  const { machine, subnets, policy, encrypt, bgpFabric, protocol4, sourceDestCheck, kernel, ipFamily } =
    question;
  return wrapped(
    [
      `machine ${machine.name}`,
      subnets === 'one' ? 'one L2 segment' : 'a subnet a rack',
      bgpFabric ? 'a fabric that takes pod routes' : 'a fabric without pod routes',
      protocol4 ? 'IP protocol 4 passes' : 'IP protocol 4 is dropped',
      ...(sourceDestCheck ? ['source and destination addresses are checked'] : []),
      policy === 'none' ? 'no network policies' : `policies by ${policy}`,
      encrypt ? 'encrypted' : 'not encrypted',
      ...(ipFamily === 'ipv6' ? ['IPv6'] : []),
      `Linux ${kernelText(kernel)}`,
    ].join('; '),
    '',
  );
}

interface Column {
  readonly head: string;
  readonly of: (row: AdviceRow) => string;
}

const scaled = (value: number | null | undefined, scale: number, decimals: number): string =>
  value == null ? '–' : (value * scale).toFixed(decimals);

function columnsOf(question: Question): Column[] {
  const near: Column = { head: 'near', of: (row) => scaled(row.figures?.nearBps, 1e-9, 1) };
  return [
    { head: 'MTU', of: (row) => String(row.podMtuBytes) },
    { head: 'header', of: (row) => String(row.overheadBytes) },
    { head: 'Gbit/s', of: (row) => scaled(row.figures?.streamBps, 1e-9, 1) },
    ...(question.subnets === 'rack' ? [near] : []),
    { head: 'kpkt/s', of: (row) => scaled(row.figures?.packetsPerS, 1e-3, 0) },
    { head: 'p50 µs', of: (row) => scaled(row.figures?.rrP50S, 1e6, 1) },
    { head: 'ns/B', of: (row) => scaled(row.figures?.cpuPerByteS, 1e9, 2) },
    { head: 'policy', of: (row) => row.policy },
  ];
}

/** Matrix, recommendation and reasons, with the last newline. */
export function adviceText(advice: Advice, question: Question, paint: Paint): string {
  const columns = columnsOf(question);
  const nameWidth = Math.max(...advice.rows.map((row) => row.backend.length));
  const widths = columns.map(({ head, of }) =>
    Math.max(head.length, ...advice.rows.map((row) => of(row).length)),
  );
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(nameWidth), ...cells.map((cell, at) => cell.padStart(widths[at]!))].join(' '.repeat(GAP));
  const rows = advice.rows.map((row) => {
    if (row.infeasible !== null) {
      return paint.dim(wrapped(`no: ${row.infeasible}`, row.backend.padEnd(nameWidth + GAP)));
    }
    const text = line(
      row.backend,
      columns.map(({ of }) => of(row)),
    );
    return row.backend === advice.recommended ? paint.bold(text) : text;
  });
  return [
    line(
      'backend',
      columns.map(({ head }) => head),
    ),
    ...rows,
    '',
    ...verdict(advice, paint),
    ...assumed(advice),
    '',
  ].join('\n');
}

function verdict(advice: Advice, paint: Paint): string[] {
  const { recommended, reasons, alsoFit, rows } = advice;
  if (recommended === null)
    return [`recommended: nothing; no feasible backend meets the rule '${advice.unmet}'`];
  const row = rows.find(({ backend }) => backend === recommended)!;
  return [
    wrapped(`recommended: ${paint.bold(recommended)} (${row.title})`, ''),
    ...reasons.map(({ rule, text }) => wrapped(`${rule}: ${text}`, '  - ')),
    wrapped(`limit of its stream: ${row.figures?.binds ?? 'unknown'}`, '  - '),
    ...(alsoFit.length > 0 ? [wrapped(`also fit, fastest first: ${alsoFit.join(', ')}`, '')] : []),
  ];
}

function assumed(advice: Advice): string[] {
  const shares = advice.rows.flatMap(({ figures }) => figures?.assumedShare ?? []);
  if (shares.length === 0) return [];
  const percent = (share: number): string => (share * 100).toFixed(0);
  const least = percent(Math.min(...shares));
  const most = percent(Math.max(...shares));
  const span = least === most ? `${most} %` : `${least} to ${most} %`;
  return [`prices that are only assumed carry ${span} of the streams' CPU time`];
}

/** Text in lines of at most 100 columns; the first begins with `lead`, the others are indented as far. */
function wrapped(text: string, lead: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && lead.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, at) => (at === 0 ? lead : ' '.repeat(lead.length)) + one).join('\n');
}
