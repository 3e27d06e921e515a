/**
 * Cost book of a virtual machine: the Xeon's prices times a stated factor (shared cores, nested paging), and
 * wake-ups of other virtual cores, which leave the guest.
 * Left out: what the hypervisor does meanwhile, noisy neighbours, live migration. Keys: docs/SOURCES.md.
 */
import type { Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { assumed } from './price.ts';
import { scaledPrices } from './scaled.ts';
import { XEON_PRICES } from './xeon.ts';

/** Guest against bare metal, all stages that stay inside the guest. */
export const GUEST_FACTOR = 1.25;

export const GUEST_PRICES: Readonly<Record<StageId, Price>> = {
  ...scaledPrices(XEON_PRICES, { key: 'E-guest', times: GUEST_FACTOR, range: [0.8, 1.6] }),
  WAKE: assumed('K3 K8', [0.4, 2], { eachNs: 2_500 }),
  CTXSW: assumed('K3', [0.5, 1.5], { eachNs: 2_400 }),
};
