/** What all partitions of a task share and only read (but `windowEnd`, which the window loop moves). */
import type { ClusterSpec } from '../core/taskSpec.ts';
import type { Compiled } from './compile.ts';
import type { Machine } from './machine.ts';

export interface Setup {
  readonly compiled: Compiled;
  readonly machine: Machine;
  readonly cluster: ClusterSpec;
  readonly cores: number;
  /** Two hosts on one core set (veth machine). */
  readonly sharedCores: boolean;
  readonly rxQueues: number;
  readonly uplinks: number;
  readonly racks: number;
  readonly nodesPerRack: number;
  /** Payload bytes of a full packet. */
  readonly mssBytes: number;
  readonly udpPayloadBytes: number;
  readonly podMtuBytes: number;
  readonly moderationPs: number;
  /** Per path: outer headers + Ethernet, preamble and gap, bytes a packet. */
  readonly frameBytes: readonly number[];
  readonly hasServer: boolean;
  /** Seeds of the switches' ECMP hash: ToR of each rack. */
  readonly ecmpSeed: Int32Array;
  /** A job ends once it is this long, ns. */
  readonly jobCapNs: number;
  /** Units a job may take. */
  readonly jobUnits: number;
  readonly packetGranularity: boolean;
  /** End of the window that is being run, ps. */
  windowEnd: number;
}

/** Bytes on the wire of `packets` packets that carry `bytes` of payload behind `inner` bytes of headers each. */
export function wireBytes(setup: Setup, path: number, packets: number, bytes: number, inner: number): number {
  const compiled = setup.compiled.paths[path]!;
  const pad = compiled.path.padBytes ?? 1;
  const frame = setup.frameBytes[path]!;
  if (pad > 1) {
    // Full packets, and the last one: each padded before the tunnel's headers, no further than the MTU.
    const full = packets - 1;
    const size = packets > 1 ? setup.podMtuBytes : 0;
    const lastBytes = bytes - full * (size - inner) + inner;
    const last = Math.min(setup.podMtuBytes, Math.ceil(lastBytes / pad) * pad);
    return full * (size + frame) + Math.max(84, last + frame);
  }
  const total = bytes + packets * (inner + frame);
  const least = packets * 84;
  return total > least ? total : least;
}

export const TCP_INNER_BYTES = 52; // IPv4 20 + TCP 20 + timestamps 12 (RFC 791, 9293, 7323)
export const UDP_INNER_BYTES = 28; // IPv4 20 + UDP 8 (RFC 791, 768)
export const FRAME_BYTES = 38; // Ethernet 14 + FCS 4 + preamble and SFD 8 + gap 12 (IEEE 802.3)
