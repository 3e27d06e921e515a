/** A calibration as text: prices by group, every row with its spread and error, and the errors left out of the fit. */
import type { Fit, LiveRow } from '../calibration/live/fit.ts';
import { GROUPS } from '../calibration/live/groups.ts';
import { median } from '../calibration/summary.ts';
import type { Machine } from '../engine/host/machine.ts';
import type { colors } from './io.ts';

type Paint = ReturnType<typeof colors>;

/** Targets on configurations that were not fitted, ratios: issue of the calibration. */
const KINDS = [
  { exp: 'e0_hole', title: 'price of a packet', target: 0.1 },
  { exp: 'e1', title: 'bulk TCP', target: 0.15 },
  { exp: 'e2', title: 'bulk TCP by size of the writes', target: 0.15 },
  { exp: 'e3', title: 'request/response, awake cores, p50', target: 0.15 },
] as const;

const UNITS: Readonly<Record<string, string>> = {
  ns_per_pkt: 'ns a packet',
  gbps: 'Gbit/s',
  busy_ns_per_byte: 'ns CPU a byte',
  p50_us: 'µs',
};

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
const signed = (ratio: number): string => `${ratio < 0 ? '−' : '+'}${percent(Math.abs(ratio))}`;

/** With the last newline; at most 100 columns. */
export function calibrationText(
  about: string,
  fit: Fit,
  rows: readonly LiveRow[],
  reference: Machine,
  paint: Paint,
): string {
  return `${[
    paint.bold(`Calibrated on ${about}`),
    '',
    paint.bold('Prices, as factors of the book veth-vm'),
    ...fit.groups.map(({ name, factor, state, tiedTo }, at) => {
      const how =
        state === 'measured'
          ? ''
          : state === 'tied'
            ? `  tied to ${tiedTo}`
            : '  not seen: taken from the book';
      return `  ${name.padEnd(9)} ${factor.toFixed(2).padStart(5)}  ${priceText(at, factor, reference)}${how}`;
    }),
    '',
    paint.bold('Measured and predicted'),
    line('  experiment', ['measured', 'spread', 'predicted', 'error']),
    ...rows.map((row, at) => rowText(row, fit.predicted[at]!)),
    '  * a price was fitted on it. Spread: between the quartiles of the repeats.',
    '',
    paint.bold('Rows that no price was fitted on'),
    ...KINDS.map(({ exp, title, target }) => summary(rows, fit, exp, title, target)),
  ].join('\n')}\n`;
}

/** The group's parts, alone: what one more unit of each stage costs. */
function priceText(at: number, factor: number, reference: Machine): string {
  const group = GROUPS[at]!;
  if (group.name === 'bytes') return `${group.text}`;
  const sum = group.stages.reduce((ns, stage) => {
    const { firstNs = 0, eachNs = 0 } = reference.prices[stage];
    return ns + firstNs + eachNs;
  }, 0);
  return `${group.text} (${Math.round(sum * factor)} ns in all)`;
}

/** Columns of the table of rows. */
const line = (title: string, cells: readonly string[]): string =>
  [title.padEnd(48), ...cells.map((cell) => cell.padStart(9))].join(' ');

function rowText(row: LiveRow, predicted: number | null): string {
  const { exp, cfg, fit } = row.planned;
  const streams = String(cfg.kind ?? 'tcp1').slice(3);
  const jumbo = cfg.mtu === 1500 ? '' : `, MTU ${cfg.mtu}`;
  const what = {
    e0_hole: `${cfg.msg} B${jumbo}${cfg.hops > 0 ? ` +${cfg.hops} routers` : ''}`,
    e1: `${streams === '1' ? 'stream' : `${streams} streams`}${jumbo}, offloads ${cfg.off}`,
    e2: `stream of ${cfg.msg} B`,
    e3: `exchange of ${cfg.msg} B`,
  }[exp];
  const title = `${fit ? '*' : ' '}${cfg.mode} ${what}, ${UNITS[row.metric]}`;
  const spread = percent((row.q3 - row.q1) / row.measured);
  const value = (x: number): string => x.toPrecision(x >= 1000 ? 4 : 3);
  const said = predicted === null ? '–' : value(predicted);
  const error = predicted === null ? '–' : signed(predicted / row.measured - 1);
  return line(` ${title}`, [value(row.measured), spread, said, error]);
}

function summary(rows: readonly LiveRow[], fit: Fit, exp: string, title: string, target: number): string {
  const errors = rows.flatMap(({ planned, measured }, at) => {
    const predicted = fit.predicted[at];
    return planned.exp === exp && !planned.fit && predicted != null
      ? [Math.abs(predicted / measured - 1)]
      : [];
  });
  const middle = median(errors);
  if (middle === null) return `  ${title}: none`;
  const worst = Math.max(...errors);
  const met = errors.filter((error) => error <= target).length;
  const within = `${met} of ${errors.length} within ${percent(target)}`;
  return `  ${title}: median ${percent(middle)}, worst ${percent(worst)}; ${within}`;
}
