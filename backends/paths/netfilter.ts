/**
 * One pass of netfilter: conntrack lookup and the hooks with an idle host's few rules.
 * Order as in the kernel: conntrack runs before the tables. Source: docs/SOURCES.md, section "Stages".
 */
import type { Step } from '../../engine/host/backend.ts';

/** Hooks alone: a host namespace whose conntrack nobody has switched on. */
export const HOOKS: readonly Step[] = [{ stage: 'NF_HOOK', if: 'netfilter' }];

export const TRACKED: readonly Step[] = [{ stage: 'CT', if: 'conntrack' }, ...HOOKS];

/** The same for a flow whose addresses are translated: the entry says how, the hooks only let it pass. */
export const TRANSLATED: readonly Step[] = [...TRACKED, { stage: 'NAT', if: 'conntrack' }];

/** A bridge's netfilter, only where bridge-nf-call-iptables is set. */
export const BRIDGED: readonly Step[] = [
  { stage: 'CT', if: 'brNetfilter' },
  { stage: 'NF_HOOK', if: 'brNetfilter' },
];
