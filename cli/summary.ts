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
  const peak = scaled(process.resourceUsage().maxRSS * 1024, 'B');
  return [
    `wall ${wallSeconds.toFixed(1)} s, ${speed}${journal}`,
    `memory ${scaled(campaign.bytesPerNode, 'B')} a node in pools, live traffic included; ${peak} resident at most`,
    `result ${files.result}`,
    ...(report ? [`report ${files.report}`] : []),
  ];
}
