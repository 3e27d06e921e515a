/** What is run in both granularities, and how far its goodput may differ. */
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { flows, rpc } from '../../scenarios/lib/traffic.ts';
import { fbHadoop } from '../../workloads/fbHadoop.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const MS = 1e9;
/** ToR buffer of the incast: 50 frames of MTU 1,500 with preamble and gap. */
const FIFTY_PACKETS_BYTES = 50 * 1538;

export const stream = (backend: string): TaskSpec =>
  tinyTask({
    backend,
    // Past the slow start of every backend and what it lost there.
    warmupPs: 150 * MS,
    windowPs: 100 * MS,
    eventsMax: 50_000_000,
    traffic: netperfTraffic('TCP_STREAM'),
  });

export const requests = (backend: string): TaskSpec =>
  tinyTask({ backend, warmupPs: MS, windowPs: 10 * MS, traffic: netperfTraffic('TCP_RR') });

/** Datagrams that fit every default backend's pod MTU. */
export const datagrams = (backend: string): TaskSpec =>
  tinyTask({
    backend,
    warmupPs: MS,
    windowPs: 5 * MS,
    traffic: netperfTraffic('UDP_STREAM', { messageBytes: 1372 }),
  });

/** Two senders, one receiver: their packets interleave on its link. */
export const twoFlows = (backend: string, windowPs = 40 * MS): TaskSpec =>
  tinyTask({
    backend,
    cluster: { nodes: 3 },
    warmupPs: 60 * MS,
    windowPs,
    eventsMax: 50_000_000,
    traffic: netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn: 2 }),
  });

/** 32 senders to one receiver through a ToR port of 50 packets. */
export const incast = (backend: string, windowPs = 100 * MS): TaskSpec =>
  tinyTask({
    backend,
    cluster: { nodes: 33, nodesPerRack: 33, bufferBytes: FIFTY_PACKETS_BYTES },
    warmupPs: 10 * MS,
    windowPs,
    eventsMax: 50_000_000,
    traffic: netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn: 32 }),
  });

/** Two racks of 40: flows, requests and probe streams, as in large-cluster. */
export const mixed = (backend: string, windowPs = 3 * MS): TaskSpec =>
  tinyTask({
    backend,
    cluster: { nodes: 80, nodesPerRack: 40 },
    warmupPs: 2 * MS,
    windowPs,
    drainPs: 50 * MS,
    eventsMax: 50_000_000,
    traffic: {
      flows: { ...flows('fb-hadoop', 0.02), sizes: fbHadoop },
      rpc: rpc(2000, { requestBytes: 1024, responseBytes: 1024, connections: 8 }),
      probePairs: 4,
    },
  });
