/**
 * Which prices the live bed can tell apart. Stages that every configuration runs together share one factor: the bed
 * sees their sum, and the proportion between them stays that of the reference book.
 */
import type { Machine, Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';

export interface Group {
  readonly name: string;
  readonly text: string;
  readonly stages: readonly StageId[];
  /** Waking times scale with it. */
  readonly waking?: true;
}

export const GROUPS: readonly Group[] = [
  {
    name: 'socket',
    text: 'sending and receiving a datagram: system call, skb, UDP, IP, route',
    stages: [
      ...(['U_SYSCALL', 'SKB_ALLOC', 'SKB_FREE', 'UDP_OUT', 'IP_OUT'] as const),
      ...(['IP_ROUTE_IN', 'IP_RCV_LOCAL', 'UDP_RCV_SOCK'] as const),
    ],
  },
  { name: 'veth', text: 'one crossing of a veth pair', stages: ['VETH_XMIT', 'BACKLOG_POLL'] },
  { name: 'bridge', text: 'one pass through a bridge', stages: ['BR_RX', 'BR_TX', 'BR_FWD'] },
  { name: 'forward', text: 'IP forwarding', stages: ['IP_FWD'] },
  {
    name: 'tunnel',
    text: 'a kernel tunnel: device, headers, second softirq pass',
    stages: ['TUN_DEV_XMIT', 'ENCAP', 'UDP_RCV_TUN', 'DECAP', 'GRO_CELL_POLL'],
  },
  { name: 'tcp', text: 'TCP: segments and ACKs', stages: ['TCP_TX', 'TCP_RX', 'TCP_ACK_RX', 'ACK_TX'] },
  { name: 'bytes', text: 'copies and payload pages', stages: ['COPY_U2K', 'COPY_K2U', 'PAGES', 'PAGE_HEAD'] },
  { name: 'segments', text: 'software segmentation and merging', stages: ['GSO_SW', 'GRO', 'GRO_TUNNEL'] },
  {
    name: 'cipher',
    text: 'WireGuard: queueing and encryption, a byte and a packet',
    stages: ['CRYPT_ENQ', 'CRYPT'],
  },
  {
    name: 'wake',
    text: 'waking, switching and going to sleep',
    stages: ['WAKE', 'IPI', 'CTXSW', 'BLOCK', 'HALT_KICK'],
    waking: true,
  },
  {
    name: 'daemon',
    text: 'TUN device and user-space forwarder',
    stages: ['TUN_XMIT', 'TUN_RX_INLINE', 'DAEMON_PROXY', 'DAEMON_DRY', 'DAEMON_IDLE'],
  },
];

/** The book with each group's prices multiplied. @param factors  one a group, in order */
export function scaledBook(book: Machine, factors: readonly number[]): Machine {
  const prices: Record<StageId, Price> = { ...book.prices };
  let { waking } = book;
  GROUPS.forEach((group, at) => {
    const factor = factors[at]!;
    for (const stage of group.stages) prices[stage] = scaledPrice(prices[stage], factor);
    if (group.waking) {
      waking = { ...waking, sleepNs: waking.sleepNs * factor, haltNs: waking.haltNs * factor };
    }
  });
  return { ...book, waking, prices };
}

export function scaledPrice(price: Price, factor: number): Price {
  const times = (ns: number | undefined) => (ns === undefined ? undefined : ns * factor);
  const scaled = { firstNs: times(price.firstNs), eachNs: times(price.eachNs) };
  const more = { packetNs: times(price.packetNs), byteNs: times(price.byteNs) };
  const kept = Object.entries({ ...scaled, ...more }).filter(([, value]) => value !== undefined);
  return { ...price, ...Object.fromEntries(kept) };
}
