/** Which names count as near a mistyped one: a slip, a part of the name; nothing that merely is least far. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearest } from '../../scenarios/lib/nearest.ts';

const SETTINGS = ['nodes', 'cores', 'mtu', 'cluster.mtuBytes', 'policy.services', 'policy.endpoints'];
const BACKENDS = ['host', 'bridge', 'flannel-host-gw', 'calico-bgp'];

test('a word far from all names has no near one', () => {
  assert.deepEqual(nearest('bogus', SETTINGS, 3), []);
  assert.deepEqual(nearest('foo', BACKENDS, 3), []);
  assert.deepEqual(nearest('policy.constructor', ['cluster.nodes', 'policy.endpoints'], 3), []);
  assert.deepEqual(nearest('foo', ['toy'], 3), []);
  assert.equal(didYouMean('foo', BACKENDS, 3), '');
});

test('slips: a letter, two letters swapped, four of a long path', () => {
  assert.deepEqual(nearest('nods', SETTINGS, 3), ['nodes']);
  assert.deepEqual(nearest('mut', SETTINGS, 1), ['mtu']);
  assert.deepEqual(nearest('polcy.servces', SETTINGS, 3), ['policy.services']);
  assert.equal(didYouMean('calico-bpg', BACKENDS, 3), '; did you mean calico-bgp?');
});

test('a part of a name is near, hyphens or not, and comes before a slip; the count holds', () => {
  assert.deepEqual(nearest('HostGW', BACKENDS, 3), ['host', 'flannel-host-gw']);
  assert.deepEqual(nearest('policy', SETTINGS, 3), ['policy.services', 'policy.endpoints']);
  assert.deepEqual(nearest('policy', SETTINGS, 1), ['policy.services']);
});
