/** The receiver by hand: how many ACKs, when delayed, which blocks, what window. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { TcpTable } from '../../engine/transport/tcpTable.ts';

const MSS = 1000;

function receiver(): { t: TcpTable; ep: number } {
  const t = new TcpTable(
    { congestion: 'cubic', rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes: 65_000 },
    1,
  );
  return { t, ep: t.open(MSS) };
}

/** Takes the first sixteen skbs, which are acknowledged at once. @returns bytes received */
function pastQuickAcks(t: TcpTable, ep: number): number {
  for (let i = 0; i < 16; i++) {
    equal(t.onData(ep, 0, i * MSS, MSS, 1, 1, false), 1);
    t.fillAck(ep, 0);
  }
  return 16 * MSS;
}

/** As if the last ACK had granted 20,000 bytes: more could be granted now, so ACKs need not wait for the reader. */
function grantedLittle(t: TcpTable, ep: number): void {
  t.s.c.rcvRight[ep] = t.s.c.rcvNxt[ep]! + 20_000;
}

test('single packets: every second one is acknowledged, the odd one after 40 ms', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  grantedLittle(t, ep);
  equal(t.onData(ep, 1e9, at, MSS, 1, 1, false), 0);
  equal(t.timerPs(ep), 1e9 + 40e9);
  equal(t.onData(ep, 2e9, at + MSS, MSS, 1, 1, false), 1);
  t.fillAck(ep, 2e9);
  equal(t.ackSeq, at + 2 * MSS);
  equal(t.timerPs(ep), Infinity);
  // Ten packets of one poll that were not merged: five. Five: two, and the fifth waits.
  grantedLittle(t, ep);
  equal(t.onData(ep, 3e9, at + 2 * MSS, 10 * MSS, 10, 10, false), 5);
  t.fillAck(ep, 3e9);
  grantedLittle(t, ep);
  equal(t.onData(ep, 4e9, at + 12 * MSS, 5 * MSS, 5, 5, false), 2);
  t.fillAck(ep, 4e9);
  equal(t.ackSeq, at + 16 * MSS);
  equal(t.ackSeq + t.ackWindowBytes, 65_536);
  equal(t.timerPs(ep), 4e9 + 40e9);
  grantedLittle(t, ep);
  equal(t.onData(ep, 5e9, at + 17 * MSS, 5 * MSS, 5, 5, false), 3);
});

test('a merged skb of many segments: one ACK', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  t.read(ep, 0, at);
  t.s.c.rcvRight[ep] = at + 20_000;
  // 65,536 − 44,000 B could be granted, more than the 20,000 that were.
  equal(t.onData(ep, 1e9, at, 44 * MSS, 44, 1, false), 1);
});

test('a reader that lags: its read acknowledges, as long as less could be granted than was', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  t.read(ep, 0, at);
  t.s.c.rcvRight[ep] = at + 40_000;
  // 65,536 − 30,000 B are fewer than 40,000: no ACK, but the timer of a delayed one.
  equal(t.onData(ep, 1e9, at, 30 * MSS, 30, 1, false), 0);
  equal(t.timerPs(ep), 1e9 + 40e9);
  equal(t.onData(ep, 2e9, at + 30 * MSS, 10 * MSS, 10, 10, false), 0);
  equal(t.timerPs(ep), 1e9 + 40e9);
  equal(t.read(ep, 3e9, 40 * MSS), 1);
  t.fillAck(ep, 3e9);
  equal(t.ackSeq, at + 40 * MSS);
  equal(t.ackWindowBytes, 65_536);
  equal(t.timerPs(ep), Infinity);
});

test('the window threshold grows as if the reader had emptied the queue', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  // 100,000 B of window are there, 65,536 may be granted; what lies unread is not taken off.
  t.s.c.rcvBuf[ep] = 200_000;
  t.onData(ep, 1e9, at, 10 * MSS, 10, 1, false);
  t.onData(ep, 1e9, at + 10 * MSS, 10 * MSS, 10, 1, false);
  // Twice an skb each time, up to 100,000 less one skb.
  equal(t.s.c.rcvSsthresh[ep], 90_000);
});

test('out of order: an ACK at once, with the newest block first', () => {
  const { t, ep } = receiver();
  equal(t.onData(ep, 0, 0, MSS, 1, 1, false), 1);
  equal(t.onData(ep, 1, 2 * MSS, MSS, 1, 1, false), 1);
  equal(t.onData(ep, 2, 6 * MSS, MSS, 1, 1, false), 1);
  equal(t.onData(ep, 3, 4 * MSS, MSS, 1, 1, false), 1);
  t.fillAck(ep, 3);
  equal(t.ackSeq, MSS);
  deepEqual(
    [...t.ackSack],
    [4, 5, 6, 7, 2, 3].map((n) => n * MSS),
  );
  // The hole closes: everything in order is readable and acknowledged at once.
  equal(t.onData(ep, 4, MSS, MSS, 1, 1, false), 1);
  t.fillAck(ep, 4);
  equal(t.ackSeq, 3 * MSS);
  equal(t.readableBytes(ep), 3 * MSS);
  equal(t.ackSackCount, 2);
});

test('a packet twice: acknowledged, not delivered twice', () => {
  const { t, ep } = receiver();
  t.onData(ep, 0, 0, 2 * MSS, 2, 2, false);
  equal(t.onData(ep, 1, 0, MSS, 1, 1, false), 1);
  equal(t.readableBytes(ep), 2 * MSS);
});

test('the window is half of the buffer, shrinks with what is unread, and its reopening is told', () => {
  const { t, ep } = receiver();
  t.fillAck(ep, 0);
  equal(t.ackWindowBytes, 65_536);
  t.onData(ep, 0, 0, 60 * MSS, 60, 1, false);
  t.fillAck(ep, 0);
  equal(t.ackWindowBytes, 65_536 - 60 * MSS);
  equal(t.read(ep, 1e9, 60 * MSS), 1);
  t.fillAck(ep, 1e9);
  ok(t.ackWindowBytes >= 65_536);
});

test('out of order: three ACKs at once, then compressed to one a twentieth of the round trip, 1 ms at most', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  t.s.c.rcvRtt[ep] = 10e9;
  const acks = [1, 2, 3, 4, 5].map((n) => {
    const count = t.onData(ep, 1e9, at + n * MSS, MSS, 1, 1, false);
    if (count > 0) t.fillAck(ep, 1e9);
    return count;
  });
  deepEqual(acks, [1, 1, 1, 0, 0]);
  equal(t.timerPs(ep), 1e9 + 0.5e9);
  equal(t.onTimer(ep, 1.5e9) & 2, 2);
  t.fillAck(ep, 1.5e9);
  deepEqual([...t.ackSack.subarray(0, 2)], [at + MSS, at + 6 * MSS]);
  // 45 more: all but one of them held back, then the 45th sends.
  let sent = 0;
  for (let n = 6; n < 51; n++) sent += t.onData(ep, 2e9, at + n * MSS, MSS, 1, 1, false);
  equal(sent, 1);
});

test('a reader that empties the queue acknowledges a short segment at once', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  t.read(ep, 0, at);
  equal(t.onData(ep, 1e9, at, MSS, 1, 1, false), 0);
  equal(t.read(ep, 1e9, MSS), 0); // a full segment: its ACK waits for the next
  t.fillAck(ep, 1e9);
  equal(t.onData(ep, 2e9, at + MSS, 300, 1, 1, false), 0);
  equal(t.read(ep, 2e9, 300), 1);
});

test('a window too small to be useful is none, and stays until an ACK can double it', () => {
  const { t, ep } = receiver();
  t.onData(ep, 0, 0, 62 * MSS, 62, 1, false);
  t.fillAck(ep, 0);
  // 3,536 B of 65,536 are free, less than a sixteenth: the right edge stays where it was.
  equal(t.ackSeq + t.ackWindowBytes, 65_536);
  t.onData(ep, 1e9, 62 * MSS, 3 * MSS, 3, 1, false);
  t.fillAck(ep, 1e9);
  equal(t.ackWindowBytes, 536);
  equal(t.read(ep, 2e9, 2 * MSS), 0); // 2,536 B: still none
  equal(t.read(ep, 3e9, 20 * MSS), 1);
  t.fillAck(ep, 3e9);
  ok(t.ackWindowBytes >= 22_000);
});

test('the buffer grows to several times what is read in a round trip; meanwhile every skb is acknowledged', () => {
  const { t, ep } = receiver();
  let at = pastQuickAcks(t, ep);
  t.s.c.rcvRtt[ep] = 1e9;
  t.read(ep, 1e6, at);
  equal(t.s.c.rcvBuf[ep], 131_072);
  t.onData(ep, 1e9, at, 20 * MSS, 20, 1, false);
  at += 20 * MSS;
  // 36 packets since the beginning; ten were assumed: 2 · (36 · 2 + 16) · (1 + 2 · (36 − 10) / 10) packets of buffer.
  t.read(ep, 2e9, 20 * MSS);
  equal(t.s.c.rcvBuf[ep], 2 * 88 * 1000 * 6.2);
  equal(t.onData(ep, 3e9, at, MSS, 1, 1, false), 1);
  t.fillAck(ep, 3e9);
  equal(t.ackWindowBytes, 65_536 + 2 * MSS);
});
