/**
 * How sure a run's figures are, in a sentence or two: how much of the CPU time rests on prices that nobody measured,
 * and, where a sensitivity study is at hand, what their ranges make of the figures and of the order of backends.
 *
 * Left out: cells that the study does not have.
 */
import type { Cell, Result } from './schema.ts';
import type { Sensitivity } from './sensitivity/schema.ts';
import { flipping, labelOf, metricsOf, widest } from './sensitivity/tables.ts';
import { counted, share, signed } from './validation/words.ts';

/** One or two sentences; '' without CPU. */
export function sureLine(result: Result, study: Sensitivity | null): string {
  const text = assumedText(result.cells);
  if (text === '') return '';
  const said = study === null ? '' : rangesText(result, study);
  if (said !== '') return `${text} ${said}`;
  return `${text} What their ranges make of these figures: tsx run sensitivity ${result.scenario.id}, same flags.`;
}

function assumedText(cells: readonly Cell[]): string {
  const shares = cells.flatMap(({ provenance }) => (provenance === null ? [] : [provenance.assumed]));
  if (shares.length === 0) return '';
  const [least, most] = [share(Math.min(...shares)), share(Math.max(...shares))];
  return `Sureness: assumed prices carry ${least === most ? most : `${least} to ${most}`} of network CPU.`;
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
  return (
    `Within their ranges (${counted(study.draws.count, 'draw')}), at most: ` +
    `${ranges.length === 0 ? 'no figure moves' : ranges.join(', ')}; ` +
    `${pairs.filter(flipping).length} of ${counted(pairs.length, 'pair')} of backends can change their order.`
  );
}
