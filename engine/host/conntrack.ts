/**
 * Conntrack's table of each node: entries, and those of closed connections that stay for their TIME_WAIT.
 *
 * A full table lets nothing new in: the first packet is dropped ("nf_conntrack: table full, dropping packet").
 * Source: net/netfilter/nf_conntrack_core.c (__nf_conntrack_alloc, nf_conntrack_init_start), tcp_timeouts of
 * nf_conntrack_proto_tcp.c, Linux 6.12. Left out: entries of tunnels' outer packets, of connections that opened
 * before the run and carry one flow, of datagrams that nobody answers; early_drop of unanswered ones; hash chains.
 */
import { Items } from './items.ts';

/** nf_conntrack_max of a machine with more than 4 GB; kube-proxy sets 32,768 a core if that is more. */
export const CONNTRACK_MAX = 262_144;
const TIME_WAIT_PS = 120e12; // nf_conntrack_tcp_timeout_time_wait

export class Conntrack {
  readonly max: number;
  /** Entries of each local node. */
  readonly count: Float64Array;
  private readonly items = new Items();
  /** Closed ones of each node, in the order in which they go. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;

  constructor(nodes: number, max: number) {
    this.max = max;
    this.count = new Float64Array(nodes);
    this.head = new Int32Array(nodes).fill(-1);
    this.tail = new Int32Array(nodes).fill(-1);
  }

  /** A connection that exists before the run. */
  hold(node: number): void {
    this.count[node]!++;
  }

  /** A new flow's first packet. @returns whether there is room for its entry */
  open(node: number, nowPs: number): boolean {
    const { items, head } = this;
    for (let i = head[node]!; i >= 0 && items.at[i]! <= nowPs; i = head[node]!) {
      head[node] = items.next[i]!;
      items.free(i);
      this.count[node]!--;
    }
    if (this.count[node]! >= this.max) return false;
    this.count[node]!++;
    return true;
  }

  /** A connection has ended: its entry stays a while. */
  close(node: number, nowPs: number): void {
    const { items, head, tail } = this;
    const i = items.alloc();
    items.at[i] = nowPs + TIME_WAIT_PS;
    items.next[i] = -1;
    if (head[node]! < 0) head[node] = i;
    else items.next[tail[node]!] = i;
    tail[node] = i;
  }
}
