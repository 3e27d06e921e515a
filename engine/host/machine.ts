/**
 * What a machine is: data. Cores, NIC, kernel facts, waking times and a price for every stage.
 *
 * A price has a first and an each: the first unit of a job finds cold caches, further ones do not
 * (VXLAN: 2,860 ns alone, 1,300 in a burst; measured). Left out: NUMA, frequency scaling, SMT.
 */
import type { Fact } from './backend.ts';
import type { StageId } from './stages.ts';

export type Confidence = 'measured' | 'published' | 'assumed';

/** Nanoseconds, doubles. A stage's cost in a job of n units, m packets, b bytes:
 * firstNs + eachNs · (its own `per`) + packetNs · m + byteNs · b. */
export interface Price {
  /** Excess of the job's first unit, ns. */
  readonly firstNs?: number;
  /** Per unit of the stage's own `per`, ns. */
  readonly eachNs?: number;
  /** Additionally per wire packet, ns. */
  readonly packetNs?: number;
  /** Additionally per payload byte, ns. */
  readonly byteNs?: number;
  readonly source: string;
  readonly confidence: Confidence;
  /** Factors around the price that its uncertainty spans; required where it is assumed. */
  readonly range?: readonly [low: number, high: number];
}

export interface Nic {
  readonly rateGbps: number;
  readonly rxQueues: number;
  /** Packets. */
  readonly rxRingPackets: number;
  /** skbs; beyond it they wait in the qdisc. */
  readonly qdiscSkbs: number;
  /** Interrupt after this long from the first packet, or at this many frames, whichever is first. */
  readonly moderationUs: number;
  readonly moderationFrames: number;
  /** Driver's receive buffer: truesize of one packet in a socket, bytes. */
  readonly rxTruesizeBytes: number;
}

export interface Waking {
  /** A core idle for less than this polls: no exit latency, ns. */
  readonly pollNs: number;
  /** Exit of a shallow sleep, ns. */
  readonly sleepNs: number;
  /** Idle for longer than this: deep sleep, or a halted virtual core, ns. */
  readonly haltAfterNs: number;
  /** Exit of that, ns. */
  readonly haltNs: number;
  readonly source: string;
  readonly confidence: Confidence;
}

export interface Cache {
  /** Second-level cache of a core, bytes. */
  readonly l2Bytes: number;
  /** Reading on from the third level, ns a byte. */
  readonly l3NsPerByte: number;
}

export interface Machine {
  readonly name: string;
  readonly title: string;
  /** Which user should pick this book. */
  readonly pickIf: string;
  readonly cores: number;
  /** nic: a wire through NICs; veth: two namespaces of one kernel joined by a veth pair, one core set. */
  readonly wire: 'nic' | 'veth';
  readonly nic: Nic;
  readonly facts: Readonly<Record<Fact, boolean>>;
  readonly waking: Waking;
  readonly cache: Cache;
  /** SKB limit of one super-packet, bytes of payload (GSO_MAX less headers). */
  readonly gsoMaxBytes: number;
  /** Socket buffers, bytes. */
  readonly tcpRmemMaxBytes: number;
  readonly tcpWmemMaxBytes: number;
  readonly udpRcvbufBytes: number;
  readonly prices: Readonly<Record<StageId, Price>>;
}
