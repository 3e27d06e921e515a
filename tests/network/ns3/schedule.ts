/**
 * Writes the packets that ns-3 is fed with (README.md has the format): cases as data, times and destinations from the
 * engine's streams. Each packet names its uplink, so that no hash has to be rebuilt elsewhere.
 *
 * Where ns-3's own queues drop, all packets are of one size, and no host sends faster than its link: then its rule is
 * the model's (README.md says why). `mixed-stock` shows what the rules differ in where sizes are mixed.
 */
import { Stream } from '../../../engine/core/streams.ts';

const SEED = 6;
/** Ethernet with FCS, preamble and gap. */
const FRAMING = 38;
const UNLIMITED = 1_000_000_000;

interface Case {
  readonly name: string;
  readonly racks: number;
  readonly nodesPerRack: number;
  readonly uplinks: number;
  readonly linkMbps: number;
  readonly uplinkMbps: number;
  readonly hostDelayNs: number;
  readonly fabricDelayNs: number;
  /** Wait at a switch's port: with the packet in service (the model), without it (ns-3). */
  readonly bufferBytes: number;
  readonly waitingBytes: number;
  /** 1: ns-3 is given the model's rule instead, which counts what is left of the packet in service. */
  readonly countsSending: 0 | 1;
  /** IP packets, drawn evenly. */
  readonly sizes: readonly number[];
  /** Of all hosts together. */
  readonly packets: number;
  readonly traffic: Uniform | Incast;
}

/** Every host to any other, Poisson; `spaced`: a host's gaps are at least a packet's time. */
interface Uniform {
  readonly load: number;
  readonly spaced?: boolean;
}

/** All hosts to host 0, in bursts that begin together; gaps of 1 to 2 packets' time. */
interface Incast {
  readonly burst: number;
  readonly everyUs: number;
}

interface Packet {
  readonly ps: number;
  readonly from: number;
  readonly to: number;
  readonly wireBytes: number;
  readonly uplink: number;
}

const shape = {
  racks: 3,
  nodesPerRack: 8,
  uplinks: 2,
  linkMbps: 25_000,
  uplinkMbps: 100_000,
  hostDelayNs: 500,
  fabricDelayNs: 1000,
  bufferBytes: UNLIMITED,
  waitingBytes: UNLIMITED,
  countsSending: 0,
} as const;
const ALL_SIZES = [46, 47, 64, 128, 256, 576, 1000, 1280, 1450, 1500, 4000, 9000];
const NEARLY_FULL = Array.from({ length: 101 }, (_, i) => 1400 + i);
const FULL = 1500 + FRAMING;
const mixed = {
  ...shape,
  nodesPerRack: 11,
  sizes: [46, 576, 1500, 9000],
  packets: 1600,
  bufferBytes: 100_000,
  waitingBytes: 100_000,
  traffic: { burst: 10, everyUs: 400 },
};

const CASES: readonly Case[] = [
  { ...shape, name: 'light', sizes: [1500], packets: 1500, traffic: { load: 0.1 } },
  // Nearly full packets: with all of one size, some reach a port in the same ps, and who is first is a convention.
  { ...shape, name: 'loaded', sizes: NEARLY_FULL, packets: 3000, traffic: { load: 0.9 } },
  { ...shape, name: 'sizes', uplinkMbps: 40_000, sizes: ALL_SIZES, packets: 2400, traffic: { load: 0.7 } },
  // Rates at which a byte is no whole number of ps.
  {
    ...shape,
    name: 'odd-rates',
    linkMbps: 15_000,
    uplinkMbps: 75_000,
    sizes: ALL_SIZES,
    packets: 2400,
    traffic: { load: 0.7 },
  },
  {
    ...shape,
    name: 'incast',
    nodesPerRack: 11,
    sizes: [1500],
    packets: 3200,
    bufferBytes: 51 * FULL,
    waitingBytes: 50 * FULL,
    traffic: { burst: 10, everyUs: 300 },
  },
  // Twelve hosts share three uplinks of their own links' rate: these drop.
  {
    ...shape,
    name: 'slow-uplinks',
    racks: 2,
    nodesPerRack: 12,
    uplinks: 3,
    uplinkMbps: 25_000,
    sizes: [9000],
    packets: 2400,
    bufferBytes: 9 * (9000 + FRAMING),
    waitingBytes: 8 * (9000 + FRAMING),
    traffic: { load: 0.6, spaced: true },
  },
  // No room but for the packet in service.
  {
    ...shape,
    name: 'bufferless',
    sizes: [1500],
    packets: 1200,
    bufferBytes: FULL,
    waitingBytes: FULL,
    countsSending: 1,
    traffic: { load: 0.5 },
  },
  { ...mixed, name: 'mixed', countsSending: 1 },
  { ...mixed, name: 'mixed-stock' },
];

/** What one host sends. */
function packetsOf(c: Case, from: number): Packet[] {
  const { traffic, sizes, racks, nodesPerRack } = c;
  const hosts = racks * nodesPerRack;
  const firstSender = 'load' in traffic ? 0 : 1;
  if (from < firstSender) return [];
  // Both mixed cases send the same.
  const stream = new Stream(SEED, `ns3/${c.name.split('-')[0]}/${from}`);
  const psPerByte = 8_000_000 / c.linkMbps;
  const meanBytes = sizes.reduce((sum, size) => sum + size, 0) / sizes.length + FRAMING;
  const packets: Packet[] = [];
  let ps = 0;
  for (let i = 0; i < Math.floor(c.packets / (hosts - firstSender)); i++) {
    const wireBytes = sizes[stream.below(sizes.length)]! + FRAMING;
    let to = 0;
    if ('load' in traffic) {
      const wirePs = traffic.spaced ? wireBytes * psPerByte : 0;
      ps += wirePs + stream.exponentialPs((meanBytes * psPerByte) / traffic.load - wirePs);
      to = stream.below(hosts - 1);
      if (to >= from) to++;
    } else {
      if (i % traffic.burst === 0) ps = (i / traffic.burst) * traffic.everyUs * 1e6;
      ps += Math.round((1 + stream.unit()) * wireBytes * psPerByte);
    }
    const crosses = Math.floor(from / nodesPerRack) !== Math.floor(to / nodesPerRack);
    packets.push({ ps, from, to, wireBytes, uplink: crosses ? stream.below(c.uplinks) : -1 });
  }
  return packets;
}

for (const c of CASES) {
  const packets: Packet[] = [];
  for (let from = 0; from < c.racks * c.nodesPerRack; from++) packets.push(...packetsOf(c, from));
  packets.sort((a, b) => a.ps - b.ps || a.from - b.from);
  const links = [c.linkMbps, c.uplinkMbps, c.hostDelayNs, c.fabricDelayNs];
  const limits = [c.bufferBytes, c.waitingBytes, c.countsSending];
  console.log(
    ['case', c.name, c.racks, c.nodesPerRack, c.uplinks, ...links, ...limits, packets.length].join(' '),
  );
  for (const p of packets) console.log([p.ps, p.from, p.to, p.wireBytes, p.uplink].join(' '));
}
