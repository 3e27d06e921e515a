/**
 * Conservation: every packet and byte that a socket gave to the stack was taken by a socket, dropped for a named
 * reason, or is under way; and once nothing new comes, nothing stays under way. Every default backend in a small
 * version of every shipped scenario, and in the netperf kinds that the scenarios do not use.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed, DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import type { Cluster } from '../../engine/build.ts';
import { InvariantError } from '../../engine/core/assert.ts';
import { STRIDE } from '../../engine/core/table.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { feasibility } from '../../engine/host/feasible.ts';
import { runTask } from '../../engine/task.ts';
import { runWindows } from '../../engine/windows.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { SCENARIOS } from '../../scenarios/index.ts';
import { expand, NO_OVERRIDES } from '../../scenarios/lib/expand.ts';
import { WORKLOADS, type WorkloadName } from '../../workloads/index.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const QUIET = { sample: () => undefined };

/** Packets and payload in live batches, counted here. */
function underWay(cluster: Cluster): { packets: number; bytes: number } {
  let packets = 0;
  let bytes = 0;
  for (const p of cluster.partitions) {
    const { batches } = p;
    for (let b = 0; b < batches.end; b += STRIDE) {
      packets += batches.packets[b]!;
      bytes += batches.bytes[b]!;
    }
  }
  return { packets, bytes };
}

function books(cluster: Cluster) {
  const sum = { born: 0, died: 0, lost: 0, named: 0, bornBytes: 0, diedBytes: 0, lostBytes: 0 };
  for (const p of cluster.partitions) {
    sum.born += p.bornPackets;
    sum.died += p.diedPackets;
    sum.lost += p.lostPackets;
    sum.bornBytes += p.bornBytes;
    sum.diedBytes += p.diedBytes;
    sum.lostBytes += p.lostBytes + p.batches.cutBytes;
    for (const n of p.dropped) sum.named += n;
  }
  return sum;
}

/** Runs on for two simulated seconds without new work: retransmissions and timers come to their end. */
function runDry(cluster: Cluster): void {
  const { partitions, setup, lookaheadPs } = cluster;
  runWindows({
    partitions,
    setup,
    lookaheadPs: lookaheadPs === Infinity ? 1e9 : lookaheadPs,
    observer: QUIET,
    endPs: 2e12,
    eventsMax: 20_000_000,
    finished: () => false,
  });
}

/** Checks the books where the run ends, lets it run dry, checks that nothing is left. */
function conserves(spec: TaskSpec, label: string): void {
  runTask(spec, {
    done: (cluster) => {
      const at = books(cluster);
      const flying = underWay(cluster);
      // One connection has one packet under way; behind tens of thousands of rules or services it hardly gets anywhere.
      // Where no ICMP message comes, a stream may stop after its first window of ten.
      const streams = spec.cluster.pmtud ? 21 : 10;
      const least = /^TCP_C?RR$/.test(spec.traffic.netperf?.kind ?? '') ? 1 : streams;
      assert.ok(at.born >= least, `${label}: hardly anything was sent`);
      assert.equal(at.born, at.died + at.lost + flying.packets, `${label}: packets`);
      assert.equal(at.bornBytes, at.diedBytes + at.lostBytes + flying.bytes, `${label}: payload`);
      assert.equal(at.lost, at.named, `${label}: a drop without a reason`);
      runDry(cluster);
      const end = books(cluster);
      assert.deepEqual(underWay(cluster), { packets: 0, bytes: 0 }, `${label}: stuck for ever`);
      assert.equal(end.born, end.died + end.lost, `${label}: packets, dry`);
      assert.equal(end.bornBytes, end.diedBytes + end.lostBytes, `${label}: payload, dry`);
      for (const p of cluster.partitions) assert.equal(p.batches.live, 0, `${label}: an empty batch leaked`);
    },
  });
}

const SMALL = [
  ['warmupMs', 0.5],
  ['windowMs', 1],
  ['drainMs', 5],
] as const;

for (const scenario of SCENARIOS) {
  test(`${scenario.id}: every default backend conserves packets and payload`, () => {
    const needed = scenario.traffic.netperf?.matrix === 'incast' ? scenario.cluster.nodes : 0;
    const nodes = Math.max(needed, Math.min(scenario.cluster.nodes, 12));
    const tasks = expand(
      scenario,
      {
        backends: DEFAULT_BACKENDS.map(backendNamed),
        baseline: backendNamed('host'),
        machine: machineNamed(scenario.machine),
        sizes: (name) => WORKLOADS[name as WorkloadName],
      },
      {
        ...NO_OVERRIDES,
        replications: 1,
        set: [...SMALL, ['cluster.nodes', nodes], ['cluster.nodesPerRack', Math.min(4, nodes)]],
      },
    );
    assert.ok(tasks.length >= DEFAULT_BACKENDS.length);
    const feasible = tasks.filter((task) => feasibility(task.backend, task.cluster, task.policy) === null);
    for (const task of feasible) conserves(task, task.cell);
  });
}

const OTHERS = {
  TCP_CRR: netperfTraffic('TCP_CRR', { pairs: 4, streams: 4 }),
  UDP_RR: netperfTraffic('UDP_RR', { pairs: 4, streams: 4 }),
  'UDP_STREAM into a socket that nobody reads': netperfTraffic('UDP_STREAM', { sink: true }),
  'UDP_STREAM in bursts': netperfTraffic('UDP_STREAM', { paceMessagesPerS: 400_000, burst: 200 }),
  'incast of TCP_STREAM': netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn: 7 }),
  'all-to-all TCP_STREAM': netperfTraffic('TCP_STREAM', { matrix: 'all-to-all' }),
};

for (const [name, traffic] of Object.entries(OTHERS)) {
  test(`${name}: every default backend conserves packets and payload, with small buffers`, () => {
    for (const backend of DEFAULT_BACKENDS) {
      const cluster = { nodes: 8, nodesPerRack: 4, bufferBytes: 30_000 };
      conserves(tinyTask({ backend, cluster, traffic, warmupPs: 2e8, windowPs: 8e8 }), `${name}, ${backend}`);
    }
  });
}

test('full conntrack tables conserve what they drop', () => {
  for (const backend of ['flannel-vxlan', 'calico-bgp']) {
    const traffic = netperfTraffic('TCP_CRR', { matrix: 'incast', fanIn: 3, streams: 4 });
    const policy = { rules: 0, conntrackMax: 40 };
    conserves(tinyTask({ backend, cluster: { nodes: 4 }, traffic, policy }), backend);
  }
});

test('the veth machine conserves packets and payload', () => {
  for (const backend of DEFAULT_BACKENDS) {
    for (const kind of ['TCP_STREAM', 'TCP_CRR', 'UDP_STREAM'] as const) {
      const traffic = netperfTraffic(kind);
      conserves(
        tinyTask({ backend, machine: 'veth-vm', traffic, windowPs: 1e9 }),
        `veth ${kind}, ${backend}`,
      );
    }
  }
});

// ---- broken on purpose

const twoRacks = (): TaskSpec => tinyTask({ backend: 'flannel-vxlan', cluster: { nodesPerRack: 1 } });

/** The task with its cluster broken by `harm`, which is called once before the run. */
const broken = (harm: (cluster: Cluster) => void) => () => runTask(twoRacks(), { built: harm });

test('the same task runs unharmed', () => {
  assert.ok(runTask(twoRacks()).counters.packetsDelivered > 1000);
});

test('a batch that vanishes inside a host is noticed', () => {
  const harm = ({ partitions: [p] }: Cluster) => {
    const output = p!.output.bind(p);
    let count = 0;
    p!.output = (b) => (++count === 100 ? p!.batches.free(b) : output(b));
  };
  assert.throws(broken(harm), { constructor: InvariantError, message: /^packets were lost or made/ });
});

test('a batch that comes twice is noticed', () => {
  const harm = ({ partitions: [p] }: Cluster) => {
    const output = p!.output.bind(p);
    let count = 0;
    p!.output = (b) => {
      if (++count === 100) {
        const twin = p!.batches.alloc();
        p!.batches.copy(b, twin);
        output(twin);
      }
      output(b);
    };
  };
  assert.throws(broken(harm), { constructor: InvariantError, message: /^packets were lost or made/ });
});

test('a message that vanishes between racks is noticed', () => {
  const harm = ({ partitions: [p] }: Cluster) => {
    const post = p!.post.bind(p);
    let count = 0;
    p!.post = (to, kind, actor, b) => {
      post(to, kind, actor, b);
      if (++count === 100) p!.outboxCount--;
    };
  };
  assert.throws(broken(harm), { constructor: InvariantError, message: /^packets were lost or made/ });
});

test('one byte of payload that vanishes is noticed', () => {
  const harm = ({ partitions: [p] }: Cluster) => {
    const consume = p!.consume.bind(p);
    let count = 0;
    p!.consume = (b) => {
      if (++count === 100) p!.batches.bytes[b]! += 1;
      consume(b);
    };
  };
  assert.throws(broken(harm), { constructor: InvariantError, message: /^payload was lost or made/ });
});

test('a core that works longer than time passed is noticed', () => {
  const harm = ({ partitions: [p] }: Cluster) => {
    p!.cores.busySoftPs[3 * STRIDE] = 1e12;
  };
  assert.throws(broken(harm), { constructor: InvariantError, message: /^a core worked longer/ });
});

test('a link that works longer than time passed is noticed', () => {
  const harm = ({ partitions: [p] }: Cluster) => {
    p!.ports.workPs = () => 1e12;
  };
  assert.throws(broken(harm), { constructor: InvariantError, message: /^a link worked longer/ });
});
