/**
 * Files of measurements: formats told by their content, names and units converted, lists joined with records,
 * misfits named with file and place. Also: the shipped lists are the frozen ones.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meantByList, meantByMode } from '../../calibration/formats/names.ts';
import { parseMeasurementJson, readMeasurements } from '../../calibration/formats/read.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import { BadMeasurementFile, type Measurements, type ScoringRow } from '../../calibration/formats/types.ts';
import { unitOf } from '../../calibration/formats/units.ts';

const ROW = {
  id: 'LAB-001',
  bed: 'LAB',
  source_mode: 'flannel, VXLAN',
  backend: 'flannel-vxlan',
  metric: 'tcp_throughput_mbytes',
  family: 'tcp1',
  measured: 500,
  unit: 'MB/s',
  baseline: 1000,
  baseline_row: 'host',
  ratio: 0.5,
  link_gbps: 10,
  clock_ghz: null,
  platform: 'bm',
  tunnel_offload: 'off',
  pod_mtu: 1450,
  streams: 1,
  write_bytes: 131072,
  kernel: null,
  line_limited: null,
  list: 'scored',
  reason: null,
};

const RECORD = {
  id: 'LAB-001',
  source_title: 'A laboratory',
  source_url_or_repo_path: 'example.org/lab',
  year: 2024,
  environment: { cpu: 'Xeon @ 2.5GHz, bare metal', nic_gbps: 10, mtu: null, streams: 1, kernel: '6.1' },
  mode: 'flannel vxlan',
  metric: 'tcp_throughput_mbytes',
  value: 500,
  unit: 'MB/s',
  baseline: { mode: 'host/bare metal', value: 1000, unit: 'MB/s' },
  ratio_to_baseline: 0.5,
  how_certain: 'read in the source',
};

const read = (...values: readonly unknown[]): Measurements =>
  readMeasurements(values.map((value, at) => ({ name: `${'abc'[at]}.json`, value })));

const words = ({ problems }: Measurements): string[] =>
  problems.map(({ file, path, message }) => `${file}${path}: ${message}`);

test('everything that is shipped can be read, and every listed row has its publication', () => {
  const shipped = shippedMeasurements();
  assert.deepEqual(words(shipped), []);
  assert.equal(shipped.published.length, 354);
  assert.equal(shipped.published.filter(({ row }) => row.list === 'scored').length, 130);
  assert.equal(shipped.kernel.length, 517);
  assert.equal(shipped.bottleneck.length, 20);
  for (const { row, record } of shipped.published) {
    assert.equal(record?.value, row.measured, row.id);
    assert.equal(record.unit, row.unit, row.id);
  }
});

test('a list and its records are joined, in base units, whichever file comes first', () => {
  const { published, problems } = read([RECORD], [ROW]);
  assert.deepEqual(problems, []);
  assert.deepEqual(published, [
    {
      row: ROW,
      record: RECORD,
      beside: [],
      backend: 'flannel-vxlan',
      sameNode: false,
      measured: 4,
      baseline: 8,
      baseUnit: 'Gbit/s',
    },
  ]);
  assert.equal(read([ROW]).published[0]?.record, null);
});

test('a record without a list becomes a row that is not scored', () => {
  const { published, problems } = read([RECORD]);
  assert.deepEqual(problems, []);
  assert.deepEqual(published[0]?.row, {
    ...ROW,
    source_mode: 'flannel vxlan',
    clock_ghz: 2.5,
    tunnel_offload: 'unknown',
    kernel: '6.1',
    list: 'not scored',
    reason: 'no list beside the file',
  });
});

test('what is told from the words of publications never contradicts the frozen lists', () => {
  let told = 0;
  for (const { row, record } of shippedMeasurements().published) {
    const baseline = { mode: 'host', value: 1, unit: record!.unit };
    const derived = read([{ ...record!, baseline }]).published[0]?.row;
    if (derived === undefined) continue;
    told++;
    const what = ({ backend, family, write_bytes }: ScoringRow) => [backend, family, write_bytes];
    assert.deepEqual(what(derived), what(row), row.id);
    assert.ok([row.link_gbps, null].includes(derived.link_gbps), row.id);
    assert.ok([row.tunnel_offload, 'unknown'].includes(derived.tunnel_offload), row.id);
  }
  assert.equal(told, 341);
});

test('conditions in words', () => {
  const derived = (mode: string, environment: object) =>
    read([{ ...RECORD, mode, environment: { ...RECORD.environment, ...environment } }]).published[0]!.row;
  assert.equal(derived('flannel vxlan', { mtu: 'NIC 9000, pod 9000' }).pod_mtu, 8950);
  assert.equal(derived('calico ipip', { mtu: 'pod 8900, host 9000' }).pod_mtu, 8900);
  assert.equal(derived('calico wireguard', { mtu: '9000 (jumbo)' }).pod_mtu, 8940);
  assert.equal(derived('calico bgp', { mtu: 1400 }).pod_mtu, 1400);
  assert.equal(derived('calico bgp', { nic_gbps: '40 (Intel XL710)' }).link_gbps, 40);
  assert.equal(derived('calico bgp', { nic_gbps: '40 (Intel XL710)' }).tunnel_offload, 'on');
  assert.equal(derived('calico bgp', { nic_gbps: '2x10' }).link_gbps, null);
  assert.equal(derived('calico bgp', { streams: 8 }).family, 'tcpN');
  assert.equal(derived('calico bgp', { cpu: 'VM, 1 vCPU', nic_gbps: 'virtio' }).platform, 'virtio');
});

test('beside a list, a file of records that no list speaks of is named', () => {
  const { published, problems } = read([ROW], [{ ...RECORD, id: 'OTHER-1' }]);
  assert.equal(published.length, 1);
  assert.deepEqual(problems, [{ file: 'b.json', path: '', message: 'no record is in any list; skipped' }]);
});

test('names of lists and of measured paths mean backends', () => {
  const meant = (name: string, sameNode = false) => ({ backend: name, sameNode });
  assert.deepEqual(meantByList('calico-ipip+ebpf'), meant('calico-ebpf-ipip'));
  assert.deepEqual(meantByList('calico-wireguard+ebpf'), meant('calico-ebpf-wireguard'));
  assert.deepEqual(meantByList('same node'), meant('host', true));
  assert.deepEqual(meantByList('bridge (NAT)'), meant('bridge'));
  assert.deepEqual(meantByList('flannel-vxlan'), meant('flannel-vxlan'));
  assert.equal(meantByList('constructor'), null);
  const modes = ['hostnet', 'routed', 'hostgw', 'vxlan', 'udp', 'ipip', 'bridge'];
  assert.deepEqual(
    modes.map((mode) => meantByMode(mode).backend),
    ['host', 'calico-bgp', 'flannel-host-gw', 'flannel-vxlan', 'flannel-udp', 'ipip', 'bridge'],
  );
});

test('units become base units', () => {
  const cases: [string, number, string][] = [
    ['Gbit/s', 1, 'Gbit/s'],
    ['Mbps', 0.001, 'Gbit/s'],
    ['MB/s', 0.008, 'Gbit/s'],
    ['us (qperf tcp_lat)', 1, 'µs'],
    ['ms', 1000, 'µs'],
    ['% of 8 threads (softirq excluded)', 0.08, 'cores'],
    ['% of one core', 0.01, 'cores'],
    ['us/KB', 0.9765625, 'ns/B'],
    ['ratio to no container', 1, 'ratio'],
    ['packets/s from one sending thread', 1, 'packets/s'],
  ];
  for (const [name, factor, base] of cases) assert.deepEqual(unitOf(name), { base, factor }, name);
  for (const name of ['furlong', '', 'constructor', '% of beer', 'Gbit']) assert.equal(unitOf(name), null);
});

test('a misfit of a list is named with its place, and the other rows stay', () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ backend: 'foo' }, '.backend: unknown backend "foo"; skipped'],
    [{ backend: 7 }, '.backend: 7 is not a text; skipped'],
    [{ unit: 'furlong' }, '.unit: unknown unit "furlong"; skipped'],
    [{ unit: 'us' }, '.unit: unit "us" does not fit family "tcp1"; skipped'],
    [{ family: 'smell' }, '.family: unknown family "smell"; skipped'],
    [{ list: 'liked' }, '.list: unknown list "liked"; skipped'],
    [{ measured: undefined }, '.measured: missing: a number above 0; skipped'],
    [{ measured: Number.NaN }, '.measured: NaN is not a number above 0; skipped'],
    [{ measured: null }, '.measured: null is not a number above 0; skipped'],
    [{ measured: -3 }, '.measured: -3 is not a number above 0; skipped'],
    [{ measured: [500] }, '.measured: [500] is not a number above 0; skipped'],
    [{ pod_mtu: 1450.5 }, '.pod_mtu: 1450.5 is not a whole number from 68 to 65535; skipped'],
    [{ id: 'LAB-001' }, '.id: "LAB-001" stands there twice; skipped'],
  ];
  for (const [change, problem] of cases) {
    const found = read([ROW, { ...ROW, id: 'LAB-002', ...change }]);
    assert.deepEqual(words(found), [`a.json[1]${problem}`]);
    assert.equal(found.published.length, 1, problem);
  }
});

test('an unknown field is named and ignored; an entry that is no object is skipped', () => {
  const found = read([{ ...ROW, colour: 'blue' }, 3, null, []]);
  assert.deepEqual(words(found), [
    'a.json[0].colour: unknown field; ignored',
    'a.json[1]: 3 is not an object; skipped',
    'a.json[2]: null is not an object; skipped',
    'a.json[3]: [] is not an object; skipped',
  ]);
  assert.equal(found.published.length, 1);
});

test('a record that cannot become a row says why', () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ mode: 'weave fastdp' }, '.mode: unknown backend "weave fastdp"; skipped'],
    [{ metric: 'beauty' }, '.metric: unknown metric "beauty"; skipped'],
    [{ baseline: null }, '.baseline: none, and no list beside it; skipped'],
    [{ baseline: [] }, '.baseline: [] is not an object; skipped'],
    [
      { baseline: { mode: 'host', value: 0, unit: 'MB/s' } },
      '.baseline.value: 0 is not a number above 0; skipped',
    ],
    [
      { baseline: { mode: 'host', value: 1, unit: 'us' } },
      `.baseline.unit: "us" is not the value's unit; skipped`,
    ],
    [{ value: 0 }, '.value: 0 cannot be compared; skipped'],
    [{ environment: { cpu: [] } }, '.environment.cpu: [] is not a plain value; skipped'],
    [{ environment: undefined }, '.environment: missing: an object; skipped'],
  ];
  for (const [change, problem] of cases) {
    const found = read([{ ...RECORD, ...change }]);
    assert.deepEqual(words(found), [`a.json[0]${problem}`]);
    assert.deepEqual(found.published, []);
  }
});

test('what is no file of measurements is one error of its own', () => {
  for (const value of [{}, 'text', 7, null, [1, 2], [{ a: 1 }], [[]], { cells: [] }]) {
    assert.throws(() => read(value), BadMeasurementFile, JSON.stringify(value));
  }
  assert.throws(() => read([ROW], { nothing: true }), /^BadMeasurementFile: b\.json: neither published/);
  assert.deepEqual(words(read([])), ['a.json: the list is empty']);
});

test('a value that holds itself, as aliases of YAML can, is named', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  assert.deepEqual(words(read([ROW, { ...ROW, id: 'LAB-002', unit: circle }])), [
    'a.json[1].unit: object is not a text; skipped',
  ]);
});

test('JSON with bare NaN is read, text with those words stays, and what is no JSON is refused', () => {
  const text = '\uFEFF[{"a": NaN, "b": -Infinity, "c": "NaN \\" Infinity", "d": "NaNs"}]';
  assert.deepEqual(parseMeasurementJson('a.json', text), [
    { a: null, b: null, c: 'NaN " Infinity', d: 'NaNs' },
  ]);
  for (const bad of ['', '{"a":', 'NaNa', '# title']) {
    assert.throws(() => parseMeasurementJson('a.json', bad), /^BadMeasurementFile: a\.json: not JSON/);
  }
});
