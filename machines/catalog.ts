/** Machines by name, and machines from a user's JSON. */
import { unknownName } from '../engine/core/nearest.ts';
import type { Machine } from '../engine/host/machine.ts';
import * as declared from './index.ts';

export { machineFromJson } from './fromJson.ts';

/** All machines, by name. */
export const MACHINES: readonly Machine[] = Object.values<Machine>(declared).sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

/** The machine of that name. Throws an Error that lists the known names and suggests the nearest. */
export function machineNamed(name: string): Machine {
  const found = MACHINES.find((machine) => machine.name === name);
  if (found === undefined)
    throw new Error(
      unknownName(
        'machine',
        name,
        MACHINES.map((m) => m.name),
      ),
    );
  return found;
}
