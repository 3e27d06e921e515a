/**
 * `explain` shows what the engine runs; the numbers are those of the machine's book.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import { explain } from '../../cli/explain.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { MACHINES, machineNamed } from '../../machines/catalog.ts';
import { pricedMachine } from '../lib/tinyTask.ts';
import { callWith } from './spawn.ts';

const xeon = machineNamed('xeon-25g');

const explainCall = (...argv: string[]) => callWith(shippedParts, 'explain', ...argv);

test('flannel-udp: MTU 1,472, two daemon jobs of one thread, two copies on each host', () => {
  const it = explain(backendNamed('flannel-udp'), xeon, 1500, { rules: 0 });
  assert.equal(it.podMtuBytes, 1472);
  assert.deepEqual([it.payloadBytes, it.wireBytes], [1420, 1538]);
  assert.deepEqual(it.servers, [{ name: 'flanneld', drains: ['tunRing', 'udpSocket'] }]);
  const proxy = it.paths.find((path) => path.name === it.choose.sameSubnet)!;
  assert.deepEqual(
    proxy.lanes.filter((lane) => lane.context === 'daemon').map((lane) => lane.host),
    ['sender', 'receiver'],
  );
  assert.equal(proxy.copies, 4);
});

test('every stage of every backend shows the price that the book has', () => {
  for (const backend of BACKENDS) {
    for (const { lanes } of explain(backend, xeon, 1500, { rules: 0 }).paths) {
      for (const { stage, ns, confidence, source } of lanes.flatMap((lane) => lane.stages)) {
        const price = xeon.prices[stage];
        const sum = Object.values(ns).reduce((total, value) => total + value, 0);
        const booked =
          (price.firstNs ?? 0) + (price.eachNs ?? 0) + (price.packetNs ?? 0) + (price.byteNs ?? 0);
        assert.ok(Math.abs(sum - booked) < 1e-9, `${backend.name} ${stage}: ${sum} against ${booked}`);
        assert.deepEqual([confidence, source], [price.confidence, price.source]);
      }
    }
  }
});

test('settings of policy and machine show: a proxy, published ports, connect(); others are refused', async () => {
  const service = '--set services=1000 --set policy.endpoints=9 --set policy.viaService=true'.split(' ');
  const xt = await explainCall('calico-bgp', ...service, '--set', 'proxy=iptables');
  // 1,007 rules of 1.8 ns, and 1,000 on the server's host.
  assert.match(xt.out, /path routed out[\s\S]*NF_RULE +softirq +1813 ns a new flow[\s\S]*NAT +softirq/);
  assert.match(xt.out, /path routed back[\s\S]*NF_RULE +softirq +1800 ns a new flow/);
  assert.doesNotMatch(xt.out, /routed out#1[^#]*NF_RULE/);
  const ebpf = await explainCall('cilium-native', ...service, '--set', 'proxy=ebpf');
  assert.match(
    ebpf.out,
    /connect to a service\n.*TCP_CONNECT.*\n(?: {19}.*\n)* +SOCK_LB +system +300 ns a new flow/,
  );
  const ports = await explainCall('bridge', '--set', 'policy.hostPorts=100');
  assert.match(ports.out, /path nat back[\s\S]*NF_RULE +softirq +180 ns a new flow/);
  const price = await explainCall('host', '--set', 'machine.prices.QDISC.eachNs=33');
  assert.match(price.out, /QDISC +system +33 ns an skb/);
  for (const wrong of [
    'policy.services=100001',
    'proxy=ipvs4',
    'mtu=9000',
    'policy.viaService=true',
    'a.b=1',
  ]) {
    assert.equal((await explainCall('host', '--set', wrong)).code, 2, wrong);
  }
  assert.equal((await explainCall('cilium-native', ...service, '--set', 'proxy=nft')).code, 2);
});

test('rules are paid at every netfilter pass', () => {
  const stagesWith = (rules: number): string[] =>
    explain(backendNamed('flannel-vxlan'), xeon, 1500, { rules })
      .paths.flatMap((path) => path.lanes)
      .flatMap((lane) => lane.stages)
      .map((stage) => stage.stage);
  assert.equal(stagesWith(0).includes('NF_RULE'), false);
  const stages = stagesWith(10);
  const count = (name: string): number => stages.filter((stage) => stage === name).length;
  assert.equal(count('NF_RULE'), count('NF_HOOK'));
});

test('sums of a path are those of its stages, written out', () => {
  const priced = pricedMachine('xeon-25g', {
    VETH_XMIT: { firstNs: 36, eachNs: 164 },
    BR_RX: 150,
    ENCAP: { firstNs: 200, eachNs: 300 },
    NIC_TX: { eachNs: 120, packetNs: 31 },
    NIC_RX_POLL: { firstNs: 80, eachNs: 264 },
    GRO_TUNNEL: 100,
    GRO: 90,
    DECAP: 150,
    BR_TX: 155,
  });
  const { paths, choose } = explain(backendNamed('flannel-vxlan'), priced, 1500, { rules: 0 });
  const { costs, lanes } = paths.find((path) => path.name === choose.sameSubnet)!;
  assert.deepEqual(
    lanes.map((lane) => lane.name),
    ['tunnel#0', 'tunnel#1'],
  );
  // 65,160 bytes of super-packet hold 46 segments of 1,398. Receiver: one poll, one skb of all packets.
  assert.deepEqual(costs, [
    {
      packets: 1,
      bytes: 1398,
      senderNs: 200 + 150 + 500 + 151,
      receiverNs: 344 + 190 + 150 + 155 + 200,
    },
    {
      packets: 46,
      bytes: 64_308,
      senderNs: 200 + 150 + 500 + 120 + 46 * 31,
      receiverNs: 80 + 46 * 264 + 46 * 190 + 150 + 155 + 200,
    },
  ]);
});

test('sums: flanneld pays every packet of an skb, segmentation only an skb of several', () => {
  const priced = pricedMachine('xeon-25g', { GSO_SW: 300, DAEMON_PROXY: 1000, TUN_XMIT: 10 });
  const { paths, choose } = explain(backendNamed('flannel-udp'), priced, 1500, { rules: 0 });
  const { costs } = paths.find((path) => path.name === choose.sameSubnet)!;
  const [one, many] = costs as [(typeof costs)[0], (typeof costs)[0]];
  assert.deepEqual([one.senderNs, one.receiverNs], [1010, 1000]);
  assert.deepEqual([many.senderNs, many.receiverNs], [many.packets * (300 + 1000 + 10), many.packets * 1000]);
});

test('the text of every backend on every machine names lanes, sums, needs and sources', async () => {
  for (const backend of BACKENDS) {
    for (const { name } of MACHINES) {
      const { code, out } = await explainCall(backend.name, '--machine', name);
      assert.equal(code, 0);
      assert.doesNotMatch(out, /undefined|NaN/);
      for (const path of Object.keys(backend.paths))
        assert.match(out, new RegExp(`^  ${path}#0  sender: `, 'm'));
      assert.match(out, /^ {2}between the sockets, alone: 1 packet \(\d+ B\) \d+\.\d\d µs/m);
      const labels = [...out.matchAll(/^(needs|control|scaling|source|prices) {2,}\S/gm)].map(
        ([, label]) => label,
      );
      assert.deepEqual(labels, ['needs', 'control', 'scaling', 'source', 'prices']);
      assert.match(out, /\(docs\/SOURCES\.md\)\n$/);
    }
  }
});
