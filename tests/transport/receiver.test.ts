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

test('single packets: every second one is acknowledged, the odd one after 40 ms', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  equal(t.onData(ep, 1e9, at, MSS, 1, 1, false), 0);
  equal(t.timerPs(ep), 1e9 + 40e9);
  equal(t.onData(ep, 2e9, at + MSS, MSS, 1, 1, false), 1);
  t.fillAck(ep, 2e9);
  equal(t.ackSeq, at + 2 * MSS);
  equal(t.timerPs(ep), Infinity);
  // Ten packets of one poll that were not merged: five.
  equal(t.onData(ep, 3e9, at + 2 * MSS, 10 * MSS, 10, 10, false), 5);
});

test('a merged skb of many segments: one ACK', () => {
  const { t, ep } = receiver();
  const at = pastQuickAcks(t, ep);
  equal(t.onData(ep, 1e9, at, 44 * MSS, 44, 1, false), 1);
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
    [4, 5, 2, 3, 6, 7].map((n) => n * MSS),
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
