/**
 * The command line on stub parts: toy backends, the stub runner, the shipped scenarios and machines.
 * Run as a script it is the program itself.
 */
import { pathToFileURL } from 'node:url';
import { backendNamed } from '../../backends/catalog.ts';
import { processIo } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import type { Parts } from '../../cli/parts.ts';
import type { Backend } from '../../engine/host/backend.ts';
import { MACHINES, machineFromJson } from '../../machines/catalog.ts';
import { SCENARIOS } from '../../scenarios/index.ts';

const toy = (name: string): Backend => ({ ...backendNamed('host'), name, title: `toy ${name}` });

export const stubParts: Parts = {
  scenarios: SCENARIOS,
  backends: ['host', 'toy', 'broken', 'dies', 'stuck', 'needy'].map(toy),
  defaultBackends: ['host', 'toy'],
  machines: MACHINES,
  machineFromJson,
  workloads: [
    {
      name: 'fb-hadoop',
      sizes: [
        [0, 0],
        [200_000, 100],
      ],
    },
  ],
  feasibility: (backend) => (backend.name === 'needy' ? 'needs one L2 domain' : null),
  trace: null,
  modelVersion: 'stub',
  runner: new URL('./stubRunner.ts', import.meta.url).href,
  cellRunner: new URL('../../calibration/runCell.ts', import.meta.url).href,
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2), stubParts, processIo());
}
