/**
 * In a job of GitHub Actions: annotations and the step's summary, unasked. Annotations go to stderr, which the runner
 * reads as well, so that stdout stays data.
 */
import { appendFileSync, existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Outcome } from '../reports/exports/findings.ts';
import { renderAnnotations } from '../reports/exports/github.ts';
import { renderPullRequest, SUMMARY_BYTES_MAX } from '../reports/exports/pullRequest.ts';
import type { Io } from './io.ts';

export interface GithubFlags {
  readonly github?: boolean;
}

/** Less than this says nothing. */
const SUMMARY_BYTES_MIN = 4_000;

export const addGithubFlags = (command: Command): Command =>
  command
    .option('--github', 'annotations and job summary (default: in GitHub Actions)')
    .option('--no-github', 'without them');

/** Annotations on stderr; the summary into the file that the runner names. */
export function tellGithub(outcome: Outcome, flags: GithubFlags, io: Io): void {
  if (!(flags.github ?? io.env.GITHUB_ACTIONS === 'true')) return;
  for (const line of renderAnnotations(outcome).split('\n')) if (line !== '') io.note(line);
  const file = io.env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  // Earlier commands of the step have written into it.
  const room = SUMMARY_BYTES_MAX - (existsSync(file) ? statSync(file).size : 0);
  if (room >= SUMMARY_BYTES_MIN) appendFileSync(file, `${renderPullRequest(outcome, room)}\n`);
}
