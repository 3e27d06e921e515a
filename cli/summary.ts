/**
 * Speed, memory and files of a run, in a few lines for stderr: what differs from run to run. Amounts of simulated
 * time, events, samples and censored flows stand below the table.
 */
import type { Campaign } from './campaign.ts';
import { scaled } from './numbers.ts';

/** Lines without newline. @param report  the HTML report was written */
export function summaryLines(campaign: Campaign, report: boolean): string[] {
  const { result, files, resumed } = campaign;
  const { wallSeconds, events, eventsPerSecond } = result.timing;
  const journal = resumed > 0 ? `, ${resumed} tasks from the journal` : '';
  const speed = `${scaled(events)} events, ${scaled(eventsPerSecond)} events/s`;
  return [
    `wall ${wallSeconds.toFixed(1)} s, ${speed}, ${scaled(campaign.bytesPerNode, 'B')} a node${journal}`,
    `result ${files.result}`,
    ...(report ? [`report ${files.report}`] : []),
  ];
}
