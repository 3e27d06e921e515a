/**
 * How `validate` and `sensitivity` run a round of cells: what the journal has is not run again, equal cells run once,
 * the rest goes to the pool under a progress display. Answers come in the order of the cells, whatever thread was
 * first.
 */
import { existsSync } from 'node:fs';
import type { RunRound } from '../../calibration/drive.ts';
import type { Problem } from '../../calibration/formats/types.ts';
import type { Cell, CellRecord } from '../../calibration/study.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { taskProblems } from '../../engine/validate.ts';
import { Board } from '../../workers/board.ts';
import { taskHash } from '../../workers/hash.ts';
import { appendRecord, createJournal, JournalError, openJournal } from '../../workers/journal.ts';
import { autoWorkers, runTasks, type TaskFailure } from '../../workers/pool.ts';
import { UsageError } from '../errors.ts';
import type { Io, ProgressMode } from '../io.ts';
import { Progress } from '../progress.ts';
import type { Signals } from '../signals.ts';

/** Commands that ask in rounds; the name stands in their journals. */
export type Asker = 'validate' | 'sensitivity';

export interface RoundsInput {
  readonly command: Asker;
  readonly journal: string;
  /** Continue an existing journal. */
  readonly resume: boolean;
  /** Arguments that ask for the same rows, kept in a new journal. */
  readonly argv: readonly string[];
  /** null: as many as the process may use. */
  readonly workers: number | null;
  readonly progress: Exclude<ProgressMode, 'auto'>;
  readonly runner: string;
  /** Why a backend cannot work in a cluster; null: it can. */
  readonly feasibility: (
    backend: TaskSpec['backend'],
    cluster: TaskSpec['cluster'],
    policy: TaskSpec['policy'],
  ) => string | null;
  readonly modelVersion: string;
}

/** A signal came: what was finished is in the journal. */
export class Interrupted extends Error {}

/** Arguments kept in the journal of a command. @throws UsageError */
export function argvOf(journal: string, command: Asker): readonly string[] {
  try {
    const { header } = openJournal(journal);
    if (header.scenario === command) return header.argv;
    const other =
      header.scenario === 'validate' || header.scenario === 'sensitivity' ? header.scenario : null;
    const how = `tsx run ${other === null ? '' : `${other} `}--resume`;
    throw new UsageError(`${journal} is the journal of ${other ?? 'a run'}; to finish it: ${how}`);
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(`nothing to resume: ${error.message}`);
    throw error;
  }
}

/** Runs rounds and remembers what they gave. */
export class Rounds {
  readonly failures: { readonly cell: Cell; readonly failure: TaskFailure }[] = [];
  /** Cells that the engine does not model: no failures, but no predictions either. */
  readonly refused: Problem[] = [];
  events = 0;
  ran = 0;
  private readonly known: Map<string, CellRecord>;
  private readonly failed = new Set<string>();
  private readonly fromJournal: number;
  private readonly input: RoundsInput;
  private readonly io: Io;
  private readonly signals: Signals;

  /** Opens or starts the journal. @throws UsageError */
  constructor(input: RoundsInput, io: Io, signals: Signals) {
    this.input = input;
    this.io = io;
    this.signals = signals;
    this.known = input.resume && existsSync(input.journal) ? recordsOf(input.journal) : new Map();
    this.fromJournal = this.known.size;
    if (!input.resume) {
      const { command, argv, modelVersion } = input;
      createJournal(input.journal, { scenario: command, modelVersion, argv, tasks: 0 });
    }
  }

  readonly run: RunRound = async (cells, round) => {
    const hashes = cells.map((cell) => taskHash(cell, this.input.modelVersion));
    const left = new Map<string, Cell>();
    for (const [at, hash] of hashes.entries()) {
      const cell = cells[at]!;
      if (this.known.has(hash) || this.failed.has(hash)) continue;
      const problem = this.problemOf(cell);
      if (problem === null) left.set(hash, cell);
      else {
        this.failed.add(hash);
        this.refused.push({ file: 'not modelled', path: nameOf(cell), message: problem });
      }
    }
    await this.runLeft(left, round, cells.length);
    if (this.signals.exitCode() !== null) throw new Interrupted();
    return hashes.map((hash) => this.known.get(hash) ?? null);
  };

  /** What the engine would refuse to run: unseen files ask for odd things. */
  private problemOf(cell: Cell): string | null {
    if ('bottleneck' in cell) return null;
    const infeasible = this.input.feasibility(cell.backend, cell.cluster, cell.policy);
    return infeasible ?? taskProblems(cell)[0] ?? null;
  }

  private async runLeft(left: ReadonlyMap<string, Cell>, round: number, asked: number): Promise<void> {
    const hashes = [...left.keys()];
    const specs = [...left.values()];
    if (specs.length === 0) return;
    const workers = this.input.workers ?? autoWorkers(specs.length);
    const threads = workers === 0 ? 'in process' : `on ${Math.min(workers, specs.length)} workers`;
    const done = asked - specs.length;
    const had = done === 0 ? '' : `, ${done} known${this.fromJournal > 0 ? ' or from the journal' : ''}`;
    this.io.note(`${this.input.command}, round ${round + 1}: ${specs.length} runs ${threads}${had}`);
    const board = new Board(specs.length);
    const progress = new Progress(specs, board, this.input.progress, this.io);
    progress.start();
    try {
      await runTasks<CellRecord>(specs, {
        workers,
        runner: this.input.runner,
        signal: this.signals.signal,
        board,
        onStart: (slot) => progress.taskStarted(slot),
        onTick: () => progress.tick(),
        onRecord: (slot, record) => {
          this.known.set(hashes[slot]!, record);
          appendRecord(this.input.journal, hashes[slot]!, record);
          this.events += record.events;
          this.ran++;
          progress.taskEnded(slot, false);
        },
        onFailure: (slot, failure) => {
          this.failed.add(hashes[slot]!);
          this.failures.push({ cell: specs[slot]!, failure });
          progress.taskEnded(slot, true);
        },
      });
    } finally {
      progress.stop();
    }
  }
}

/** The cell in words. */
export const nameOf = (cell: Cell): string => ('bottleneck' in cell ? cell.bottleneck : cell.task);

function recordsOf(journal: string): Map<string, CellRecord> {
  try {
    return new Map(openJournal<CellRecord>(journal).records);
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(error.message);
    throw error;
  }
}
