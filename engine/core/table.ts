/**
 * A struct of arrays whose rows lie together in memory. All fields of a row share a few cache lines, yet each
 * field is a typed array of its own: a view onto one buffer, shifted by its place in the row.
 *
 * An id is a row's number times the stride, so `table.field[id]` needs no arithmetic. Why: one event touches a
 * dozen fields of a row that has left the cache; apart, that is a dozen misses, together two or three
 * (docs/PERFORMANCE.md). Growing replaces the views.
 */
import { LimitError } from './assert.ts';

/** Rows are at most this many fields of each kind, and ids are its multiples. */
export const STRIDE = 16;
/** `id >> ROW_SHIFT` is the row's number. */
export const ROW_SHIFT = 4;

/** Rows to have next: twice as many, but a large table is many racks' and gets a quarter more for the last one. */
export const grownRows = (rows: number): number => (rows < 4096 ? rows * 2 : (rows * 5) >> 2);

/** A longer copy of a plain column. */
export function grown<T extends Float64Array | Int32Array>(a: T, size: number): T {
  const b = new (a.constructor as new (n: number) => T)(size);
  b.set(a as never);
  return b;
}

export abstract class Table {
  /** Rows handed out. */
  rows = 0;
  private capacity: number;
  private readonly rowsMax: number;
  private floats: Float64Array;
  private ints: Int32Array;

  /** @param rowsMax more rows throw LimitError, at most 2^27 */
  constructor(rows: number, rowsMax = 1 << 24) {
    this.capacity = rows;
    this.rowsMax = rowsMax;
    this.floats = new Float64Array(rows * STRIDE);
    this.ints = new Int32Array(rows * STRIDE);
  }

  /** Points the fields at the buffers: field k is `f.subarray(k)` or `i.subarray(k)`. */
  protected abstract bind(f: Float64Array, i: Int32Array): void;

  /** Call at the end of a subclass's constructor, when its fields exist. */
  protected bindAll(): void {
    this.bind(this.floats, this.ints);
  }

  /** Id of a new row, all zero. */
  protected addRow(): number {
    if (this.rows === this.capacity) this.resize(grownRows(this.capacity));
    return this.rows++ * STRIDE;
  }

  /** First id that is not a row's: `for (let id = 0; id < table.end; id += STRIDE)`. */
  get end(): number {
    return this.rows * STRIDE;
  }

  memoryBytes(): number {
    return this.capacity * STRIDE * 12;
  }

  /** Makes room for `rows` rows in all. */
  reserve(rows: number): void {
    if (rows > this.capacity) this.resize(rows);
  }

  private resize(capacity: number): void {
    if (capacity > this.rowsMax)
      throw new LimitError('a table is full: offer less load, or fewer connections');
    const floats = new Float64Array(capacity * STRIDE);
    const ints = new Int32Array(capacity * STRIDE);
    floats.set(this.floats);
    ints.set(this.ints);
    this.capacity = capacity;
    this.floats = floats;
    this.ints = ints;
    this.bind(floats, ints);
  }
}
