/** Every machine prices every stage, with source, confidence and, where assumed, a range; JSON is checked. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FACTS } from '../../engine/host/backend.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { STAGE_IDS } from '../../engine/host/stages.ts';
import { MACHINES, machineFromJson, machineNamed } from '../../machines/catalog.ts';

const FOLDER = new URL('../../machines/', import.meta.url);
const NOT_MACHINES = ['index.ts', 'catalog.ts', 'fromJson.ts'];
const SOURCES = readFileSync(new URL('../../docs/SOURCES.md', import.meta.url), 'utf8');

test('the index is the folder; names as published', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !NOT_MACHINES.includes(name));
  assert.equal(MACHINES.length, files.length);
  assert.deepEqual(
    MACHINES.map((m) => m.name),
    ['cloud-sriov', 'cloud-virtio', 'epyc-100g', 'veth-vm', 'xeon-25g', 'xeon-40g', 'xeon-e5-10g'],
  );
});

test('an unknown machine lists the known ones', () => {
  assert.throws(
    () => machineNamed('xeon-25'),
    /unknown machine "xeon-25"; did you mean "xeon-25g"\? known: cloud/,
  );
});

for (const machine of MACHINES) {
  test(`${machine.name}: every stage priced, sourced, and bounded where assumed`, () => {
    assert.deepEqual(Object.keys(machine.prices).sort(), [...STAGE_IDS].sort());
    assert.deepEqual(Object.keys(machine.facts).sort(), [...FACTS].sort());
    for (const [stage, price] of Object.entries(machine.prices)) {
      const values = [price.firstNs ?? 0, price.eachNs ?? 0, price.packetNs ?? 0, price.byteNs ?? 0];
      assert.ok(
        values.every((v) => Number.isFinite(v) && v >= 0),
        stage,
      );
      assert.ok(price.eachNs !== undefined, `${stage} has no price`);
      if (price.confidence === 'assumed') assert.ok(price.range, `${stage} is assumed without a range`);
      if (price.range) assert.ok(price.range[0] > 0 && price.range[0] <= 1 && price.range[1] >= 1, stage);
    }
  });

  test(`${machine.name}: every key of a source stands in docs/SOURCES.md`, () => {
    for (const { source } of [...Object.values(machine.prices), machine.waking]) {
      const keys = source.match(/\b(C\d{3}|[KEW]-?[a-z0-9]+)\b/g) ?? [];
      assert.ok(keys.length > 0, `"${source}" names no source`);
      for (const key of keys) assert.match(SOURCES, new RegExp(`\\| ${key} \\|`), `${key} is not explained`);
    }
  });

  test(`${machine.name}: survives JSON and passes its own check`, () => {
    assert.deepEqual(machineFromJson(JSON.parse(JSON.stringify(machine))), machine);
  });
}

test('facts that flip rankings', () => {
  const facts = (name: string) => machineNamed(name).facts;
  for (const fact of ['tso', 'udpTunnelTso', 'ipipTso', 'rxInnerCsum', 'rssUdpPorts', 'conntrack'] as const) {
    assert.equal(facts('xeon-25g')[fact], true, fact);
  }
  for (const fact of ['rxInnerHash', 'brNetfilter', 'rps'] as const)
    assert.equal(facts('xeon-25g')[fact], false);
  for (const fact of ['udpTunnelTso', 'ipipTso', 'rxInnerCsum'] as const) {
    assert.equal(facts('cloud-virtio')[fact], false, fact);
  }
  assert.equal(facts('cloud-virtio').tso, true);
  assert.equal(machineNamed('veth-vm').wire, 'veth');
  assert.equal(machineNamed('veth-vm').cores, 2);
  assert.equal(facts('veth-vm').conntrack, false);
  assert.equal(facts('veth-vm').netfilter, false);
  const { cores, nic } = machineNamed('xeon-25g');
  assert.deepEqual([cores, nic.rxQueues, nic.rateGbps], [16, 8, 25]);
});

test('JSON: every problem is reported, each with its path', () => {
  const good = JSON.parse(JSON.stringify(machineNamed('xeon-25g'))) as Record<string, unknown> & Machine;
  const { TCP_TX: _gone, ...prices } = good.prices;
  const free = { source: 'C024', confidence: 'published' };
  const bad = {
    ...good,
    cores: 0,
    wire: 'fibre',
    colour: 'red',
    nic: { ...good.nic, rxQueues: 1.5 },
    facts: { ...good.facts, tso: 'yes' },
    waking: { ...good.waking, haltNs: -1 },
    prices: {
      ...prices,
      CT: { eachNs: 150, source: '', confidence: 'assumed' },
      NIC_TX: { eachNs: 'x' },
      FOO: {},
      QDISC: free,
    },
  };
  assert.throws(
    () => machineFromJson(bad),
    (error: Error) => {
      assert.deepEqual(
        error.message
          .split('\n')
          .slice(1)
          .map((line) => line.trim())
          .sort(),
        [
          'colour: is not a known field',
          'cores: must be a whole number from 1 to 1024',
          'facts.tso: must be true or false',
          'nic.rxQueues: must be a whole number from 1 to 1024',
          'prices.CT.range: is missing: an assumed price needs one',
          'prices.CT.source: must be a text that is not empty',
          'prices.FOO: is not a known field',
          'prices.NIC_TX.confidence: is missing',
          'prices.NIC_TX.eachNs: must be a number from 0 to 1000000000',
          'prices.NIC_TX.source: is missing',
          'prices.QDISC: needs one of firstNs, eachNs, packetNs, byteNs (0: free)',
          'prices.TCP_TX: is missing',
          'waking.haltNs: must be a number from 0 to 1000000000',
          'wire: must be one of nic, veth',
        ],
      );
      return true;
    },
  );
  assert.throws(() => machineFromJson([]), /\$: must be an object/);
  assert.throws(
    () => machineFromJson({ ...good, prices: { ...good.prices, CT: 3 } }),
    /prices\.CT: must be an obj/,
  );
});
