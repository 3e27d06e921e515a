/**
 * What each scenario is for shows in its records, already at small size: literal bounds from frame sizes,
 * line rates and offered load, never figures of an earlier run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import bonding from '../../scenarios/bonding.ts';
import crossSubnet from '../../scenarios/cross-subnet.ts';
import incast from '../../scenarios/incast.ts';
import jumbo from '../../scenarios/jumbo.ts';
import loadSweep from '../../scenarios/load-sweep.ts';
import offloadMatrix from '../../scenarios/offload-matrix.ts';
import policyScale from '../../scenarios/policy-scale.ts';
import rssEntropy from '../../scenarios/rss-entropy.ts';
import serviceScale from '../../scenarios/service-scale.ts';
import websearch from '../../scenarios/websearch.ts';
import wireguard from '../../scenarios/wireguard.ts';
import wrongMtu from '../../scenarios/wrong-mtu.ts';
import { gbps, perSecond, recordsOf, type Small, tasksOf } from './run.ts';

/** Milliseconds. */
const times = (warmup: number, window: number): NonNullable<Small['set']> => [
  ['warmupMs', warmup],
  ['windowMs', window],
];

test('offload-matrix: losing tunnel offloads hurts tunnels only; without any, VXLAN loses more than the host', () => {
  const records = recordsOf(offloadMatrix, {
    backends: ['host', 'flannel-vxlan', 'calico-bgp'],
    set: times(4, 8),
  });
  const at = (cell: string): number => gbps(records.get(cell)!);
  assert.equal(at('host no-tunnel'), at('host all'));
  assert.equal(at('calico-bgp no-tunnel'), at('calico-bgp all'));
  assert.ok(at('flannel-vxlan no-tunnel') < 0.85 * at('flannel-vxlan all'));
  // A NIC that does not split inside tunnels leaves what a NIC that splits nothing leaves: software GSO.
  assert.equal(at('flannel-vxlan software'), at('flannel-vxlan no-tunnel'));
  const kept = (backend: string): number => at(`${backend} none`) / at(`${backend} all`);
  assert.ok(kept('host') < 0.5, `host keeps ${kept('host')}`);
  assert.ok(kept('flannel-vxlan') < 0.7 * kept('host'), `VXLAN keeps ${kept('flannel-vxlan')}`);
});

test('jumbo: the line-bound host gains its headers, packet-bound backends a multiple', () => {
  const records = recordsOf(jumbo, {
    backends: ['host', 'flannel-udp', 'calico-wireguard'],
    set: times(4, 8),
  });
  const gain = (backend: string, offloads: string): number =>
    gbps(records.get(`${backend} ${offloads} 9000`)!) / gbps(records.get(`${backend} ${offloads} 1500`)!);
  // Payload share of the line: 8948 of 9038 bytes over 1448 of 1538 is 1.0516.
  assert.ok(Math.abs(gain('host', 'all') - 1.0516) < 0.02, `${gain('host', 'all')}`);
  for (const backend of ['flannel-udp', 'calico-wireguard']) {
    assert.ok(gain(backend, 'all') > 2, `${backend} ${gain(backend, 'all')}`);
  }
  // Nobody gains more than the ratio of the segments (6.18) and its share of the smaller headers.
  assert.ok(gain('host', 'none') > 2 && gain('host', 'none') < 6.6);
});

test('wrong-mtu: tunnels stall where no ICMP comes; it costs ten packets where it does, and clamping none', () => {
  const backends = ['host', 'flannel-vxlan', 'calico-ipip', 'calico-bgp', 'cilium-vxlan', 'calico-wireguard'];
  const records = recordsOf(wrongMtu, { backends, set: times(10, 20) });
  const dropped = (cell: string): number => records.get(cell)!.drops['mtu exceeded'] ?? 0;
  for (const backend of backends) {
    const right = gbps(records.get(`${backend} null passed as-is`)!);
    assert.equal(dropped(`${backend} null passed as-is`), 0);
    const tunnel = backend !== 'host' && backend !== 'calico-bgp';
    const stalls = `${backend} 1500 filtered as-is`;
    assert.equal(dropped(stalls), tunnel ? 10 : 0, stalls);
    assert.equal(gbps(records.get(stalls)!), tunnel ? 0 : right, stalls);
    assert.equal(dropped(`${backend} 1500 passed as-is`), tunnel ? 10 : 0);
    const told = gbps(records.get(`${backend} 1500 passed as-is`)!);
    assert.ok(Math.abs(told / right - 1) < 0.12, `${backend} ${told} of ${right}`);
    assert.equal(gbps(records.get(`${backend} 1500 filtered clamped`)!), right, backend);
  }
});

test('rss-entropy: IPIP and WireGuard arrive on one queue, VXLAN and plain packets on all eight', () => {
  const records = recordsOf(rssEntropy, { set: times(2, 4), sweep: { streams: [16] } });
  // Sixteen streams of 50,000 datagrams of 512 B a second.
  const offeredGbps = 3.2768;
  for (const backend of ['host', 'calico-bgp', 'flannel-vxlan', 'cilium-geneve']) {
    const record = records.get(`${backend} 16`)!;
    assert.ok(gbps(record) > 0.99 * offeredGbps, backend);
    assert.equal(busyQueues(record), 8, backend);
  }
  for (const backend of ['flannel-ipip', 'calico-ipip', 'calico-wireguard', 'flannel-udp']) {
    const record = records.get(`${backend} 16`)!;
    assert.ok(gbps(record) < 0.5 * offeredGbps, backend);
    assert.ok(Object.values(record.drops).some((packets) => packets > 0));
    // WireGuard's peer worker takes a second core.
    assert.ok(busyQueues(record) <= (backend === 'calico-wireguard' ? 2 : 1), backend);
  }
});

/** RX queues of node 1 whose core (0 … 7) works a tenth of the time. */
function busyQueues({ coreBusyPs, windowPs }: { coreBusyPs: readonly number[]; windowPs: number }): number {
  return coreBusyPs.slice(16, 24).filter((ps) => ps > windowPs / 10).length;
}

test('bonding: one flow has one member; ports spread by layer3+4, IPIP has none to show', () => {
  const records = recordsOf(bonding, {
    backends: ['host', 'calico-ipip'],
    set: times(10, 10),
    sweep: { bondHash: ['layer2', 'layer3+4'] },
  });
  // 12.5 Gbit/s a member; payload 1448 of 1538 bytes, over IPIP 1428 of 1538.
  const [plainGbps, ipipGbps] = [11.77, 11.61];
  for (const [cell, record] of records) {
    const member = cell.startsWith('host') ? plainGbps : ipipGbps;
    const both = cell === 'host layer3+4 8';
    assert.ok(gbps(record) < (both ? 2.01 : 1.01) * member, `${cell}: ${gbps(record)}`);
    assert.ok(gbps(record) > (both ? 1.8 : 0.95) * member, `${cell}: ${gbps(record)}`);
  }
  assert.equal(records.size, 8);
});

test('cross-subnet: plain routes are infeasible; CrossSubnet and DirectRouting encapsulate only across', () => {
  const datagrams: NonNullable<Small['set']> = [
    ['kind', 'UDP_STREAM'],
    ['message', 1000],
    ['traffic.netperf.paceMessagesPerS', 50_000],
  ];
  const records = recordsOf(crossSubnet, { set: [...times(2, 20), ...datagrams] });
  assert.deepEqual(
    [...records.keys()].filter((cell) => /^(flannel-host-gw|calico-bgp) /.test(cell)),
    [],
  );
  const perPayload = (cell: string): number => {
    const { wireBytes, payloadBytes } = records.get(cell)!.counters;
    return wireBytes / payloadBytes;
  };
  // 28 B of UDP and IP, 38 of Ethernet with preamble and gap, and what the tunnel puts around.
  const cases = [
    ['flannel-vxlan-directrouting', 50],
    ['calico-vxlan-crosssubnet', 50],
    ['calico-ipip-crosssubnet', 20],
  ] as const;
  for (const [backend, outerBytes] of cases) {
    const inside = perPayload(`${backend} same-subnet`);
    const across = perPayload(`${backend} cross-subnet`);
    assert.ok(Math.abs(inside - 1.066) < 0.003, `${backend} inside: ${inside}`);
    assert.ok(Math.abs(across - 1.066 - outerBytes / 1000) < 0.003, `${backend} across: ${across}`);
    const always = backend.replace(/-(directrouting|crosssubnet)$/, '');
    const digestOf = (name: string) => records.get(`${name} cross-subnet`)!.digest;
    assert.equal(digestOf(backend), digestOf(always), `${backend} across is ${always}`);
    assert.ok(perPayload(`${always} same-subnet`) > 1.066 + outerBytes / 1000 - 0.003);
  }
});

test('cross-subnet: a spine is farther than a ToR', () => {
  const set: NonNullable<Small['set']> = [...times(2, 20), ['kind', 'TCP_RR'], ['message', 1]];
  const records = recordsOf(crossSubnet, { backends: ['host'], set });
  assert.ok(perSecond(records.get('host cross-subnet')!) < perSecond(records.get('host same-subnet')!));
});

test('wireguard: more streams of one pair of nodes do not help, more nodes do', () => {
  const records = recordsOf(wireguard, {
    backends: ['calico-bgp', 'calico-wireguard', 'flannel-wireguard'],
    set: times(10, 10),
  });
  const at = (backend: string, fanIn: number, streams: number): number =>
    gbps(records.get(`${backend} TCP_STREAM 65536 ${fanIn} ${streams}`)!);
  for (const backend of ['calico-wireguard', 'flannel-wireguard']) {
    assert.ok(at(backend, 1, 1) < 0.3 * at('calico-bgp', 1, 1));
    assert.ok(at(backend, 1, 4) < 1.35 * at(backend, 1, 1));
    assert.ok(at(backend, 4, 1) > 1.6 * at(backend, 1, 1));
  }
});

test('incast: one line is all that many senders get, and the ToR port drops more the more they are', () => {
  const records = recordsOf(incast, { backends: ['host', 'flannel-vxlan'], set: times(30, 20) });
  const drops = (cell: string): number => records.get(cell)!.drops['ToR port'] ?? 0;
  for (const backend of ['host', 'flannel-vxlan']) {
    for (const fanIn of [2, 8, 32]) {
      const record = records.get(`${backend} ${fanIn}`)!;
      // 25 Gbit/s × 1448 / 1538, and 1 % for what waited in sockets when the window began.
      assert.ok(gbps(record) < 23.54 * 1.01, `${backend} ${fanIn}: ${gbps(record)}`);
      assert.equal(record.binding.resource, 'downlink');
    }
    assert.ok(drops(`${backend} 32`) > drops(`${backend} 2`));
  }
});

test('load-sweep: each backend has its knee, Flannel UDP first, IPIP next, the host beyond', () => {
  const records = recordsOf(loadSweep, {
    backends: ['host', 'flannel-udp', 'calico-ipip'],
    set: times(5, 5),
    sweep: { requests: [25_000, 100_000, 300_000] },
  });
  const over = (backend: string): boolean[] =>
    [25_000, 100_000, 300_000].map((requests) => records.get(`${backend} ${requests}`)!.overloaded);
  assert.deepEqual(over('host'), [false, false, false]);
  assert.deepEqual(over('calico-ipip'), [false, false, true]);
  assert.deepEqual(over('flannel-udp'), [false, true, true]);
});

test('policy-scale: lists cost in proportion to their rules, a set costs one lookup, eBPF walks none', () => {
  const records = recordsOf(policyScale, {
    backends: ['calico-bgp', 'cilium-native'],
    set: times(5, 400),
    sweep: { rules: [0, 100, 10_000, 50_000] },
  });
  /** One exchange, µs. */
  const us = (backend: string, kind: string, rules: number): number =>
    1e6 / perSecond(records.get(`${backend} TCP_RR ${kind} ${rules}`)!);
  for (const kind of ['iptables-legacy', 'iptables-nft', 'nft']) {
    const none = us('calico-bgp', kind, 0);
    const ratio = (us('calico-bgp', kind, 50_000) - none) / (us('calico-bgp', kind, 10_000) - none);
    assert.ok(Math.abs(ratio - 5) < 0.25, `${kind}: five times the rules cost ${ratio} times as much`);
    assert.equal(us('cilium-native', kind, 50_000), us('cilium-native', kind, 0));
  }
  assert.equal(us('calico-bgp', 'set', 50_000), us('calico-bgp', 'set', 100));
  assert.ok(us('calico-bgp', 'set', 50_000) < 1.02 * us('calico-bgp', 'set', 0));
});

test('service-scale: iptables costs in proportion to the services, the others one lookup', () => {
  const records = recordsOf(serviceScale, {
    backends: ['flannel-vxlan', 'calico-bgp', 'cilium-native'],
    set: times(5, 400),
    sweep: { services: [10, 10_000, 20_000] },
  });
  /** One connection, µs. */
  const us = (backend: string, proxy: string, services: number): number =>
    1e6 / perSecond(records.get(`${backend} TCP_CRR ${proxy} ${services}`)!);
  for (const backend of ['flannel-vxlan', 'calico-bgp']) {
    const few = us(backend, 'iptables', 10);
    const ratio = (us(backend, 'iptables', 20_000) - few) / (us(backend, 'iptables', 10_000) - few);
    assert.ok(Math.abs(ratio - 2) < 0.1, `${backend}: twice the services cost ${ratio} times as much`);
    for (const proxy of ['ipvs', 'nft', 'ebpf']) {
      assert.equal(us(backend, proxy, 20_000), us(backend, proxy, 10), `${backend} ${proxy}`);
      assert.ok(us(backend, proxy, 10) < 1.05 * few);
    }
  }
  assert.equal(us('cilium-native', 'ebpf', 20_000), us('cilium-native', 'ebpf', 10));
  assert.equal(records.has('cilium-native TCP_CRR iptables 10'), false);
});

test('websearch: 200 nodes, 300 ms; large flows are slowed more than small ones by a tunnel', () => {
  const [full] = tasksOf(websearch, { backends: ['host'] });
  assert.deepEqual([full!.cluster.nodes, full!.windowPs], [200, 3e11]);
  const records = recordsOf(websearch, {
    backends: ['host', 'flannel-vxlan'],
    set: [...times(2, 80), ['nodes', 16], ['load', 0.05]],
  });
  const mean = (backend: string, hist: 'slowdownSmall' | 'slowdownLarge'): number => {
    const { buckets, count } = records.get(backend)![hist];
    assert.ok(count > 5, `${backend} has ${count} flows`);
    return buckets.reduce((sum, [index, n]) => sum + index * n, 0) / count;
  };
  assert.ok(mean('flannel-vxlan', 'slowdownLarge') > mean('host', 'slowdownLarge'));
  assert.equal(records.get('host')!.counters.flowsCensored, 0);
});
