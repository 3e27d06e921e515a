/**
 * The IP family of a cluster: pods' and nodes' addresses are of one family, as Flannel and Calico wrap IPv6 pods
 * in IPv6 and IPv4 pods in IPv4. A backend is declared with IPv4 outside; with IPv6 its outermost header is 40
 * bytes instead of 20 and an outer UDP checksum is always there (RFC 8200 section 8.1).
 *
 * Assumed: a stage costs the same in both families. Left out: one family inside the other, dual stack, extension
 * headers, flow labels (RSS and ECMP hash addresses and ports), zero UDP checksums by RFC 6935.
 * Source: RFC 791, RFC 8200 (docs/SOURCES.md, section "Headers").
 */
import type { Backend, Header, Path } from './backend.ts';

export type IpFamily = 'ipv4' | 'ipv6';

/** What an IPv6 header is longer than one of IPv4 without options. */
const LONGER_BYTES = 20;

/** IP header, TCP 20, timestamps 12. */
export const tcpIpBytes = (family: IpFamily): number => 52 + (family === 'ipv6' ? LONGER_BYTES : 0);

/** IP header, UDP 8. */
export const udpIpBytes = (family: IpFamily): number => 28 + (family === 'ipv6' ? LONGER_BYTES : 0);

/** Least MTU that a link may have: RFC 8200 section 5; for IPv4 the project's own floor. */
export const leastMtuBytes = (family: IpFamily): number => (family === 'ipv6' ? 1280 : 256);

/** The backend as it works in a family: the same paths with that family's outer headers. */
export function inFamily(backend: Backend, family: IpFamily): Backend {
  if (family === 'ipv4') return backend;
  const paths = Object.entries(backend.paths).map(([name, path]) => [name, outside(path)] as const);
  return { ...backend, paths: Object.fromEntries(paths) };
}

function outside(path: Path): Path {
  return { ...path, headers: path.headers.map(header) };
}

function header(h: Header): Header {
  if (h.name === 'IPv4') return { ...h, name: 'IPv6', bytes: h.bytes + LONGER_BYTES };
  return h.csum === undefined ? h : { ...h, csum: true };
}
