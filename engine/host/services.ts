/**
 * Services and published ports: what an address that is not a pod's costs on its way to one, by who translates it.
 *
 * iptables: the nat table sees a flow's first packet alone. It walks past one rule a service (KUBE-SERVICES), on the
 * client's host past the endpoints' (statistic: half of them in the mean) and the endpoint's two as well. The service
 * stands last, and a pod's own address matches none: both walk the whole list. nft: one map lookup, a second for the
 * endpoint. ipvs: a set, then its own tables beside conntrack. From then on conntrack (and ipvs) say how each packet
 * of the client's host is rewritten, both ways. eBPF: connect() itself is given the pod's address, and packets know
 * nothing of services. Netfilter's proxies switch conntrack and the bridges' hooks on. A published port is a rule that
 * new flows walk past where a path translates addresses by itself. Each host pays for a flow with its own first packet.
 *
 * Left out: service rules of tunnels' outer packets, masquerading to services, session affinity, load balancing by tc
 * programs, endpoints that change. Source: kube-proxy's chains in pkg/proxy/iptables, nftables, ipvs; Linux 6.12
 * net/netfilter (docs/SOURCES.md, "Services").
 */
import type { PolicySpec } from '../core/taskSpec.ts';
import type { Path, Step } from './backend.ts';
import type { Machine } from './machine.ts';
import { type RuleCost, ruleCost } from './rules.ts';
import type { StageId } from './stages.ts';

/** Mark for masquerading, and the DNAT itself. */
const ENDPOINT_RULES = 2;

/** One direction of a path, with what a new flow pays at the first netfilter pass of its first packet. */
export interface Way {
  readonly name: string;
  readonly path: Path;
  readonly newFlow: readonly RuleCost[];
}

/** The proxy is rules or tables of netfilter. */
const inNetfilter = ({ proxy = 'none' }: PolicySpec): boolean => proxy !== 'none' && proxy !== 'ebpf';

/** @returns what is missing for traffic to a service; null: nothing, or there is no such traffic. */
export function serviceProblem({ services = 0, proxy = 'none', viaService }: PolicySpec): string | null {
  if (viaService !== true || (services > 0 && proxy !== 'none')) return null;
  return 'traffic to a service needs services and a proxy: set policy.services and policy.proxy';
}

/** The machine with what a proxy in netfilter switches on. */
export function proxiedMachine(machine: Machine, policy: PolicySpec): Machine {
  if (!inNetfilter(policy)) return machine;
  return { ...machine, facts: { ...machine.facts, conntrack: true, netfilter: true, brNetfilter: true } };
}

/** What connect() to a service pays beside the connection itself. */
export function connectStage({ proxy, viaService }: PolicySpec): StageId | null {
  return viaService === true && proxy === 'ebpf' ? 'SOCK_LB' : null;
}

/**
 * A path as who opens a connection takes it, and as who answers does; one for both where nothing tells them apart.
 * Every path of a task has as many.
 */
export function waysOf(name: string, path: Path, machine: Machine, policy: PolicySpec): Way[] {
  const proxied = inNetfilter(policy);
  if (!proxied && (policy.hostPorts ?? 0) === 0) return [{ name, path, newFlow: [] }];
  const steps = proxied ? tracked(path) : path.steps;
  const asked = proxied && pass(steps) >= 0;
  const via = asked && policy.viaService === true;
  // One host asks once: the answer of a pod of the same node finds the flow known.
  const answerer = path.steps.includes('WIRE')
    ? [...(asked ? serviceCost(policy, machine, false) : []), ...portCost(path, machine, policy)]
    : [];
  const way = (side: string, at: number, newFlow: readonly RuleCost[]): Way => ({
    name: `${name} ${side}`,
    path: { ...path, steps: via ? translated(steps, at, policy) : steps },
    newFlow,
  });
  return [
    way('out', pass(steps), asked ? serviceCost(policy, machine, via) : []),
    way(
      'back',
      steps.findLastIndex((step) => isStage(step, 'CT')),
      answerer,
    ),
  ];
}

/** Whether a pod's own packets meet netfilter's proxy; any path serves the others. */
export function meetsProxy(path: Path, policy: PolicySpec): boolean {
  return !inNetfilter(policy) || pass(tracked(path)) >= 0;
}

const isStage = (step: Step, stage: StageId): boolean =>
  step === stage || (typeof step === 'object' && 'stage' in step && step.stage === stage);

/** Where a pod's packet first meets conntrack, before it is wrapped or leaves its host; −1: nowhere. */
function pass(steps: readonly Step[]): number {
  const at = steps.findIndex((step) => isStage(step, 'CT'));
  const end = steps.findIndex((step) => step === 'ENCAP' || step === 'WIRE');
  return end >= 0 && at > end ? -1 : at;
}

/** A host whose own packets nobody tracked has conntrack now; what a tunnel keeps out of it stays out. */
function tracked({ headers, steps }: Path): readonly Step[] {
  if (headers.length > 0 || steps.some((step) => isStage(step, 'CT'))) return steps;
  const hooks = [steps.indexOf('WIRE'), -1].map((from) =>
    steps.findIndex((step, at) => at > from && isStage(step, 'NF_HOOK')),
  );
  return steps.flatMap((step, at): Step[] => (hooks.includes(at) ? ['CT', step] : [step]));
}

/** Address and port are rewritten behind the conntrack pass at `at`. */
function translated(steps: readonly Step[], at: number, { proxy }: PolicySpec): readonly Step[] {
  const stages: readonly StageId[] = proxy === 'ipvs' ? ['IPVS_CONN', 'NAT'] : ['NAT'];
  return steps.toSpliced(at + 1, 0, ...stages);
}

/** What finding out about one new flow costs a host. @param toService the flow goes to one, and this is its client's */
function serviceCost(policy: PolicySpec, machine: Machine, toService: boolean): RuleCost[] {
  const { services = 0, endpoints = 1, proxy } = policy;
  if (services === 0) return [];
  const lookups = (times: number): RuleCost => ({ stage: 'NF_SET', times, ns: null });
  if (proxy === 'nft') return [lookups(toService ? 2 : 1)];
  if (proxy === 'ipvs') {
    return toService ? [lookups(1), { stage: 'IPVS_NEW', times: 1, ns: null }] : [lookups(1)];
  }
  return walk(services + (toService ? (endpoints + 1) / 2 + ENDPOINT_RULES : 0), policy, machine);
}

/** One DNAT rule a published port; that of the flow stands last. */
function portCost(path: Path, machine: Machine, policy: PolicySpec): RuleCost[] {
  return path.steps.some((step) => isStage(step, 'NAT')) ? walk(policy.hostPorts ?? 0, policy, machine) : [];
}

function walk(rules: number, { ruleKind }: PolicySpec, machine: Machine): RuleCost[] {
  const kind = ruleKind === 'iptables-nft' ? 'iptables-nft' : 'iptables-legacy';
  const cost = ruleCost({ rules, ruleKind: kind }, machine);
  return cost === null ? [] : [cost];
}
