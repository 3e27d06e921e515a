/**
 * GitHub's annotations: workflow commands on stdout, which the runner turns into marks on the pull request. It
 * shows ten errors and ten warnings of a step; more would push the worst out of sight, so that is all there are.
 *
 * Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions (errors, warnings)
 */
import { type Found, findingsOf, type Outcome } from './findings.ts';

const OF_A_LEVEL_MAX = 10;

/** One line each, errors before warnings, the worst first; '' where there are none. */
export function renderAnnotations(outcome: Outcome): string {
  const found = findingsOf(outcome);
  const lines = (['error', 'warn'] as const).flatMap((level) => annotations(level, found));
  return lines.map((line) => `${line}\n`).join('');
}

function annotations(level: Found['level'], all: readonly Found[]): string[] {
  const own = all.filter((one) => one.level === level);
  const command = level === 'error' ? 'error' : 'warning';
  // The last place says how many have none.
  const shown = own.length <= OF_A_LEVEL_MAX ? own : own.slice(0, OF_A_LEVEL_MAX - 1);
  const lines = shown.map(({ title, cell, text }) => annotation(command, title, `${cell}: ${text}`));
  const rest = own.length - shown.length;
  return rest === 0
    ? lines
    : [
        ...lines,
        annotation(command, `${rest} more`, `and ${rest} more of this level: see the step's summary`),
      ];
}

const annotation = (command: string, title: string, message: string): string =>
  `::${command} title=${property(`Windtunnel: ${title}`)}::${data(message)}`;

/** What would end the message, or begin another command. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
