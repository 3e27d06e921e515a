/**
 * A user-space forwarder between a TUN device and a UDP socket (flanneld): one thread a host, one packet a
 * system call, the third call of each packet (the empty queue's) is the server's `dry` price.
 * Source: docs/SOURCES.md, sections "Stages" and "Queues".
 */
import type { Hop, Step } from '../../engine/host/backend.ts';

export const FROM_TUN_RING: Hop = {
  queue: 'tunRing',
  context: 'daemon',
  core: 'sched',
  serial: 'host',
  grain: 'packet',
  first: ['WAKE', 'CTXSW'],
};

export const FROM_UDP_SOCKET: Hop = { ...FROM_TUN_RING, queue: 'udpSocket' };

/** read() of the device or socket, then look at the packet in user space. */
const READ: readonly Step[] = ['U_SYSCALL', 'COPY_K2U', 'SKB_FREE', 'DAEMON_PROXY'];

/** read(tun), forward, sendto(socket) down to the outer packet. */
export const DAEMON_OUT: readonly Step[] = [...READ, 'U_SYSCALL', 'SKB_ALLOC', 'COPY_U2K', 'UDP_OUT'];

/** recv(socket), forward, write(tun), which runs the stack inline. */
export const DAEMON_IN: readonly Step[] = [...READ, 'U_SYSCALL', 'SKB_ALLOC', 'COPY_U2K', 'TUN_RX_INLINE'];
