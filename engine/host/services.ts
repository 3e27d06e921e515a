/**
 * Services: what a cluster address costs on its way to a pod, by who translates it.
 *
 * iptables: the nat table sees a flow's first packet alone, on every host that tracks it: it walks past one rule a
 * service (KUBE-SERVICES), and on the client's host also past the endpoints' (statistic: half of them in the mean) and
 * the endpoint's two. The service stands last; a pod's own address matches none: both walk the whole list. nft: one
 * map lookup, a second for the endpoint. ipvs: a set, then its own tables beside conntrack. From then on conntrack (and
 * ipvs) say how each packet of the client's host is rewritten, both ways. eBPF: connect() itself is given the pod's
 * address, and packets know nothing of services. Netfilter's proxies switch conntrack and the bridges' hooks on.
 *
 * Left out: service rules of tunnels' outer packets, masquerading, hostPort (the path of a NAT bridge), session
 * affinity, load-balancing by tc programs, endpoints that change. Source: kube-proxy's rule chains in
 * pkg/proxy/iptables, nftables, ipvs; Linux 6.12 net/netfilter (docs/SOURCES.md, "Services").
 */
import type { PolicySpec } from '../core/taskSpec.ts';
import type { Path, Step } from './backend.ts';
import type { Machine } from './machine.ts';
import { type RuleCost, ruleCost } from './rules.ts';
import type { StageId } from './stages.ts';

export const PROXIES = ['none', 'iptables', 'ipvs', 'nft', 'ebpf'] as const;

/** Mark for masquerading, and the DNAT itself. */
const ENDPOINT_RULES = 2;

/** One direction of a path, with what a new flow pays at the pods' first pass of netfilter. */
export interface Way {
  readonly name: string;
  readonly path: Path;
  readonly newFlow: readonly RuleCost[];
}

/** The proxy is rules or tables of netfilter. */
const inNetfilter = ({ proxy = 'none' }: PolicySpec): boolean => proxy !== 'none' && proxy !== 'ebpf';

/** The machine with what a proxy in netfilter switches on. */
export function proxiedMachine(machine: Machine, policy: PolicySpec): Machine {
  if (!inNetfilter(policy)) return machine;
  return { ...machine, facts: { ...machine.facts, conntrack: true, netfilter: true, brNetfilter: true } };
}

/** What connect() to a service pays beside the connection itself. */
export function connectStage({ proxy, viaService }: PolicySpec): StageId | null {
  return viaService === true && proxy === 'ebpf' ? 'SOCK_LB' : null;
}

/** A path as it is; where a proxy in netfilter translates: to the service, and back from it. */
export function waysOf(name: string, path: Path, machine: Machine, policy: PolicySpec): Way[] {
  if (!inNetfilter(policy)) return [{ name, path, newFlow: [] }];
  const plain = { ...path, steps: tracked(path) };
  const unknown = newFlow(policy, machine, false);
  if (policy.viaService !== true) return [{ name, path: plain, newFlow: unknown }];
  const passes = plain.steps.flatMap((step, at) => (isStage(step, 'CT') ? [at] : []));
  const to = translated(plain, passes[0], policy);
  const from = translated(plain, passes.at(-1), policy);
  return [
    { name: `${name} to service`, path: to, newFlow: newFlow(policy, machine, true) },
    { name: `${name} from service`, path: from, newFlow: unknown },
  ];
}

/** Whether a pod's own packets meet conntrack before they are wrapped or leave their host. */
export function meetsProxy(path: Path, policy: PolicySpec): boolean {
  if (!inNetfilter(policy)) return true;
  const steps = tracked(path);
  const pass = steps.findIndex((step) => isStage(step, 'CT'));
  const out = steps.findIndex((step) => step === 'ENCAP' || step === 'WIRE');
  return pass >= 0 && (out < 0 || pass < out);
}

const isStage = (step: Step, stage: StageId): boolean =>
  step === stage || (typeof step === 'object' && 'stage' in step && step.stage === stage);

/** A host whose own packets nobody tracked has conntrack now; what a tunnel keeps out of it stays out. */
function tracked({ headers, steps }: Path): readonly Step[] {
  if (headers.length > 0 || steps.some((step) => isStage(step, 'CT'))) return steps;
  return steps.flatMap((step): Step[] => (isStage(step, 'NF_HOOK') ? ['CT', step] : [step]));
}

/** Address and port are rewritten behind the conntrack pass at `at`. */
function translated(path: Path, at: number | undefined, { proxy }: PolicySpec): Path {
  if (at === undefined) return path;
  const stages: readonly StageId[] = proxy === 'ipvs' ? ['IPVS_CONN', 'NAT'] : ['NAT'];
  return { ...path, steps: path.steps.toSpliced(at + 1, 0, ...stages) };
}

/** What finding out about one new flow costs a host. @param toService on the host of who opens it */
function newFlow(policy: PolicySpec, machine: Machine, toService: boolean): RuleCost[] {
  const { services = 0, endpoints = 1, proxy, ruleKind } = policy;
  const lookup: RuleCost = { stage: 'NF_SET', times: toService && proxy === 'nft' ? 2 : 1, ns: null };
  if (proxy === 'nft') return [lookup];
  if (proxy === 'ipvs') return toService ? [lookup, { stage: 'IPVS_NEW', times: 1, ns: null }] : [lookup];
  const rules = services + (toService ? (endpoints + 1) / 2 + ENDPOINT_RULES : 0);
  const walk = ruleCost(
    { rules, ruleKind: ruleKind === 'iptables-nft' ? 'iptables-nft' : 'iptables-legacy' },
    machine,
  );
  return walk === null ? [] : [walk];
}
