/**
 * Rows: what a job costs, flat. One multiply-add a batch; CPU per stage follows afterwards from counters ×
 * prices, exactly. Each row exists twice, as compiled (even id) and run from softirq (odd id): same prices,
 * other accounting class.
 *
 * cost = first (once a job) + poll + irq + wake·w + call·c + flow·f + skb·u + packet·n + byte·b
 */

import type { Confidence, Price } from './machine.ts';
import { type CpuClass, STAGES, type StageId } from './stages.ts';

export const COLUMNS = ['first', 'poll', 'irq', 'wake', 'call', 'flow', 'skb', 'packet', 'byte'] as const;
export type Column = (typeof COLUMNS)[number];
export const COLUMN_COUNT = COLUMNS.length;
export const FIRST = 0;
export const POLL = 1;
export const IRQ = 2;
export const WAKE = 3;
export const CALL = 4;
export const FLOW = 5;
export const SKB = 6;
export const PACKET = 7;
export const BYTE = 8;

/** One stage's share of one column: ns a count of that column. */
export interface Tally {
  readonly stage: StageId;
  readonly column: number;
  readonly ns: number;
  readonly class: CpuClass;
  /** Counts executions of the stage (not only its price): at most one tally of a stage has it. */
  readonly counts: boolean;
}

export interface Row {
  readonly id: number;
  readonly name: string;
  readonly ns: readonly number[];
  readonly tally: readonly Tally[];
}

export type Form = 'skb' | 'packet';

/** Collects stages into one row. */
export class RowBuilder {
  readonly tally: Tally[] = [];
  readonly stages: StageId[] = [];
  readonly ns: number[] = new Array<number>(COLUMN_COUNT).fill(0);
  form: Form;
  cls: CpuClass;
  readonly name: string;
  /** System calls are made per unit here (a daemon's loop), not once a job. */
  readonly callsPerUnit: boolean;

  constructor(name: string, form: Form, cls: CpuClass, callsPerUnit = false) {
    this.name = name;
    this.form = form;
    this.cls = cls;
    this.callsPerUnit = callsPerUnit;
  }

  /** @param times how often the stage is paid at this place (rules: their number). */
  add(stage: StageId, price: Price, times = 1): void {
    const d = STAGES[stage] as import('./stages.ts').StageDef;
    if (d.enters !== undefined) this.cls = d.enters;
    const cls = d.class ?? this.cls;
    const unit = this.form === 'skb' ? SKB : PACKET;
    const own =
      d.per === 'packet'
        ? PACKET
        : d.per === 'byte'
          ? BYTE
          : d.per === 'wake'
            ? WAKE
            : d.per === 'poll'
              ? this.callsPerUnit
                ? CALL
                : POLL
              : d.per === 'irq'
                ? IRQ
                : d.per === 'flow'
                  ? FLOW
                  : d.per === 'rule'
                    ? unit
                    : d.per === 'call'
                      ? this.callsPerUnit
                        ? unit
                        : CALL
                      : unit;
    this.stages.push(stage);
    this.put(stage, own, (price.eachNs ?? 0) * times, cls, true);
    if (price.firstNs) this.put(stage, FIRST, price.firstNs, cls, false);
    if (price.packetNs) this.put(stage, PACKET, price.packetNs * times, cls, false);
    if (price.byteNs) this.put(stage, BYTE, price.byteNs, cls, false);
    if (d.form === 'split') this.form = 'packet';
    if (d.form === 'merge') this.form = 'skb';
    if (d.class === undefined && d.enters === undefined && this.cls === 'user') this.cls = 'system';
  }

  /** A stage that only the first packet of a flow meets here, `times` of it, whatever it is paid for elsewhere. */
  addForFlow(stage: StageId, eachNs: number, times: number): void {
    this.stages.push(stage);
    this.put(stage, FLOW, eachNs * times, this.cls, true);
  }

  private put(stage: StageId, column: number, ns: number, cls: CpuClass, counts: boolean): void {
    this.ns[column]! += ns;
    this.tally.push({ stage, column, ns, class: cls, counts });
  }
}

/** All rows of a task. Read only after the build. */
export class Rows {
  readonly list: Row[] = [];
  /** Row-major: row id × COLUMN_COUNT + column, ns. */
  prices = new Float64Array(0);

  /** @returns the row's even id; id + 1 is the same row run from softirq. */
  register(b: RowBuilder): number {
    const id = this.list.length;
    const soft = b.tally.map((t) => (t.class === 'system' ? { ...t, class: 'softirq' as const } : t));
    this.list.push({ id, name: b.name, ns: b.ns, tally: b.tally });
    this.list.push({ id: id + 1, name: b.name, ns: b.ns, tally: soft });
    return id;
  }

  /** Lays the prices out flat; call once, after the last `register`. */
  seal(): void {
    this.prices = Float64Array.from(this.list.flatMap((row) => row.ns));
  }
}

/** Totals of one (stage, class): whole picoseconds of CPU and executions. */
export interface StageTotal {
  readonly stage: StageId;
  readonly class: CpuClass;
  readonly ps: bigint;
  /** Executions; bytes for stages paid per byte. */
  readonly count: number;
  readonly confidence: Confidence;
}

/**
 * CPU by stage from counters × prices.
 * @param counters rows × COLUMN_COUNT whole counts
 */
export function stageTotals(
  rows: Rows,
  counters: Float64Array,
  prices: Readonly<Record<StageId, Price>>,
): StageTotal[] {
  const totals = new Map<string, { stage: StageId; class: CpuClass; ps: bigint; count: number }>();
  for (const row of rows.list) {
    for (const t of row.tally) {
      const n = counters[row.id * COLUMN_COUNT + t.column]!;
      if (n === 0) continue;
      const key = `${t.stage}/${t.class}`;
      const total = totals.get(key) ?? { stage: t.stage, class: t.class, ps: 0n, count: 0 };
      // Prices to whole femtoseconds, so that the product of two wholes is exact.
      total.ps += BigInt(n) * BigInt(Math.round(t.ns * 1e6));
      if (t.counts) total.count += n;
      totals.set(key, total);
    }
  }
  return [...totals.values()]
    .map((t) => ({ ...t, ps: t.ps / 1000n, confidence: prices[t.stage].confidence }))
    .sort((a, b) => (a.stage < b.stage ? -1 : a.stage > b.stage ? 1 : a.class < b.class ? -1 : 1));
}
