/** `machines`: which to pick, a book as text and as JSON, and the way back by `--machine`. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Machine } from '../../engine/host/machine.ts';
import { STAGE_IDS } from '../../engine/host/stages.ts';
import { call, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);

function file(name: string, text: string): string {
  const written = path.join(dir, name);
  writeFileSync(written, text);
  return written;
}

test('machines, machines list and list machines say the same', async () => {
  const { code, out } = await call('machines', 'list');
  assert.equal(code, 0);
  assert.equal((await call('machines')).out, out);
  assert.equal((await call('list', 'machines')).out, out);
  const block = [
    'xeon-e5-10g: bare-metal Xeon E5 v4, 10 cores at 2.4 GHz, 10 GbE (ixgbe)',
    '  pick it if your nodes are physical servers of about 2012 to 2017, or `ethtool -i` says ixgbe',
    '  10 cores; 10 Gbit/s, 10 receive queues of 512 packets, interrupts after 24 µs',
    '  offloads: TSO, TSO in UDP tunnels, TSO in IPIP',
    '  prices: 0 measured, 0 published, ',
  ];
  assert.ok(out.includes(block.join('\n')), out);
  assert.match(out, /^ {2}2 cores; a veth pair instead of a NIC$/m);
  assert.match(out, /^ {2}8 cores; 12\.5 Gbit\/s, 8 receive queues of 1024 packets, interrupts at once$/m);
});

test('the same as JSON', async () => {
  const { out } = await call('machines', 'list', '--json');
  assert.equal((await call('list', 'machines', '--json')).out, out);
  const rows = JSON.parse(out) as Record<string, unknown>[];
  assert.deepEqual(
    rows.map(({ name, cores, nicGbps, offloads }) => [name, cores, nicGbps, offloads]),
    [
      ['cloud-sriov', 8, 12.5, 'tso rssUdpPorts'],
      ['cloud-virtio', 8, 10, 'tso'],
      ['epyc-100g', 32, 100, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts rxInnerHash'],
      ['veth-vm', 2, 100, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts'],
      ['xeon-25g', 16, 25, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts'],
      ['xeon-40g', 16, 40, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts'],
      ['xeon-e5-10g', 10, 10, 'tso udpTunnelTso ipipTso'],
    ],
  );
  for (const { measuredPrices, publishedPrices, assumedPrices } of rows)
    assert.equal(Number(measuredPrices) + Number(publishedPrices) + Number(assumedPrices), STAGE_IDS.length);
});

test('machines show: a line for each stage, with confidence and range', async () => {
  const { code, out } = await call('machines', 'show', 'epyc-100g');
  assert.equal(code, 0);
  assert.match(out, /^ns +first +each +packet +byte +confidence +source$/m);
  assert.match(out, /^U_SYSCALL +· +125 +· +· +assumed × 0\.8 … 1\.6 +K3$/m);
  assert.match(out, /^NIC_TX +[\d.]+ +[\d.]+ +[\d.]+ +· +assumed × 0\.7 … 1\.4 +E-zen4 × \(C024 .*$/m);
  assert.match(out, /^ {2}wake-up of a core: 1000 ns; 1000 ns after more than 20000 ns idle \(assumed/m);
});

test('a book as JSON is what --machine takes: the same explanation', async () => {
  for (const name of ['cloud-sriov', 'epyc-100g', 'veth-vm', 'xeon-e5-10g']) {
    const book = await call('machines', 'show', name, '--json');
    assert.equal(book.code, 0);
    const own = file(`${name}.json`, book.out);
    assert.equal(
      (await call('explain', 'host', '--json', '--machine', own)).out,
      (await call('explain', 'host', '--json', '--machine', name)).out,
    );
    assert.equal((await call('machines', 'show', own, '--json')).out, book.out);
  }
});

test("a user's book with other figures runs", async () => {
  const { out } = await call('machines', 'show', 'cloud-sriov', '--json');
  const book = JSON.parse(out) as Machine;
  const prices = {
    ...book.prices,
    TCP_TX: { eachNs: 4321, source: 'perf, our rack', confidence: 'measured' },
  };
  const own = file('own.json', JSON.stringify({ ...book, name: 'our-rack', cores: 24, prices }));
  const shown = await call('machines', 'show', own);
  assert.match(shown.out, /^our-rack: .*\n(?: .*\n)+ {2}24 cores; 12\.5 Gbit\/s/);
  assert.match(shown.out, /^ {2}prices: 1 measured, 0 published, \d+ assumed$/m);
  assert.match(shown.out, /^TCP_TX +· +4321 +· +· +measured +perf, our rack$/m);
});

test('what is wrong with a file is said with its path, all at once', async () => {
  const { out } = await call('machines', 'show', 'xeon-25g', '--json');
  const book = JSON.parse(out) as Machine;
  const { rxQueues: _gone, ...nic } = book.nic;
  const wrong = file('wrong.json', JSON.stringify({ ...book, nic, cores: '16', turbo: true }));
  for (const argv of [
    ['machines', 'show', wrong],
    ['pod-to-pod', '--machine', wrong],
    ['explain', 'host', '--machine', wrong],
  ]) {
    const done = await call(...argv);
    assert.equal(done.code, 2);
    assert.equal(done.out, '');
    assert.match(done.err, /machine file .*wrong\.json: machine:/);
    assert.match(done.err, /^windtunnel: {3}nic\.rxQueues: is missing$/m);
    assert.match(done.err, /^windtunnel: {3}cores: must be a whole number from 1 to 1024$/m);
    assert.match(done.err, /^windtunnel: {3}turbo: is not a known field$/m);
    assert.doesNotMatch(done.err, /\n\s+at /);
  }
  const broken = await call('machines', 'show', file('broken.json', '{ "name": '));
  assert.equal(broken.code, 2);
  assert.match(broken.err, /cannot read machine file .*broken\.json: /);
  const unknown = await call('machines', 'show', 'xeon-e5-1g');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /unknown machine 'xeon-e5-1g'; did you mean xeon-e5-10g/);
  for (const [word, said] of [
    ['lst', "machines takes list or show <machine>, not 'lst'; did you mean list?"],
    ['bogus', "machines takes list or show <machine>, not 'bogus'"],
  ]) {
    const done = await call('machines', word!);
    assert.deepEqual([done.code, done.out, done.err], [2, '', `windtunnel: ${said}\n`]);
  }
});
