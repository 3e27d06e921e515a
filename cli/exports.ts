/**
 * `--export format=file`: a result, or a comparison, in the form that another program reads. Formats and files are
 * checked before any work starts.
 */
import path from 'node:path';
import type { Command } from 'commander';
import { renderCsv } from '../reports/csv.ts';
import { renderBencher } from '../reports/exports/bencher.ts';
import { renderComparisonCsv } from '../reports/exports/comparisonCsv.ts';
import { renderOutcomeJson } from '../reports/exports/comparisonJson.ts';
import type { Outcome } from '../reports/exports/findings.ts';
import { renderGithubActionBenchmark } from '../reports/exports/githubActionBenchmark.ts';
import { renderGoBenchmark } from '../reports/exports/goBenchmark.ts';
import { renderJunit } from '../reports/exports/junit.ts';
import { renderOpenMetrics } from '../reports/exports/openMetrics.ts';
import { renderPullRequest } from '../reports/exports/pullRequest.ts';
import { renderMarkdown } from '../reports/markdown.ts';
import type { Result } from '../reports/schema.ts';
import { didYouMean } from '../scenarios/lib/nearest.ts';
import { UsageError } from './errors.ts';
import { makeDir, writeAtomic } from './files.ts';
import { collect } from './flags.ts';
import type { Io } from './io.ts';

/** Format → what it is for, and the text. Charts take a while to load, so pages are imported on use. */
export type Formats<T> = Readonly<
  Record<string, { readonly what: string; readonly render: (subject: T) => string | Promise<string> }>
>;

export const RESULT_FORMATS: Formats<Result> = {
  json: { what: 'result.json', render: (result) => `${JSON.stringify(result, null, 1)}\n` },
  csv: { what: 'a line a cell', render: renderCsv },
  md: { what: 'Markdown tables', render: renderMarkdown },
  html: {
    what: 'the report',
    render: async (result) => (await import('../reports/html.ts')).renderHtml(result),
  },
  gobench: { what: 'Go benchmark text, for benchstat', render: renderGoBenchmark },
  openmetrics: { what: 'OpenMetrics text, for GitLab', render: renderOpenMetrics },
  bencher: { what: 'Bencher Metric Format', render: renderBencher },
  'gha-bigger': {
    what: "github-action-benchmark's customBiggerIsBetter",
    render: (result) => renderGithubActionBenchmark(result, 'higher'),
  },
  'gha-smaller': {
    what: 'its customSmallerIsBetter',
    render: (result) => renderGithubActionBenchmark(result, 'lower'),
  },
};

export const OUTCOME_FORMATS: Formats<Outcome> = {
  json: { what: 'everything', render: renderOutcomeJson },
  csv: { what: 'a line a figure', render: renderComparisonCsv },
  md: { what: "Markdown for a pull request's comment", render: (outcome) => renderPullRequest(outcome) },
  html: {
    what: 'a page with charts',
    render: async (outcome) => (await import('../reports/page/gate.ts')).renderGatePage(outcome),
  },
  junit: { what: 'JUnit XML', render: renderJunit },
};

/** Formats in words, a line each, for help texts. */
export function formatsText(formats: Formats<never>): string {
  const names = Object.entries(formats).map(([name, { what }]) => `  ${name.padEnd(12)} ${what}`);
  return ['Formats of --export:', ...names].join('\n');
}

export const addExportFlag = (command: Command, formats: Formats<never>): Command =>
  command.option(
    '--export <format=file>',
    `write it also as ${Object.keys(formats).join(', ')}; repeatable`,
    collect,
  );

export interface Export {
  readonly format: string;
  readonly file: string;
}

/** @throws UsageError unknown format, no file, a folder that cannot be made, or a file twice */
export function exportsOf(texts: readonly string[] | undefined, formats: Formats<never>): Export[] {
  const wanted = (texts ?? []).map((text) => {
    const at = text.indexOf('=');
    const format = at < 0 ? text : text.slice(0, at);
    const known = Object.keys(formats);
    if (!known.includes(format)) {
      const hint = didYouMean(format, known, 2);
      throw new UsageError(`--export: unknown format '${format}'${hint} (all: ${known.join(', ')})`);
    }
    if (at < 0 || at === text.length - 1) throw new UsageError(`--export takes format=file, not '${text}'`);
    return { format, file: text.slice(at + 1) };
  });
  const files = wanted.map(({ file }) => path.resolve(file));
  const twice = files.find((file, at) => files.indexOf(file) < at);
  if (twice !== undefined) throw new UsageError(`--export writes ${twice} twice`);
  for (const file of files) makeDir(path.dirname(file));
  return wanted;
}

/** Writes them and says so on stderr. @throws UsageError a file that cannot be written */
export async function writeExports<T>(
  exports: readonly Export[],
  formats: Formats<T>,
  subject: T,
  io: Io,
): Promise<void> {
  for (const { format, file } of exports) {
    const text = await formats[format]!.render(subject);
    try {
      writeAtomic(file, text);
    } catch (error) {
      throw new UsageError(`cannot write ${file} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
    }
    io.note(`${format} ${file}`);
  }
}
