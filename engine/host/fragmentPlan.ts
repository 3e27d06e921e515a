/**
 * How a datagram is cut: by its sender at the MTU it knows, and once more by its node where a device of the path
 * carries less (fragments may be fragmented). Pieces of one size stand together: their order changes nothing.
 *
 * Left out: conntrack's reassembly on the way through a host. Source: net/ipv4/ip_output.c, Linux 6.12.
 */
import { fragmentBytes, IP_HEADER_BYTES, UDP_IP_HEADER_BYTES, wireBytes } from './mtu.ts';
import type { Setup } from './setup.ts';

export interface FragmentPlan {
  /** Fragments of the whole datagram. */
  readonly count: number;
  readonly groups: readonly {
    readonly count: number;
    /** UDP payload of the group, and bytes on the wire. */
    readonly bytes: number;
    readonly wireBytes: number;
  }[];
}

/** @param bytes UDP payload; @param mtuBytes that the sender knows */
export function fragmentPlan(setup: Setup, path: number, bytes: number, mtuBytes: number): FragmentPlan {
  const carries = setup.pathCarriesBytes[path]!;
  const sizes = fragmentBytes(bytes + UDP_IP_HEADER_BYTES, mtuBytes).flatMap((size) =>
    size > carries ? fragmentBytes(size, carries) : [size],
  );
  const bySize = new Map<number, number>();
  for (const size of sizes) bySize.set(size, (bySize.get(size) ?? 0) + 1);
  let header = UDP_IP_HEADER_BYTES - IP_HEADER_BYTES;
  const groups = [...bySize].map(([size, count]) => {
    const payload = count * (size - IP_HEADER_BYTES) - header;
    header = 0;
    const { path: declared } = setup.compiled.paths[path]!;
    const wire = count * wireBytes(declared, size, setup.pathMtuBytes[path]!);
    return { count, bytes: payload, wireBytes: wire };
  });
  return { count: sizes.length, groups };
}
