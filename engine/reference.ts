/**
 * The time a flow needs alone: the base of slowdown. 48 log-spaced sizes, each within a rack and across racks,
 * one after another on an idle cluster of the baseline backend with the same machine, MTU and links; between
 * the sizes the time is linear in bytes.
 */

import { buildCluster } from './build.ts';
import { cbrt } from './core/math.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import type { Observer } from './dispatch.ts';
import type { FlowTable } from './traffic/ledger.ts';
import { runWindows } from './windows.ts';

const SIZES = 48;
const QUIET: Observer = { sample: () => undefined };

/** @returns ps of a flow alone, by its bytes and whether it stays in its rack. */
export function idealTimes(spec: TaskSpec): (bytes: number, sameRack: boolean) => number {
  const { flows } = spec.traffic;
  if (flows === undefined) return () => 1;
  const sizes = logSpaced(Math.max(1, flows.sizes[0]![0]), flows.sizes[flows.sizes.length - 1]![0]);
  const near = measure(spec, sizes, true);
  const crosses = spec.cluster.nodes > spec.cluster.nodesPerRack;
  const far = crosses ? measure(spec, sizes, false) : near;
  return (bytes, sameRack) => interpolate(sizes, sameRack ? near : far, bytes);
}

/** The ratio is the 48th root, by square and cube roots: exact enough and the same on every engine. */
function logSpaced(low: number, high: number): number[] {
  const ratio = Math.sqrt(Math.sqrt(Math.sqrt(Math.sqrt(cbrt(high / low)))));
  const sizes: number[] = [];
  let size = low;
  for (let i = 0; i < SIZES; i++) {
    const whole = Math.max(1, Math.round(size));
    if (sizes.length === 0 || whole > sizes[sizes.length - 1]!) sizes.push(whole);
    size *= ratio;
  }
  return sizes;
}

function measure(spec: TaskSpec, sizes: readonly number[], sameRack: boolean): Float64Array {
  const { cluster } = spec;
  // Long enough apart that each finds an idle cluster: 40 ms and the time of ten round trips of its bytes.
  const startPs = new Float64Array(sizes.length);
  let at = 1e9;
  for (let i = 0; i < sizes.length; i++) {
    startPs[i] = at;
    at += 40e9 + Math.round((sizes[i]! * 8e3 * 4) / Math.min(cluster.linkGbps, cluster.uplinkGbps));
  }
  const flows: FlowTable = {
    count: sizes.length,
    startPs,
    bytes: Float64Array.from(sizes),
    src: new Int32Array(sizes.length),
    dst: new Int32Array(sizes.length).fill(1),
    idealPs: new Float64Array(sizes.length).fill(1000),
    done: new Uint8Array(sizes.length),
  };
  const quiet: TaskSpec = {
    ...spec,
    backend: spec.baseline,
    podMtuBytes: null,
    policy: { rules: 0 },
    cluster: {
      ...cluster,
      ...{ nodes: 2, nodesPerRack: sameRack ? 2 : 1, subnets: 'one', lossRate: 0, fabricMtuBytes: null },
      ...{ coldNeighbours: false, broadcastsPerS: 0 },
    },
    traffic: { flows: spec.traffic.flows! },
    warmupPs: 0,
    windowPs: at,
    granularity: 'batch',
  };
  const times = new Float64Array(sizes.length);
  const built = buildCluster(quiet, flows);
  for (const ledger of built.ledgers) {
    ledger.flowDone = (f, doneAt) => {
      times[f] = doneAt - startPs[f]!;
    };
  }
  const { partitions, setup, lookaheadPs } = built;
  runWindows({
    partitions,
    setup,
    lookaheadPs,
    observer: QUIET,
    endPs: at,
    eventsMax: 50_000_000,
  });
  for (let i = 0; i < times.length; i++) if (times[i] === 0) times[i] = at - startPs[i]!;
  return times;
}

function interpolate(sizes: readonly number[], times: Float64Array, bytes: number): number {
  let i = 1;
  while (i < sizes.length - 1 && sizes[i]! < bytes) i++;
  const low = sizes[i - 1]!;
  const high = sizes[i]!;
  const slope = (times[i]! - times[i - 1]!) / (high - low);
  if (bytes <= low) return times[i - 1]!;
  return times[i - 1]! + slope * (bytes - low);
}
