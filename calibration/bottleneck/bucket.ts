/**
 * The bottleneck: a token bucket behind a byte-limited tail-drop queue, as `tc tbf` has it.
 */
import type { Agenda } from './agenda.ts';
import type { BottleneckSpec } from './spec.ts';

const HEADER_BYTES = 66;

/** One segment on the wire; the queue counts its 66 B of headers besides. */
export interface Frame {
  readonly flow: number;
  readonly seq: number;
  readonly bytes: number;
  readonly stamp: number;
  readonly echo: number;
}

/** A shaper as `tc tbf`: tokens by rate up to the burst, a queue limited in bytes. */
export class TokenBucket {
  drops = 0;
  private tokens: number;
  private filledAt = 0;
  private queued = 0;
  private waiting = false;
  private readonly queue: Frame[] = [];
  private readonly agenda: Agenda;
  private readonly o: BottleneckSpec;
  private readonly out: (frame: Frame) => void;

  constructor(agenda: Agenda, o: BottleneckSpec, out: (frame: Frame) => void) {
    this.agenda = agenda;
    this.o = o;
    this.out = out;
    this.tokens = o.burstBytes;
  }

  offer(frame: Frame): void {
    const size = frame.bytes + HEADER_BYTES;
    if (this.queued + size > this.o.limitBytes) {
      this.drops++;
      return;
    }
    this.queued += size;
    this.queue.push(frame);
    this.serve();
  }

  private serve(): void {
    const { agenda, o, queue } = this;
    const psPerByte = 8e6 / o.rateMbps;
    this.tokens = Math.min(o.burstBytes, this.tokens + (agenda.now - this.filledAt) / psPerByte);
    this.filledAt = agenda.now;
    while (queue.length > 0 && this.tokens >= queue[0]!.bytes + HEADER_BYTES - 1e-6) {
      const frame = queue.shift()!;
      this.tokens -= frame.bytes + HEADER_BYTES;
      this.queued -= frame.bytes + HEADER_BYTES;
      agenda.at(agenda.now + 2e6, () => this.out(frame));
    }
    if (queue.length === 0 || this.waiting) return;
    this.waiting = true;
    const missing = queue[0]!.bytes + HEADER_BYTES - this.tokens;
    agenda.at(agenda.now + Math.ceil(missing * psPerByte), () => {
      this.waiting = false;
      this.serve();
    });
  }
}
