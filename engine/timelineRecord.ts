/** Timelines of all racks as one: sums of whole numbers, bin by bin, in the racks' order. */
import type { TimelineRecord } from './core/record.ts';
import { BINS, type Timeline } from './traffic/timeline.ts';

export function timelineOf(warmupPs: number, racks: readonly Timeline[]): TimelineRecord {
  const sum = (of: 'payloadBytes' | 'probeBytes' | 'exchanges' | 'latencyNs'): number[] => {
    const bins = Array.from({ length: BINS }, (_, k) => racks.reduce((all, rack) => all + rack[of][k]!, 0));
    return bins.some((value) => value > 0) ? bins : [];
  };
  return {
    warmupPs,
    endPs: racks[0]!.endPs,
    payloadBytes: sum('payloadBytes'),
    probeBytes: sum('probeBytes'),
    exchanges: sum('exchanges'),
    latencyNs: sum('latencyNs'),
  };
}
