/** A published measurement beside its prediction, with what the naive predictors would have said. */
import { backendNamed } from '../../backends/catalog.ts';
import type { PublishedRow } from '../formats/types.ts';
import { type Measured, type Row, scored } from '../study.ts';
import { conditionsOf } from './conditions.ts';
import { lineGbps, linkMtuBytes } from './environment.ts';

/** Spread of repeats by family (ratio): at least 4 %, else the 90th percentile of true repeats. */
const NOISE: Readonly<Record<string, number>> = {
  tcp1: 0.13,
  tcpN: 0.05,
  udp: 0.24,
  pps: 0.24,
  latency: 0.2,
  cpu: 0.15,
};
const LINE_NOISE = 0.03;
const LEAST_NOISE = 0.04;
/** Beds whose figures stand in the book of prices: SIGCOMM'21 and Kubernetes PR 12387. */
const IN_SAMPLE_BEDS: ReadonlySet<string> = new Set(['SIGCOMM21', 'K8SPR']);

export function publishedRow(
  published: PublishedRow,
  predicted: number | null,
  more: Partial<Pick<Row, 'scaleAssumed' | 'reason'>>,
): Row {
  const { row, measured, baseline, baseUnit } = published;
  const c = conditionsOf(published);
  const facts: Measured = {
    id: row.id,
    bed: row.bed,
    family: row.family,
    backend: published.backend,
    metric: row.metric,
    unit: baseUnit,
    measured,
    noise: Math.max(LEAST_NOISE, row.line_limited === true ? LINE_NOISE : (NOISE[row.family] ?? LEAST_NOISE)),
    list: row.list,
    inSample: IN_SAMPLE_BEDS.has(row.bed),
    reason: row.reason,
  };
  const ratio = (value: number | null): number | null =>
    value === null || measured === 0 ? null : value / measured - 1;
  const line = row.family.startsWith('tcp') && predicted !== null ? lineOf(published) : null;
  return {
    ...scored(facts, predicted, { ...more, naive: { host: ratio(baseline), line: ratio(line) } }),
    pairing: `${linkMtuBytes(c)}/${row.kernel ?? ''}/${c.streams}/${c.writeBytes}/${c.requestBytes}`,
  };
}

function lineOf(published: PublishedRow): number | null {
  const c = conditionsOf(published);
  return c.sameNode ? null : lineGbps(c, backendNamed(c.backend));
}
