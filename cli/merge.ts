/**
 * `merge`: runs of one scenario that share the work (some seeds each, some backends each) → one result, with the
 * bytes that a single run would have written. It takes the journals: a result no longer has the samples of its
 * percentiles.
 */
import type { Command } from 'commander';
import type { TaskRecord } from '../engine/core/record.ts';
import { problemsOf } from '../reports/comparison/comparable.ts';
import type { Named } from '../reports/comparison/compare.ts';
import { type CellPlan, mergeRecords, type Result } from '../reports/result.ts';
import { renderTable } from '../reports/table.ts';
import { JournalError, openJournal } from '../workers/journal.ts';
import { NotComparableError, UsageError } from './errors.ts';
import { makeDir, runFiles, writeAtomic } from './files.ts';
import { colors, type Io, useColor } from './io.ts';
import { readNamed } from './regression/read.ts';

const EXAMPLES = `
Examples:
  tsx run merge results/seeds-1-8 results/seeds-9-16 --out results/all
  tsx run merge results/flannel results/calico --out results/both
  tsx run merge shard-*/ --out results/all --json`;

interface Part {
  readonly named: Named;
  readonly records: readonly TaskRecord[];
}

/** Adds the command. */
export function addMerge(program: Command, io: Io): void {
  program
    .command('merge')
    .description('one result of several runs of a scenario: their seeds and cells together')
    .argument('<dir...>', 'folders of runs, with result.json and journal.ndjson')
    .requiredOption('--out <dir>', 'folder of the result')
    .option('--json', 'the result as one JSON document on stdout')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText('after', EXAMPLES)
    .action(
      async (dirs: readonly string[], flags: { out: string; json?: true; color: string }): Promise<void> => {
        const result = mergeParts(dirs.map(readPart));
        makeDir(flags.out);
        const files = runFiles(flags.out);
        writeAtomic(files.result, `${JSON.stringify(result, null, 1)}\n`);
        const { renderHtml } = await import('../reports/html.ts');
        writeAtomic(files.report, await renderHtml(result, null));
        const paint = colors(useColor(flags.color, io.outIsTty, io.env));
        const width = io.columns > 0 ? { width: io.columns } : {};
        io.out(
          flags.json ? `${JSON.stringify(result, null, 1)}\n` : renderTable(result, { paint, ...width }),
        );
        io.note(`result ${files.result}`);
        io.note(`report ${files.report}`);
      },
    );
}

function readPart(dir: string): Part {
  const files = runFiles(dir);
  const named = readNamed(files.result, dir);
  try {
    // A journal may hold tasks of earlier settings: the result says which are its own.
    const own = new Set(
      named.result.cells.flatMap(({ id, seeds }) =>
        seeds.map(({ seed, digest }) => `${id}/${seed}/${digest}`),
      ),
    );
    const { records } = openJournal(files.journal);
    return {
      named,
      records: [...records.values()].filter((one) => own.has(`${one.cell}/${one.seed}/${one.digest}`)),
    };
  } catch (error) {
    if (error instanceof JournalError)
      throw new UsageError(`merge takes runs with their journals: ${error.message}`);
    throw error;
  }
}

/** @throws NotComparableError parts of different questions; UsageError a task that two parts have run */
function mergeParts(parts: readonly Part[]): Result {
  const first = parts[0]!.named.result;
  for (const { named } of parts.slice(1)) {
    const problems = problemsOf(first, named.result, ['seeds', 'incomplete']).filter(
      ({ allowed }) => !allowed,
    );
    if (problems.length === 0) continue;
    const lines = problems.map(({ message }) => message);
    throw new NotComparableError(
      [`${named.label} is no part of the same run as ${parts[0]!.named.label}:`, ...lines].join('\n'),
    );
  }
  const results = parts.map(({ named }) => named.result);
  if (results.some(({ seeds, slice }) => seeds.precision !== undefined || slice !== undefined)) {
    throw new UsageError(
      'merge takes runs of whole clusters with a given number of seeds: no --precision, no --slice',
    );
  }
  const replications = [...new Set(results.flatMap(({ seeds }) => seeds.replications))].sort((a, b) => a - b);
  const cells = plansOf(results);
  const records = inOrder(parts, cells, replications);
  const expected = cells.filter(({ status }) => status === 'ok').length * replications.length;
  const failed = cells.some(({ status }) => status === 'failed');
  const roots = results.map(({ seeds }) => seeds.root).sort((a, b) => Number(a) - Number(b));
  return mergeRecords({
    status: failed ? 'failed' : records.length < expected ? 'interrupted' : 'complete',
    tool: first.tool,
    model: first.model,
    scenario: first.scenario,
    seeds: { root: roots[0]!, replications },
    env: { ...first.env, merged: parts.length },
    timing: {
      startedAt: results.map(({ timing }) => timing.startedAt).sort()[0]!,
      wallSeconds: results.reduce((sum, { timing }) => sum + timing.wallSeconds, 0),
      events: results.reduce((sum, { timing }) => sum + timing.events, 0),
      eventsPerSecond: first.timing.eventsPerSecond,
    },
    findings: [...first.findings],
    cells,
    records,
  });
}

/** Each cell once, by point, then backend, as in a single run. A part that failed it or could not run it decides. */
function plansOf(results: readonly Result[]): CellPlan[] {
  const plans = new Map<string, CellPlan>();
  for (const { id, dims, group, title, status, reason } of results.flatMap((result) => result.cells)) {
    const known = plans.get(id);
    if (known !== undefined && (known.status !== 'ok' || status === 'ok' || status === 'missing')) continue;
    const plan = { id, dims, group, title };
    plans.set(
      id,
      status === 'ok' || status === 'missing'
        ? { ...plan, status: 'ok' }
        : { ...plan, status, ...(reason === undefined ? {} : { reason }) },
    );
  }
  const pointOf = ({ dims: { backend: _backend, ...point } }: CellPlan): string => JSON.stringify(point);
  const points = [...new Set([...plans.values()].map(pointOf))];
  return [...plans.values()].sort((a, b) => points.indexOf(pointOf(a)) - points.indexOf(pointOf(b)));
}

/** Records as a single run would number them: cell, then seed. */
function inOrder(
  parts: readonly Part[],
  cells: readonly CellPlan[],
  replications: readonly number[],
): TaskRecord[] {
  const byTask = new Map<string, TaskRecord>();
  for (const { named, records } of parts) {
    for (const record of records) {
      const key = `${record.cell}/seed=${record.seed}`;
      const known = byTask.get(key);
      if (known !== undefined && known.digest !== record.digest) {
        throw new UsageError(`${named.label} and another part have different records of ${key}`);
      }
      byTask.set(key, record);
    }
  }
  const ordered = cells.flatMap(({ id }) =>
    replications.flatMap((seed) => byTask.get(`${id}/seed=${seed}`) ?? []),
  );
  return ordered.map((record, index) => ({ ...record, index }));
}
