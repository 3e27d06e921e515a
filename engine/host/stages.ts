/**
 * The kernel's stages, in the words of the Linux 6.12 sources: the vocabulary that backends are written in
 * and that machines price. `per` says what a stage's `each` price multiplies.
 *
 * `unit` is an skb while it is whole and a packet once it is split; `packet` is always one wire packet.
 * Left out: stages that no shipped path meets (XDP, netkit, AF_XDP).
 * Source of every name and its code: docs/SOURCES.md, section "Stages".
 */
export type Per = 'call' | 'unit' | 'packet' | 'byte' | 'wake' | 'poll' | 'irq' | 'flow' | 'rule';

/** Accounting classes of /proc/stat that networking fills. */
export type CpuClass = 'user' | 'system' | 'softirq' | 'irq';

export interface StageDef {
  readonly per: Per;
  /** split: an skb leaves this stage as packets; merge: packets leave as skbs. */
  readonly form?: 'split' | 'merge';
  /** The skb loses its socket here: TSQ and sndbuf back-pressure end. */
  readonly orphans?: true;
  /** From this stage on the job is accounted as this class (inline softirq, daemon's user code). */
  readonly enters?: CpuClass;
  /** This stage alone is accounted as this class. */
  readonly class?: CpuClass;
  /** Copies of payload bytes across the user/kernel border or inside the kernel. */
  readonly copies?: 1;
  /** Shown by `explain`. */
  readonly text: string;
}

const def = (per: Per, text: string, more: Omit<StageDef, 'per' | 'text'> = {}): StageDef => ({
  per,
  text,
  ...more,
});

export const STAGES = {
  U_SYSCALL: def('call', 'system call entry and exit'),
  APP_CALL: def('call', 'what a program does around its call: waits in select(), reads the clock'),
  COPY_U2K: def('byte', 'copy from user to kernel', { copies: 1 }),
  ZC_PIN: def('byte', 'MSG_ZEROCOPY: pages of the program pinned and released'),
  ZC_NOTIFY: def('call', 'MSG_ZEROCOPY: notification queued, and read from the error queue'),
  COPY_K2U: def('byte', 'copy from kernel to user', { copies: 1 }),
  COPY_CSUM_K2K: def('byte', 'copy and checksum inside the kernel', { copies: 1 }),
  CSUM_SW: def('byte', 'checksum in software'),
  SKB_ALLOC: def('unit', 'skb allocation'),
  SKB_FREE: def('unit', 'skb release'),
  PAGE_HEAD: def('unit', 'head too large for a slab: pages taken and given back'),
  TCP_TX: def('unit', 'tcp_write_xmit, per skb and per segment'),
  TCP_RX: def('unit', 'tcp_v4_rcv to the receive queue'),
  TCP_ACK_RX: def('unit', 'tcp_ack: a pure ACK reaches its sender'),
  ACK_TX: def('unit', 'build and send a pure ACK'),
  TCP_CONNECT: def('flow', 'socket, handshake and close of one connection, one side'),
  UDP_OUT: def('unit', 'udp_sendmsg below the system call'),
  UDP_RCV_SOCK: def('unit', 'datagram into a user socket'),
  UDP_RCV_TUN: def('unit', 'datagram into a tunnel socket (encap_rcv)'),
  IP_OUT: def('unit', 'ip_local_out, route and neighbour from the cache'),
  IP_FRAG: def('packet', 'ip_do_fragment: one fragment of a datagram, with its skb'),
  IP_DEFRAG: def('packet', 'ip_defrag: one fragment finds its datagram, and its skb is released later'),
  IP_FWD: def('unit', 'ip_rcv, route lookup, ip_forward, ip_output', { orphans: true }),
  IP_RCV_LOCAL: def('unit', 'ip_rcv to ip_local_deliver'),
  IP_ROUTE_IN: def('unit', 'input route of a datagram (an established TCP socket has it)'),
  NF_HOOK: def('unit', 'netfilter hooks with the few rules of an idle host'),
  NF_RULE: def('rule', 'one more rule of iptables-legacy that an skb walks past'),
  NF_RULE_NFT: def('rule', 'the same of nft'),
  NF_RULE_XT: def('rule', 'the same of iptables-nft'),
  NF_SET: def('unit', 'lookup in an nft set or ipset'),
  CT: def('unit', 'conntrack lookup of an established flow'),
  CT_NEW: def('flow', 'conntrack entry of a new flow, NAT chain'),
  NAT: def('unit', 'address and port of an established flow rewritten, checksum adjusted'),
  IPVS_NEW: def('flow', 'ipvs: service and server found, connection entry made'),
  IPVS_CONN: def('unit', 'ipvs: connection entry of an established flow'),
  SOCK_LB: def('flow', 'connect() program: service and server found in eBPF maps'),
  VETH_XMIT: def('unit', 'veth_xmit to the backlog of this core'),
  BACKLOG_POLL: def('unit', 'process_backlog', { enters: 'softirq' }),
  BR_RX: def('unit', 'bridge port to bridge device'),
  BR_TX: def('unit', 'bridge device to port'),
  BR_FWD: def('unit', 'bridge port to port'),
  TUN_DEV_XMIT: def('unit', 'tunnel device: find the peer'),
  ENCAP: def('unit', 'push the outer headers'),
  DECAP: def('unit', 'pull the outer headers'),
  GRO_CELL_POLL: def('unit', 'gro_cells NAPI of a tunnel device', { enters: 'softirq' }),
  QDISC: def('unit', 'queue discipline, bypassed when empty'),
  GSO_SW: def('packet', 'software segmentation', { form: 'split' }),
  GSO_TUNNEL: def('packet', 'software segmentation, excess of one encapsulation level'),
  NIC_TX: def('unit', 'driver transmit: DMA map, descriptors, doorbell'),
  NIC_TX_DONE: def('unit', 'transmit completion', { class: 'softirq' }),
  NIC_IRQ: def('irq', 'hard interrupt', { class: 'irq' }),
  NAPI_POLL: def('poll', 'softirq entry and one poll of a queue'),
  NIC_RX_POLL: def('packet', 'driver receive: build skb, refill'),
  GRO: def('packet', 'dev_gro_receive', { form: 'merge' }),
  GRO_TUNNEL: def('packet', 'GRO through one encapsulation level'),
  GRO_MISS: def('packet', 'dev_gro_receive that merges nothing'),
  TUN_XMIT: def('unit', 'tun_net_xmit into the ring', { orphans: true }),
  TUN_RX_INLINE: def('unit', 'write() to TUN runs the stack inline', { enters: 'softirq' }),
  DAEMON_PROXY: def('unit', 'user-space forwarding: route scan, TTL, checksum', { class: 'user' }),
  DAEMON_DRY: def('call', 'system call that finds its queue empty (EAGAIN)'),
  DAEMON_IDLE: def('poll', 'poll() once both queues are empty'),
  CRYPT_ENQ: def('unit', 'queue for encryption or decryption'),
  CRYPT: def('byte', 'ChaCha20-Poly1305'),
  KEYS: def('unit', 'a handshake message made or understood: two products on Curve25519 on average'),
  TC_BPF: def('unit', 'tc program: policy, conntrack map, endpoint'),
  BPF_REDIRECT: def('unit', 'bpf_redirect to a device'),
  BPF_REDIRECT_NEIGH: def('unit', 'bpf_redirect_neigh'),
  BPF_REDIRECT_PEER: def('unit', 'bpf_redirect_peer: into the pod without a backlog'),
  WAKE: def('wake', 'try_to_wake_up of a sleeping thread'),
  IPI: def('wake', 'interrupt that tells another core of it'),
  HALT_KICK: def('wake', 'the same to a halted virtual core: exit to the hypervisor'),
  CTXSW: def('wake', 'switch to the woken thread', { class: 'system' }),
  BLOCK: def('wake', 'thread finds nothing to do and goes to sleep: schedule() away', { class: 'system' }),
  PAGES: def('byte', 'pages of payload that this core did not free itself'),
} as const satisfies Record<string, StageDef>;

export type StageId = keyof typeof STAGES;

/** All stage ids, in declaration order: the fixed index of every per-stage table. */
export const STAGE_IDS = Object.keys(STAGES) as readonly StageId[];
