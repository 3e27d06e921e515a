/** The sender by hand: slow start, scoreboard, probes, time-outs, windows. Each ACK is written out. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { TcpTable } from '../../engine/transport/tcpTable.ts';

const MSS = 1000;
const RTT_PS = 10e9;

function table(congestion: 'cubic' | 'reno' | 'dctcp' = 'reno', gsoMaxBytes = 1): TcpTable {
  return new TcpTable({ congestion, rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes }, 2);
}

/** Sends all that may go now: [first byte, packets, again] of each skb. */
function sendAll(t: TcpTable, ep: number, now: number): [number, number, number][] {
  const sent: [number, number, number][] = [];
  while (t.nextSkb(ep, now)) sent.push([t.outSeq, t.outPackets, t.outRetransmit]);
  t.check(ep);
  return sent;
}

function ack(
  t: TcpTable,
  ep: number,
  now: number,
  ackSeq: number,
  blocks: number[] = [],
  window = 1e7,
): void {
  const sack = Float64Array.from([...blocks, 0, 0, 0, 0, 0, 0].slice(0, 6));
  t.onAck(ep, now, ackSeq, window, now - RTT_PS, blocks.length / 2, sack, 0, false, 1);
  t.check(ep);
}

test('slow start: 10, 20, 40, 80 packets in the first rounds', () => {
  const t = table();
  const ep = t.open(MSS);
  t.write(ep, 1e6);
  let now = 1e9;
  let una = 0;
  for (const expected of [10, 20, 40, 80]) {
    const packets = sendAll(t, ep, now).reduce((n, [, p]) => n + p, 0);
    equal(packets, expected);
    now += RTT_PS;
    // One ACK for two packets, all at the round's end.
    for (let n = 2; n <= packets; n += 2) ack(t, ep, now, una + n * MSS);
    una += packets * MSS;
  }
});

test('three selective acknowledgements: exactly the lost packet is sent again, once', () => {
  const t = table();
  const ep = t.open(MSS);
  t.write(ep, 10 * MSS);
  sendAll(t, ep, 1e9);
  const now = 1e9 + RTT_PS;
  ack(t, ep, now, 2 * MSS); // packets 0 and 1
  ack(t, ep, now + 1e6, 2 * MSS, [3 * MSS, 4 * MSS]);
  ack(t, ep, now + 2e6, 2 * MSS, [3 * MSS, 5 * MSS]);
  equal(sendAll(t, ep, now + 2e6).length, 0);
  ack(t, ep, now + 3e6, 2 * MSS, [3 * MSS, 6 * MSS]);
  const again = sendAll(t, ep, now + 3e6);
  equal(again.length, 1);
  equal(again[0]![0], 2 * MSS);
  equal(again[0]![2], 1);
  equal(t.retransmittedPackets, 1);
  // Further duplicates change nothing; the hole's ACK ends it.
  ack(t, ep, now + 4e6, 2 * MSS, [3 * MSS, 10 * MSS]);
  equal(sendAll(t, ep, now + 4e6).length, 0);
  ack(t, ep, now + RTT_PS, 10 * MSS);
  equal(t.retransmittedPackets, 1);
  equal(t.s.c.state[ep], 0);
});

test('a lost retransmission is found by what was sent after it', () => {
  const t = table();
  const ep = t.open(MSS);
  t.write(ep, 60 * MSS);
  sendAll(t, ep, 1e9);
  let now = 1e9 + RTT_PS;
  for (const end of [2, 3, 4, 5]) ack(t, ep, now, 0, [MSS, end * MSS]);
  const first = sendAll(t, ep, now);
  equal(first.filter(([seq, , again]) => seq === 0 && again === 1).length, 1);
  // New data sent after the retransmission arrives, the retransmission does not.
  const later = t.s.c.nxt[ep]!;
  ack(t, ep, now + 1e8, 0, [MSS, 10 * MSS]);
  sendAll(t, ep, now + 1e8);
  now += 2 * RTT_PS;
  ok(t.s.c.nxt[ep]! > later);
  ack(t, ep, now, 0, [MSS, t.s.c.nxt[ep]!]);
  t.onTimer(ep, Math.max(now, Math.min(t.timerPs(ep), now + RTT_PS)));
  const second = sendAll(t, ep, now + RTT_PS);
  equal(second.filter(([seq, , again]) => seq === 0 && again === 1).length, 1);
  equal(t.timeouts, 0);
});

test('time-out: never before 200 ms, doubling, everything again from one packet', () => {
  const t = table();
  const ep = t.open(MSS);
  t.write(ep, 5 * MSS);
  sendAll(t, ep, 0);
  const first = t.timerPs(ep);
  ok(first >= 200e9, `${first}`);
  let now = first;
  const gaps: number[] = [];
  for (let i = 0; i < 4; i++) {
    t.onTimer(ep, now);
    sendAll(t, ep, now);
    gaps.push(t.timerPs(ep) - now);
    now = t.timerPs(ep);
  }
  ok(t.timeouts >= 3);
  for (let i = 2; i < gaps.length; i++) equal(gaps[i], 2 * gaps[i - 1]!);
  equal(t.s.c.cwnd[ep], 1);
});

test('tail loss probe: the last packet again after two round trips', () => {
  const t = table();
  const ep = t.open(MSS);
  t.write(ep, 10 * MSS);
  sendAll(t, ep, 0);
  ack(t, ep, RTT_PS, 5 * MSS);
  // Two smoothed round trips and two jiffies' slack.
  equal(t.timerPs(ep), RTT_PS + 2 * RTT_PS + 2e9);
  t.onTimer(ep, t.timerPs(ep));
  const probe = sendAll(t, ep, 3 * RTT_PS + 2e9);
  equal(probe.length, 1);
  equal(probe[0]![0], 9 * MSS);
  equal(t.timeouts, 0);
});

test('the receive window holds the sender and lets it go', () => {
  const t = table();
  const ep = t.open(MSS);
  t.write(ep, 30 * MSS);
  sendAll(t, ep, 0);
  ack(t, ep, RTT_PS, 10 * MSS, [], 3 * MSS);
  // The window granted at the start (64 KB) never shrinks: 65,536 − 10,000 of it are left.
  const packets = sendAll(t, ep, RTT_PS).reduce((n, [, p]) => n + p, 0);
  equal(packets, 20);
  const closed = table();
  const e = closed.open(MSS);
  closed.write(e, 200 * MSS);
  let una = 0;
  let now = 0;
  for (let i = 0; i < 6 && una < 65 * MSS; i++) {
    sendAll(closed, e, now);
    now += RTT_PS;
    una = closed.s.c.nxt[e]!;
    ack(closed, e, now, una, [], Math.max(0, 65_536 - una));
  }
  equal(una, 65 * MSS);
  equal(sendAll(closed, e, now).length, 0);
  ok(closed.windowLimitedPs(e, 2, now + 1e9) >= 1e9);
  ack(closed, e, now + 1e9, una, [], 10 * MSS);
  equal(
    sendAll(closed, e, now + 1e9).reduce((n, [, p]) => n + p, 0),
    10,
  );
});

/** Window of 100 packets, all out. */
function hundredOut(kind: 'cubic' | 'reno' | 'dctcp'): { t: TcpTable; ep: number } {
  const t = table(kind);
  const ep = t.open(MSS);
  t.s.c.cwnd[ep] = 100;
  t.write(ep, 1000 * MSS);
  t.s.c.right[ep] = 1e9;
  sendAll(t, ep, 1e9);
  return { t, ep };
}

test('a loss: Reno halves, DCTCP too, CUBIC keeps 717/1,024', () => {
  const after = (kind: 'cubic' | 'reno' | 'dctcp'): number => {
    const { t, ep } = hundredOut(kind);
    for (const end of [2, 3, 4]) ack(t, ep, 1e9 + RTT_PS, 0, [MSS, end * MSS]);
    return t.s.c.ssthresh[ep]!;
  };
  equal(after('reno'), 50);
  equal(after('cubic'), 70);
  equal(after('dctcp'), 50);
});

test('a mark without a loss: proportional reduction over one round trip, then the threshold', () => {
  const { t, ep } = hundredOut('reno');
  const now = 1e9 + RTT_PS;
  for (let n = 2; n <= 100; n += 2) {
    t.onAck(ep, now, n * MSS, 1e7, now - RTT_PS, 0, new Float64Array(6), 0, true, 1);
    sendAll(t, ep, now);
    ok(t.s.c.cwnd[ep]! >= 50);
    // Half of what arrives may leave.
    ok(Math.abs(t.s.c.prrOut[ep]! - n / 2) <= 1, `${t.s.c.prrOut[ep]} after ${n}`);
  }
  ack(t, ep, now + RTT_PS, 102 * MSS);
  equal(t.s.c.cwnd[ep], 50);
  equal(t.s.c.state[ep], 0);
  equal(t.retransmittedPackets, 0);
});

test('DCTCP: alpha becomes the marked share', () => {
  const t = table('dctcp');
  const ep = t.open(MSS);
  t.write(ep, 1e7);
  t.s.c.right[ep] = 1e9;
  equal(t.s.c.alpha[ep], 1);
  let una = 0;
  let count = 0;
  for (let now = 1e9; now < 1e9 + 300 * RTT_PS; now += RTT_PS) {
    sendAll(t, ep, now);
    // One packet in four is marked; each is acknowledged alone.
    for (const end = t.s.c.nxt[ep]!; una < end; ) {
      una += MSS;
      count++;
      t.onAck(ep, now + RTT_PS, una, 1e7, now, 0, new Float64Array(6), 0, count % 4 === 0, 1);
    }
    t.write(ep, 100 * MSS);
  }
  // Windows of two to four packets: the share of a round is 0, 1/4, 1/3 or 1/2, a quarter in the mean.
  ok(Math.abs(t.s.c.alpha[ep]! - 0.25) < 0.08, `${t.s.c.alpha[ep]}`);
});

test('a probe whose original had arrived changes nothing; one that repaired a loss reduces the window', () => {
  const probed = (): { t: TcpTable; ep: number; at: number } => {
    const t = table();
    const ep = t.open(MSS);
    t.write(ep, 10 * MSS);
    sendAll(t, ep, 0);
    ack(t, ep, RTT_PS, 5 * MSS);
    const at = t.timerPs(ep);
    t.onTimer(ep, at);
    equal(t.canSend(ep, at), true);
    equal(sendAll(t, ep, at).length, 1);
    equal(t.s.c.state[ep], 0);
    equal(t.s.c.cwnd[ep], 15);
    return { t, ep, at: at + RTT_PS };
  };
  const needless = probed();
  ack(needless.t, needless.ep, needless.at, 10 * MSS);
  ack(needless.t, needless.ep, needless.at + 1e6, 10 * MSS); // the duplicate's ACK
  needless.t.write(needless.ep, MSS);
  sendAll(needless.t, needless.ep, needless.at + 2e6);
  ack(needless.t, needless.ep, needless.at + RTT_PS, 11 * MSS);
  ok(needless.t.s.c.cwnd[needless.ep]! >= 15);
  const useful = probed();
  ack(useful.t, useful.ep, useful.at, 10 * MSS);
  useful.t.write(useful.ep, MSS);
  sendAll(useful.t, useful.ep, useful.at + 2e6);
  const before = useful.t.s.c.cwnd[useful.ep]!;
  ack(useful.t, useful.ep, useful.at + RTT_PS, 11 * MSS);
  equal(useful.t.s.c.cwnd[useful.ep], Math.floor(before / 2));
});

test('the echo of a timestamp older than the retransmission takes the reduction back', () => {
  const { t, ep } = hundredOut('reno');
  const now = 1e9 + RTT_PS;
  for (const end of [2, 3, 4]) ack(t, ep, now, 0, [MSS, end * MSS]);
  sendAll(t, ep, now);
  equal(t.s.c.ssthresh[ep], 50);
  // The first packet was only late: its ACK echoes the time of the original, 10 ms before the retransmission.
  ack(t, ep, now + 3e9, 100 * MSS);
  t.onAck(ep, now + 3e9, 104 * MSS, 1e7, 1e9, 0, new Float64Array(6), 0, false, 1);
  ok(t.s.c.cwnd[ep]! >= 100, `${t.s.c.cwnd[ep]}`);
  ok(t.s.c.ssthresh[ep]! > 50);
});

test('an idle sender begins anew: half the window for each time-out, ten packets at least', () => {
  const { t, ep } = hundredOut('reno');
  ack(t, ep, 1e9 + RTT_PS, 100 * MSS);
  sendAll(t, ep, 1e9 + RTT_PS);
  const last = 1e9 + 2 * RTT_PS;
  ack(t, ep, last, t.s.c.nxt[ep]!);
  equal(t.s.c.packetsOut[ep], 0);
  t.s.c.cwnd[ep] = 100;
  t.s.c.ssthresh[ep] = 50;
  // Last sent one round trip before; the time-out is 200 ms and a round trip: 2.4 of them are two halvings.
  const rto = t.s.c.rto[ep]!;
  sendAll(t, ep, last - RTT_PS + 2.4 * rto);
  equal(t.s.c.packetsOut[ep], 25);
  equal(t.s.c.ssthresh[ep], 75);
});

test('paced: after ten packets one skb each (packets / rate), twice the window a round trip in slow start', () => {
  const t = new TcpTable(
    { congestion: 'reno', rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes: 1, paced: true },
    1,
  );
  const ep = t.open(MSS);
  t.write(ep, 1e6);
  equal(sendAll(t, ep, 0).length, 10);
  for (let n = 1; n <= 10; n++) ack(t, ep, RTT_PS, n * MSS);
  // 20 packets per 10 ms, twice that: one each 250 µs. The first gap is halved: the sender had been idle.
  let now = RTT_PS;
  const gaps: number[] = [];
  for (let i = 0; i < 6; i++) {
    equal(sendAll(t, ep, now).length, 1);
    equal(t.canSend(ep, now), false);
    gaps.push(t.timerPs(ep) - now);
    now = t.timerPs(ep);
    equal(t.onTimer(ep, now) & 1, 1);
  }
  deepEqual(gaps, [125e6, 250e6, 250e6, 250e6, 250e6, 250e6]);
});

test('a super-packet holds as many segments as the rate of a millisecond, at least two, at most 64 KB', () => {
  const t = new TcpTable(
    { congestion: 'reno', rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes: 65_000 },
    1,
  );
  const ep = t.open(MSS);
  t.write(ep, 1e6);
  sendAll(t, ep, 0);
  // 100 ms: minRtt beyond 31 × 512 µs adds nothing; pacing 2 × 20 packets / 100 ms = 0.4 packets/ms → two.
  t.onAck(ep, 100e9, 10 * MSS, 1e7, 0, 0, new Float64Array(6), 0, false, 1);
  const slow = sendAll(t, ep, 100e9).map(([, packets]) => packets);
  ok(
    slow.every((n) => n <= 2),
    `${slow}`,
  );
});
