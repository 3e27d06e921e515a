/**
 * Rows of what a transport may ask for and mostly does not: fragments of datagrams, super-packets of datagrams that
 * reach a socket whole, streams that pin their pages. No path holds them.
 *
 * Left out: UDP GRO of sockets that ask for it. Source: docs/SOURCES.md, section "Stages".
 */
import { register } from './commonRows.ts';
import type { Machine } from './machine.ts';
import type { Rows } from './rows.ts';
import type { StageId } from './stages.ts';

export interface TransportRows {
  /** MSG_ZEROCOPY: the write, and the copy that a host's own stack makes of the pages later. */
  readonly writePinned: number;
  readonly writeCopied: number;
  /** A super-packet of datagrams, segmented at the socket. */
  readonly udpRxWhole: number;
  readonly udpRxWholeLoop: number;
  /** Fragments made, received, and the datagram that they were. */
  readonly fragTx: number;
  readonly fragRx: number;
  readonly fragDone: number;
}

export function transportRows(rows: Rows, machine: Machine): TransportRows {
  const single = (name: string, ...stages: StageId[]): number =>
    register(rows, machine, name, 'system', stages);
  const whole = ['GSO_SW', 'UDP_RCV_SOCK'] as const;
  return {
    writePinned: single('write pinned', 'APP_CALL', 'U_SYSCALL', 'ZC_PIN', 'SKB_ALLOC', 'ZC_NOTIFY'),
    writeCopied: single('pinned pages copied', 'COPY_U2K'),
    udpRxWhole: single('udp rx whole', 'IP_RCV_LOCAL', 'IP_ROUTE_IN', ...whole),
    udpRxWholeLoop: single('udp rx whole loopback', 'IP_RCV_LOCAL', ...whole),
    fragTx: single('fragments tx', 'IP_FRAG'),
    fragRx: single('fragments rx', 'IP_RCV_LOCAL', 'IP_ROUTE_IN', 'IP_DEFRAG'),
    fragDone: single('datagram whole', 'UDP_RCV_SOCK'),
  };
}
