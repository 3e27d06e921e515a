/**
 * Loss, duplication and reordering of segments and ACKs, by fast-check from a fixed seed: every byte arrives once,
 * in order, the scoreboard stays consistent, and the transfer ends.
 */
import { equal, ok } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type TcpOptions, TcpTable } from '../../engine/transport/tcpTable.ts';

const MSS = 1000;

interface Message {
  readonly at: number;
  readonly order: number;
  readonly arrive: () => void;
}

/** A transfer of `bytes`; `dice` (0 to 99) decides each message's fate, each write and each read. */
class Transfer {
  private readonly a: TcpTable;
  private readonly b: TcpTable;
  private readonly s: number;
  private readonly r: number;
  private wire: Message[] = [];
  private order = 0;
  private now = 0;
  private written = 0;
  private read = 0;
  private readonly bytes: number;
  private readonly dice: () => number;
  private readonly lossPercent: number;
  private readonly reorderPs: number;

  constructor(
    bytes: number,
    options: TcpOptions,
    dice: () => number,
    lossPercent: number,
    reorderPs: number,
  ) {
    this.a = new TcpTable(options, 1);
    this.b = new TcpTable(options, 1);
    this.s = this.a.open(MSS);
    this.r = this.b.open(MSS);
    this.bytes = bytes;
    this.dice = dice;
    this.lossPercent = lossPercent;
    this.reorderPs = reorderPs;
  }

  /** @returns whether it ended */
  run(): boolean {
    const { a, b, s, r } = this;
    for (let i = 0; i < 60_000 && this.read < this.bytes; i++) {
      this.send();
      this.wire.sort((x, y) => x.at - y.at || x.order - y.order);
      const timer = Math.min(a.timerPs(s), b.timerPs(r));
      const first = this.wire[0];
      if (first !== undefined && first.at <= timer) {
        this.wire.shift();
        this.now = Math.max(this.now, first.at);
        first.arrive();
      } else if (timer < Infinity) {
        this.now = Math.max(this.now, timer);
        a.onTimer(s, this.now);
        if (b.timerPs(r) <= this.now && (b.onTimer(r, this.now) & 2) !== 0) this.acknowledge();
      } else {
        // Nothing moves any more: only the application can have held it.
        if (b.readableBytes(r) === 0) return false;
        this.take(b.readableBytes(r));
      }
      a.check(s);
      ok(b.s.c.rcvNxt[r]! <= this.written, 'more arrived than was written');
    }
    equal(this.read, b.s.c.readSeq[r]);
    return this.read === this.bytes;
  }

  private post(arrive: () => void): void {
    const { dice, now, reorderPs, wire } = this;
    const copies = dice() < this.lossPercent ? 0 : dice() < 3 ? 2 : 1;
    for (let i = 0; i < copies; i++)
      wire.push({ at: now + 1e9 + dice() * reorderPs, order: this.order++, arrive });
  }

  private acknowledge(): void {
    const { a, b, s } = this;
    b.fillAck(this.r, this.now);
    const { ackSeq, ackWindowBytes, ackTsEcr, ackSackCount } = b;
    const blocks = Float64Array.from(b.ackSack);
    const ece = this.dice() < 5;
    this.post(() => a.onAck(s, this.now, ackSeq, ackWindowBytes, ackTsEcr, ackSackCount, blocks, 0, ece, 1));
  }

  private send(): void {
    const { a, s, dice } = this;
    const room = Math.min(this.bytes - this.written, Math.max(0, a.writableBytes(s)));
    if (room > 0) {
      const some = Math.ceil((room * (1 + dice())) / 100);
      a.write(s, some);
      this.written += some;
    }
    for (;;) {
      // While something is out its ACK or a deadline asks again; else nobody would.
      const might = a.canSend(s, this.now) || a.s.c.packetsOut[s]! > 0;
      if (!a.nextSkb(s, this.now)) break;
      ok(might, 'canSend said no');
      const { outSeq, outBytes, outPackets } = a;
      const stamp = this.now;
      // A queue may cut a batch: its last packets are lost.
      const packets = dice() < 10 ? Math.ceil(outPackets / 2) : outPackets;
      const bytes = packets < outPackets ? packets * MSS : outBytes;
      this.post(() => this.arrive(outSeq, bytes, packets, stamp));
    }
    a.check(s);
  }

  private arrive(seq: number, bytes: number, packets: number, stamp: number): void {
    const { b, r, dice } = this;
    b.inTsVal = stamp;
    const units = dice() < 50 ? 1 : packets;
    const acks = b.onData(r, this.now, seq, bytes, packets, units, dice() < 5);
    for (let i = 0; i < acks; i++) this.acknowledge();
    const ready = b.readableBytes(r);
    // The application reads now and then.
    if (dice() < 60 && ready > 0) this.take(dice() < 50 ? ready : Math.ceil(ready / 3));
  }

  private take(bytes: number): void {
    this.read += bytes;
    if (this.b.read(this.r, this.now, bytes) > 0) this.acknowledge();
  }
}

test('every byte arrives once and the transfer ends, whatever the wire does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200_000 }),
      fc.constantFrom(1, 8_000, 65_000),
      fc.integer({ min: 0, max: 25 }),
      fc.constantFrom(0, 2e5, 2e7),
      fc.constantFrom('cubic', 'reno', 'dctcp'),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      (bytes, gsoMaxBytes, loss, reorderPs, congestion, paced, seed) => {
        let x = seed;
        const dice = (): number => {
          x ^= x << 13;
          x ^= x >>> 17;
          x ^= x << 5;
          return (x >>> 0) % 100;
        };
        const options = { congestion, rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes, paced } as const;
        return new Transfer(bytes, options, dice, loss, reorderPs).run();
      },
    ),
    { seed: 20_261_123, numRuns: 400 },
  );
});
