/**
 * The parts as shipped: every catalog, and the engine.
 */

import { BACKENDS, DEFAULT_BACKENDS } from '../backends/catalog.ts';
import { MODEL_VERSION } from '../engine/core/version.ts';
import { feasibility } from '../engine/host/feasible.ts';
import { traceSkb } from '../engine/trace.ts';
import { MACHINES, machineFromJson } from '../machines/catalog.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { WORKLOADS } from '../workloads/index.ts';
import type { Parts } from './parts.ts';

export const shippedParts: Parts = {
  scenarios: SCENARIOS,
  backends: BACKENDS,
  defaultBackends: DEFAULT_BACKENDS,
  machines: MACHINES,
  machineFromJson,
  workloads: Object.entries(WORKLOADS).map(([name, sizes]) => ({ name, sizes })),
  feasibility,
  trace: traceSkb,
  modelVersion: MODEL_VERSION,
  runner: new URL('../engine/task.ts', import.meta.url).href,
  cellRunner: new URL('../calibration/runCell.ts', import.meta.url).href,
};
