/**
 * What moves the answer: every cell of a scenario again with prices at the ends of their ranges, one at a time, then
 * many at once. The seeds stay, so that all runs of a cell face the same arrivals (common random numbers).
 *
 * Ask/tell in at most three rounds: the book's prices; single prices, the small ones together, all at either end,
 * draws, nudges; small ones singly where together they moved something. A nudge moves every price by less than the
 * threshold: what figures then do beyond it is noise of chaotic cells (losses, queues that overflow), and no price's
 * doing.
 *
 * Left out: pairs of prices that move a figure only together (the draws see them, the list of single prices does not).
 */
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { STAGE_IDS, type StageId } from '../../engine/host/stages.ts';
import {
  atEnd,
  type Factors,
  factorAt,
  type Lever,
  leversOf,
  movedTask,
  ranks,
  stageWork,
} from './prices.ts';
import { type Estimated, estimates, smallOnes, THRESHOLD } from './screen.ts';

/** Metric → value in base units; null: has none in this cell. */
export type Figures = Readonly<Record<string, number | null>>;

/** Headline figures of a cell from the records of its seeds. */
export type FiguresOf = (tasks: readonly TaskSpec[], records: readonly TaskRecord[]) => Figures;

/** Changes against the book's prices, ratio (0.1: a tenth more), at the low and the high end; null: no figure there. */
export type Move = readonly [low: number | null, high: number | null];
export type Moves = Readonly<Record<string, Move>>;

/** One price of one cell. */
export interface Moved extends Estimated {
  /** together: run with all small ones only, and nothing moved. */
  readonly run: 'alone' | 'together';
  /** Empty for `together`. */
  readonly moves: Moves;
}

export interface CellStudy {
  readonly tasks: readonly TaskSpec[];
  /** Figures at the book's prices; null: a run failed. */
  readonly book: Figures | null;
  readonly assumedShare: number;
  readonly prices: readonly Moved[];
  /** The small ones at either end together; null: there are none. */
  readonly together: Moves | null;
  /** Every price at its low, every price at its high end. */
  readonly ends: readonly [low: Figures | null, high: Figures | null];
  /** One a draw. */
  readonly draws: readonly (Figures | null)[];
  /** Metric → how far noise reaches, ratio: twice the largest change by a nudge, beyond the nudge itself. */
  readonly noise: Readonly<Record<string, number>>;
}

export interface SensitivityOptions {
  /** Published and measured prices, too. */
  readonly all: boolean;
  /** How many times all prices are drawn together. */
  readonly draws: number;
  /** Of the draws; the tasks keep their own. */
  readonly seed: number;
}

/** A cell on a moved book. */
interface Variant {
  readonly tasks: readonly TaskSpec[];
  readonly factors: Factors;
  readonly name: string;
}

type Asking<T> = Generator<readonly TaskSpec[], T, readonly (TaskRecord | null)[]>;

/** A cell after the first round. */
interface Known {
  readonly tasks: readonly TaskSpec[];
  readonly book: Figures;
  readonly assumedShare: number;
  readonly alone: readonly Estimated[];
  readonly small: readonly Estimated[];
}

const ENDS = [0, 1] as const;
/** The largest of four nudges, doubled, is as far as noise reaches in some fifty runs (of a normal deviate: 1.7). */
const NOISE_REACH = 2;
/** Far enough from 1 to send a chaotic cell another way, not far enough to move a figure by the threshold. */
const NUDGES: readonly number[] = [0.996, 0.998, 1.002, 1.004];

/**
 * @param cells  tasks of each cell, one a seed
 * @returns      one entry a cell, in order
 */
export function* sensitivity(
  cells: readonly (readonly TaskSpec[])[],
  options: SensitivityOptions,
  figuresOf: FiguresOf,
): Asking<CellStudy[]> {
  const known = yield* bookRound(cells, options, figuresOf);
  const levers = unionOf(known);
  const variants = known.map((cell) => (cell === null ? [] : variantsOf(cell, levers, options)));
  const answers = yield* ask(variants, figuresOf);
  const restless = known.map((cell, at) => {
    if (cell === null || cell.small.length === 0) return false;
    const noise = noiseOf(cell.book, answers[at]!.slice(-NUDGES.length));
    const moves = movesOf(cell.book, answers[at]!, 2 * cell.alone.length);
    return Object.entries(moves).some(([metric, move]) => isMove(move, noise[metric] ?? 0));
  });
  const again = known.map((cell, at) =>
    restless[at] ? cell!.small.flatMap((one) => single(cell!, one)) : [],
  );
  const late = yield* ask(again, figuresOf);
  return cells.map((tasks, at) => {
    const cell = known[at]!;
    if (cell === null) return brokenCell(tasks);
    if (variants[at]!.length === 0) return stillCell(cell, options.draws);
    return studyOf(cell, answers[at]!, restless[at]! ? late[at]! : null);
  });
}

/** Whether a figure moved by more than the threshold and its noise, or went. */
const isMove = (move: Move, noise: number): boolean =>
  move.some((ratio) => ratio === null || Math.abs(ratio) >= Math.max(THRESHOLD, noise));

function* bookRound(
  cells: readonly (readonly TaskSpec[])[],
  { all }: SensitivityOptions,
  figuresOf: FiguresOf,
): Asking<(Known | null)[]> {
  const records = yield cells.flat();
  let from = 0;
  return cells.map((tasks): Known | null => {
    const mine = records.slice(from, from + tasks.length);
    from += tasks.length;
    const whole = mine.filter((record) => record !== null);
    if (whole.length < tasks.length) return null;
    const work = stageWork(whole);
    const { machine } = tasks[0]!;
    const prices = estimates(leversOf(machine, work, all), work, tasks[0]!, tasks.length);
    const small = smallOnes(prices);
    return {
      tasks,
      book: figuresOf(tasks, whole),
      assumedShare: assumedShare(work, tasks[0]!),
      alone: prices.filter((one) => !small.includes(one)),
      small,
    };
  });
}

function assumedShare(work: ReadonlyMap<StageId, number>, { machine }: TaskSpec): number {
  let assumed = 0;
  let total = 0;
  for (const [stage, ps] of work) {
    total += ps;
    if (machine.prices[stage].confidence === 'assumed') assumed += ps;
  }
  return total === 0 ? 0 : assumed / total;
}

/** Prices that any cell uses: a draw moves the book, whoever reads it. */
function unionOf(known: readonly (Known | null)[]): Lever[] {
  const levers = new Map<StageId, Lever>();
  for (const cell of known) {
    for (const { lever } of [...(cell?.alone ?? []), ...(cell?.small ?? [])]) levers.set(lever.stage, lever);
  }
  return STAGE_IDS.flatMap((stage) => levers.get(stage) ?? []);
}

/** Single prices low and high; the small ones together low and high; all low, all high; draws; nudges. */
function variantsOf(cell: Known, levers: readonly Lever[], options: SensitivityOptions): Variant[] {
  const { tasks, alone, small } = cell;
  if (alone.length + small.length === 0) return [];
  const together = small.map(({ lever }) => lever);
  const drawn = levers.map(({ stage, range }) => ({
    stage,
    factors: ranks(stage, options.draws, options.seed).map((rank) => factorAt(range, rank)),
  }));
  return [
    ...alone.flatMap((one) => single(cell, one)),
    ...(small.length === 0 ? [] : ends(tasks, together, 'small')),
    ...ends(tasks, levers, 'all'),
    ...Array.from({ length: options.draws }, (_, draw) => ({
      tasks,
      factors: Object.fromEntries(drawn.map(({ stage, factors }) => [stage, factors[draw]!])),
      name: `draw=${draw}`,
    })),
    ...NUDGES.map((nudge) => ({
      tasks,
      factors: Object.fromEntries(levers.map(({ stage }) => [stage, nudge])),
      name: `nudge=${nudge}`,
    })),
  ];
}

const single = ({ tasks }: Known, { lever }: Estimated): Variant[] => ends(tasks, [lever], lever.stage);

const ends = (tasks: readonly TaskSpec[], levers: readonly Lever[], name: string): Variant[] =>
  ENDS.map((end) => ({ tasks, factors: atEnd(levers, end), name: `${name}=${end === 0 ? 'low' : 'high'}` }));

/** Asks for all variants of all cells in one round. @returns figures in their places; null: a run failed */
function* ask(variants: readonly (readonly Variant[])[], figuresOf: FiguresOf): Asking<(Figures | null)[][]> {
  const flat = variants.flat();
  const tasks = flat.flatMap((one) => one.tasks.map((task) => movedTask(task, one.factors, one.name)));
  const records = tasks.length === 0 ? [] : yield tasks;
  let from = 0;
  return variants.map((mine) =>
    mine.map((one) => {
      const whole = records.slice(from, from + one.tasks.length).filter((record) => record !== null);
      from += one.tasks.length;
      return whole.length < one.tasks.length ? null : figuresOf(one.tasks, whole);
    }),
  );
}

/** Changes from the book to two answers in a row. */
function movesOf(book: Figures, answers: readonly (Figures | null)[], from: number): Moves {
  const [low, high] = [answers[from], answers[from + 1]];
  return Object.fromEntries(
    Object.entries(book).flatMap(([metric, value]): [string, Move][] =>
      value === null ? [] : [[metric, [change(value, low?.[metric]), change(value, high?.[metric])]]],
    ),
  );
}

/** @param nudged  figures at the nudges, in their order */
function noiseOf(book: Figures, nudged: readonly (Figures | null)[]): Record<string, number> {
  const beyond = (value: number, at: number, metric: string): number => {
    const ratio = change(value, nudged[at]?.[metric]) ?? 0;
    return Math.max(0, Math.abs(ratio) - Math.abs(NUDGES[at]! - 1));
  };
  return Object.fromEntries(
    Object.entries(book).map(([metric, value]) => [
      metric,
      value === null ? 0 : NOISE_REACH * Math.max(...NUDGES.map((_, at) => beyond(value, at, metric))),
    ]),
  );
}

function change(book: number, value: number | null | undefined): number | null {
  if (value == null) return null;
  return book === 0 ? (value === 0 ? 0 : null) : value / book - 1;
}

function studyOf(
  cell: Known,
  answers: readonly (Figures | null)[],
  late: readonly (Figures | null)[] | null,
): CellStudy {
  const { tasks, book, alone, small } = cell;
  const after = 2 * alone.length + (small.length === 0 ? 0 : 2);
  const moved = (one: Estimated, from: readonly (Figures | null)[], at: number): Moved => ({
    ...one,
    run: 'alone',
    moves: movesOf(book, from, 2 * at),
  });
  return {
    tasks,
    book,
    assumedShare: cell.assumedShare,
    prices: [
      ...alone.map((one, at) => moved(one, answers, at)),
      ...small.map(
        (one, at): Moved => (late === null ? { ...one, run: 'together', moves: {} } : moved(one, late, at)),
      ),
    ],
    together: small.length === 0 ? null : movesOf(book, answers, 2 * alone.length),
    ends: [answers[after] ?? null, answers[after + 1] ?? null],
    draws: answers.slice(after + 2, -NUDGES.length),
    noise: noiseOf(book, answers.slice(-NUDGES.length)),
  };
}

/** No price of it may be off: every draw is the book. */
const stillCell = ({ tasks, book, assumedShare }: Known, draws: number): CellStudy => ({
  tasks,
  book,
  assumedShare,
  prices: [],
  together: null,
  ends: [book, book],
  draws: Array.from({ length: draws }, () => book),
  noise: {},
});

const brokenCell = (tasks: readonly TaskSpec[]): CellStudy => ({
  tasks,
  book: null,
  assumedShare: 0,
  prices: [],
  together: null,
  ends: [null, null],
  draws: [],
  noise: {},
});
