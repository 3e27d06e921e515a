/**
 * Bonds (802.3ad): a host's link as k members of 1/k of its rate each, a packet's member by hash. What the host sends
 * follows Linux's transmit policy, what the switch sends back the switch's own hash of the outer header. A flow stays
 * on one member, so it is never faster than one.
 *
 * Left out: several switches behind one bond (MLAG), members that fail, LACP's frames, IPv6's own EtherType;
 * skb->hash in place of the fields (encap3+4 of a local socket); RX queues of each member's own. Assumed: MAC
 * addresses of nodes count up, the gateway's ends in 254.
 * Source: drivers/net/bonding/bond_main.c (__bond_xmit_hash, bond_eth_hash, bond_ip_hash), Linux 6.12, little-endian.
 */
import type { ClusterSpec } from '../core/taskSpec.ts';
import { mix32 } from '../core/toeplitz.ts';
import type { Partition } from '../host/partition.ts';
import { outerTuple, type Tuple } from './address.ts';
import { nicPort, torPort } from './portPlan.ts';

export type BondPolicy = ClusterSpec['bondHash'];

/** Next hop that is the subnet's gateway instead of a node. */
export const GATEWAY = -1;

const ETHERTYPE_IP = 0x0800;
const IPIP = 4;

const macByte = (node: number): number => (node === GATEWAY ? 254 : (node + 1) & 255);
const swap16 = (x: number): number => ((x & 0xff) << 8) | ((x >>> 8) & 0xff);
/** A word as a little-endian host reads it from a header. */
const swap32 = (x: number): number => (swap16(x & 0xffff) << 16) | swap16(x >>> 16);

/** Hash of the Ethernet header: last bytes of both addresses and the protocol. */
export const layer2Hash = (from: number, nextHop: number): number =>
  macByte(from) ^ macByte(nextHop) ^ ETHERTYPE_IP;

/**
 * Hash of a packet from node `from` to `nextHop` (a node, or GATEWAY); its member is the remainder by their number.
 * @param outer what the wire shows; @param inner the pods' header: encap3+4 finds it inside IPIP, and not inside UDP
 */
export function bondHash(
  policy: BondPolicy,
  outer: Tuple,
  inner: Tuple,
  from: number,
  nextHop: number,
): number {
  const layer2 = layer2Hash(from, nextHop);
  if (policy === 'layer2') return layer2;
  const seen = policy === 'encap3+4' && outer.proto === IPIP ? inner : outer;
  const ports = swap16(seen.sport) | (swap16(seen.dport) << 16);
  let hash = policy === 'layer2+3' ? layer2 : ports;
  hash ^= swap32(seen.dst) ^ swap32(seen.src);
  hash ^= hash >>> 16;
  hash ^= hash >>> 8;
  return (policy === 'layer2+3' ? hash : hash >>> 1) >>> 0;
}

/** Bonds of one partition's hosts. */
export class Bond {
  readonly links: number;
  private readonly policy: BondPolicy;
  private readonly nodes: number;
  private readonly switchSeed: number;
  /** Member of a direction of a connection, by receiving socket × nodes + receiving node. */
  private readonly members = new Map<number, number>();

  constructor(cluster: ClusterSpec, switchSeed: number) {
    this.links = cluster.bondLinks;
    this.policy = cluster.bondHash;
    this.nodes = cluster.nodes;
    this.switchSeed = switchSeed;
  }

  /** Socket `s` sends `inner` to its peer, whose socket is known by now. */
  learn(p: Partition, s: number, inner: Tuple): void {
    const { sockets, setup } = p;
    const from = p.firstNode + sockets.node[s]!;
    const to = sockets.peerNode[s]!;
    const rackOf = (node: number): number => Math.floor(node / setup.nodesPerRack);
    const nextHop = setup.cluster.subnets === 'rack' && rackOf(from) !== rackOf(to) ? GATEWAY : to;
    const outer = outerTuple(setup.compiled.paths[sockets.path[s]!]!.path, inner, from, to);
    const hash = bondHash(this.policy, outer, inner, from, nextHop);
    this.members.set(sockets.peerSock[s]! * this.nodes + to, hash % this.links);
  }

  /** Member that a host sends batch `b` on. */
  nicPort(p: Partition, b: number): number {
    const { sock, srcNode, dstNode } = p.batches;
    const from = srcNode[b]!;
    const to = dstNode[b]!;
    // A frame of no connection: by its Ethernet header.
    const member = this.members.get(sock[b]! * this.nodes + to) ?? layer2Hash(from, to) % this.links;
    return nicPort(p, from - p.firstNode, member);
  }

  /** Member that the ToR sends batch `b` down on. */
  torPort(p: Partition, b: number): number {
    const member = mix32(p.batches.ecmp[b]!, this.switchSeed) % this.links;
    return torPort(p, p.batches.dstNode[b]! - p.firstNode, member);
  }
}
