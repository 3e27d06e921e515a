/**
 * CPU of each rack in the measured window by class and by who ran it: what a publication measures on one host,
 * where every host has a rack of its own. A process's own time contains the softirq work that its system calls
 * run inline, which /proc/stat books as softirq.
 *
 * Left out: user-space daemons apart from applications. Source: counters × prices, as for the CPU of stages.
 */
import type { RackCpu } from './core/record.ts';
import { RACKS_APART } from './host/pools.ts';
import { COLUMN_COUNT } from './host/rows.ts';
import type { Setup } from './host/setup.ts';
import type { Counted } from './measure.ts';

/** @param counted in the window, by rack. @returns empty for clusters whose racks count together (means tell more) */
export function rackCpu(setup: Setup, counted: readonly Counted[]): RackCpu[] {
  if (setup.racks > RACKS_APART) return [];
  const { rows, paths } = setup.compiled;
  const workers = new Set<number>();
  for (const path of paths)
    for (const lane of path.lanes)
      if (lane.hop?.context === 'kworker') for (const row of [lane.rowPlain, lane.rowGso]) workers.add(row);
  return counted.map(({ counters }) => {
    const sums = { userPs: 0, systemPs: 0, softirqPs: 0, irqPs: 0, inlinePs: 0, kworkerPs: 0 };
    for (const row of rows.list) {
      for (const { column, ns, class: cls } of row.tally) {
        const at = row.id * COLUMN_COUNT + column;
        const ps = counters[at]! * ns * 1000;
        sums[`${cls}Ps`] += ps;
        // Even rows are those of processes' jobs, odd ones the same run from softirq.
        if (cls === 'softirq' && row.id % 2 === 0) sums.inlinePs += ps;
        if (workers.has(row.id)) sums.kworkerPs += ps;
      }
    }
    return sums;
  });
}
