/** Books that are another book times a factor: the factor, what does not follow it, and how ranges widen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STAGE_IDS } from '../../engine/host/stages.ts';
import { scaledPrice } from '../../machines/books/scaled.ts';
import { machineNamed } from '../../machines/catalog.ts';

const PARTS = ['firstNs', 'eachNs', 'packetNs', 'byteNs'] as const;

test('a price times a factor: every part, source, confidence, range', () => {
  const factor = { key: 'E-half', times: 0.5, range: [0.8, 2] } as const;
  assert.deepEqual(
    scaledPrice(
      { firstNs: 10, eachNs: 20, packetNs: 30, byteNs: 0.5, source: 'C1', confidence: 'published' },
      factor,
    ),
    {
      ...{ firstNs: 5, eachNs: 10, packetNs: 15, byteNs: 0.25 },
      source: 'E-half × (C1)',
      confidence: 'assumed',
      range: [0.8, 2],
    },
  );
  assert.deepEqual(scaledPrice({ eachNs: 8, source: 'K3', confidence: 'assumed', range: [0.5, 3] }, factor), {
    eachNs: 4,
    source: 'E-half × (K3)',
    confidence: 'assumed',
    range: [0.4, 6],
  });
});

/** [machine, ns there for 1,000 ns of the reference, stages that do not follow] */
const FACTORS = [
  ['xeon-e5-10g', 1416.667, 'U_SYSCALL DAEMON_DRY DAEMON_IDLE'],
  ['xeon-40g', 1000, ''],
  ['epyc-100g', 750, 'U_SYSCALL CRYPT'],
  ['cloud-sriov', 1250, 'WAKE CTXSW'],
  ['cloud-virtio', 1250, 'WAKE CTXSW NIC_TX NIC_RX_POLL NIC_IRQ'],
] as const;

for (const [name, per1000Ns, own] of FACTORS) {
  test(`${name}: every stage costs ${per1000Ns / 1000} times the reference's, except ${own || 'none'}`, () => {
    const reference = machineNamed('xeon-25g').prices;
    const { prices } = machineNamed(name);
    const differ = STAGE_IDS.filter((stage) =>
      PARTS.some((part) => {
        const expected = ((reference[stage][part] ?? 0) * per1000Ns) / 1000;
        return Math.abs((prices[stage][part] ?? 0) - expected) > 1e-6 * expected;
      }),
    );
    assert.deepEqual([...differ].sort(), own.split(' ').filter(Boolean).sort());
    for (const stage of STAGE_IDS) assert.equal(prices[stage].confidence, 'assumed', stage);
  });
}

test('what does not follow the factor', () => {
  const { U_SYSCALL, CRYPT } = machineNamed('epyc-100g').prices;
  assert.equal(U_SYSCALL.eachNs, 125);
  assert.equal(CRYPT.eachNs, 1.12);
  const e5 = machineNamed('xeon-e5-10g').prices;
  const xeon = machineNamed('xeon-25g').prices;
  for (const stage of ['U_SYSCALL', 'DAEMON_DRY', 'DAEMON_IDLE'] as const) {
    const extraNs = e5[stage].eachNs! - xeon[stage].eachNs! * 1.416667;
    assert.ok(Math.abs(extraNs - 150) < 0.01, `${stage}: ${extraNs}`);
    assert.match(e5[stage].source, /E-kpti/);
  }
});
