/** What of a system call's data leaves when: full skbs at once, the rest at its end, short segments by Nagle. */
import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { runTask } from '../../engine/task.ts';
import { TcpTable } from '../../engine/transport/tcpTable.ts';
import { netperfTraffic, pricedMachine, tinyTask } from '../lib/tinyTask.ts';

const MSS = 1448;

/** A stream with room for everything; payload of each skb that leaves. */
function stream(): { t: TcpTable; ep: number; leaves: () => number[] } {
  const t = new TcpTable(
    { congestion: 'cubic', rmemMaxBytes: 6e6, wmemMaxBytes: 4e6, gsoMaxBytes: 65_215 },
    1,
  );
  const ep = t.open(MSS);
  t.s.c.cwnd[ep] = 1000;
  t.s.c.right[ep] = 1e9;
  const leaves = (): number[] => {
    const bytes: number[] = [];
    while (t.nextSkb(ep, 1e9)) bytes.push(t.outBytes);
    t.check(ep);
    return bytes;
  };
  return { t, ep, leaves };
}

function ack(t: TcpTable, ep: number, ackSeq: number): void {
  t.onAck(ep, 2e9, ackSeq, 1e7, 1e9, 0, new Float64Array(6), 0, false, 1);
  t.check(ep);
}

test('a call of 128 KB copied in two pieces: full skbs at once, the rest when the call ends', () => {
  for (const nagle of [0, 1]) {
    const { t, ep, leaves } = stream();
    t.s.c.nagle[ep] = nagle;
    // 45 segments fill an skb; 376 B stay while the call goes on.
    t.write(ep, 65_536, false);
    deepEqual(leaves(), [65_160]);
    t.write(ep, 65_536, true);
    deepEqual(leaves(), [65_160, 752]);
  }
});

test('what fills no skb waits for the end of its call, however little is out', () => {
  const { t, ep, leaves } = stream();
  t.write(ep, 10_000, false);
  deepEqual(leaves(), []);
  t.write(ep, 0, true);
  deepEqual(leaves(), [10_000]);
});

test('Nagle by Minshall: a second short segment waits until the first is acknowledged', () => {
  const { t, ep, leaves } = stream();
  t.s.c.nagle[ep] = 1;
  t.write(ep, 131_072);
  deepEqual(leaves(), [65_160, 65_160, 752]);
  // 2,000 B are a full segment, which goes, and 552 that wait.
  t.write(ep, 2000);
  deepEqual(leaves(), [1448]);
  // Full segments out do not let it go, the short one's ACK does.
  ack(t, ep, 130_320);
  deepEqual(leaves(), []);
  ack(t, ep, 131_072);
  deepEqual(leaves(), [552]);
  // Now the 552 are the short one that is out.
  t.write(ep, 100);
  deepEqual(leaves(), []);
});

test('without Nagle every short segment goes', () => {
  const { t, ep, leaves } = stream();
  t.write(ep, 131_072);
  leaves();
  t.write(ep, 2000);
  deepEqual(leaves(), [2000]);
  t.write(ep, 100);
  deepEqual(leaves(), [100]);
});

test('a stream of such calls: two full skbs and a short one, again and again', () => {
  // 20 µs a piece of 64 KB: the first is on its way while the second is copied.
  const machine = pricedMachine('veth-vm', { U_SYSCALL: 500, COPY_U2K: 0.3 });
  const traffic = netperfTraffic('TCP_STREAM', { messageBytes: 131_072 });
  const sent: number[] = [];
  runTask(tinyTask({ machine, traffic, windowPs: 20e9 }), {
    built: ({ stacks }) => {
      for (const { tcp } of stacks) {
        const next = tcp.nextSkb.bind(tcp);
        tcp.nextSkb = (ep, now) => {
          // By the end of the call alone: Nagle would hold a short piece as well.
          tcp.s.c.nagle[ep] = 0;
          const found = next(ep, now);
          if (found && now > 15e9) sent.push(tcp.outBytes);
          return found;
        };
      }
    },
  });
  const from = sent.indexOf(752) + 1;
  deepEqual(sent.slice(from, from + 9), [65_160, 65_160, 752, 65_160, 65_160, 752, 65_160, 65_160, 752]);
});
