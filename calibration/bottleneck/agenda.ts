/**
 * The bottleneck bed's own event list and timers: a second one, simple and independent, so that the engine's is not
 * needed to judge TCP. Times are ps.
 */
import type { TcpTable } from '../../engine/transport/tcpTable.ts';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** A binary heap by (time, entry): a second event list, so that the engine's own is not needed here. */
export class Agenda {
  now = 0;
  private readonly heap: Event[] = [];
  private entered = 0;
  /** Events that have happened. */
  count = 0;

  at(when: number, act: () => void): void {
    const { heap } = this;
    let i = heap.push({ at: when, order: this.entered++, act }) - 1;
    for (let p = (i - 1) >> 1; i > 0 && before(heap[i]!, heap[p]!); i = p, p = (i - 1) >> 1) swap(heap, i, p);
  }

  run(end: number): void {
    while (this.heap.length > 0 && this.heap[0]!.at <= end) {
      const event = this.take();
      this.now = event.at;
      this.count++;
      event.act();
    }
  }

  private take(): Event {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      let c = 2 * i + 1;
      if (c >= heap.length) break;
      if (c + 1 < heap.length && before(heap[c + 1]!, heap[c]!)) c++;
      if (!before(heap[c]!, heap[i]!)) break;
      swap(heap, i, c);
      i = c;
    }
    return first;
  }
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
function swap(heap: Event[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}

/** Calls `fire` when the endpoint's deadline has come; later deadlines are found out then. */
export class Alarm {
  private armed = Infinity;
  private readonly agenda: Agenda;
  private readonly table: TcpTable;
  private readonly ep: number;
  private readonly fire: () => void;

  constructor(agenda: Agenda, table: TcpTable, ep: number, fire: () => void) {
    this.agenda = agenda;
    this.table = table;
    this.ep = ep;
    this.fire = fire;
  }

  sync(): void {
    const at = this.table.timerPs(this.ep);
    if (at >= this.armed) return;
    this.armed = at;
    this.agenda.at(Math.max(at, this.agenda.now), () => {
      if (this.armed !== at) return;
      this.armed = Infinity;
      if (this.table.timerPs(this.ep) <= this.agenda.now) this.fire();
      this.sync();
    });
  }
}
