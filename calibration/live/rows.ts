/** Samples of a campaign → rows to fit and compare: median and quartiles of each metric of a configuration. */
import type { Sample } from './campaign.ts';
import type { LiveRow } from './fit.ts';
import { nameOf, type Planned } from './plan.ts';

/** Metrics that the model predicts; the others are only kept. */
const PREDICTED: Readonly<Record<Planned['exp'], readonly string[]>> = {
  e0_hole: ['ns_per_pkt'],
  e1: ['gbps', 'busy_ns_per_byte'],
  e2: ['gbps', 'busy_ns_per_byte'],
  e3: ['p50_us'],
};

/** @param plan tells which configurations are fitted on; samples of others are ignored */
export function rowsOf(plan: readonly Planned[], samples: readonly Sample[]): LiveRow[] {
  return plan.flatMap((planned) => {
    const name = nameOf(planned);
    const mine = samples.filter(
      (sample) => nameOf({ ...planned, exp: sample.exp, cfg: sample.cfg }) === name,
    );
    return PREDICTED[planned.exp].flatMap((metric) => {
      const values = mine.flatMap(({ metrics }) => metrics[metric] ?? []).sort((a, b) => a - b);
      if (values.length === 0) return [];
      const [q1, measured, q3] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
      return [{ planned, metric, measured: measured!, q1: q1!, q3: q3!, repeats: values.length }];
    });
  });
}

/** Linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}
