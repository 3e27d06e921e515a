/**
 * What services and published ports cost, by who translates their addresses. Prices and sums are literals of this file:
 * an exchange alone between two nodes takes so much longer as what it meets costs.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import type { NetperfKind, PolicySpec } from '../../engine/core/taskSpec.ts';
import type { Backend, Step } from '../../engine/host/backend.ts';
import { compile } from '../../engine/host/compile.ts';
import { feasibility } from '../../engine/host/feasible.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { netperfTraffic, pricedMachine, type TestPrice, tinyTask } from '../lib/tinyTask.ts';

/** Nothing but the prices takes time in a host: no sleep, no moderation, lists that fit their cache. */
const machineOf = (prices: Partial<Record<StageId, TestPrice>>) =>
  pricedMachine(
    'xeon-25g',
    { U_SYSCALL: 1000, ...prices },
    {
      facts: { netfilter: true, conntrack: true },
      nic: { moderationUs: 0, moderationFrames: 1 },
      waking: { pollNs: 0, sleepNs: 0, haltAfterNs: 0, haltNs: 0 },
      cache: { l2Bytes: 100_000_000, l3NsPerByte: 0 },
    },
  );

/** One exchange, ns. */
function exchangeNs(
  kind: NetperfKind,
  backend: string,
  policy: Omit<PolicySpec, 'rules'>,
  prices: Partial<Record<StageId, TestPrice>>,
  sameNode = false,
): number {
  const { windowPs, counters } = runTask(
    tinyTask({
      backend,
      machine: machineOf(prices),
      traffic: netperfTraffic(kind, { sameNode }),
      policy: { rules: 0, ...policy },
      windowPs: 200e9,
    }),
  );
  return windowPs / 1000 / counters.rpcsFinished;
}

const near = (actual: number, expected: number, what: string): void =>
  ok(
    Math.abs(actual - expected) <= Math.max(5, 0.002 * expected),
    `${what}: ${actual} ns is not ${expected}`,
  );

const NEW = { NF_RULE: 20, NF_RULE_XT: 70, NF_SET: 60, IPVS_NEW: 500, SOCK_LB: 250 };
const SERVED = { services: 100, endpoints: 9, viaService: true } as const;

/** What a new connection pays, ns: on the client's host, then on the server's. */
const NEW_FLOW = {
  // Past 100 services, (9 + 1) / 2 endpoints, mark and DNAT, 20 ns each; a pod's own address matches none of 100.
  iptables: 20 * (100 + 5 + 2) + 20 * 100,
  ipvs: 60 + 500 + 60,
  nft: 2 * 60 + 60,
  ebpf: 250,
} as const;

for (const backend of ['host', 'calico-bgp', 'bridge']) {
  test(`${backend}: a new connection to a service pays for finding it, once a host`, () => {
    const plain = exchangeNs('TCP_CRR', backend, {}, NEW);
    for (const proxy of ['iptables', 'ipvs', 'nft', 'ebpf'] as const) {
      const ns = exchangeNs('TCP_CRR', backend, { ...SERVED, proxy }, NEW);
      near(ns - plain, NEW_FLOW[proxy], `${backend} ${proxy}`);
    }
  });
}

test('rules of iptables-nft cost their own price; a connection to a pod walks them too', () => {
  const plain = exchangeNs('TCP_CRR', 'calico-bgp', {}, NEW);
  const ns = (policy: Omit<PolicySpec, 'rules'>): number => exchangeNs('TCP_CRR', 'calico-bgp', policy, NEW);
  const xt = ns({ ...SERVED, proxy: 'iptables', ruleKind: 'iptables-nft' });
  near(xt - plain, 70 * (107 + 100), 'iptables-nft');
  const pod = { services: 100, endpoints: 9 };
  near(ns({ ...pod, proxy: 'iptables' }) - plain, 20 * 200, 'to a pod, iptables');
  near(ns({ ...pod, proxy: 'nft' }) - plain, 120, 'to a pod, nft');
  near(ns({ ...pod, proxy: 'ebpf' }) - plain, 0, 'to a pod, eBPF');
});

test('two pods of one node: their host is asked once', () => {
  const plain = exchangeNs('TCP_CRR', 'calico-bgp', {}, NEW, true);
  const ns = exchangeNs('TCP_CRR', 'calico-bgp', { ...SERVED, proxy: 'iptables' }, NEW, true);
  near(ns - plain, 20 * 107, 'same node');
});

test('established: each packet of the client pays the translation, both ways; eBPF has none', () => {
  const prices = { ...NEW, NAT: 100, IPVS_CONN: 40 };
  const ns = (policy: Omit<PolicySpec, 'rules'>, sameNode = false): number =>
    exchangeNs('TCP_RR', 'calico-bgp', policy, prices, sameNode);
  const plain = ns({});
  near(ns({ ...SERVED, proxy: 'iptables' }) - plain, 200, 'iptables');
  near(ns({ ...SERVED, proxy: 'nft' }) - plain, 200, 'nft');
  near(ns({ ...SERVED, proxy: 'ipvs' }) - plain, 280, 'ipvs');
  near(ns({ ...SERVED, proxy: 'ebpf' }) - plain, 0, 'ebpf');
  near(ns({ services: 1000, proxy: 'iptables' }) - plain, 0, 'to a pod');
  near(ns({ ...SERVED, proxy: 'iptables' }, true) - ns({}, true), 200, 'same node');
});

test('the list of services is paid in proportion, the other proxies whatever its length', () => {
  const ns = (proxy: 'iptables' | 'ipvs' | 'nft' | 'ebpf', services: number): number =>
    exchangeNs('TCP_CRR', 'calico-bgp', { ...SERVED, services, proxy }, NEW);
  near(ns('iptables', 2000) - ns('iptables', 1000), 2 * 20 * 1000, 'iptables');
  for (const proxy of ['ipvs', 'nft', 'ebpf'] as const) equal(ns(proxy, 20_000), ns(proxy, 10), proxy);
});

test('published ports are walked by new flows where addresses are translated, and nowhere else', () => {
  const ns = (backend: string, hostPorts: number): number =>
    exchangeNs('TCP_CRR', backend, { hostPorts }, NEW);
  near(ns('bridge', 50) - ns('bridge', 0), 20 * 50, 'bridge');
  equal(ns('calico-bgp', 50), ns('calico-bgp', 0));
  const both = exchangeNs('TCP_CRR', 'bridge', { ...SERVED, proxy: 'iptables', hostPorts: 50 }, NEW);
  near(both - ns('bridge', 0), NEW_FLOW.iptables + 20 * 50, 'services and ports');
});

/** Stages between the sockets, a lane a string. */
function lanesOf(backend: string, policy: Omit<PolicySpec, 'rules'>, side: 'choose' | 'answer'): string[] {
  const compiled = compile(backendNamed(backend), machineOf({}), { rules: 0, ...policy });
  return compiled.paths[compiled[side].sameSubnet]!.lanes.map((lane) => lane.stages.join(' '));
}

test("a tunnel's inner packets are translated, on the client's host alone; its outer ones never", () => {
  for (const backend of ['flannel-vxlan', 'calico-vxlan', 'calico-wireguard', 'flannel-udp']) {
    const policy = { ...SERVED, proxy: 'iptables' } as const;
    const out = lanesOf(backend, policy, 'choose');
    const back = lanesOf(backend, policy, 'answer');
    match(out[0]!, /^VETH_XMIT BACKLOG_POLL (BR_RX )?CT NAT NF_HOOK IP_FWD/, backend);
    equal(out.join(' ').match(/\bNAT\b/g)?.length, 1, backend);
    match(back.at(-1)!, /CT NAT NF_HOOK IP_FWD (BR_TX )?VETH_XMIT BACKLOG_POLL( CSUM_SW)?$/, backend);
    equal(back.join(' ').match(/\bNAT\b/g)?.length, 1, backend);
  }
});

test('what conntrack holds of a flow is its inner packets: outer ones alone are not counted', () => {
  const trackedOf = (backend: Backend): boolean => {
    const { paths, choose } = compile(backend, machineOf({}), { rules: 0 });
    return paths[choose.sameSubnet]!.tracked;
  };
  const steps: Step[] = ['TC_BPF', 'ENCAP', 'CT', 'IP_OUT', 'WIRE', 'CT', 'IP_RCV_LOCAL', 'DECAP', 'TC_BPF'];
  const tunnel = { ...backendNamed('cilium-vxlan').paths.tunnel!, steps };
  equal(trackedOf({ ...backendNamed('cilium-vxlan'), paths: { tunnel } }), false);
  for (const name of ['host', 'cilium-vxlan', 'calico-ebpf-wireguard']) {
    equal(trackedOf(backendNamed(name)), false, name);
  }
  for (const name of ['flannel-udp', 'flannel-vxlan', 'calico-wireguard', 'cilium-legacy']) {
    equal(trackedOf(backendNamed(name)), true, name);
  }
});

test('without proxy and ports there is one way, and the machine is as it was', () => {
  const policy = { services: 1000, endpoints: 5 };
  for (const backend of ['host', 'flannel-vxlan', 'bridge', 'cilium-native']) {
    const compiled = compile(backendNamed(backend), machineOf({}), { rules: 0, ...policy });
    deepEqual(compiled.choose, compiled.answer);
    deepEqual(
      compiled.paths.map(({ name }) => name),
      Object.keys(backendNamed(backend).paths),
    );
  }
  equal(lanesOf('host', {}, 'choose').join(' ').includes('CT'), false);
  // A proxy in netfilter tracks the host's own packets too, once on each host.
  equal(
    lanesOf('host', { proxy: 'nft' }, 'choose')
      .join(' ')
      .match(/\bCT\b/g)?.length,
    2,
  );
});

test('pods that pass netfilter by reach services through eBPF alone, pods without; a service needs a proxy', () => {
  const reason = (backend: string, proxy: NonNullable<PolicySpec['proxy']>): string | null =>
    feasibility(backendNamed(backend), twoNodes(), { rules: 0, ...SERVED, proxy });
  for (const backend of ['cilium-native', 'cilium-vxlan', 'calico-ebpf']) {
    match(reason(backend, 'iptables')!, /set policy\.proxy=ebpf/);
    equal(reason(backend, 'ebpf'), null);
    // The proxy is there for others; who sends to pods never meets it.
    equal(
      feasibility(backendNamed(backend), twoNodes(), { rules: 0, services: 100, proxy: 'iptables' }),
      null,
    );
  }
  for (const backend of ['host', 'bridge', 'flannel-vxlan', 'calico-bgp', 'cilium-legacy']) {
    equal(reason(backend, 'ipvs'), null, backend);
  }
  const problems = (policy: Omit<PolicySpec, 'rules'>): string[] =>
    taskProblems(tinyTask({ policy: { rules: 0, ...policy } }));
  deepEqual(problems({ ...SERVED, proxy: 'nft' }), []);
  match(problems({ ...SERVED }).join(), /^policy\.viaService: .*policy\.proxy$/);
  match(problems({ ...SERVED, services: 0, proxy: 'nft' }).join(), /^policy\.viaService: /);
});
