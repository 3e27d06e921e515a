/**
 * Whose event is under way in a traced run, and its time: what racks share (pools, TCP's table) does not say for whom
 * it works, and a rack's ways up and down have clocks of their own (windows.ts).
 */
import type { Partition } from './host/partition.ts';

export class TraceClock {
  running!: Partition;
  nowPs = 0;

  /** Wraps what takes a rack's next event. */
  watch(p: Partition): void {
    const { batches, wheel } = p;
    const { popNext, reach } = wheel;
    wheel.popNext = () => {
      const popped = popNext.call(wheel);
      if (popped) this.is(p, wheel.now);
      return popped;
    };
    wheel.reach = (ps) => {
      reach.call(wheel, ps);
      this.is(p, ps);
    };
    for (const way of [p.up, p.down]) {
      const { take } = way;
      way.take = (limit) => {
        const b = take.call(way, limit);
        if (b >= 0) this.is(p, batches.t0[b]!);
        return b;
      };
    }
  }

  private is(p: Partition, ps: number): void {
    this.running = p;
    this.nowPs = ps;
  }
}
