/**
 * `advise` from its words to its text and JSON, on the engine with a handful of backends.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import type { Parts } from '../../cli/parts.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { callWith } from './spawn.ts';

const FEW = ['host', 'flannel-vxlan', 'flannel-host-gw', 'calico-ipip', 'calico-bgp', 'calico-wireguard'];
const parts = { ...shippedParts, backends: FEW.map(backendNamed) };

const call = (...argv: string[]) => callWith(parts, 'advise', '--workers', '0', ...argv);

test('one segment: routes win; the text fits 100 columns and names MTU and header of each', async () => {
  const { code, out } = await call();
  assert.equal(code, 0);
  assert.ok(out.split('\n').every((line) => line.length <= 100));
  assert.match(out, /^flannel-vxlan +1450 +50 /m);
  assert.match(out, /^calico-wireguard +1440 +60 /m);
  assert.match(out, /^recommended: calico-bgp /m);
  assert.match(out, /^ {2}- routes: nodes reach pods by plain routes/m);
});

test('as JSON: infeasible rows say why, figures are base units, the same words give the same bytes', async () => {
  const argv = ['--subnets', 'rack', '--protocol4', 'no', '--json'];
  const { code, out } = await call(...argv);
  assert.equal(code, 0);
  const it = JSON.parse(out);
  const row = (name: string) => it.rows.find((one: { backend: string }) => one.backend === name);
  assert.match(row('flannel-host-gw').infeasible, /L2/);
  assert.equal(row('calico-ipip').infeasible, 'the platform drops IP protocol 4');
  assert.equal(row('calico-bgp').infeasible, 'across subnets the fabric must know pod routes');
  assert.equal(row('calico-bgp').figures, null);
  assert.equal(it.recommended, 'flannel-vxlan');
  assert.equal(it.question.machine, 'xeon-25g');
  const { streamBps, rrP50S, packetsPerS, cpuPerByteS } = row('host').figures;
  assert.ok(streamBps > 5e9 && streamBps < 25e9, `${streamBps} bit/s of a 25 GbE link`);
  assert.ok(rrP50S > 5e-6 && rrP50S < 1e-3, `${rrP50S} s`);
  assert.ok(packetsPerS > 1e4 && packetsPerS < 3e7, `${packetsPerS}/s`);
  assert.ok(cpuPerByteS > 1e-11 && cpuPerByteS < 1e-7, `${cpuPerByteS} s/B`);
  assert.equal((await call(...argv)).out, out);
});

test('the fabric and protocol 4 bring back what needs them', async () => {
  const { out } = await call('--subnets', 'rack', '--bgp-fabric');
  assert.match(out, /^recommended: calico-bgp /m);
  assert.match(out, /^calico-ipip +1480 +20 /m);
});

test('nothing fits: said, with the rule', async () => {
  const { code, out } = await call('--encrypt', '--kernel', '5.4');
  assert.equal(code, 0);
  assert.match(out, /calico-wireguard +no: it needs Linux 5\.6/);
  assert.match(out, /recommended: nothing; no feasible backend meets the rule 'encryption'/);
});

test('mistakes: exit 2 and the words that would do', async () => {
  const mistakes: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
    [['--subnets', 'two'], /--subnets takes one, rack, not 'two'/],
    [['--policy', 'nft'], /--policy takes none, iptables, ebpf, not 'nft'/],
    [['--protocol4', 'maybe'], /--protocol4 takes yes, no/],
    [['--kernel', '6'], /--kernel takes major\.minor/],
    [['--machine', 'xeon'], /unknown machine 'xeon'; did you mean/],
  ];
  for (const [argv, said] of mistakes) {
    const { code, out, err } = await call(...argv);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, said);
  }
});

test('a run that dies costs its own row alone: exit 5, no figures, and a recommendation from the others', async () => {
  const toy = (name: string, like: string) => ({ ...backendNamed(like), name });
  const some: Parts = {
    ...shippedParts,
    backends: [backendNamed('host'), toy('dies', 'calico-bgp'), toy('lives', 'flannel-host-gw')],
    runner: new URL('./stubRunner.ts', import.meta.url).href,
  };
  const { code, out, err } = await callWith(some, 'advise', '--workers', '1');
  assert.equal(code, 5);
  assert.match(err, /^failed: advise\/backend=dies/m);
  assert.match(out, /^dies +1500 +0( +–){4} +none$/m);
  assert.match(out, /^recommended: lives /m);
});
