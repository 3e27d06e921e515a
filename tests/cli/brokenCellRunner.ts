/** Stands in for the runner of cells: those with two flows fail, the others are as always. */

import { runCell } from '../../calibration/runCell.ts';
import type { Cell, CellRecord } from '../../calibration/study.ts';
import { LimitError } from '../../engine/core/assert.ts';

export function runTask(cell: Cell): CellRecord {
  if ('bottleneck' in cell && cell.flows === 2) throw new LimitError('event limit reached');
  return runCell(cell);
}
