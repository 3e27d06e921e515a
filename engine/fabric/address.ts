/**
 * Addresses and the hashes that place packets: RSS queue, ECMP path. Both see only the outer header's bytes.
 *
 * Node n has address 10.x.y.z; its pods' addresses are 100.64.0.0/10 with the socket's index. In IPv6 both are the
 * last 32 bits of an address in fd00::/96. A NIC that does not hash UDP ports, or a header without ports (IPIP),
 * hashes addresses alone.
 */
import { mix32, toeplitz2, toeplitz4, toeplitzV6 } from '../core/toeplitz.ts';
import type { Header, Path } from '../host/backend.ts';
import type { IpFamily } from '../host/family.ts';
import type { Machine } from '../host/machine.ts';

export const nodeAddress = (node: number): number => (0x0a000001 + node) | 0;
export const podAddress = (node: number, index: number): number =>
  (0x64400000 + ((node * 256 + (index & 255)) & 0x3fffff)) | 0;

export interface Tuple {
  readonly src: number;
  readonly dst: number;
  readonly sport: number;
  readonly dport: number;
  readonly proto: number;
}

/** What a fragment shows to those that hash headers: addresses alone. */
export const portless = (t: Tuple): Tuple => ({ ...t, sport: 0, dport: 0, proto: 0 });

/** Outer tuple of a flow on a path; the inner one where nothing is put around it. */
export function outerTuple(path: Path, inner: Tuple, srcNode: number, dstNode: number): Tuple {
  // Half a million times when a large cluster is built: no closures, no copies.
  let proto: number | undefined;
  let ports: Header | undefined;
  for (const header of path.headers) {
    if (proto === undefined) proto = header.proto;
    if (ports === undefined && header.dport !== undefined) ports = header;
  }
  if (proto === undefined) return inner;
  return {
    src: nodeAddress(srcNode),
    dst: nodeAddress(dstNode),
    proto,
    sport: ports?.sport === 'flowHash' ? flowPort(inner) : (ports?.sport ?? 0),
    dport: ports?.dport ?? 0,
  };
}

/** udp_flow_src_port: the inner hash scaled into ip_local_port_range. */
function flowPort(inner: Tuple): number {
  const hash = mix32(mix32(inner.src, inner.dst), mix32((inner.sport << 16) | inner.dport, inner.proto));
  return 32768 + (((hash >>> 16) * 28232) >>> 16);
}

/** IP in IP: drivers that hash an inner header know it by this protocol; nobody looks inside UDP or a cipher. */
const IPIP = 4;

/** First three words of every IPv6 address here: fd00::/96 (RFC 4193). */
const UNIQUE_LOCAL = [0xfd000000, 0, 0] as const;

/** What the NIC's RSS computes over the packet. */
export function rssHash(machine: Machine, inner: Tuple, outer: Tuple, family: IpFamily = 'ipv4'): number {
  const { facts } = machine;
  if (facts.rxInnerHash && outer.proto === IPIP)
    return toeplitz4(inner.src, inner.dst, inner.sport, inner.dport) | 0;
  const ports = outer.proto === 6 || (outer.proto === 17 && facts.rssUdpPorts);
  if (family === 'ipv6') {
    const words = [...UNIQUE_LOCAL, outer.src, ...UNIQUE_LOCAL, outer.dst];
    return toeplitzV6(ports ? [...words, (outer.sport << 16) | outer.dport] : words) | 0;
  }
  return (
    (ports ? toeplitz4(outer.src, outer.dst, outer.sport, outer.dport) : toeplitz2(outer.src, outer.dst)) | 0
  );
}

/** Five-tuple hash of a switch, before its own seed is mixed in. */
export function ecmpHash(outer: Tuple): number {
  return mix32(mix32(outer.src, outer.dst), mix32((outer.sport << 16) | outer.dport, outer.proto)) | 0;
}
