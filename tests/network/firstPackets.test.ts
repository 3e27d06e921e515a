/**
 * First packets with cold neighbours, to the picosecond: every price is zero, so what a first packet is later by is
 * frames and links alone. 84 bytes of a neighbour frame take 26.88 ns at 25 Gbit/s; a host link 500 ns, two of them
 * and two ports one way; a rack–spine link 1,000 ns at 100 Gbit/s (6.72 ns).
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import type { ClusterSpec, NetperfTraffic, TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { netperfTraffic, pricedMachine, scaledMachine, type TestPrice, tinyTask } from '../lib/tinyTask.ts';

const AT_ONCE = { waking: { pollNs: 1e12 }, nic: { moderationUs: 0 } };
const free = (prices: Record<string, TestPrice> = {}) => pricedMachine('xeon-25g', prices, AT_ONCE);

interface Case {
  readonly backend?: string;
  readonly machine?: TaskSpec['machine'];
  readonly cluster?: Partial<ClusterSpec>;
  readonly traffic?: Partial<Omit<NetperfTraffic, 'kind'>>;
  readonly kind?: NetperfTraffic['kind'];
  readonly granularity?: TaskSpec['granularity'];
}

const taskOf = ({ backend = 'host', machine = free(), cluster = {}, ...more }: Case): TaskSpec =>
  tinyTask({
    ...{ backend, machine, cluster, warmupPs: 0, windowPs: 1e9, drainPs: 1e9 },
    granularity: more.granularity ?? 'batch',
    traffic: netperfTraffic(more.kind ?? 'UDP_STREAM', {
      ...{ paceMessagesPerS: 5000, messageBytes: 200 },
      ...more.traffic,
    }),
  });

/** When each packet reaches a socket, ps. */
function arrivals(spec: TaskSpec): number[] {
  const found: number[] = [];
  runTask(spec, {
    built: ({ partitions }) => {
      for (const p of partitions) {
        const deliver = p.upper.deliver.bind(p.upper);
        p.upper.deliver = (q, b) => {
          for (let k = q.batches.packets[b]!; k > 0; k--) found.push(q.wheel.now);
          deliver(q, b);
        };
      }
    },
  });
  return found;
}

/** How much later the first packets come than with warm neighbours, ps. */
function later(one: Case): number[] {
  const warm = arrivals(taskOf(one));
  const cold = arrivals(taskOf({ ...one, cluster: { ...one.cluster, coldNeighbours: true } }));
  return cold.slice(0, 4).map((at, i) => at - warm[i]!);
}

const ARP_PS = 4 * (26_880 + 500_000);

test('in one rack the first packet waits for question and answer: 2,107.52 ns; the next ones do not', () => {
  deepEqual(later({}), [ARP_PS, 0, 0, 0]);
  equal(ARP_PS, 2_107_520);
  for (const backend of ['flannel-vxlan', 'calico-ipip', 'calico-bgp', 'flannel-host-gw', 'cilium-native'])
    deepEqual(later({ backend }), [ARP_PS, 0, 0, 0], backend);
  deepEqual(later({ granularity: 'packet' }), [ARP_PS, 0, 0, 0]);
});

test('the answer to who has asked needs no question: an exchange pays once', () => {
  // Request and response, a server that knows its client from the question.
  const [request, response, second] = later({ kind: 'UDP_RR', traffic: { messageBytes: 1 } });
  deepEqual([request, response, second], [ARP_PS, ARP_PS, ARP_PS]);
});

test('across racks the question goes through the spine; across subnets only to the gateway', () => {
  const cluster = { nodesPerRack: 1 };
  deepEqual(later({ cluster })[0], ARP_PS + 4 * (6_720 + 1_000_000));
  // To the ToR and back: half of the host links.
  const subnets = { nodesPerRack: 1, subnets: 'rack', fabricKnowsPods: true } as const;
  deepEqual(later({ cluster: subnets, backend: 'calico-bgp' })[0], ARP_PS / 2);
});

test('each host asks once for each next hop, and once for a gateway', () => {
  const frames = (cluster: Partial<ClusterSpec>, backend = 'host'): number => {
    let packets = 0;
    const spec = taskOf({
      ...{ backend, cluster: { nodes: 6, coldNeighbours: true, ...cluster } },
      traffic: { matrix: 'all-to-all', streams: 3 },
    });
    const { packetsDelivered } = runTask(spec, {
      done: ({ pools }) => {
        for (const c of pools.counts) packets += c.bornPackets;
      },
    }).counters;
    return packets - packetsDelivered;
  };
  // 15 pairs that ask each other at the same instant: both ask, both answer.
  equal(frames({}), 15 * 4);
  // Two racks of 3: 3 + 3 pairs inside, and 6 nodes that ask their gateway, whose answer is the same frame.
  equal(frames({ nodesPerRack: 3, subnets: 'rack' }), 6 * 4 + 6);
});

test('WireGuard: the address first, then initiation and response, then the packet', () => {
  // 148 and 92 bytes behind 28 of headers and 38 of framing: 214 and 158 bytes, 68.48 and 50.56 ns.
  const handshakePs = 2 * (68_480 + 50_560) + 4 * 500_000;
  for (const backend of ['calico-wireguard', 'flannel-wireguard', 'cilium-wireguard'])
    deepEqual(later({ backend }), [ARP_PS + handshakePs, 0, 0, 0], backend);
  // Four times a message is made or understood, 10 µs each.
  const machine = free({ KEYS: 10_000 });
  deepEqual(later({ backend: 'calico-wireguard', machine })[0], ARP_PS + handshakePs + 40e6);
});

test('two pods behind one bridge ask each other: two more passes; routed pods do not', () => {
  const machine = free({ BR_FWD: 700, VETH_XMIT: 100 });
  const sameNode = { machine, traffic: { sameNode: true } };
  // Within the job: the datagram is there when the job ends; two passes of 700 + 2 × 100 ns.
  const noted = (backend: string, coldNeighbours: boolean): number => {
    const spec = taskOf({ ...sameNode, backend, cluster: { coldNeighbours } });
    const { cpu } = runTask(spec);
    return cpu.reduce((sum, stage) => sum + Number(stage.ps), 0);
  };
  equal(noted('flannel-vxlan', true) - noted('flannel-vxlan', false), 2 * 900e3);
  equal(noted('calico-bgp', true) - noted('calico-bgp', false), 0);
});

test('what waits is bounded: the oldest go, and TCP goes on', () => {
  const flood = { messageBytes: 1400, burst: 400, paceMessagesPerS: 1e6 / 3 };
  const cluster = { coldNeighbours: true, hostDelayNs: 100_000 };
  // One burst, at 1.2 ms; the answer is there 0.4 ms later.
  const of = (backend: string) =>
    runTask({ ...taskOf({ backend, cluster, traffic: flood }), windowPs: 2.3e9 });
  // A datagram of 1,400 bytes is 1,466 on the wire: 145 fit into 212,992 bytes.
  const plain = of('flannel-host-gw');
  deepEqual(plain.drops, { 'neighbour queue (NEIGH_QUEUEFULL)': 255 });
  equal(plain.counters.payloadBytes, 145 * 1400);
  // WireGuard drops down to 128 before it takes the next.
  deepEqual(of('calico-wireguard').drops, { 'staged for a handshake (WireGuard)': 271 });
  // A host's own socket stops its writer at 212,992 bytes of payload: 153 datagrams, 8 more than fit.
  deepEqual(of('host').drops, { 'neighbour queue (NEIGH_QUEUEFULL)': 8 });
  for (const backend of ['host', 'flannel-host-gw']) {
    const stream = (coldNeighbours: boolean): number => {
      const spec = taskOf({ ...{ backend, kind: 'TCP_STREAM', cluster: { coldNeighbours } }, machine: busy });
      return runTask({ ...spec, warmupPs: 5e9, windowPs: 10e9, drainPs: 0 }).counters.payloadBytes;
    };
    const ratio = stream(true) / stream(false);
    ok(Math.abs(ratio - 1) < 0.02, `${backend}: ${ratio}`);
  }
});
const busy = scaledMachine('xeon-25g', 1);

test('a lost question is asked again by a later packet; nothing is made or lost silently', () => {
  // Half of all packets are lost: some first questions or answers with them.
  let second = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const spec = taskOf({
      cluster: { coldNeighbours: true, lossRate: 0.5 },
      traffic: { paceMessagesPerS: 5 },
    });
    const { counters } = runTask({ ...spec, seed, windowPs: 4e12, drainPs: 1e9 });
    if (counters.payloadBytes > 0) second++;
  }
  ok(second >= 6, `${second} of 8`);
});

test('every backend runs cold and delivers what it delivers warm', () => {
  for (const { name } of BACKENDS) {
    const packets = (coldNeighbours: boolean): number =>
      runTask(taskOf({ backend: name, machine: busy, cluster: { coldNeighbours } })).counters
        .packetsDelivered;
    equal(packets(true), packets(false), name);
  }
});

test('the order in which racks run does not matter', () => {
  const spec = taskOf({
    ...{ backend: 'flannel-vxlan', kind: 'TCP_STREAM', machine: busy },
    cluster: { nodes: 4, nodesPerRack: 1, coldNeighbours: true },
    traffic: { pairs: 2 },
  });
  equal(runTask(spec, { shuffle: (list) => void list.reverse() }).digest, runTask(spec).digest);
});

test('a veth machine is refused', () => {
  const problems = taskProblems(tinyTask({ cluster: { coldNeighbours: true }, machine: 'veth-vm' }));
  deepEqual(
    problems.map((problem) => problem.split(':')[0]),
    ['cluster.coldNeighbours'],
  );
});
