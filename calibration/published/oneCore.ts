/**
 * Prices of a machine with one CPU: what SIGCOMM'21 saw when softirq and application share a core ("all-opts",
 * C056 to C072), instead of the Xeon book's two cores between which data, pages and skbs travel.
 *
 * Only what crosses cores there: copies, pages, skbs, the socket's lock. Left out: everything else.
 */
import type { Machine, Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';

/** ns a byte on two cores (the book) and on one. */
const BYTE_NS: readonly (readonly [stage: StageId, oneNs: number])[] = [
  ['COPY_U2K', 0.054], // C056
  ['COPY_K2U', 0.103], // C065
  ['TCP_TX', 0.03], // C057 C058 C059 C063
  ['NIC_RX_POLL', 0.037], // C068 and the bytes' share of C069
  ['SKB_FREE', 0.007], // C071
];

/** The stage's price with `ns` a byte, whichever field says so, times what the book adds to the Xeon's. */
function perByte(price: Price, ns: number): Price {
  return price.byteNs === undefined ? { ...price, eachNs: ns } : { ...price, byteNs: ns };
}

/** @param guestFactor what the machine's prices are of the Xeon's */
export function onOneCore(prices: Machine['prices'], guestFactor: number): Machine['prices'] {
  const changed: Record<StageId, Price> = { ...prices };
  for (const [stage, ns] of BYTE_NS) changed[stage] = perByte(changed[stage], ns * guestFactor);
  return changed;
}
