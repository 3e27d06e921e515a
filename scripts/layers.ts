/**
 * The layers of the project and what each may import: section 6 of the design, as data for scripts/tidy.ts.
 *
 * A path below is relative to the project's root; a package or a builtin stands under its own name. Left out:
 * imports between files of one layer, which are free unless a rule below says otherwise.
 */

export interface Layer {
  readonly name: string;
  /** Whether `target` (file of the project, package, `node:…`) may be imported by `file`. */
  readonly mayImport: (target: string, typeOnly: boolean, file: string) => boolean;
  /** Lines of a file. */
  readonly linesMax: number;
  /** A run passes through here: no clock, no environment, no function that the language leaves open. */
  readonly pure: boolean;
  /** Assertions are the project's own, with constant messages. */
  readonly constantAsserts: boolean;
  /** No backend's, machine's or vendor's name. */
  readonly engine: boolean;
  /** Data alone. */
  readonly declarations: boolean;
}

const vocabulary = ['engine/host/stages.ts', 'engine/host/backend.ts', 'engine/core/'];
const workbenches = ['tests/', 'bench/', 'scripts/'];

/** Lists of targets: a folder ends in `/`, `node:` stands for all builtins. */
function among(targets: readonly string[], target: string): boolean {
  return targets.some((one) =>
    one.endsWith('/') || one.endsWith(':')
      ? target.startsWith(one)
      : target === one || target.startsWith(`${one}/`),
  );
}

interface Rule {
  readonly linesMax?: number;
  readonly pure?: boolean;
  readonly declarations?: boolean;
  readonly may: readonly string[];
}

/** By folder; the longest that fits counts. What a type-only import may reach inside the engine is said below. */
const rules: Readonly<Record<string, Rule>> = {
  'engine/core/': { may: ['engine/core/'] },
  'engine/fabric/': { may: ['engine/core/', 'engine/fabric/'] },
  'engine/host/': { may: ['engine/core/', 'engine/fabric/', 'engine/host/'] },
  'engine/transport/': { may: ['engine/core/', 'engine/fabric/', 'engine/host/', 'engine/transport/'] },
  'engine/traffic/': {
    may: ['engine/core/', 'engine/host/', 'engine/fabric/', 'engine/transport/', 'engine/traffic/'],
  },
  'engine/': { may: ['engine/'] },
  'backends/': { linesMax: 100, pure: true, declarations: true, may: [...vocabulary, 'backends/paths/'] },
  'machines/': { pure: true, may: [...vocabulary, 'engine/host/machine.ts', 'machines/books/'] },
  'scenarios/': {
    pure: true,
    may: [...vocabulary, 'engine/host/machine.ts', 'backends/', 'machines/', 'scenarios/lib/', 'workloads/'],
  },
  'planning/': {
    pure: true,
    may: ['engine/', 'backends/', 'machines/', 'scenarios/lib/', 'planning/'],
  },
  'calibration/': {
    may: ['engine/', 'backends/', 'machines/', 'scenarios/lib/', 'planning/', 'calibration/', 'node:'],
  },
  'workers/': {
    may: [
      'engine/',
      'backends/',
      'machines/',
      'scenarios/',
      'workers/',
      'piscina',
      'bullmq',
      'tsx/esm/api',
      'node:',
    ],
  },
  'reports/': {
    may: [
      'engine/core/record.ts',
      'engine/core/units.ts',
      'engine/core/histogram.ts',
      'reports/',
      'vega',
      'vega-lite',
      'simple-statistics',
      'zod',
      'node:',
    ],
  },
};

/** Lists of entries: the only files that may name the entries of their folder. */
const indexes = /^(backends|machines|scenarios)\/(index|catalog)\.ts$/;
const engineLinesMax = 300;
const otherLinesMax = 350;

/** @param file  path from the root of the project, with `/` */
export function layerOf(file: string): Layer {
  const folders = Object.keys(rules).filter((folder) => file.startsWith(folder));
  const folder = folders.sort((a, b) => b.length - a.length)[0];
  if (folder === undefined) return openLayer(file);
  const rule = rules[folder]!;
  const engine = folder.startsWith('engine/');
  return {
    name: folder,
    mayImport: (target, typeOnly, from) => {
      if (among(rule.may, target)) return true;
      if (engine && typeOnly && target.startsWith('engine/')) return true;
      return indexes.test(from) && target.startsWith(`${from.split('/')[0]!}/`);
    },
    linesMax: engine ? engineLinesMax : (rule.linesMax ?? otherLinesMax),
    pure: engine || rule.pure === true,
    constantAsserts: engine || rule.pure === true,
    engine,
    declarations: rule.declarations === true && !indexes.test(file),
  };
}

/** The command line joins all layers; tests, benchmarks and scripts may use anything, and nobody uses them. */
function openLayer(file: string): Layer {
  const workbench = among(workbenches, file);
  return {
    name: workbench ? 'a workbench' : 'the command line',
    mayImport: (target) => workbench || !among(workbenches, target),
    linesMax: otherLinesMax,
    pure: false,
    constantAsserts: false,
    engine: false,
    declarations: false,
  };
}
