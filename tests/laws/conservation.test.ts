/**
 * Conservation (books.ts) in the netperf kinds that no scenario uses, with small buffers and on the veth machine;
 * and that what breaks it is noticed. Every backend in every scenario: matrix.test.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import type { Cluster } from '../../engine/build.ts';
import { InvariantError } from '../../engine/core/assert.ts';
import { STRIDE } from '../../engine/core/table.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';
import { balances, runsDry } from './books.ts';

/** Checks the books where the run ends, lets it run dry, checks that nothing is left. */
function conserves(spec: TaskSpec, label: string): void {
  runTask(spec, {
    done: (cluster) => {
      balances(cluster, spec, label);
      runsDry(cluster, label);
    },
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
    const push = p!.down.push.bind(p!.down);
    let count = 0;
    p!.down.push = (b) => {
      if (++count === 100) p!.batches.free(b);
      else push(b);
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
