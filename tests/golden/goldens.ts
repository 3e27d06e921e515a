/**
 * What is held fixed by files in this folder: the result of every small task under the model's version (its digest of
 * events and every figure), the compiled rows of every backend on every machine, and what each fact that a machine can
 * have either way changes in every backend's lanes. `npm run baseline:accept` writes all three files.
 *
 * The first is a result.json like any other, a cell a task: `compare` says what a change does to it.
 */
import { BACKENDS } from '../../backends/catalog.ts';
import { MODEL_VERSION } from '../../engine/core/version.ts';
import { FACTS } from '../../engine/host/backend.ts';
import { compile, type Lane } from '../../engine/host/compile.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { COLUMNS, type Row } from '../../engine/host/rows.ts';
import { runTask } from '../../engine/task.ts';
import { MACHINES, machineNamed } from '../../machines/catalog.ts';
import { canonicalSha256 } from '../../reports/canonical.ts';
import { mergeRecords, type Result } from '../../reports/result.ts';
import { smallTasks } from '../determinism/tasks.ts';

export const BASELINE_FILE = new URL('./small-tasks.json', import.meta.url);
export const COMPILED_FILE = new URL('./compiled.json', import.meta.url);
export const FACTS_FILE = new URL('./facts.json', import.meta.url);

/** The small tasks as one result. What is of this machine and minute is left empty. */
export function currentResult(): Result {
  const tasks = smallTasks();
  const { machine, seed } = tasks[0]!;
  const timing = { startedAt: '', wallSeconds: 0, events: 0, eventsPerSecond: 0 };
  return mergeRecords({
    status: 'complete',
    tool: { name: 'windtunnel', version: '' },
    model: { version: MODEL_VERSION, machine: { name: machine.name, sha256: canonicalSha256(machine) } },
    scenario: {
      id: 'small-tasks',
      title: 'small tasks of the tests',
      sha256: canonicalSha256(tasks),
      params: {},
    },
    seeds: { root: seed, replications: [seed] },
    env: {},
    timing,
    findings: [],
    cells: tasks.map(({ task, backend }) => ({
      id: task,
      dims: { backend: backend.name, task },
      group: backend.group,
      title: task,
      status: 'ok',
    })),
    records: tasks.map((spec) => ({ ...runTask(spec), cell: spec.task })),
  });
}

/** Digest of events by task. */
export const eventDigests = (result: Result): Record<string, string> =>
  Object.fromEntries(result.cells.map(({ id, seeds }) => [id, seeds[0]!.digest]));

/** A line a cell, so that a diff shows which have changed. */
export function baselineText(result: Result): string {
  const { cells, ...rest } = result;
  const head = JSON.stringify({ ...rest, cells: [] }, null, 1);
  const lines = cells.map((cell) => `  ${JSON.stringify(cell)}`).join(',\n');
  return `${head.replace('"cells": []', () => `"cells": [\n${lines}\n ]`)}\n`;
}

/** `ns` by column: only those that are not 0. */
type Ns = Readonly<Record<string, number>>;

interface CompiledLane {
  readonly hop: string;
  readonly marks: string;
  readonly stages: string;
  readonly plainNs: Ns;
  readonly gsoNs: Ns;
}

/** What is compiled for one machine and backend. */
export interface CompiledGolden {
  readonly choose: Readonly<Record<string, string>>;
  /** Lanes by path. */
  readonly paths: Readonly<Record<string, readonly CompiledLane[]>>;
  /** Rows of no path, by name. */
  readonly common: Readonly<Record<string, Ns>>;
}

/** By `machine backend`. */
export function currentCompiled(): Record<string, CompiledGolden> {
  const all: Record<string, CompiledGolden> = {};
  for (const machine of MACHINES) {
    for (const backend of BACKENDS) {
      // One rule, so that a place where rules are walked shows.
      const compiled = compile(backend, machine, { rules: 1 });
      const { list } = compiled.rows;
      const nameOf = (path: number): string => compiled.paths[path]?.name ?? 'unreachable';
      all[`${machine.name} ${backend.name}`] = {
        choose: Object.fromEntries(Object.entries(compiled.choose).map(([place, p]) => [place, nameOf(p)])),
        paths: Object.fromEntries(
          compiled.paths.map((path) => [
            `${path.name} +${path.headerBytes} B`,
            path.lanes.map((lane) => ({
              hop: hopOf(lane),
              marks: marksOf(lane),
              stages: lane.stages.join(' '),
              plainNs: nsOf(list[lane.rowPlain]!),
              gsoNs: nsOf(list[lane.rowGso]!),
            })),
          ]),
        ),
        common: Object.fromEntries(
          Object.entries(compiled.row).flatMap(([name, rows]) =>
            [rows].flat().map((row, at) => [at === 0 ? name : `${name}+${at}`, nsOf(list[row]!)]),
          ),
        ),
      };
    }
  }
  return all;
}

function nsOf(row: Row): Ns {
  return Object.fromEntries(
    COLUMNS.map((column, c) => [column, row.ns[c]!] as const).filter(([, ns]) => ns !== 0),
  );
}

/** Fact, then `backend path`: its lanes, a line each, once the fact is the opposite of what it is on xeon-25g. */
export type FactsGolden = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Lanes by `backend path`. */
function lanesOf(machine: Machine): Map<string, readonly string[]> {
  const entries = BACKENDS.flatMap((backend) =>
    compile(backend, machine, { rules: 0 }).paths.map(
      ({ name, lanes }) => [`${backend.name} ${name}`, lanes.map(laneText)] as const,
    ),
  );
  return new Map(entries);
}

const hopOf = (lane: Lane): string => `${lane.receiver ? 'receiver' : 'sender'}: ${lane.entry} > ${lane.exit}`;
const marksOf = (lane: Lane): string =>
  (['split', 'merge', 'orphans'] as const).filter((mark) => lane[mark]).join(' ');
const laneText = (lane: Lane): string => `${hopOf(lane)} [${marksOf(lane)}] ${lane.stages.join(' ')}`;

/** What each fact of kernel, NIC and host changes, in the paths that it changes. */
export function currentFacts(): FactsGolden {
  const machine = machineNamed('xeon-25g');
  const before = lanesOf(machine);
  const facts = FACTS.map((fact) => {
    const opposite = !machine.facts[fact];
    const after = lanesOf({ ...machine, facts: { ...machine.facts, [fact]: opposite } });
    const changed = [...after].filter(([path, lanes]) => lanes.join() !== before.get(path)!.join());
    return [`${fact} ${opposite ? 'on' : 'off'}`, Object.fromEntries(changed)] as const;
  });
  return Object.fromEntries(facts);
}

/** JSON with one line for each lane, so that a diff shows lanes. */
export function compiledText(all: Readonly<Record<string, CompiledGolden>>): string {
  const list = (lines: readonly string[], indent: string): string =>
    lines.map((line) => `${indent}${line}`).join(',\n');
  const entries = Object.entries(all).map(([name, { choose, paths, common }]) => {
    const pathLines = Object.entries(paths).map(
      ([path, lanes]) =>
        `${JSON.stringify(path)}: [\n${list(
          lanes.map((lane) => JSON.stringify(lane)),
          '        ',
        )}\n      ]`,
    );
    const commonLines = Object.entries(common).map(
      ([row, ns]) => `${JSON.stringify(row)}: ${JSON.stringify(ns)}`,
    );
    return [
      `  ${JSON.stringify(name)}: {`,
      `    "choose": ${JSON.stringify(choose)},`,
      `    "paths": {\n${list(pathLines, '      ')}\n    },`,
      `    "common": {\n${list(commonLines, '      ')}\n    }`,
      '  }',
    ].join('\n');
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

export function plainText(content: FactsGolden): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
