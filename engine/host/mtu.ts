/**
 * MTU, MSS and wire bytes, derived from a backend's headers: no backend states its own MTU.
 *
 * Left out: 802.1Q tags, IP options, TCP options other than timestamps.
 * Source: header lengths of RFC 791, 768, 7348, 2003 and the WireGuard paper; wire cost of IEEE 802.3
 * (docs/SOURCES.md, section "Headers"); fragments: net/ipv4/ip_output.c (__ip_append_data), Linux 6.12.
 */
import { assert, assertWhole } from '../core/assert.ts';
import type { Backend, Path } from './backend.ts';
import { type IpFamily, inFamily, tcpIpBytes } from './family.ts';

/** Largest UDP payload: 65,535 less the headers of IPv4. */
export const UDP_BYTES_MAX = 65_507;
/** Ethernet 14 + FCS 4 + preamble and SFD 8 + inter-frame gap 12. */
export const WIRE_FRAMING_BYTES = 38;
/** A shorter IP packet is padded to the 64 bytes of a minimum frame. */
export const WIRE_IP_BYTES_MIN = 46;

export interface DerivedMtu {
  readonly podMtuBytes: number;
  /** TCP payload of a full packet, timestamps on. */
  readonly tcpMssBytes: number;
  /** Largest sum of outer headers over the paths: what a full packet really carries more. */
  readonly overheadBytes: number;
}

/** Outer headers of a path, bytes inside the outer IP packet. */
export function headerBytes(path: Path): number {
  return path.headers.reduce((sum, header) => sum + header.bytes, 0);
}

/**
 * The pods' MTU: that of the links less the backend's reserve, or less the headers of its widest path (one
 * device MTU serves all destinations, so plain paths give up the bytes too).
 * The backend is taken as declared (IPv4) and put into `family` here.
 * Throws InvariantError on a link MTU that leaves no payload.
 */
export function deriveMtu(declared: Backend, linkMtuBytes: number, family: IpFamily = 'ipv4'): DerivedMtu {
  assertWhole(linkMtuBytes, 'link MTU must be a whole number of bytes');
  const backend = inFamily(declared, family);
  const overheadBytes = Object.values(backend.paths).reduce(
    (most, path) => Math.max(most, headerBytes(path)),
    0,
  );
  const podMtuBytes = linkMtuBytes - (backend.mtuReserveBytes ?? overheadBytes);
  const tcpMssBytes = podMtuBytes - tcpIpBytes(family);
  assert(tcpMssBytes > 0, 'link MTU leaves no TCP payload');
  return { podMtuBytes, tcpMssBytes, overheadBytes };
}

/**
 * Largest inner packet that a wired path carries, bytes: the MTU of its tunnel device, which follows the links and the
 * backend's reserve whatever the pods were told; a path without headers carries what the links do.
 */
export function carriedBytes(backend: Backend, path: Path, linkMtuBytes: number): number {
  const own = headerBytes(path);
  return own === 0 ? linkMtuBytes : linkMtuBytes - Math.max(own, backend.mtuReserveBytes ?? 0);
}

/**
 * Bytes of link time that an inner IP packet of `innerIpBytes` takes on a path: padding (capped at the pod
 * MTU), outer headers, minimum frame, framing. Inner packets above the pod MTU are a programmer's error.
 */
export function wireBytes(path: Path, innerIpBytes: number, podMtuBytes: number): number {
  assert(innerIpBytes <= podMtuBytes, 'inner packet is larger than the pod MTU');
  const pad = path.padBytes ?? 1;
  const padded = Math.min(podMtuBytes, Math.ceil(innerIpBytes / pad) * pad);
  return Math.max(WIRE_IP_BYTES_MIN, padded + headerBytes(path)) + WIRE_FRAMING_BYTES;
}

/**
 * The fragments of one IP packet, bytes each with its headers: full ones carry a multiple of eight, the last the rest.
 * @param payloadBytes behind the IP header
 * @param headBytes    of each fragment: IPv4 20, IPv6 40 and its fragment header 8
 */
export function fragmentBytes(payloadBytes: number, mtuBytes: number, headBytes: number): number[] {
  const most = mtuBytes - headBytes;
  const full = most - (most % 8);
  const sizes: number[] = [];
  let left = payloadBytes;
  for (; left > most; left -= full) sizes.push(full + headBytes);
  sizes.push(left + headBytes);
  return sizes;
}
