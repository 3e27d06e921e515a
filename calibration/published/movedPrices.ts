/**
 * Prices that were moved from their sources' values, each inside its stated range, with the reason and the beds
 * that asked for it. They were chosen in view of scored rows. So a bed is judged by the book in which the numbers
 * that it alone asked for stand where their sources put them (leave one bed out). What two beds asked for stays:
 * the other one would have asked as well.
 */
import type { Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import type { Book } from './environment.ts';

export interface MovedPrice {
  /** One number: it is the price of all these stages. */
  readonly stages: readonly StageId[];
  readonly field: 'firstNs' | 'eachNs' | 'packetNs' | 'byteNs';
  /** Book that holds it; books derived from it follow. */
  readonly machine: 'xeon-25g' | 'cloud-virtio';
  readonly unit: 'ns' | 'share of the price in a stream' | 'share of the source’s price';
  /** What the source says. */
  readonly from: number;
  /** What the book says. */
  readonly to: number;
  /** Factors around `from` that the source allows. */
  readonly range: readonly [low: number, high: number];
  readonly reason: string;
  readonly beds: readonly string[];
}

export const MOVED_PRICES: readonly MovedPrice[] = [
  {
    stages: ['VETH_XMIT', 'BACKLOG_POLL', 'IP_FWD', 'CT', 'NAT', 'BR_RX', 'BR_TX', 'BR_FWD'],
    field: 'firstNs',
    machine: 'xeon-25g',
    unit: 'share of the price in a stream',
    from: 0.22,
    to: 1.2,
    range: [1, 6],
    reason: 'a lonely packet finds the forwarding path cold: 1.6 to 2.2 times the price in a stream',
    beds: ['CAL-qperf10', 'FEL', 'IB24'],
  },
  {
    stages: ['NAT'],
    field: 'eachNs',
    machine: 'xeon-25g',
    unit: 'ns',
    from: 80,
    to: 320,
    range: [0.4, 4],
    reason: 'conntrack with a NAT chain adds 900 ns (K7), of which CT is 150',
    beds: ['FEL'],
  },
  {
    stages: ['NIC_TX'],
    field: 'eachNs',
    machine: 'cloud-virtio',
    unit: 'ns',
    from: 200,
    to: 500,
    range: [0.5, 2.5],
    reason: 'the scatter list of each packet in the ring; what tunnels without offload pay per packet',
    beds: ['KRD'],
  },
  {
    stages: ['NIC_RX_POLL'],
    field: 'eachNs',
    machine: 'cloud-virtio',
    unit: 'ns',
    from: 350,
    to: 850,
    range: [0.5, 2.5],
    reason: 'mergeable buffers: a page, a header copy and a refill for each packet; receivers bind there',
    beds: ['KRD'],
  },
  {
    stages: ['CRYPT_ENQ'],
    field: 'eachNs',
    machine: 'xeon-25g',
    unit: 'ns',
    from: 150,
    to: 450,
    range: [0.5, 3],
    reason: 'two rings and a worker of another core for each packet, serial on one core: 8 µs a jumbo packet',
    beds: ['IB24'],
  },
  {
    stages: ['WAKE'],
    field: 'eachNs',
    machine: 'xeon-25g',
    unit: 'ns',
    from: 900,
    to: 1200,
    range: [0.5, 1.6],
    reason:
      'a worker on another core is woken by an interrupt between cores; C113 and C114 wake on their own',
    beds: ['IB24', 'IB20'],
  },
  {
    stages: ['TUN_DEV_XMIT', 'ENCAP', 'DECAP', 'GRO_CELL_POLL', 'UDP_RCV_TUN'],
    field: 'eachNs',
    machine: 'xeon-25g',
    unit: 'share of the source’s price',
    from: 1,
    to: 1.3,
    range: [0.4, 1.6],
    reason: 'tunnel stages are measured on a faster core (K4, K5) than the Xeon of the book',
    beds: ['IB24', 'KRD'],
  },
  {
    stages: ['GRO_TUNNEL'],
    field: 'eachNs',
    machine: 'xeon-25g',
    unit: 'ns',
    from: 100,
    to: 150,
    range: [0.5, 2],
    reason: 'GRO through a tunnel header costs 170 ns a packet on a faster core (K5)',
    beds: ['IB24', 'KRD'],
  },
];

/** The book as it is shipped. */
export const SHIPPED: Book = { name: 'shipped', change: (prices) => prices };

/** The book without what `bed` alone asked for. */
export function bookWithout(bed: string, moved: readonly MovedPrice[] = MOVED_PRICES): Book {
  const own = moved.filter(({ beds }) => beds.length === 1 && beds[0] === bed);
  const isShare = (stage: StageId): boolean =>
    moved.some(({ unit, stages }) => unit === 'share of the price in a stream' && stages.includes(stage));
  const change: Book['change'] = (prices, machine) => {
    const changed: Record<StageId, Price> = { ...prices };
    for (const { stages, field, machine: book, from, to } of own) {
      // The guest's prices are the Xeon's times a factor, so a moved one goes back by its ratio.
      if (book !== 'xeon-25g' && book !== machine) continue;
      for (const stage of stages) {
        const price = changed[stage];
        const back = (ns = 0): number => (ns * from) / to;
        // The excess of a lonely unit is a share of the price in a stream, and goes back with it.
        const first = field === 'eachNs' && isShare(stage) ? { firstNs: back(price.firstNs) } : {};
        changed[stage] = { ...price, ...first, [field]: back(price[field]) };
      }
    }
    return changed;
  };
  return { name: own.length === 0 ? 'shipped' : `without ${bed}`, change };
}
