/**
 * How sure a run's figures are, in a sentence or two: how much of the CPU time rests on prices that nobody measured,
 * and, where a sensitivity study is at hand, what their ranges make of the figures and of the order of backends.
 *
 * Left out: cells that the study does not have.
 */
import type { Result } from './schema.ts';
import type { Sensitivity } from './sensitivity/schema.ts';
import { flipping, labelOf, metricsOf, widest } from './sensitivity/tables.ts';
import { counted, signed } from './validation/words.ts';

/** One or two sentences; '' without CPU. */
export function sureLine(result: Result, study: Sensitivity | null): string {
  const shares = result.cells.flatMap(({ provenance }) => (provenance === null ? [] : [provenance.assumed]));
  if (shares.length === 0) return '';
  const most = Math.max(...shares);
  const said = study === null ? '' : rangesText(result, study);
  if (most === 0) return `Sureness: no price in use is only assumed. ${said}`.trim();
  const [low, high] = [Math.min(...shares), most].map((share) => (share * 100).toFixed(0));
  const span = low === high ? high : `${low} to ${high}`;
  const hint = `What their ranges make of these figures: tsx run sensitivity ${result.scenario.id}, same flags.`;
  return `Sureness: assumed prices carry ${span} % of network CPU. ${said === '' ? hint : said}`;
}

/** The widest range of each figure; '' where the study has none of these cells. */
function rangesText(result: Result, study: Sensitivity): string {
  const ids = new Set(result.cells.map(({ id }) => id));
  const cells = study.cells.filter(({ id, status }) => ids.has(id) && status === 'ok');
  if (cells.length === 0) return '';
  const shared = { ...study, cells };
  const ranges = metricsOf(cells).flatMap((metric) => {
    const most = widest(shared, metric);
    if (most === null || most.high - most.low < study.threshold) return [];
    return [`${labelOf(metric)} ${signed(most.low)} to ${signed(most.high)} (${most.cell.dims.backend})`];
  });
  const backends = new Set(cells.map(({ dims }) => dims.backend));
  const pairs = study.pairs.filter(({ ahead, behind }) => backends.has(ahead) && backends.has(behind));
  const flips = pairs.filter(flipping).length;
  return (
    `Within their ranges (${counted(study.draws.count, 'draw')}), at most: ` +
    `${ranges.length === 0 ? 'no figure moves' : ranges.join(', ')}` +
    `${pairs.length === 0 ? '' : `; ${flips} of ${counted(pairs.length, 'pair')} of backends can change their order`}.`
  );
}
