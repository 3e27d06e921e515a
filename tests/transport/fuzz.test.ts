/**
 * Loss, duplication and reordering of segments and ACKs, by fast-check from a fixed seed: every byte arrives once,
 * in order, the scoreboard stays consistent, and the transfer ends.
 */
import { equal, ok } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TcpTable } from '../../engine/transport/tcpTable.ts';

const MSS = 1000;

interface Message {
  readonly at: number;
  readonly order: number;
  readonly arrive: (now: number) => void;
}

/** A transfer of `bytes`; `dice` decides each message's fate. @returns whether it ended, and time-outs */
function transfer(bytes: number, gsoMaxBytes: number, dice: () => number, lossPercent: number): boolean {
  const options = { congestion: 'cubic' as const, rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes };
  const a = new TcpTable(options, 1);
  const b = new TcpTable(options, 1);
  const s = a.open(MSS);
  const r = b.open(MSS);
  let wire: Message[] = [];
  let order = 0;
  let now = 0;
  let written = 0;
  let read = 0;
  const post = (arrive: (now: number) => void): void => {
    const copies = dice() < lossPercent ? 0 : dice() < 3 ? 2 : 1;
    for (let i = 0; i < copies; i++) wire.push({ at: now + 1e9 + dice() * 2e7, order: order++, arrive });
  };
  const acknowledge = (): void => {
    b.fillAck(r, now);
    const { ackSeq, ackWindowBytes, ackTsEcr, ackSackCount } = b;
    const blocks = Float64Array.from(b.ackSack);
    post((t) => a.onAck(s, t, ackSeq, ackWindowBytes, ackTsEcr, ackSackCount, blocks, 0, false, 1));
  };
  const step = (): void => {
    const room = Math.min(bytes - written, Math.max(0, a.writableBytes(s)));
    if (room > 0) {
      const some = Math.ceil(room * (1 + dice())) > room ? room : Math.ceil(room / 2);
      a.write(s, some);
      written += some;
    }
    while (a.nextSkb(s, now)) {
      const { outSeq, outBytes, outPackets } = a;
      const stamp = now;
      post((t) => {
        b.inTsVal = stamp;
        const acks = b.onData(r, t, outSeq, outBytes, outPackets, 1, false);
        for (let i = 0; i < acks; i++) acknowledge();
        // The application reads now and then; what it reads is what comes next.
        if (dice() < 70 && b.readableBytes(r) > 0) {
          const some = b.readableBytes(r);
          read += some;
          if (b.read(r, t, some) > 0) acknowledge();
        }
      });
    }
    a.check(s);
  };
  for (let i = 0; i < 60_000 && read < bytes; i++) {
    step();
    wire.sort((x, y) => x.at - y.at || x.order - y.order);
    const timer = Math.min(a.timerPs(s), b.timerPs(r));
    const first = wire[0];
    if (first !== undefined && first.at <= timer) {
      wire = wire.slice(1);
      now = Math.max(now, first.at);
      first.arrive(now);
    } else if (timer < Infinity) {
      now = Math.max(now, timer);
      a.onTimer(s, now);
      if (b.timerPs(r) <= now && (b.onTimer(r, now) & 2) !== 0) acknowledge();
    } else {
      const rest = b.readableBytes(r);
      if (rest === 0) return false;
      read += rest;
      if (b.read(r, now, rest) > 0) acknowledge();
    }
    a.check(s);
    ok(b.s.c.rcvNxt[r]! <= written, 'more arrived than was written');
  }
  equal(read, b.s.c.readSeq[r]);
  return read === bytes;
}

test('every byte arrives once and the transfer ends, whatever the wire does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200_000 }),
      fc.constantFrom(1, 8_000, 65_000),
      fc.integer({ min: 0, max: 25 }),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      (bytes, gso, loss, seed) => {
        let x = seed;
        const dice = (): number => {
          x ^= x << 13;
          x ^= x >>> 17;
          x ^= x << 5;
          return (x >>> 0) % 100;
        };
        return transfer(bytes, gso, dice, loss);
      },
    ),
    { seed: 20_261_123, numRuns: 150 },
  );
});
