/**
 * What a run was, in a few lines: amounts, speed, memory, where the files are. Goes to stderr, since most
 * of it differs from run to run.
 */

import type { Campaign } from './campaign.ts';
import { scaled } from './numbers.ts';

/** Lines without newline. @param report  the HTML report was written */
export function summaryLines(campaign: Campaign, report: boolean): string[] {
  const { result, files, resumed } = campaign;
  const sum = (of: (cell: (typeof result.cells)[number]) => number): number =>
    result.cells.reduce((total, cell) => total + of(cell), 0);
  const samples = sum((cell) => cell.flows.finished + cell.rpcs.finished);
  const censored = sum((cell) => cell.flows.censored + cell.rpcs.censored);
  const simulated = (sum((cell) => cell.simulatedPs) / 1e12).toFixed(3);
  const events = scaled(sum((cell) => cell.events));
  const { wallSeconds, eventsPerSecond } = result.timing;
  const journal = resumed > 0 ? `, ${resumed} tasks from the journal` : '';
  const memory = scaled(campaign.bytesPerNode, 'B');
  return [
    `simulated ${simulated} s, ${events} events, ${scaled(samples)} samples, ${scaled(censored)} censored`,
    `wall ${wallSeconds.toFixed(1)} s, ${scaled(eventsPerSecond)} events/s, ${memory} a node${journal}`,
    `digest ${result.digest.value}`,
    `result ${files.result}`,
    ...(report ? [`report ${files.report}`] : []),
  ];
}
