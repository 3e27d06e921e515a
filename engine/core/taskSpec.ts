/**
 * A task: one cell of a scenario under one seed, as plain JSON. `runTask(spec)` is a pure function of it.
 * Workloads' random labels never contain the backend's name, so every backend faces the same arrivals.
 */
import type { Backend } from '../host/backend.ts';
import type { IpFamily } from '../host/family.ts';
import type { Machine } from '../host/machine.ts';

export interface ClusterSpec {
  /** 1 … 100,000. */
  readonly nodes: number;
  readonly nodesPerRack: number;
  /** Uplinks of a rack, one to each spine. */
  readonly uplinks: number;
  readonly linkGbps: number;
  readonly uplinkGbps: number;
  /** Host link with ToR switching, one way, ns. */
  readonly hostDelayNs: number;
  /** Rack–spine link with switch, one way, ns: the lookahead between partitions. */
  readonly fabricDelayNs: number;
  /** Bytes of buffer at every switch port. */
  readonly bufferBytes: number;
  /** Queue length that marks CE, bytes; 0: never. */
  readonly ecnBytes: number;
  /** MTU of the links, as the nodes believe, bytes. */
  readonly mtuBytes: number;
  /** What the switches carry, bytes; larger packets vanish there without a word. null: what the nodes believe. */
  readonly fabricMtuBytes: number | null;
  /** Senders hear of it when a packet is too large for a device of their path (ICMP passes). */
  readonly pmtud: boolean;
  /** Nodes lower the MSS that connections agree on to what the path's devices carry. */
  readonly mssClamp: boolean;
  /** one: a single L2 domain; rack: a subnet a rack. */
  readonly subnets: 'one' | 'rack';
  /** The fabric has routes to pods (BGP with the ToRs). */
  readonly fabricKnowsPods: boolean;
  /** The platform forwards IP protocol 4. */
  readonly protocol4Allowed: boolean;
  /** The platform drops packets whose source or destination is not an address of the node's own (clouds). */
  readonly sourceDestCheck: boolean;
  /** Same seed for every switch's ECMP hash: polarised paths. */
  readonly ecmpPolarised: boolean;
  /** Seed of the switches' hashes apart from the traffic's, whole, 0 … 2^32 − 1; absent: the run's seed. */
  readonly ecmpSeed?: number;
  /** No host knows a neighbour's address or has shaken hands with a tunnel peer: first packets wait for it. */
  readonly coldNeighbours: boolean;
  /** Broadcasts that the pods of a node send, 1/s; they leave it only over a VXLAN that floods. */
  readonly broadcastsPerS: number;
  /** How VXLAN devices flood: not at all (static entries, as backends set them up), a copy a peer, one for a group. */
  readonly vxlanFlood: 'none' | 'head-end' | 'multicast';
  /** Members of a host's bond, each of linkGbps / bondLinks: 1 (no bond) … 8. */
  readonly bondLinks: number;
  /** How a host chooses the member: Linux's xmit_hash_policy. */
  readonly bondHash: 'layer2' | 'layer2+3' | 'layer3+4' | 'encap3+4';
  /** Share of packets that the receiving host's link loses at random, 0 … 0.5. */
  readonly lossRate: number;
  /** Addresses of pods and nodes: inner and outer headers. */
  readonly ipFamily: IpFamily;
}

export type Matrix = 'uniform' | 'permutation' | 'all-to-all' | 'incast' | 'pair';
export type NetperfKind = 'TCP_STREAM' | 'TCP_RR' | 'TCP_CRR' | 'UDP_STREAM' | 'UDP_RR';

export interface FlowTraffic {
  /** Name of the size distribution, for labels. */
  readonly sizesName: string;
  /** [bytes, cumulative per cent], both ascending, ending at 100. */
  readonly sizes: readonly (readonly [number, number])[];
  /** Offered payload / NIC rate, 0 … 1. */
  readonly load: number;
  readonly matrix: 'uniform' | 'permutation';
  /** Share of flows that stay in their rack, 0 … 1; null: as the matrix falls. */
  readonly rackLocalShare: number | null;
  /** Each flow opens its connection and closes it; default false: connections are warm. */
  readonly handshake?: boolean;
}

export interface RpcTraffic {
  /** Requests a node sends, 1/s. */
  readonly perNodePerS: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Persistent connections a client node keeps. */
  readonly connections: number;
}

export interface NetperfTraffic {
  readonly kind: NetperfKind;
  readonly matrix: Matrix;
  /** Senders of an incast; ignored elsewhere. */
  readonly fanIn: number;
  /** Pairs of a `pair` matrix: nodes 2i → 2i+1. */
  readonly pairs: number;
  readonly streams: number;
  /** Bytes of one send (stream) or request. */
  readonly messageBytes: number;
  readonly responseBytes: number;
  /** UDP_STREAM: messages a second for each stream; 0: as fast as the sender can. */
  readonly paceMessagesPerS: number;
  /** UDP_STREAM with a pace: messages sent together. */
  readonly burst: number;
  /** UDP_STREAM: one system call sends up to 64 messages as one super-packet (UDP_SEGMENT). */
  readonly udpGso: boolean;
  /** TCP_STREAM: sends pin the program's pages instead of copying them (MSG_ZEROCOPY). */
  readonly zerocopy: boolean;
  /** Both pods on one node. */
  readonly sameNode: boolean;
  /** UDP_STREAM into a socket that nobody reads: each packet dies at the full socket (price of a packet). */
  readonly sink: boolean;
  /** Sender on core 0 and receiver on core 1 of the core set. */
  readonly pinned: boolean;
}

export interface TrafficSpec {
  readonly flows?: FlowTraffic;
  readonly rpc?: RpcTraffic;
  /** Pairs of plain nodes that each carry one TCP_STREAM probe. */
  readonly probePairs?: number;
  /** Share of randomly drawn peers that are in another rack, 0 … 1; default, null: as uniform drawing falls. */
  readonly crossRackShare?: number | null;
  readonly netperf?: NetperfTraffic;
}

export interface PolicySpec {
  /** Linear rules an skb walks at each netfilter pass of the host. */
  readonly rules: number;
  /** Who holds them; default iptables-legacy. `set`: one lookup, whatever their number. */
  readonly ruleKind?: 'iptables-legacy' | 'nft' | 'iptables-nft' | 'set';
  /** Services of the cluster, 0 … 100,000, one port each; default 0. */
  readonly services?: number;
  /** Endpoints of each service, 1 … 10,000; default 1. */
  readonly endpoints?: number;
  /** Who translates their addresses; default none. */
  readonly proxy?: 'none' | 'iptables' | 'ipvs' | 'nft' | 'ebpf';
  /** All traffic goes to a service's address, not to its pod's; default false. */
  readonly viaService?: boolean;
  /** Published ports of each node (hostPort, docker -p), 0 … 10,000; traffic goes to one where addresses are NATed. */
  readonly hostPorts?: number;
  /** Entries that a node's conntrack table holds; default 262,144. */
  readonly conntrackMax?: number;
}

export interface TaskSpec {
  /** Id of the task within its run, unique. */
  readonly task: string;
  readonly index: number;
  /** Id of the cell: dimensions joined, e.g. `backend=host/mtu=1500`. */
  readonly cell: string;
  /** Dimensions in display order, `backend` always among them. */
  readonly dims: Readonly<Record<string, string | number>>;
  readonly scenario: string;
  readonly seed: number;
  readonly backend: Backend;
  /** The baseline that slowdowns refer to: plain host networking. */
  readonly baseline: Backend;
  readonly machine: Machine;
  readonly cluster: ClusterSpec;
  readonly traffic: TrafficSpec;
  readonly policy: PolicySpec;
  /** Pod MTU forced by the user, bytes; null: derived. */
  readonly podMtuBytes: number | null;
  readonly congestion: 'cubic' | 'reno' | 'dctcp';
  readonly warmupPs: number;
  readonly windowPs: number;
  /** Most time after the window in which open work may finish. */
  readonly drainPs: number;
  readonly granularity: 'batch' | 'packet';
  /** A run that handles more events ends with a clear error. */
  readonly eventsMax: number;
}
