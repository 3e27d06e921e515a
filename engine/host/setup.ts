/** What all partitions of a task share and only read. */
import type { ClusterSpec } from '../core/taskSpec.ts';
import type { Compiled } from './compile.ts';
import type { Machine } from './machine.ts';
import { WIRE_FRAMING_BYTES, WIRE_IP_BYTES_MIN } from './mtu.ts';

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
  /** Payload bytes of a full packet of the pods' MTU. */
  readonly mssBytes: number;
  readonly podMtuBytes: number;
  /** Inner headers of a TCP packet and of a datagram, bytes. */
  readonly tcpIpBytes: number;
  readonly udpIpBytes: number;
  /** Per path: largest inner packet that a pod may send and the path carries, and its payload, bytes. */
  readonly pathMtuBytes: readonly number[];
  readonly pathMssBytes: readonly number[];
  /** Per path: largest inner packet that the sending node's devices let through, bytes; Infinity within a node. */
  readonly pathCarriesBytes: readonly number[];
  readonly moderationPs: number;
  /** Per path: outer headers + Ethernet, preamble and gap, bytes a packet. */
  readonly frameBytes: readonly number[];
  readonly hasServer: boolean;
  /** The machine prices pages apart (pages.ts). */
  readonly pricesPages: boolean;
  /** The way to sleep is a job of its own. */
  readonly pricesBlock: boolean;
  /** Seeds of the switches' ECMP hash: ToR of each rack. */
  readonly ecmpSeed: Int32Array;
  /** A job ends once it is this long, ns. */
  readonly jobCapNs: number;
  /** Units a job may take. */
  readonly jobUnits: number;
  readonly packetGranularity: boolean;
}

const PACKET_BYTES_MIN = WIRE_IP_BYTES_MIN + WIRE_FRAMING_BYTES;

/**
 * Bytes on the wire of a batch: full packets and a last one that carry `bytes` of payload behind `inner` bytes of
 * headers each. The same as mtu.ts says packet by packet, with the headers summed once a task.
 */
export function batchWireBytes(
  setup: Setup,
  path: number,
  packets: number,
  bytes: number,
  inner: number,
): number {
  const pad = setup.compiled.paths[path]!.path.padBytes ?? 1;
  const frame = setup.frameBytes[path]!;
  if (pad > 1) {
    const full = packets - 1;
    const mtu = setup.pathMtuBytes[path]!;
    const size = packets > 1 ? mtu : 0;
    const lastBytes = bytes - full * (size - inner) + inner;
    const last = Math.min(mtu, Math.ceil(lastBytes / pad) * pad);
    return full * (size + frame) + Math.max(PACKET_BYTES_MIN, last + frame);
  }
  const total = bytes + packets * (inner + frame);
  const least = packets * PACKET_BYTES_MIN;
  return total > least ? total : least;
}
