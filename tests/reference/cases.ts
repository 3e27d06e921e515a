/**
 * Runs in which the C++ program of bench/reference and the engine are compared: one rack and several, short buffers
 * that drop at uplinks and spines' ports (a permutation fills no ToR's port), a seed beyond 32 bits.
 *
 *     node --import tsx tests/reference/cases.ts      writes what the C++ program says of them to recorded.json
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { FabricOptions, FabricRun } from '../../bench/fabric.ts';
import { compileReference } from '../../bench/reference/program.ts';

export interface Case {
  readonly hosts: number;
  readonly packetsPerHost: number;
  readonly options: FabricOptions;
}

export const CASES: readonly Case[] = [
  { hosts: 64, packetsPerHost: 100, options: {} },
  { hosts: 32, packetsPerHost: 200, options: { seed: 9, load: 0.5 } },
  { hosts: 96, packetsPerHost: 200, options: { seed: 12_345_678_901, load: 0.8, bufferBytes: 3000 } },
  { hosts: 512, packetsPerHost: 40, options: { seed: 3, load: 0.9, bufferBytes: 4500 } },
  { hosts: 1024, packetsPerHost: 30.5, options: { seed: 2 } },
];

export const RECORDED = new URL('recorded.json', import.meta.url);

/** Without what the clock says. */
export function timeless({ seconds: _, ...run }: FabricRun): Omit<FabricRun, 'seconds'> {
  return run;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const program = compileReference('-O2');
  if (program === null) throw new Error('no g++ here');
  const lines = CASES.map(({ hosts, packetsPerHost, options }) =>
    JSON.stringify(timeless(program.run(hosts, packetsPerHost, options))),
  );
  program.remove();
  writeFileSync(RECORDED, `[\n${lines.join(',\n')}\n]\n`);
}
