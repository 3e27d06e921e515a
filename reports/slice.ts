/**
 * A run of a slice: what it stands for, and its check against the whole cluster, one cell in both. The figures compared
 * are those of a node and of distributions; totals of a cluster grow with it.
 */
import { METRICS, type MetricId, type TaskRecord } from '../engine/core/record.ts';
import { intervalOf } from './interval.ts';
import type { Cell, Result, SliceResult } from './schema.ts';
import { percent, printOne } from './units.ts';
import { figureOf } from './view.ts';

export interface SliceInput {
  readonly of: Omit<SliceResult, 'check' | 'wanted'>;
  /** Id of the cell that is checked. */
  readonly cell: string;
  readonly wanted: boolean;
  /** Of that cell in the whole cluster; null: none. */
  readonly record: TaskRecord | null;
}

const COMPARED: readonly MetricId[] = [
  'goodputPerNode',
  'probeGoodput',
  'rpcP50',
  'rpcP99',
  'slowdownSmallP50',
  'slowdownSmallP99',
  'slowdownLargeP50',
  'cpuCores',
  'cpuPerByte',
];
const CLASSES = ['softirq core', 'NIC', 'uplink', 'downlink'] as const;

/**
 * @param cell  the one that is checked, of the slice; undefined: it was not run
 * @param full  the same in the whole cluster; null: it was not run
 */
export function sliceResult(
  { of, wanted }: SliceInput,
  cell: Cell | undefined,
  full: Cell | null,
): SliceResult {
  if (cell === undefined || cell.seeds.length === 0 || full === null) return { ...of, check: null, wanted };
  const figures: NonNullable<SliceResult['check']>['figures'] = [];
  for (const metric of COMPARED) {
    const [a, b] = [figureOf(cell, metric), figureOf(full, metric)];
    if (a === null || b === null) continue;
    const known = cell.metrics[metric]!.samples.filter((sample) => sample !== null);
    const narrowed = cell.precision?.intervals.find((one) => one.metric === metric)?.relative;
    const noise = narrowed ?? (known.length < 2 ? null : intervalOf(known).relative);
    figures.push({ figure: metric, unit: METRICS[metric].unit, slice: a, full: b, noise });
  }
  for (const name of CLASSES) {
    const [a, b] = [cell.utilisation[name], full.utilisation[name]];
    if (a === undefined || b === undefined) continue;
    figures.push({ figure: name, unit: '%', slice: a.value, full: b.value, noise: null });
  }
  const { id, overloaded, seeds } = full;
  return { ...of, check: { cell: id, seed: seeds[0]!.seed, overloaded, figures }, wanted };
}

/** What the run stands for, in a sentence; '' where it is of the whole cluster. */
export function sliceSentence({ slice }: Result): string {
  if (slice === undefined) return '';
  const { racks, fullRacks, nodes, fullNodes, crossRackShare, check, wanted } = slice;
  const unchecked = check === null ? ` ${wanted ? 'The check failed.' : 'Not checked against it.'}` : '';
  return (
    `Slice: ${racks} of ${fullRacks} racks (${nodes} of ${fullNodes} nodes) with the load of the whole cluster on ` +
    `hosts and uplinks; ${percent(crossRackShare, 1)} of random peers are in another rack.` +
    `${probesText(slice)}${unchecked}`
  );
}

/** Probes come in whole pairs: a rounded share of them loads the uplinks more, or less. */
function probesText({ probePairs, probePairsShare }: SliceResult): string {
  if (probePairs === undefined || probePairsShare === undefined) return '';
  if (Math.abs(probePairs / probePairsShare - 1) < 0.05) return '';
  const share = probePairsShare.toFixed(1);
  return ` Probe pairs: ${probePairs}, where ${share} would be its share: their load on uplinks differs by as much.`;
}

/** What it does not answer. */
export const SLICE_LIMITS =
  'A slice does not answer for incast over many racks, the control plane, polarised ECMP, and what grows with the ' +
  'number of peers.';

/** One cell in the slice and in the whole cluster. */
export interface SliceTable {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** null: no slice, or no check. */
export function sliceTable({ slice }: Result): SliceTable | null {
  const check = slice?.check;
  if (slice === undefined || check == null) return null;
  const rows = check.figures.map(({ figure, unit, slice: a, full, noise }) => {
    const metric = METRICS[figure as MetricId];
    const name = metric === undefined ? `${figure} utilisation` : metric.label;
    const printed = (value: number): string => (unit === '%' ? percent(value, 1) : printOne(value, unit));
    const difference = full === 0 ? '–' : `${a >= full ? '+' : '−'}${percent(Math.abs(a / full - 1), 1)}`;
    return [name, printed(a), printed(full), difference, noise === null ? '–' : `±${percent(noise, 1)}`];
  });
  return {
    title: `slice checked against the whole cluster: ${check.cell}, there seed ${check.seed} alone`,
    heads: ['figure', 'slice', `${slice.fullNodes} nodes`, 'difference', 'slice, over seeds'],
    rows,
  };
}
