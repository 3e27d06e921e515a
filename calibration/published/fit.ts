/**
 * The one number that a bed's host row of a family may move: all prices (bulk TCP), the price of a UDP send, or
 * the base latency of the wire. One step a round, until the host row agrees.
 */
import type { TaskRecord } from '../../engine/core/record.ts';
import type { CellRecord } from '../study.ts';
import type { Anchor } from './anchor.ts';
import type { Scale } from './environment.ts';
import { type Family, testOf } from './test.ts';

export interface Fit {
  readonly family: Family;
  readonly anchor: Anchor;
  scale: Scale;
  done: boolean;
}

/** How well a host row must agree, ratio. */
const AGREES = 0.005;

/** One step of the family's number towards its host row; a failed cell ends the search. */
export function improve(fit: Fit, record: CellRecord | null): void {
  const { anchor, scale, family } = fit;
  const test = testOf(anchor.conditions);
  const predicted = record === null || typeof test === 'string' ? null : test.read(record as TaskRecord);
  if (predicted === null || predicted === 0) {
    fit.done = true;
    return;
  }
  const ratio = predicted / anchor.measured;
  if (Math.abs(ratio - 1) <= AGREES) fit.done = true;
  else if (family === 'bulk') fit.scale = { ...scale, prices: scale.prices * ratio };
  else if (family === 'udp') fit.scale = { ...scale, udpSend: scale.udpSend * ratio ** 1.5 };
  else stepLatency(fit, predicted);
}

/** Four host links a round trip; a bed faster than its machine has no wire at all. */
function stepLatency(fit: Fit, predictedUs: number): void {
  const { anchor, scale } = fit;
  const roundTrips = anchor.conditions.metric.includes('_rr_') ? 1 : 2;
  const missingNs = (anchor.measured - predictedUs) * 1000 * roundTrips;
  const hostDelayNs = Math.max(0, Math.round(scale.hostDelayNs + missingNs / 4));
  if (hostDelayNs === scale.hostDelayNs) fit.done = true;
  fit.scale = { ...scale, hostDelayNs };
}

/** How fast the CPU is, bulk TCP alone tells; the other families' numbers come on top of it. */
export function shareSpeed(fits: readonly Fit[]): void {
  const bulk = fits.find(({ family }) => family === 'bulk');
  for (const fit of fits) {
    if (bulk === undefined || fit === bulk || fit.scale.prices === bulk.scale.prices) continue;
    fit.scale = { ...fit.scale, prices: bulk.scale.prices };
    fit.done = false;
  }
}
