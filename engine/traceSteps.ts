/**
 * Jobs and links of a followed skb → steps in order of time, each with its wait: from when the bytes were ready
 * (the job before ended, the packet arrived) until they were taken up.
 */
import type { Cluster } from './build.ts';
import { ROW_SHIFT } from './core/table.ts';
import type { Partition } from './host/partition.ts';
import type { Job, Range } from './traceJobs.ts';

/** What one row of a job cost, as priced: the whole job's, not only the followed skb's. */
export interface TraceRow {
  /** Row as `explain` names it. */
  readonly name: string;
  readonly ns: number;
  readonly units: number;
  readonly packets: number;
  readonly bytes: number;
}

/** One job, or one link, that the followed skb went through. Times in ps of the simulation. */
export interface TraceStep {
  /** Lanes that the job ran on the skb (path#lane), `write`, `read`; or the link. */
  readonly name: string;
  /** Node or link that it happened on. */
  readonly host: string;
  /** null on a link. */
  readonly core: number | null;
  readonly context: 'process' | 'softirq' | 'daemon' | 'kworker' | 'link';
  readonly waitPs: number;
  readonly startPs: number;
  /** Own time; what preempted it is not in it. */
  readonly lengthPs: number;
  readonly preemptedPs: number;
  /** The followed bytes at the step's end: in whole skbs, or as single packets. */
  readonly form: 'skb' | 'packets';
  /** 0: bytes between a socket and its application. */
  readonly units: number;
  readonly bytes: number;
  /** In the order of pricing; they add up to the length. Empty on a link. */
  readonly rows: readonly TraceRow[];
}

/** One passage of a link; or a loss (length 0). */
export interface LinkPass {
  readonly name: string;
  readonly p: Partition;
  readonly range: Range;
  readonly startPs: number;
  readonly lengthPs: number;
  /** First packet at the other end, and the spacing of those behind it, ps. */
  readonly t0: number;
  readonly spacing: number;
}

interface Draft {
  readonly step: Omit<TraceStep, 'waitPs'>;
  readonly range: Range;
  /** When byte `at` is ready for the step that follows, ps. */
  readonly readyPs: (at: number) => number;
}

/** All steps in order of their start. */
export function stepsOf(cluster: Cluster, jobs: readonly Job[], links: readonly LinkPass[]): TraceStep[] {
  const mss = cluster.setup.mssBytes;
  const drafts = [
    ...jobs.filter((job) => job.startPs >= 0).map((job) => jobDraft(job, cluster)),
    ...links.map((link) => linkDraft(link, mss)),
  ];
  drafts.sort((a, b) => a.step.startPs - b.step.startPs);
  return drafts.map(({ step, range }, i) => ({ ...step, waitPs: i === 0 ? 0 : waitOf(drafts, i, range.lo) }));
}

/** Time since byte `lo` was let go, ps: by the last of the steps that had let it go when number `i` began. */
function waitOf(drafts: readonly Draft[], i: number, lo: number): number {
  const { startPs } = drafts[i]!.step;
  let ready = -1;
  for (let k = 0; k < i; k++) {
    const { range, readyPs } = drafts[k]!;
    if (lo < range.lo || lo >= range.hi) continue;
    const at = readyPs(lo);
    if (at <= startPs && at > ready) ready = at;
  }
  return ready < 0 ? 0 : startPs - ready;
}

function jobDraft(job: Job, cluster: Cluster): Draft {
  const { p, core, context, touches, startPs, endPs, preemptedPs } = job;
  const { setup } = cluster;
  const lo = touches.reduce((least, touch) => Math.min(least, touch.lo), Infinity);
  const hi = touches.reduce((most, touch) => Math.max(most, touch.hi), 0);
  const labels = [...new Set(touches.map((touch) => touch.label))];
  const last = touches.filter((touch) => touch.label === labels.at(-1));
  const units = last.reduce((sum, touch) => sum + touch.units, 0);
  const bytes = last.reduce((sum, touch) => sum + touch.bytes, 0);
  const row = (core - p.firstCore) >> ROW_SHIFT;
  const node = p.firstNode + Math.floor(row / setup.cores);
  const step = {
    name: labels.join(' + '),
    host: setup.sharedCores ? 'both nodes' : `node ${node}`,
    core: row % setup.cores,
    context,
    startPs,
    lengthPs: endPs - startPs - preemptedPs,
    preemptedPs,
    form: units >= 0 ? ('skb' as const) : ('packets' as const),
    units: Math.abs(units),
    bytes,
    rows: job.rows.map(({ row, ...cost }) => ({ name: setup.compiled.rows.list[row]!.name, ...cost })),
  };
  return { step, range: { lo, hi }, readyPs: () => endPs };
}

function linkDraft(link: LinkPass, mss: number): Draft {
  const { range, t0, spacing } = link;
  const bytes = range.hi - range.lo;
  const step = {
    name: link.name,
    host: 'network',
    core: null,
    context: 'link' as const,
    startPs: link.startPs,
    lengthPs: link.lengthPs,
    preemptedPs: 0,
    form: 'packets' as const,
    units: Math.max(1, Math.ceil(bytes / mss)),
    bytes,
    rows: [],
  };
  return { step, range, readyPs: (at) => t0 + spacing * Math.floor((at - range.lo) / mss) };
}
