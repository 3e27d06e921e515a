/**
 * Rules over a matrix whose figures are literals: which row they pick, what they say, and what no rule may do.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { type AdviceRow, recommend } from '../../planning/advise.ts';
import type { Kernel, Question } from '../../planning/question.ts';
import { RULES } from '../../planning/rules.ts';
import { kernelLacks, traitsOf } from '../../planning/traits.ts';

const plain: Question = {
  machine: machineNamed('xeon-25g'),
  subnets: 'one',
  policy: 'none',
  encrypt: false,
  bgpFabric: false,
  protocol4: true,
  sourceDestCheck: false,
  kernel: [6, 12],
  ipFamily: 'ipv4',
};

/** Gbit/s (far, near: twice that), kpkt/s, p50 of each backend of the toy matrix; those left out are infeasible. */
type Toy = Readonly<Record<string, readonly [gbps: number, kpps: number, p50Us?: number, nearGbps?: number]>>;

function rowsOf(toy: Toy, question: Question): AdviceRow[] {
  return BACKENDS.map((backend) => {
    const figures = toy[backend.name];
    const traits = traitsOf(backend, question);
    return {
      backend: backend.name,
      title: backend.title,
      infeasible: figures === undefined ? 'not here' : null,
      podMtuBytes: 1500,
      overheadBytes: 0,
      policy: traits.policy,
      traits,
      figures:
        figures === undefined
          ? null
          : {
              streamBps: figures[0] * 1e9,
              nearBps: 1e9 * (figures[3] ?? 2 * figures[0]),
              packetsPerS: figures[1] * 1e3,
              rrP50S: 1e-6 * (figures[2] ?? 50),
              cpuPerByteS: 1e-9,
              assumedShare: 0.5,
              binds: 'nothing binds',
            },
    };
  });
}

const pick = (toy: Toy, more: Partial<Question> = {}) => {
  const question = { ...plain, ...more };
  return recommend(rowsOf(toy, question), question);
};

const ALL: Toy = {
  host: [25, 600],
  'flannel-udp': [2, 300],
  'flannel-vxlan': [16, 200],
  'flannel-host-gw': [23, 300],
  'calico-ipip': [17, 210],
  'calico-bgp': [23, 330],
  'cilium-native': [23, 360],
  'calico-wireguard': [4, 180],
  'calico-vxlan-crosssubnet': [16, 230],
};

test('routes before tunnels, eBPF before netfilter, the kernel before a daemon', () => {
  const advice = pick(ALL);
  assert.equal(advice.recommended, 'cilium-native');
  assert.deepEqual(
    advice.reasons.map(({ rule }) => rule),
    ['pod-network', 'no-cipher', 'no-daemon', 'routes', 'ebpf'],
  );
  const text = (rule: string) => advice.reasons.find((reason) => reason.rule === rule)!.text;
  assert.match(text('no-daemon'), /flannel-udp hands each .* 2\.0 Gbit\/s against 23\.0/);
  // The fastest tunnel among those let go, with its own figures.
  assert.match(text('routes'), /23\.0 Gbit\/s a stream and 360 kpkt\/s, calico-ipip 17\.0 and 210/);
  assert.match(text('ebpf'), /Linux 6\.12 .* 360 kpkt\/s, calico-bgp 50\.0 and 330/);
  assert.equal(advice.alsoFit.includes('host'), false);
  assert.equal(advice.alsoFit[0], 'calico-bgp');
});

test('policies decide who stays', () => {
  assert.equal(pick(ALL, { policy: 'iptables' }).recommended, 'calico-bgp');
  assert.equal(pick(ALL, { policy: 'ebpf' }).recommended, 'cilium-native');
});

test('encryption: WireGuard, or nothing with the rule that is not met', () => {
  assert.equal(pick(ALL, { encrypt: true }).recommended, 'calico-wireguard');
  const { 'calico-wireguard': _gone, ...clear } = ALL;
  const none = pick(clear, { encrypt: true });
  assert.deepEqual([none.recommended, none.unmet, none.reasons], [null, 'encryption', []]);
});

test('several subnets without pod routes: a tunnel only across them; alone, the one with a hashed port', () => {
  const tunnels: Toy = {
    host: [25, 600],
    'flannel-vxlan': [17, 200],
    'calico-ipip': [18, 210],
    'calico-vxlan-crosssubnet': [16, 230, 50, 46],
  };
  const advice = pick(tunnels, { subnets: 'rack' });
  assert.equal(advice.recommended, 'calico-vxlan-crosssubnet');
  assert.match(
    advice.reasons.at(-1)!.text,
    /46\.0 Gbit\/s a stream inside one, calico-ipip 36\.0 \(across: 16/,
  );
  const { 'calico-vxlan-crosssubnet': _gone, ...rest } = tunnels;
  assert.equal(pick(rest, { subnets: 'rack' }).recommended, 'flannel-vxlan', 'IPIP is faster, but one flow');
});

test('a rule that its own figures refute says nothing and lets nobody go', () => {
  const wireguards = (calicoUs: number, calicoKpps = 92, ciliumKpps = 92) => {
    const toy: Toy = {
      'calico-wireguard': [3.3, calicoKpps, calicoUs],
      'cilium-wireguard': [3.2, ciliumKpps, 232.3],
    };
    const { recommended, reasons } = pick({ host: [12, 460], ...toy }, { encrypt: true });
    return [recommended, reasons.some(({ rule }) => rule === 'ebpf')];
  };
  assert.deepEqual(wireguards(217.6), ['calico-wireguard', false], 'slower');
  assert.deepEqual(
    wireguards(217.6, 92, 200),
    ['calico-wireguard', false],
    'the first figure that differs decides',
  );
  assert.deepEqual(wireguards(235), ['cilium-wireguard', true], 'faster by 1.1 %');
  assert.deepEqual(wireguards(234, 99, 92), ['calico-wireguard', false], 'by 0.7 %: the next figure decides');
  assert.deepEqual(wireguards(234, 92, 99), ['cilium-wireguard', true]);
  assert.deepEqual(wireguards(232.3), ['calico-wireguard', false], 'no difference is no advantage');

  const across: Toy = { 'flannel-vxlan': [17, 200], 'calico-vxlan-crosssubnet': [16, 230, 50, 34] };
  assert.equal(
    pick(across, { subnets: 'rack' }).recommended,
    'flannel-vxlan',
    '34 inside a subnet, as without',
  );
});

test('a claim must hold for the row that is recommended, not only for the best of those that stayed', () => {
  // Routes beat the tunnel by calico-bgp; the row that eBPF leaves is slower: nothing is said of routes.
  const toy: Toy = {
    'calico-vxlan': [17, 200, 90],
    'calico-bgp': [23, 330, 60],
    'cilium-native': [15, 360, 50],
  };
  const { recommended, reasons } = pick(toy);
  assert.deepEqual([recommended, reasons.map(({ rule }) => rule)], ['cilium-native', ['ebpf']]);
});

test('within 2 % in goodput, packets a second decide; beyond, goodput', () => {
  const two = (bgp: number): Toy => ({ 'flannel-host-gw': [20, 300], 'calico-bgp': [bgp, 330] });
  assert.equal(pick(two(19.7)).recommended, 'calico-bgp');
  assert.equal(pick(two(19.5)).recommended, 'flannel-host-gw');
});

test('every reason fills in, whatever figures are missing', () => {
  const question = plain;
  const rows = rowsOf(ALL, question).map((row) => ({
    ...row,
    figures: row.figures === null ? null : { ...row.figures, nearBps: null, rrP50S: null, packetsPerS: null },
  }));
  for (const { text } of recommend(rows, question).reasons) assert.doesNotMatch(text, /[{}]|undefined|NaN/);
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
});

test('traits that declarations give', () => {
  const far: Question = { ...plain, subnets: 'rack' };
  const traits = (name: string, question: Question) => {
    const { plain: routed, plainNear, spreads, redirects, policy } = traitsOf(backendNamed(name), question);
    return [routed, plainNear, spreads, redirects, policy];
  };
  assert.deepEqual(traits('flannel-vxlan', plain), [false, false, true, false, 'none']);
  assert.deepEqual(traits('flannel-vxlan-directrouting', plain), [true, true, true, false, 'none']);
  assert.deepEqual(traits('flannel-vxlan-directrouting', far), [false, true, true, false, 'none']);
  assert.deepEqual(traits('calico-ipip', plain), [false, false, false, false, 'iptables']);
  assert.deepEqual(traits('calico-ebpf-ipip', plain), [false, false, false, true, 'ebpf']);
  assert.deepEqual(traits('cilium-native', far), [true, true, true, true, 'ebpf']);
  assert.deepEqual(traits('cilium-legacy', far), [true, true, true, false, 'ebpf']);
});

test('what an old kernel lacks', () => {
  const lacks = (name: string, kernel: Kernel) => kernelLacks(backendNamed(name), kernel);
  assert.equal(lacks('cilium-native', [5, 9]), 'it needs Linux 5.10 (bpf_redirect_neigh and _peer), not 5.9');
  assert.equal(lacks('cilium-native', [5, 10]), null);
  assert.equal(lacks('calico-wireguard', [5, 5]), 'it needs Linux 5.6 (WireGuard in the kernel), not 5.5');
  assert.equal(lacks('calico-wireguard', [5, 6]), null);
  assert.match(lacks('cilium-legacy', [4, 18])!, /4\.19/);
  assert.equal(lacks('cilium-legacy', [4, 19]), null);
  assert.equal(lacks('flannel-vxlan', [3, 10]), null);
});
