/**
 * Rows of what a transport may ask for and mostly does not: fragments of datagrams, super-packets of datagrams that
 * reach a socket whole, streams that pin their pages. No path holds them.
 *
 * Left out: UDP GRO of sockets that ask for it. Source: docs/SOURCES.md, section "Stages".
 */
import type { CpuClass, StageId } from './stages.ts';

/** Registers a row of these stages; returns its even id. */
type Single = (name: string, cls: Extract<CpuClass, 'system' | 'softirq'>, ...stages: StageId[]) => number;

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

export function transportRows(single: Single): TransportRows {
  const whole = ['GSO_SW', 'UDP_RCV_SOCK'] as const;
  return {
    writePinned: single(
      'write pinned',
      'system',
      'APP_CALL',
      'U_SYSCALL',
      'ZC_PIN',
      'SKB_ALLOC',
      'ZC_NOTIFY',
    ),
    writeCopied: single('pinned pages copied', 'system', 'COPY_U2K'),
    udpRxWhole: single('udp rx whole', 'system', 'IP_RCV_LOCAL', 'IP_ROUTE_IN', ...whole),
    udpRxWholeLoop: single('udp rx whole loopback', 'system', 'IP_RCV_LOCAL', ...whole),
    fragTx: single('fragments tx', 'system', 'IP_FRAG'),
    fragRx: single('fragments rx', 'system', 'IP_RCV_LOCAL', 'IP_ROUTE_IN', 'IP_DEFRAG'),
    fragDone: single('datagram whole', 'system', 'UDP_RCV_SOCK'),
  };
}
