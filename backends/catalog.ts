/**
 * Backends by name. The list is whatever the index exports: adding a backend does not touch this file.
 */
import { assert } from '../engine/core/assert.ts';
import { unknownName } from '../engine/core/nearest.ts';
import type { Backend } from '../engine/host/backend.ts';
import * as declared from './index.ts';

/** Names of the default set, in the order of tables and charts. */
export const DEFAULT_BACKENDS = [
  'host',
  'flannel-udp',
  'flannel-vxlan',
  'flannel-host-gw',
  'calico-ipip',
  'calico-bgp',
  'cilium-native',
  'calico-wireguard',
] as const;

const rank = (backend: Backend): number => {
  const index = (DEFAULT_BACKENDS as readonly string[]).indexOf(backend.name);
  return index < 0 ? DEFAULT_BACKENDS.length : index;
};

/** All backends: the default set in its order, then the others by name. */
export const BACKENDS: readonly Backend[] = Object.values<Backend>(declared).sort(
  (a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1),
);

assert(
  new Set(BACKENDS.map((backend) => backend.name)).size === BACKENDS.length,
  'two backends share a name',
);

/** The backend of that name. Throws an Error that lists the known names and suggests the nearest. */
export function backendNamed(name: string): Backend {
  const found = BACKENDS.find((backend) => backend.name === name);
  if (found === undefined)
    throw new Error(
      unknownName(
        'backend',
        name,
        BACKENDS.map((backend) => backend.name),
      ),
    );
  return found;
}
