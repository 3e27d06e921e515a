/**
 * What rules ask of a backend. Most follows from its declaration: headers, group, stages. Two things do not and stand
 * here as data: who enforces network policies, and the oldest kernel that has what a stage needs.
 *
 * Left out: kernels that distributions patch (a 4.18 of Red Hat's carries much of 5.x), features by version of a
 * backend's own.
 * Sources: Flannel's README (no policies), Calico's and Cilium's documentation; Linux: sch_clsact with direct packet
 * access 4.19 (Cilium's old minimum), WireGuard merged in 5.6, bpf_redirect_neigh and bpf_redirect_peer in 5.10.
 */
import type { Backend, Path } from '../engine/host/backend.ts';
import { headerBytes } from '../engine/host/mtu.ts';
import { type Kernel, kernelText, olderThan, type Policy, type Question } from './question.ts';

export interface Traits {
  readonly baseline: boolean;
  readonly encrypted: boolean;
  /** Packets pass a process in user space. */
  readonly daemon: boolean;
  readonly policy: Policy;
  /** No outer headers on any path that this cluster uses. */
  readonly plain: boolean;
  /** No outer headers inside a subnet. */
  readonly plainNear: boolean;
  /** Plain, or the outer source port is a hash of the inner flow: RSS and ECMP tell flows apart. */
  readonly spreads: boolean;
  /** Programs hand packets on past forwarding and netfilter. */
  readonly redirects: boolean;
}

/** The longest beginning of a backend's name decides; a name that is not here enforces nothing. */
const POLICY_OF: readonly (readonly [prefix: string, policy: Policy])[] = [
  ['calico-ebpf', 'ebpf'],
  ['calico', 'iptables'],
  ['cilium', 'ebpf'],
];

const KERNEL_OF: readonly { readonly uses: RegExp; readonly since: Kernel; readonly what: string }[] = [
  { uses: /^BPF_REDIRECT_(NEIGH|PEER)$/, since: [5, 10], what: 'bpf_redirect_neigh and _peer' },
  { uses: /^CRYPT/, since: [5, 6], what: 'WireGuard in the kernel' },
  { uses: /^TC_BPF$/, since: [4, 19], what: 'eBPF programs at tc' },
];

function policyOf(name: string): Policy {
  return POLICY_OF.find(([prefix]) => name === prefix || name.startsWith(`${prefix}-`))?.[1] ?? 'none';
}

function chosen(backend: Backend, place: 'sameSubnet' | 'crossSubnet'): Path | null {
  const path = backend.choose[place];
  return typeof path === 'string' ? backend.paths[path]! : null;
}

const isPlain = (path: Path | null): boolean => path !== null && headerBytes(path) === 0;

/** Stages of a path and what its hops pay first. */
const stagesOf = (path: Path): readonly string[] =>
  path.steps.flatMap((step) => {
    if (typeof step === 'string') return [step];
    return 'stage' in step ? [step.stage] : [...step.first];
  });

/** Traits of a backend in the cluster of the question. */
export function traitsOf(backend: Backend, question: Question): Traits {
  const near = chosen(backend, 'sameSubnet');
  const far = question.subnets === 'rack' ? chosen(backend, 'crossSubnet') : near;
  return {
    baseline: backend.group === 'baseline',
    encrypted: backend.group === 'encrypted',
    daemon: backend.group === 'daemon',
    policy: policyOf(backend.name),
    plain: isPlain(near) && isPlain(far),
    plainNear: isPlain(near),
    spreads: isPlain(far) || (far?.headers.some((header) => header.sport === 'flowHash') ?? false),
    redirects: far !== null && stagesOf(far).some((stage) => stage.startsWith('BPF_REDIRECT')),
  };
}

/** @returns what a kernel lacks for a backend, in words for a table; null: nothing */
export function kernelLacks(backend: Backend, kernel: Kernel): string | null {
  const stages = Object.values(backend.paths).flatMap(stagesOf);
  const lack = KERNEL_OF.find(
    ({ uses, since }) => olderThan(kernel, since) && stages.some((stage) => uses.test(stage)),
  );
  if (lack === undefined) return null;
  return `it needs Linux ${kernelText(lack.since)} (${lack.what}), not ${kernelText(kernel)}`;
}
