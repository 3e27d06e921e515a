/**
 * Rows that belong to no path: system calls, the ends of TCP and UDP, polls, wake-ups. Even ids, as every row's.
 * What each is charged for: docs/MODEL.md, "What a job costs".
 */
import type { Machine } from './machine.ts';
import { RowBuilder, type Rows } from './rows.ts';
import type { StageId } from './stages.ts';

export type CommonRows = ReturnType<typeof commonRows>;

/** Registers them on a machine's prices. `wake`: what it costs, what more on another core, and on a halted one. */
export function commonRows(rows: Rows, machine: Machine) {
  const single = (name: string, cls: 'system' | 'softirq', ...stages: StageId[]): number =>
    register(rows, machine, name, cls, stages);
  return {
    write: single('write', 'system', 'APP_CALL', 'U_SYSCALL', 'COPY_U2K', 'SKB_ALLOC'),
    tcpTx: single('tcp tx', 'system', 'TCP_TX', 'IP_OUT'),
    ackTx: single('ack tx', 'system', 'ACK_TX', 'IP_OUT'),
    udpTx: single('udp tx', 'system', 'APP_CALL', 'U_SYSCALL', 'COPY_U2K', 'SKB_ALLOC', 'UDP_OUT', 'IP_OUT'),
    pageHead: single('page head', 'system', 'PAGE_HEAD'),
    tcpRx: single('tcp rx', 'system', 'IP_RCV_LOCAL', 'TCP_RX'),
    tcpAckRx: single('ack rx', 'system', 'IP_RCV_LOCAL', 'TCP_ACK_RX'),
    udpRx: single('udp rx', 'system', 'IP_RCV_LOCAL', 'IP_ROUTE_IN', 'UDP_RCV_SOCK'),
    udpRxLoop: single('udp rx loopback', 'system', 'IP_RCV_LOCAL', 'UDP_RCV_SOCK'),
    read: single('read', 'system', 'APP_CALL', 'U_SYSCALL', 'COPY_K2U', 'SKB_FREE'),
    poll: single('poll', 'softirq', 'NIC_IRQ', 'NAPI_POLL'),
    wake: [
      single('wake', 'system', 'WAKE'),
      single('wake another core', 'system', 'IPI'),
      single('wake a halted core', 'system', 'HALT_KICK'),
    ],
    block: single('block', 'system', 'BLOCK'),
    pages: single('pages', 'system', 'PAGES'),
    switch: single('switch', 'system', 'CTXSW'),
    txDone: single('tx done', 'softirq', 'NIC_TX_DONE'),
    daemonDry: single('daemon dry', 'system', 'DAEMON_DRY'),
    daemonIdle: single('daemon idle', 'system', 'DAEMON_IDLE'),
    connect: single('connect', 'system', 'TCP_CONNECT'),
  };
}

/** One row of one stage, run by a process. */
export const singleRow = (rows: Rows, machine: Machine, name: string, stage: StageId): number =>
  register(rows, machine, name, 'system', [stage]);

/** One row of these stages, in this order. @returns its even id */
export function register(
  rows: Rows,
  machine: Machine,
  name: string,
  cls: 'system' | 'softirq',
  stages: readonly StageId[],
): number {
  const b = new RowBuilder(name, 'skb', cls);
  for (const s of stages) b.add(s, machine.prices[s]);
  return rows.register(b);
}
