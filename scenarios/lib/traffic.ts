/**
 * Builders of traffic, in netperf's words and with its defaults.
 *
 * Left out: think times, request sizes with a distribution.
 */
import type { FlowTraffic, NetperfKind, NetperfTraffic, RpcTraffic } from '../../engine/core/taskSpec.ts';

/** Poisson flow arrivals with sizes of a named distribution (workloads/index.ts) at an offered load 0…1. */
export function flows(
  sizesName: string,
  load: number,
  more: Partial<Pick<FlowTraffic, 'matrix' | 'rackLocalShare' | 'handshake'>> = {},
): FlowTraffic {
  return { sizesName, sizes: [], load, matrix: 'uniform', rackLocalShare: null, handshake: false, ...more };
}

/** Open-loop requests a node sends a second, over persistent connections. */
export function rpc(
  perNodePerS: number,
  more: Pick<RpcTraffic, 'requestBytes' | 'responseBytes' | 'connections'>,
): RpcTraffic {
  return { perNodePerS, ...more };
}

/**
 * One netperf test between one pair of pods, pod i of node 2i to pod i of node 2i + 1, unless told
 * otherwise.
 */
export function netperf(kind: NetperfKind, more: Partial<Omit<NetperfTraffic, 'kind'>> = {}): NetperfTraffic {
  const stream = kind === 'TCP_STREAM' || kind === 'UDP_STREAM';
  return {
    kind,
    matrix: 'pair',
    fanIn: 1,
    pairs: 1,
    streams: 1,
    messageBytes: kind === 'TCP_STREAM' ? 65_536 : stream ? 1400 : 1,
    responseBytes: 1,
    paceMessagesPerS: 0,
    burst: 1,
    udpGso: false,
    zerocopy: false,
    sameNode: false,
    sink: false,
    pinned: false,
    ...more,
  };
}
