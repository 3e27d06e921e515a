/**
 * What is held fixed by files in this folder: the digest of every small task under the model's version, and the
 * compiled rows of every backend on every machine. `node --import tsx scripts/golden.ts` writes both files.
 *
 * Left out: records (their metrics may be extended without a new model).
 */
import { BACKENDS } from '../../backends/catalog.ts';
import { MODEL_VERSION } from '../../engine/core/version.ts';
import { compile } from '../../engine/host/compile.ts';
import { COLUMNS, type Row } from '../../engine/host/rows.ts';
import { runTask } from '../../engine/task.ts';
import { MACHINES } from '../../machines/catalog.ts';
import { smallTasks } from '../determinism/tasks.ts';

export const DIGESTS_FILE = new URL('./digests.json', import.meta.url);
export const COMPILED_FILE = new URL('./compiled.json', import.meta.url);

export interface Digests {
  readonly modelVersion: string;
  /** Digest by task. */
  readonly digests: Readonly<Record<string, string>>;
}

export function currentDigests(): Digests {
  const digests = smallTasks().map((spec) => [spec.task, runTask(spec).digest] as const);
  return { modelVersion: MODEL_VERSION, digests: Object.fromEntries(digests) };
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
              hop: `${lane.receiver ? 'receiver' : 'sender'}: ${lane.entry} > ${lane.exit}`,
              marks: (['split', 'merge', 'orphans'] as const).filter((mark) => lane[mark]).join(' '),
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

export function digestsText(digests: Digests): string {
  return `${JSON.stringify(digests, null, 2)}\n`;
}
