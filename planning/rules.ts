/**
 * The field's advice as data: routes (BGP) where the network takes them, tunnels only across subnets where it does not,
 * VXLAN before IPIP, eBPF where kernel and policy allow, WireGuard where encryption is asked for. Each rule keeps the
 * backends that have its traits; one that would keep none, or claims what the figures refute, and is no must, is passed
 * over.
 *
 * A reason is a template: {name} the backend recommended, {…} its figures, {kernel} the nodes' Linux, {other} the
 * fastest backend that the rule let go, {other…} that one's figures. Left out: what needs a running cluster to know
 * (operations, support, habits).
 */
import type { Figures } from './measure.ts';
import type { Traits } from './traits.ts';

/** What rules ask of the question. */
export interface Conditions {
  readonly encrypt: boolean;
  readonly policy: 'none' | 'iptables' | 'ebpf';
  readonly subnets: 'one' | 'rack';
}

/** A figure that rules may boast of. */
export type Claim = 'streamBps' | 'nearBps' | 'packetsPerS' | 'rrP50S';

/** Least relative difference that proves or refutes a claim. */
const CLAIM_MIN = 0.01;

export interface Rule {
  readonly id: string;
  /** All of these must be so, or the rule is silent. */
  readonly when: Partial<Conditions>;
  /** Traits of the backends that stay. */
  readonly keep: Partial<Traits>;
  /** A must that nothing meets leaves no recommendation. */
  readonly must: boolean;
  /**
   * Figures in which the row recommended must beat the best of those let go: the first that differs by 1 % decides.
   * Without them the rule claims no advantage that a figure could refute.
   */
  readonly claims?: readonly Claim[];
  readonly because: string;
  /** Where the fact behind the rule stands. */
  readonly source: string;
}

/** In the order in which they are applied. */
export const RULES: readonly Rule[] = [
  {
    id: 'pod-network',
    when: {},
    keep: { baseline: false },
    must: true,
    because:
      'pods get addresses and ports of their own; {other} ({otherGbps} Gbit/s) is the measure, not a choice',
    source: 'docs/PRIMER.md, host-ports',
  },
  {
    id: 'encryption',
    when: { encrypt: true },
    keep: { encrypted: true },
    must: true,
    because:
      'encryption is asked for: WireGuard carries {gbps} Gbit/s at {nsPerByte} ns of CPU a byte, ' +
      '{other} in the clear {otherGbps} at {otherNsPerByte}',
    source: 'docs/PRIMER.md, wireguard',
  },
  {
    id: 'policy-iptables',
    when: { policy: 'iptables' },
    keep: { policy: 'iptables' },
    must: true,
    because: 'policies in netfilter: Felix writes them as iptables or nft rules; {other} does not',
    source: 'projectcalico/calico@87c15906 felix/rules',
  },
  {
    id: 'policy-ebpf',
    when: { policy: 'ebpf' },
    keep: { policy: 'ebpf' },
    must: true,
    because: 'policies in eBPF: a map lookup whatever their number; {other} has none in eBPF',
    source: 'docs/PRIMER.md, ebpf-policy',
  },
  {
    id: 'no-cipher',
    when: { encrypt: false },
    keep: { encrypted: false },
    must: false,
    claims: ['streamBps'],
    because:
      'nobody asked for encryption, and {other} pays for it: {otherGbps} Gbit/s a stream against {gbps}',
    source: 'docs/PRIMER.md, wireguard',
  },
  {
    id: 'no-daemon',
    when: {},
    keep: { daemon: false },
    must: false,
    claims: ['streamBps'],
    because:
      'packets stay in the kernel: {other} hands each to one thread in user space, {otherGbps} Gbit/s ' +
      'against {gbps}',
    source: 'docs/PRIMER.md, flannel-udp-copies',
  },
  {
    id: 'routes',
    when: {},
    keep: { plain: true },
    must: false,
    claims: ['streamBps', 'packetsPerS'],
    because:
      'nodes reach pods by plain routes here, so no header is needed: {gbps} Gbit/s a stream and {kpps} ' +
      'kpkt/s, {other} {otherGbps} and {otherKpps}',
    source: 'docs/PRIMER.md, routes-no-header',
  },
  {
    id: 'tunnel-only-across',
    when: { subnets: 'rack' },
    keep: { plainNear: true },
    must: false,
    claims: ['nearBps'],
    because:
      'a tunnel only across subnets: {nearGbps} Gbit/s a stream inside one, {other} {otherNearGbps} ' +
      '(across: {gbps} and {otherGbps})',
    source: 'docs/PRIMER.md, direct-routing',
  },
  {
    id: 'port-entropy',
    when: {},
    keep: { spreads: true },
    must: false,
    because:
      'the outer source port is a hash of the flow, so queues and ECMP tell flows apart; {other} ' +
      'shows one outer flow a node pair',
    source: 'docs/PRIMER.md, vxlan-source-port',
  },
  {
    id: 'ebpf',
    when: { policy: 'none' },
    keep: { redirects: true },
    must: false,
    claims: ['rrP50S', 'packetsPerS'],
    because:
      'Linux {kernel} can redirect in eBPF past forwarding and netfilter: p50 {p50Us} µs and {kpps} kpkt/s, ' +
      '{other} {otherP50Us} and {otherKpps}',
    source: 'docs/PRIMER.md, ebpf-kernel',
  },
  {
    id: 'ebpf-redirect',
    when: { policy: 'ebpf' },
    keep: { redirects: true },
    must: false,
    claims: ['rrP50S', 'packetsPerS'],
    because:
      'programs redirect past the host stack: p50 {p50Us} µs and {kpps} kpkt/s, {other} {otherP50Us} ' +
      'and {otherKpps}',
    source: 'docs/PRIMER.md, ebpf-kernel',
  },
];

/**
 * Whether a rule's own figures bear out what it claims.
 * @param row    the row recommended
 * @param other  the best of those that the rule let go
 */
export function bearsOut(rule: Rule, row: Figures, other: Figures): boolean {
  if (rule.must || rule.claims === undefined) return true;
  for (const claim of rule.claims) {
    const [own, others] = [row[claim], other[claim]];
    if (own === null || others === null) continue;
    const gain = claim === 'rrP50S' ? others - own : own - others;
    if (Math.abs(gain) >= CLAIM_MIN * others) return gain > 0;
  }
  return false;
}
