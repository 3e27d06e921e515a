/**
 * What the wheel is compared with: the two heaps that everybody writes first. Both order by (time, class, entry),
 * as the wheel does. Left out: assertions, growth, limits, so the comparison flatters the heaps.
 */

const grown = 2 ** 20 + 2;

/** Binary heap over parallel typed arrays with sequence numbers. */
export class FlatHeap {
  now = 0;
  payload = 0;
  length = 0;
  private sequence = 0;
  private readonly time = new Float64Array(grown);
  /** class · 2^48 + entry: one comparison decides a tie. */
  private readonly rank = new Float64Array(grown);
  private readonly actors = new Int32Array(grown);
  private readonly payloads = new Int32Array(grown);

  push(at: number, cls: number, kind: number, actor: number, payload: number): void {
    const rank = cls * 2 ** 48 + this.sequence++;
    let child = this.length++;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const time = this.time[parent]!;
      if (time < at || (time === at && this.rank[parent]! < rank)) break;
      this.move(parent, child);
      child = parent;
    }
    this.time[child] = at;
    this.rank[child] = rank;
    this.actors[child] = actor * 256 + kind;
    this.payloads[child] = payload;
  }

  pop(limit: number): boolean {
    if (this.length === 0 || this.time[0]! >= limit) return false;
    this.now = this.time[0]!;
    this.payload = this.payloads[0]!;
    const last = --this.length;
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) {
      if (child + 1 < last && this.before(child + 1, child)) child++;
      if (!this.before(child, last)) break;
      this.move(child, hole);
      hole = child;
    }
    this.move(last, hole);
    return true;
  }

  private before(one: number, other: number): boolean {
    const a = this.time[one]!;
    const b = this.time[other]!;
    return a < b || (a === b && this.rank[one]! < this.rank[other]!);
  }

  private move(from: number, to: number): void {
    this.time[to] = this.time[from]!;
    this.rank[to] = this.rank[from]!;
    this.actors[to] = this.actors[from]!;
    this.payloads[to] = this.payloads[from]!;
  }
}

interface HeapEvent {
  readonly at: number;
  readonly rank: number;
  readonly kind: number;
  readonly actor: number;
  readonly payload: number;
}

/** Binary heap of objects. */
export class ObjectHeap {
  now = 0;
  payload = 0;
  private sequence = 0;
  private readonly events: HeapEvent[] = [];

  get length(): number {
    return this.events.length;
  }

  push(at: number, cls: number, kind: number, actor: number, payload: number): void {
    const { events } = this;
    const event = { at, rank: cls * 2 ** 48 + this.sequence++, kind, actor, payload };
    let child = events.length;
    events.push(event);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (before(events[parent]!, event)) break;
      events[child] = events[parent]!;
      child = parent;
    }
    events[child] = event;
  }

  pop(limit: number): boolean {
    const { events } = this;
    const first = events[0];
    if (first === undefined || first.at >= limit) return false;
    this.now = first.at;
    this.payload = first.payload;
    const last = events.pop()!;
    if (events.length === 0) return true;
    let hole = 0;
    for (let child = 1; child < events.length; child = 2 * hole + 1) {
      if (child + 1 < events.length && before(events[child + 1]!, events[child]!)) child++;
      if (!before(events[child]!, last)) break;
      events[hole] = events[child]!;
      hole = child;
    }
    events[hole] = last;
    return true;
  }
}

function before(a: HeapEvent, b: HeapEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.rank < b.rank);
}
