/**
 * How far a figure of the veth bed moves between days: the spread that quartiles of one day do not show.
 *
 * Source: repeats of the same configuration under other tags, veth bed, 2026 (docs/SOURCES.md, keys K4 to K6);
 * the upper end of what was seen. Forwarding and TCP behind rules were measured as the price of a packet and bulk
 * TCP were, once each: they take those figures (assumed). Paced forwarding and message sizes were not repeated.
 */
import type { KernelConfig } from './types.ts';

const PACKET = 0.08;
const BULK = 0.08;
const BULK_WITHOUT_OFFLOADS = 0.13;
/** +18 … +47 %. */
const UDP_STREAM = 0.47;
const EXCHANGE = 0.07;
/** Host gateway and IPIP, 64 B. */
const SMALL_EXCHANGE = 0.18;

/** Ratio; 0: not known. */
export function driftOf(exp: string, cfg: KernelConfig): number {
  if (exp === 'e0_hole' || exp.startsWith('e4_fwd_')) return PACKET;
  if (exp === 'e4_tcp_rules') return BULK;
  if (exp === 'e1') {
    if (cfg.kind === 'udp') return UDP_STREAM;
    return cfg.off === 'on' ? BULK : BULK_WITHOUT_OFFLOADS;
  }
  if (exp !== 'e3') return 0;
  return cfg.msg === 64 && (cfg.mode === 'hostgw' || cfg.mode === 'ipip') ? SMALL_EXCHANGE : EXCHANGE;
}
