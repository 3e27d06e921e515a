/**
 * Frames that no socket sends: a neighbour's question and answer (ARP; in IPv6 neighbour discovery) and WireGuard's
 * two handshake messages. Their ways through a host stand here as paths, so that they cost what its stages cost.
 *
 * Assumed: such a frame is received at the price of local delivery. Left out: kworkers that a handshake passes.
 * Source: net/ipv4/arp.c, drivers/net/wireguard/messages.h, Linux 6.12; RFC 826, RFC 4861.
 */
import type { Backend, Path } from './backend.ts';
import type { IpFamily } from './family.ts';
import { WIRE_FRAMING_BYTES, WIRE_IP_BYTES_MIN } from './mtu.ts';

export const NEIGHBOUR_PATH = 'neighbour question';
export const HANDSHAKE_PATH = 'handshake message';

const NEIGHBOUR: Path = { headers: [], steps: ['SKB_ALLOC', 'WIRE', 'IP_RCV_LOCAL'], nicGro: false };

const HANDSHAKE: Path = {
  headers: [],
  steps: ['SKB_ALLOC', 'KEYS', 'IP_OUT', 'WIRE', 'IP_RCV_LOCAL', 'UDP_RCV_TUN', 'KEYS'],
  nicGro: false,
};

/** The backend with the paths of the frames that its first packets wait for. */
export function withFrames(backend: Backend): Backend {
  const shakes = Object.values(backend.paths).some(({ opens }) => opens?.includes('handshake'));
  const handshake = shakes ? { [HANDSHAKE_PATH]: HANDSHAKE } : {};
  return { ...backend, paths: { ...backend.paths, [NEIGHBOUR_PATH]: NEIGHBOUR, ...handshake } };
}

const onWire = (ipBytes: number): number => Math.max(WIRE_IP_BYTES_MIN, ipBytes) + WIRE_FRAMING_BYTES;

/** Bytes on the wire, question and answer: ARP 28; neighbour solicitation and advertisement 72 with IPv6. */
export function neighbourWireBytes(family: IpFamily): readonly [number, number] {
  const bytes = onWire(family === 'ipv6' ? 72 : 28);
  return [bytes, bytes];
}

/** The same of initiation (148 bytes) and response (92) behind UDP and IP. */
export function handshakeWireBytes(family: IpFamily): readonly [number, number] {
  const outer = family === 'ipv6' ? 48 : 28;
  return [onWire(148 + outer), onWire(92 + outer)];
}
