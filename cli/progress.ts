/**
 * Progress on stderr: a bar that rewrites its line on a terminal, plain lines every 10 s elsewhere. The
 * first line appears before the first task starts.
 *
 * The time left is a guess from estimated costs; it is shown from the third second on.
 */
import type { Board } from '../workers/board.ts';
import { estimateCost } from '../workers/cost.ts';
import { labelOf, type Work } from '../workers/work.ts';
import type { Io, ProgressMode } from './io.ts';

const BAR_EVERY_MS = 200;
const PLAIN_EVERY_MS = 10_000;
const BAR_CELLS = 24;
const LEFT_FROM_S = 3;

export class Progress {
  private readonly costs: readonly number[];
  private readonly costTotal: number;
  /** Tasks that run, with their threads. */
  private readonly running = new Map<number, number>();
  private readonly finished = new Set<number>();
  private readonly startMs = performance.now();
  private lastDrawMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;
  private readonly specs: readonly Work[];
  private readonly board: Board;
  private readonly mode: Exclude<ProgressMode, 'auto'>;
  private readonly io: Io;

  constructor(specs: readonly Work[], board: Board, mode: Exclude<ProgressMode, 'auto'>, io: Io) {
    this.specs = specs;
    this.board = board;
    this.mode = mode;
    this.io = io;
    this.costs = specs.map(estimateCost);
    this.costTotal = Math.max(
      Number.MIN_VALUE,
      this.costs.reduce((sum, cost) => sum + cost, 0),
    );
  }

  start(): void {
    if (this.mode === 'none') return;
    this.draw();
    this.timer = setInterval(() => this.draw(), this.mode === 'bar' ? BAR_EVERY_MS : PLAIN_EVERY_MS);
    this.timer.unref();
  }

  taskStarted(slot: number, threads = 1): void {
    this.running.set(slot, threads);
    this.tick();
  }

  taskEnded(slot: number, failed: boolean): void {
    this.running.delete(slot);
    this.finished.add(slot);
    if (failed) this.failures++;
    this.tick();
  }

  /** Draws if it is time to; a busy thread calls this instead of the timer. */
  tick(): void {
    const every = this.mode === 'bar' ? BAR_EVERY_MS : PLAIN_EVERY_MS;
    if (this.mode !== 'none' && performance.now() - this.lastDrawMs >= every) this.draw();
  }

  /** Clears the bar, so that other lines can follow. */
  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    if (this.mode === 'bar') this.io.raw('\r\x1b[K');
  }

  /** Share of the estimated work that is done, 0…1. */
  share(): number {
    let done = 0;
    for (const slot of this.finished) done += this.costs[slot]!;
    for (const slot of this.running.keys()) done += this.costs[slot]! * this.board.share(slot);
    return Math.min(1, done / this.costTotal);
  }

  private draw(): void {
    this.lastDrawMs = performance.now();
    const text = this.text();
    if (this.mode === 'plain') {
      this.io.note(text);
      return;
    }
    const full = Math.round(this.share() * BAR_CELLS);
    const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
    const width = Math.max(40, (this.io.columns || 100) - 1);
    this.io.raw(`\r\x1b[K${`${bar} ${text}`.slice(0, width)}`);
  }

  private text(): string {
    const seconds = (performance.now() - this.startMs) / 1000;
    const share = this.share();
    let events = 0;
    for (let slot = 0; slot < this.specs.length; slot++) events += this.board.events(slot);
    const parts = [`${this.finished.size}/${this.specs.length} tasks`, `${Math.floor(share * 100)} %`];
    if (events > 0) parts.push(`${(events / 1e6).toFixed(1)} M events`);
    if (this.failures > 0) parts.push(`${this.failures} failed`);
    if (seconds >= LEFT_FROM_S && share > 0.01)
      parts.push(`${duration((seconds * (1 - share)) / share)} left`);
    const names = [...this.running].slice(0, 3).map(([slot, threads]) => {
      const label = `${labelOf(this.specs[slot]!)}${threads > 1 ? ` on ${threads} threads` : ''}`;
      return `${label} ${Math.floor(this.board.share(slot) * 100)} %`;
    });
    return parts.join(', ') + (names.length > 0 ? `; ${names.join(', ')}` : '');
  }
}

/** Seconds as `42 s` or `3 min 20 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
