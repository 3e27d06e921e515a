/** Runs one cell; the pool's threads load it under the name that they know, `runTask`. */
import { runTask as runEngineTask, type TaskHooks } from '../engine/task.ts';
import { runBottleneck } from './bottleneck/bed.ts';
import type { Cell, CellRecord } from './study.ts';

export function runCell(cell: Cell, hooks: TaskHooks = {}): CellRecord {
  return 'bottleneck' in cell ? runBottleneck(cell, hooks) : runEngineTask(cell, hooks);
}

export { runCell as runTask };
