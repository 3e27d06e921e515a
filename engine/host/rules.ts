/**
 * Rules that an skb walks past one by one, by who holds them, or one lookup in a set.
 *
 * Bytes of a rule that matches one address: what the walk reads. iptables-legacy: ipt_entry 112 + standard target 40
 * (include/uapi/linux/netfilter_ipv4/ip_tables.h); nft: nft_rule_dp 8 + payload, cmp and verdict with their operations
 * (16 + 24 + 24, with lists aligned, net/netfilter/nf_tables_core.c) and a counter; iptables-nft: the same with two
 * counters. A list that does not fit the second-level cache streams from the third.
 * Left out: matches that cost more (conntrack state, string), jumps, the cache that other work takes.
 */
import type { PolicySpec } from '../core/taskSpec.ts';
import type { Machine } from './machine.ts';
import type { StageId } from './stages.ts';

export const RULE_KINDS = ['iptables-legacy', 'nft', 'iptables-nft', 'set'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

const LINEAR: Readonly<
  Record<Exclude<RuleKind, 'set'>, { readonly stage: StageId; readonly bytes: number }>
> = {
  'iptables-legacy': { stage: 'NF_RULE', bytes: 152 },
  nft: { stage: 'NF_RULE_NFT', bytes: 160 },
  'iptables-nft': { stage: 'NF_RULE_XT', bytes: 200 },
};

export interface RuleCost {
  readonly stage: StageId;
  /** How often the stage is paid at one pass. */
  readonly times: number;
  /** Price of once where the cache decides, ns; null: the book's. */
  readonly ns: number | null;
}

/** What one pass of the rules costs; null: there are none. */
export function ruleCost(policy: PolicySpec, machine: Machine): RuleCost | null {
  const { rules, ruleKind = 'iptables-legacy' } = policy;
  if (rules === 0) return null;
  if (ruleKind === 'set') return { stage: 'NF_SET', times: 1, ns: null };
  const { stage, bytes } = LINEAR[ruleKind];
  const streamNs = bytes * machine.cache.l3NsPerByte;
  const eachNs = machine.prices[stage].eachNs ?? 0;
  const cold = rules * bytes > machine.cache.l2Bytes && streamNs > eachNs;
  return { stage, times: rules, ns: cold ? streamNs : null };
}
