/**
 * One stage's price rises by 3 %: the command line finds exactly the cells that pay it, and calls worse only those in
 * which it comes to more than the floor. The shipped engine, small cells.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { shippedParts } from '../../cli/shipped.ts';
import type { Comparison } from '../../reports/comparison/types.ts';
import { callWith, type Finished, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const at = (name: string): string => path.join(dir, name);
const call = (...argv: string[]): Promise<Finished> => callWith(shippedParts, ...argv);
const CELLS =
  'policy-scale --backends host,flannel-vxlan --set ruleKind=iptables-legacy --sweep rules=0,100,5000';
const SMALL = '--set windowMs=20 --set warmupMs=1 --replications 10 --workers 0 --progress none';

async function simulate(name: string, ...more: string[]): Promise<void> {
  const done = await call(...`${CELLS} ${SMALL}`.split(' '), ...more, '--out', at(name));
  assert.equal(done.code, 0, done.err);
}

interface Compared {
  readonly code: number | null;
  readonly changed: string[];
  readonly events: string[];
  readonly worse: string[];
}

async function compare(head: string): Promise<Compared> {
  const argv = ['compare', at('base'), at(head), '--no-config', '--gate', 'error', '--json'];
  const refused = await call(...argv);
  assert.equal(refused.code, 4);
  const done = await call(...argv, '--allow', 'machine');
  const { comparisons } = JSON.parse(done.out) as { comparisons: [Comparison] };
  const { cells } = comparisons[0];
  const name = ({ dims }: Comparison['cells'][number]): string => `${dims.backend} ${dims.rules}`;
  return {
    code: done.code,
    changed: cells.filter(({ same }) => !same).map(name),
    events: cells.filter(({ seeds }) => seeds.changed === seeds.common).map(name),
    worse: [
      ...new Set(cells.filter(({ metrics }) => metrics.some(({ finding }) => finding === 'error')).map(name)),
    ],
  };
}

before(() => simulate('base'));

test('a rule of iptables costs 3 % more: cells with rules change, cells with many are worse', async () => {
  await simulate('rules', '--set', 'machine.prices.NF_RULE=*1.03');
  const { code, changed, events, worse } = await compare('rules');
  // 5,000 rules are most of an exchange, 100 a small part of it, 0 none: the others' digests are those of before.
  const touched = ['host 100', 'flannel-vxlan 100', 'host 5000', 'flannel-vxlan 5000'];
  assert.deepEqual(changed, touched);
  assert.deepEqual(events, touched);
  assert.deepEqual(worse, ['host 5000', 'flannel-vxlan 5000']);
  assert.equal(code, 3);
});

test('encapsulation costs 3 % more: the tunnel changes and nothing else, by less than the floor', async () => {
  await simulate('encap', '--set', 'machine.prices.ENCAP=*1.03');
  const { code, changed, events, worse } = await compare('encap');
  const touched = ['flannel-vxlan 0', 'flannel-vxlan 100', 'flannel-vxlan 5000'];
  assert.deepEqual(changed, touched);
  assert.deepEqual(events, touched);
  assert.deepEqual([worse, code], [[], 0]);
});
