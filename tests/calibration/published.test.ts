/**
 * Honesty of the predictions for publications: environments know conditions alone, a host row moves one number a
 * family, a scored row moves none, moved prices are few, inside their ranges, and what the books say.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readMeasurements } from '../../calibration/formats/read.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import type { PublishedRow } from '../../calibration/formats/types.ts';
import { type Anchor, anchorOf } from '../../calibration/published/anchor.ts';
import { type Conditions, conditionsOf, kernelVersion } from '../../calibration/published/conditions.ts';
import { assumedScale, machineFor, taskFor } from '../../calibration/published/environment.ts';
import { bookWithout, MOVED_PRICES, SHIPPED } from '../../calibration/published/movedPrices.ts';
import { leaveOneBedOutStudies, publishedStudies } from '../../calibration/published/studies.ts';
import { testOf } from '../../calibration/published/test.ts';
import type { Cell, CellRecord } from '../../calibration/study.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { machineNamed } from '../../machines/catalog.ts';

const LIST = new URL('../../calibration/data/scoring.json', import.meta.url);
const { published: ROWS } = readMeasurements([
  { name: 'scoring.json', value: JSON.parse(readFileSync(LIST, 'utf8')) },
]);

/** What a model of nothing would answer: every cell the same figures. */
function answer(goodputGbps: number): CellRecord {
  const counters = { payloadBytes: (goodputGbps * 1e9) / 8, packetsDelivered: 1000 };
  const rpcLatency = { count: 1, buckets: [[40, 1]] };
  const record = { counters, rpcLatency, windowPs: 1e12, simulatedPs: 1e12, drops: {} };
  return record as unknown as TaskRecord;
}

/** All cells that the studies of some rows ask for, round by round, as JSON. */
function cellsOf(rows: readonly PublishedRow[], goodputGbps: number): string[] {
  const asked: string[] = [];
  for (const study of publishedStudies(rows)) {
    let turn = study.next();
    while (!turn.done) {
      const cells: readonly Cell[] = turn.value;
      asked.push(...cells.map((cell) => JSON.stringify(cell)));
      turn = study.next(cells.map(() => answer(goodputGbps)));
    }
  }
  return asked;
}

const CONDITIONS = [
  ...['backend', 'bed', 'clockGhz', 'cpus', 'family', 'kernel', 'linkGbps', 'metric', 'offload'],
  ...['platform', 'podMtuBytes', 'requestBytes', 'sameNode', 'streams', 'writeBytes'],
];

test('what an environment is built from holds conditions only', () => {
  for (const row of ROWS) assert.deepEqual(Object.keys(conditionsOf(row)).sort(), CONDITIONS);
});

test('other measured values of the rows ask for the same cells', () => {
  const lied = ROWS.map((row): PublishedRow => {
    const isBaseline = row.row.ratio === 1;
    return {
      ...row,
      measured: row.measured * 1.7,
      row: { ...row.row, measured: row.row.measured * 1.7, ratio: isBaseline ? 1 : 0.123 },
    };
  });
  assert.deepEqual(cellsOf(lied, 5), cellsOf(ROWS, 5));
});

test('a host row moves one number: all prices, the UDP send besides, or the wire', () => {
  // Bulk TCP of one bed and UDP of another as if they were one bed's.
  const both = ROWS.filter(({ row }) => ['IB24', 'IB20'].includes(row.bed)).filter(
    ({ row }) => (row.bed === 'IB24') === (row.family === 'tcp1') && row.family !== 'cpu',
  );
  const one = both.map((row): PublishedRow => ({ ...row, row: { ...row.row, bed: 'one' } }));
  const study = publishedStudies(one)[0]!;
  const first = study.next().value as readonly TaskSpec[];
  assert.deepEqual(
    first.map(({ traffic }) => traffic.netperf!.kind),
    ['TCP_STREAM', 'UDP_STREAM'],
  );
  const second = study.next(first.map(() => answer(20))).value as readonly TaskSpec[];
  const factors = [0, 1].map((at) => {
    const stages = Object.entries(second[at]!.machine.prices);
    const ratios = stages
      .filter(([, { eachNs }]) => eachNs !== 0)
      .map(([stage, price]) => {
        const before = first[at]!.machine.prices[stage as 'UDP_OUT'].eachNs!;
        return [stage, Math.round((price.eachNs! / before) * 1e6) / 1e6] as const;
      });
    assert.equal(second[at]!.cluster.hostDelayNs, first[at]!.cluster.hostDelayNs);
    return new Map(ratios.map(([stage, ratio]) => [ratio, stage]));
  });
  assert.equal(factors[0]!.size, 1);
  assert.equal(factors[1]!.size, 2);
  assert.ok([...factors[1]!.values()].includes('UDP_OUT'));
});

function anchorFor(rows: readonly PublishedRow[], family: string): Anchor | string {
  const found = testOf({ family, metric: '' });
  if (typeof found === 'string') return found;
  const same = rows.filter(({ row }) => {
    const one = testOf(row);
    return typeof one !== 'string' && one.scales === found.scales;
  });
  return anchorOf(same, found.scales);
}

test('no scored row fixes a scale', () => {
  for (const family of ['tcp1', 'udp', 'latency']) {
    for (const bed of new Set(ROWS.map(({ row }) => row.bed))) {
      const rows = ROWS.filter(({ row }) => row.bed === bed);
      const anchor = anchorFor(rows, family);
      if (typeof anchor === 'string') continue;
      const same = rows.filter(({ row, measured }) => row.list === 'scored' && measured === anchor.measured);
      for (const row of same) {
        const { backend } = conditionsOf(row);
        assert.notEqual(backend, anchor.conditions.backend, `${row.row.id} fixes ${bed} ${family}`);
      }
    }
  }
});

test('limits, caps, losses and ratios fix nothing', () => {
  const reasonOf = (bed: string, family: string): string => {
    const anchor = anchorFor(
      ROWS.filter(({ row }) => row.bed === bed),
      family,
    );
    return typeof anchor === 'string' ? anchor : `${anchor.measured}`;
  };
  assert.match(reasonOf('IB18', 'tcp1'), /at the line/);
  assert.match(reasonOf('DKM', 'tcp1'), /at the line/);
  assert.match(reasonOf('IB20', 'tcp1'), /lost 45,510/);
  assert.match(reasonOf('K8SPR', 'tcp1'), /rate cap/);
  assert.match(reasonOf('SUO', 'tcp1'), /ratios/);
  assert.match(reasonOf('SLIM', 'latency'), /no host row across nodes/);
  assert.equal(reasonOf('IB24', 'tcp1'), '31.366');
  assert.match(reasonOf('IB24', 'udp'), /send buffer/);
  assert.equal(reasonOf('KRD', 'tcp1'), '15.75');
  assert.equal(reasonOf('IB20', 'udp'), '2.81');
});

/** What K4 and K5 gave for the tunnel stages when the Xeon's book was made, ns. */
const TUNNEL_NS: Readonly<Record<string, number>> = {
  ...{ TUN_DEV_XMIT: 240, ENCAP: 220, DECAP: 150, GRO_CELL_POLL: 270, UDP_RCV_TUN: 190 },
};

test('moved prices: at most a dozen, inside their ranges, and what the books say', () => {
  assert.ok(MOVED_PRICES.length <= 12);
  for (const { stages, field, unit, machine, from, to, range, reason, beds } of MOVED_PRICES) {
    assert.ok(to >= from * range[0] && to <= from * range[1], `${stages[0]} ${field} is outside its range`);
    assert.ok(reason.length > 20 && beds.length > 0);
    for (const stage of stages) {
      const price = machineNamed(machine).prices[stage];
      const one = unit === 'ns' ? 1 : unit.includes('stream') ? price.eachNs : TUNNEL_NS[stage];
      const said = (price[field] ?? 0) / (one ?? 1);
      assert.ok(Math.abs(said / to - 1) < 1e-9, `${machine} ${stage} ${field} is ${said}, not ${to}`);
    }
  }
});

test('without a bed, what it alone asked for stands where its source puts it', () => {
  const { prices } = machineNamed('xeon-25g');
  const without = bookWithout('FEL').change(prices, 'xeon-25g');
  assert.equal(without.NAT.eachNs, 80);
  // 1.2 times 80: the excess follows.
  assert.equal(without.NAT.firstNs, 96);
  assert.equal(without.BR_RX.eachNs, prices.BR_RX.eachNs);
  assert.equal(without.WAKE.eachNs, prices.WAKE.eachNs);
  assert.deepEqual(bookWithout('IB18').change(prices, 'xeon-25g'), prices);
  const guest = machineNamed('cloud-virtio').prices;
  assert.equal(bookWithout('KRD').change(guest, 'cloud-virtio').NIC_RX_POLL.eachNs, 350);
  assert.deepEqual(bookWithout('KRD').change(prices, 'xeon-25g'), prices);
  assert.equal(leaveOneBedOutStudies(ROWS).length, publishedStudies(ROWS).length);
});

const BASE: Conditions = {
  ...conditionsOf(ROWS.find(({ row }) => row.id === 'KRD-019')!),
  cpus: 1,
};

test('conditions become machines by the rules', () => {
  const machine = (more: Partial<Conditions>) => {
    const c = { ...BASE, ...more };
    return machineFor(c, assumedScale(c), SHIPPED);
  };
  assert.equal(machine({}).cores, 1);
  assert.equal(machine({}).facts.udpTunnelTso, false);
  assert.equal(machine({}).facts.tso, true);
  assert.equal(machine({}).facts.tunnelTxCsum, false); // Calico VXLAN on 5.4
  assert.equal(machine({ kernel: '5.15.0' }).facts.tunnelTxCsum, true);
  assert.equal(machine({ backend: 'flannel-vxlan' }).facts.tunnelTxCsum, true);
  assert.equal(machine({}).facts.rxWhole, true);
  assert.equal(machine({ linkGbps: 10 }).facts.rxWhole, false);
  const server = machine({ platform: 'bm', offload: 'on', linkGbps: 40, cpus: null, backend: 'host' });
  assert.equal(server.cores, 16);
  assert.equal(server.nic.rateGbps, 40);
  assert.ok(server.facts.udpTunnelTso && server.facts.ipipTso && server.facts.rxInnerCsum);
  assert.equal(machine({ clockGhz: 1.7, platform: 'bm', cpus: 8 }).prices.IP_FWD.eachNs, 360);
});

test('an iperf3 datagram is one segment of the pod, capped by the path', () => {
  const c = {
    ...BASE,
    platform: 'bm',
    backend: 'flannel-vxlan',
    family: 'udp',
    metric: 'udp_throughput_gbps',
  };
  const bytes = (podMtuBytes: number) =>
    taskFor({ ...c, podMtuBytes }, assumedScale(c), SHIPPED).traffic.netperf!.messageBytes;
  assert.equal(bytes(1450), 1398);
  assert.equal(bytes(9000), 8898); // 9,000 on the wire leaves pods 8,950
  assert.equal(kernelVersion('5.15.0-92/94-generic (Ubuntu 22.04)'), 515);
  assert.equal(kernelVersion(null), null);
});

test('unknown backends, metrics and beds become rows with a reason', () => {
  const [row] = ROWS;
  const odd: PublishedRow[] = [
    { ...row!, backend: 'ovn', row: { ...row!.row, id: 'X-1', bed: 'X' } },
    { ...row!, row: { ...row!.row, id: 'X-2', bed: 'X', family: 'tail', metric: 'p99_us' } },
  ];
  const study = publishedStudies(odd)[0]!;
  let step = study.next();
  while (!step.done) step = study.next((step.value as readonly Cell[]).map(() => null));
  assert.deepEqual(
    step.value.map(({ id, predicted }) => [id, predicted]),
    [
      ['X-1', null],
      ['X-2', null],
    ],
  );
  assert.match(step.value[0]!.reason ?? '', /no backend 'ovn'/);
  assert.match(step.value[1]!.reason ?? '', /p99_us/);
  assert.deepEqual(publishedStudies([]), []);
});

test('where the list has a host on one node only, the publication’s host between nodes fixes the scale', () => {
  const { published } = shippedMeasurements();
  const rows = published.filter(({ row }) => row.bed === 'SLIM');
  const bulk = anchorFor(rows, 'tcp1') as Anchor;
  assert.equal(bulk.measured, 26.8);
  assert.deepEqual([bulk.conditions.backend, bulk.conditions.sameNode], ['host', false]);
  assert.equal((anchorFor(rows, 'latency') as Anchor).measured, 11.3);
  const alone = rows.map((row): PublishedRow => ({ ...row, beside: [] }));
  assert.equal(anchorFor(alone, 'tcp1'), 'no host row across nodes');
});
