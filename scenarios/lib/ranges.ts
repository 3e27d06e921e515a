/**
 * Ranges of every number that a user can set. Wide on purpose: they catch slips (a rate in bit/s, an MTU of
 * 15000), not unusual clusters.
 */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

const whole = (low: number, high: number): Range => ({ low, high, whole: true });
const real = (low: number, high: number): Range => ({ low, high, whole: false });

/** Paths that are absent or null are not checked. */
export const RANGES: Readonly<Record<string, Range>> = {
  'cluster.nodes': whole(1, 100_000),
  'cluster.nodesPerRack': whole(1, 1024),
  'cluster.uplinks': whole(1, 256),
  'cluster.linkGbps': real(0.01, 1600),
  'cluster.uplinkGbps': real(0.01, 3200),
  'cluster.hostDelayNs': whole(1, 1_000_000_000),
  'cluster.fabricDelayNs': whole(1, 1_000_000_000),
  'cluster.bufferBytes': whole(1500, 1_000_000_000),
  'cluster.ecnBytes': whole(0, 1_000_000_000),
  'cluster.broadcastsPerS': real(0, 1_000_000),
  'cluster.bondLinks': whole(1, 8),
  'cluster.lossRate': real(0, 0.5),
  'cluster.mtuBytes': whole(576, 65_535),
  'cluster.fabricMtuBytes': whole(576, 65_535),
  'traffic.flows.load': real(0, 1),
  'traffic.flows.rackLocalShare': real(0, 1),
  'traffic.rpc.perNodePerS': real(0, 10_000_000),
  'traffic.rpc.requestBytes': whole(1, 100_000_000),
  'traffic.rpc.responseBytes': whole(1, 100_000_000),
  'traffic.rpc.connections': whole(1, 10_000),
  'traffic.probePairs': whole(0, 50_000),
  'traffic.netperf.fanIn': whole(1, 10_000),
  'traffic.netperf.pairs': whole(1, 50_000),
  'traffic.netperf.streams': whole(1, 10_000),
  'traffic.netperf.messageBytes': whole(1, 100_000_000),
  'traffic.netperf.responseBytes': whole(1, 100_000_000),
  'traffic.netperf.paceMessagesPerS': real(0, 1_000_000_000),
  'traffic.netperf.burst': whole(1, 10_000),
  'policy.rules': whole(0, 1_000_000),
  'policy.services': whole(0, 100_000),
  'policy.endpoints': whole(1, 10_000),
  'policy.hostPorts': whole(0, 10_000),
  'policy.conntrackMax': whole(1, 2_147_483_647),
  warmupMs: real(0, 7_200_000),
  windowMs: real(0.001, 7_200_000),
  drainMs: real(0, 7_200_000),
  podMtuBytes: whole(576, 65_535),
  eventsMax: whole(1, 1_000_000_000_000),
};

export const MACHINE_LIMITS: Readonly<Record<string, Range>> = {
  'machine.cores': whole(1, 1024),
  'machine.nic.rateGbps': real(0.01, 1600),
  'machine.nic.rxQueues': whole(1, 1024),
  'machine.nic.rxRingPackets': whole(1, 65_536),
  'machine.nic.qdiscSkbs': whole(1, 1_000_000),
  'machine.nic.moderationUs': real(0, 100_000),
  'machine.nic.moderationFrames': whole(1, 65_536),
  'machine.nic.rxTruesizeBytes': whole(256, 1_048_576),
  'machine.waking.pollNs': real(0, 1e9),
  'machine.waking.sleepNs': real(0, 1e9),
  'machine.waking.haltAfterNs': real(0, 1e12),
  'machine.waking.haltNs': real(0, 1e9),
  'machine.cache.l2Bytes': whole(1024, 1e9),
  'machine.cache.l3NsPerByte': real(0, 1000),
  'machine.gsoMaxBytes': whole(1448, 524_280),
  'machine.tcpRmemMaxBytes': whole(4096, 2_147_483_647),
  'machine.tcpWmemMaxBytes': whole(4096, 2_147_483_647),
  'machine.udpRcvbufBytes': whole(2304, 2_147_483_647),
};
