/**
 * How a datagram is cut: by its sender at the MTU it knows, and in IPv4 once more by its node where a device of the
 * path carries less (in IPv6 nobody but the sender fragments). Pieces of one size stand together: their order changes
 * nothing.
 *
 * Left out: conntrack's reassembly on the way through a host. Source: net/ipv4/ip_output.c, Linux 6.12.
 */
import { fragmentBytes, wireBytes } from './mtu.ts';
import type { Setup } from './setup.ts';

export interface FragmentPlan {
  /** Fragments of the whole datagram. */
  readonly count: number;
  readonly groups: readonly {
    readonly count: number;
    /** UDP payload of the group, and bytes on the wire. */
    readonly bytes: number;
    readonly wireBytes: number;
    /** One fragment with its headers. */
    readonly ipBytes: number;
  }[];
}

const UDP_HEADER_BYTES = 8;
const V6_FRAGMENT_HEADER_BYTES = 8;

/** @param bytes UDP payload; @param mtuBytes that the sender knows */
export function fragmentPlan(setup: Setup, path: number, bytes: number, mtuBytes: number): FragmentPlan {
  const v6 = setup.cluster.ipFamily === 'ipv6';
  const head = setup.udpIpBytes - UDP_HEADER_BYTES + (v6 ? V6_FRAGMENT_HEADER_BYTES : 0);
  const carries = setup.pathCarriesBytes[path]!;
  const sizes = fragmentBytes(bytes + UDP_HEADER_BYTES, mtuBytes, head).flatMap((size) =>
    size > carries && !v6 ? fragmentBytes(size - head, carries, head) : [size],
  );
  const bySize = new Map<number, number>();
  for (const size of sizes) bySize.set(size, (bySize.get(size) ?? 0) + 1);
  let header = UDP_HEADER_BYTES;
  const groups = [...bySize].map(([ipBytes, count]) => {
    const payload = count * (ipBytes - head) - header;
    header = 0;
    const most = setup.pathMtuBytes[path]!;
    const one = wireBytes(setup.compiled.paths[path]!.path, ipBytes < most ? ipBytes : most, most);
    return { count, bytes: payload, wireBytes: count * one, ipBytes };
  });
  return { count: sizes.length, groups };
}
