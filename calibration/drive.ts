/**
 * Drives studies: joins what they ask into rounds and hands the answers back. How a round runs (threads, journal,
 * progress) is the caller's: `cli/validate.ts` uses the pool, tests run in process.
 */
import { runCell } from './runCell.ts';
import type { Cell, CellRecord, Row, Study } from './study.ts';

/** Answers in the order of the cells; null where a cell failed. */
export type RunRound = (cells: readonly Cell[], round: number) => Promise<readonly (CellRecord | null)[]>;

/** @returns the rows of all studies, in their order */
export async function drive(studies: readonly Study[], run: RunRound): Promise<Row[]> {
  const rows = studies.map((): readonly Row[] => []);
  let asking = studies.map((study, at) => ({ at, study, turn: study.next() }));
  for (let round = 0; ; round++) {
    for (const { at, turn } of asking) if (turn.done) rows[at] = turn.value;
    const open = asking.flatMap(({ at, study, turn }) =>
      turn.done ? [] : [{ at, study, cells: turn.value }],
    );
    if (open.length === 0) return rows.flat();
    const records = await run(
      open.flatMap(({ cells }) => cells),
      round,
    );
    let taken = 0;
    asking = open.map(({ at, study, cells }) => {
      const mine = records.slice(taken, taken + cells.length);
      taken += cells.length;
      return { at, study, turn: study.next(mine) };
    });
  }
}

/** A round in this thread, one cell after the other. */
export const inProcess: RunRound = async (cells) => cells.map((cell) => runCell(cell));
