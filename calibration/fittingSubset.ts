/**
 * Which rows of the veth bed prices of the machine may be fitted on. FROZEN before the model was tuned: widening it
 * would turn tests of the model into inputs of it. Elementary costs (`micro`) belong to it too; they are no rows.
 */
import type { KernelConfig } from './formats/types.ts';

/** Whether a configuration (without its tag) belongs to the frozen subset. */
export function inFittingSubset(exp: string, cfg: KernelConfig): boolean {
  if (exp === 'micro') return true;
  if (exp === 'e0_hole') return cfg.mtu === 1500 && (cfg.msg === 64 || cfg.msg === 1400) && cfg.hops === 0;
  if (exp === 'e3') return cfg.mode === 'hostnet' && cfg.nohalt === 1;
  const path = cfg.mode === 'hostnet' || cfg.mode === 'vxlan';
  const offloads = cfg.off === 'on' || cfg.off === 'off';
  return exp === 'e1' && cfg.kind === 'tcp1' && cfg.pin === 'pin' && path && offloads;
}
