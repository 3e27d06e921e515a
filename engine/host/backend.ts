/**
 * What a backend is: data. Paths of stages from pod device to pod device, with the queues ("hops") that end
 * one job and begin the next, and one WIRE. No control flow, no prices.
 *
 * Everything else follows: MTU and MSS, wire bytes, RSS and ECMP entropy, orphaning, GRO, CPU, limits.
 * Left out: a path with two wires (docker-proxy between hosts, service meshes).
 */
import type { StageId } from './stages.ts';

/** What kernel, NIC and host can do: conditions of steps are written in these, with both signs. */
export const FACTS = [
  'gso',
  'gro',
  'tso',
  'udpTunnelTso',
  'ipipTso',
  'rxInnerCsum',
  'tunnelTxCsum',
  'conntrack',
  'netfilter',
  'brNetfilter',
  'rps',
  'arfs',
  'rxInnerHash',
  'rssUdpPorts',
  'rxWhole',
] as const;
export type Fact = (typeof FACTS)[number];
export type If = Fact | `no:${Fact}`;

/**
 * Queues that a path can stop in. Limits: docs/SOURCES.md, section "Queues".
 * backlog, groCell: skbs; tunRing: packets; udpSocket: bytes of truesize; wg*: packets.
 */
export type QueueId = 'backlog' | 'groCell' | 'tunRing' | 'udpSocket' | 'wgCrypt' | 'wgPeer';

export interface Hop {
  readonly queue: QueueId;
  readonly context: 'softirq' | 'daemon' | 'kworker' | 'process';
  /** caller: same core, same job; rss: the NIC queue's core; spread: dealt over cores; sched: own thread. */
  readonly core: 'caller' | 'rps' | 'rss' | 'spread' | 'sched';
  readonly serial: 'core' | 'host' | 'peer' | 'none';
  /** How a batch is dealt over cores. */
  readonly grain: 'batch' | 'packet';
  /** A place in this queue is taken at entry and left in that order. */
  readonly order?: QueueId;
  /** Stages paid once on taking from the queue (polls, wakes, switches). */
  readonly first: readonly StageId[];
}

export type Step = StageId | 'WIRE' | { readonly stage: StageId; readonly if: If } | Hop;

export interface Header {
  readonly name: string;
  readonly bytes: number;
  /** IP protocol number that this header announces to RSS and ECMP (4 IPIP, 17 UDP, 6 TCP). */
  readonly proto?: number;
  /** UDP source port: a number, or the hash of the inner flow. */
  readonly sport?: 'flowHash' | number;
  readonly dport?: number;
  /** Outer UDP checksum present. */
  readonly csum?: boolean;
}

export interface Path {
  /** Outer headers, outermost first; none on a plain path. Ethernet of the wire is the link's. */
  readonly headers: readonly Header[];
  readonly steps: readonly Step[];
  /**
   * What the first packet waits for besides the next hop's address, which every path with a wire asks for: a bridge's
   * pods for each other (arp), a tunnel for its keys (handshake).
   */
  readonly opens?: readonly ('arp' | 'handshake')[];
  /** Which offload splits the tunnel's super-packets; none: plain TSO. */
  readonly tunnel?: 'udp' | 'ipip';
  /** False where the outer socket takes every datagram alone (no gro_receive): nothing merges at the NIC. */
  readonly nicGro?: false;
  /** Payload is padded to a multiple of this many bytes before the headers (WireGuard: 16). */
  readonly padBytes?: number;
  /** The loopback device: an skb keeps the route that it was sent with. */
  readonly loopback?: true;
}

/** One thread a host that drains several queues, one unit of each a round (flanneld). */
export interface Server {
  readonly drains: readonly QueueId[];
  /** Paid when one queue had nothing while the other had. */
  readonly dry: StageId;
  /** Paid when all were empty, before the thread sleeps. */
  readonly idle: StageId;
}

export type Place = 'sameNode' | 'sameSubnet' | 'crossSubnet';
export interface Unreachable {
  readonly unreachable: string;
}

/**
 * What a backend needs of the network: of its links, its routes, its filters, its addresses. foreignAddresses: it
 * passes packets whose addresses are no node's own (a plain path shows the pods').
 */
export type Need = 'sameL2' | 'fabricKnowsPods' | 'protocol4Allowed' | 'ipv4' | 'foreignAddresses';

export interface Backend {
  readonly name: string;
  /** One line for tables and `list`. */
  readonly title: string;
  /** Group of the report: baseline, tunnel, routed, encrypted, daemon. */
  readonly group: 'baseline' | 'tunnel' | 'routed' | 'encrypted' | 'daemon';
  /** Where the declaration was read. */
  readonly source: string;
  readonly paths: Readonly<Record<string, Path>>;
  readonly choose: Readonly<Record<Place, string | Unreachable>>;
  readonly servers?: Readonly<Record<string, Server>>;
  /** Bytes that the pod MTU gives up, where they differ from the headers. */
  readonly mtuReserveBytes?: number;
  /** Control-plane entries a node keeps, as words for `explain` (agents come with the control plane). */
  readonly control: { readonly protocol: string; readonly entriesPerPeer: string };
  readonly needs: readonly Need[];
  /** How cost grows with the cluster, in words. */
  readonly scaling: string;
}

/** Keeps literal types of the path names, so that `choose` cannot name a path that is not there. */
export function defineBackend<const P extends string>(
  backend: Omit<Backend, 'paths' | 'choose'> & {
    readonly paths: Readonly<Record<P, Path>>;
    readonly choose: Readonly<Record<Place, NoInfer<P> | Unreachable>>;
  },
): Backend {
  return backend;
}
