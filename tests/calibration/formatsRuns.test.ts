/**
 * Entries of the veth bed and of the bottleneck: what is taken, what is named, and how entries become rows.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inFittingSubset } from '../../calibration/fittingSubset.ts';
import { driftOf } from '../../calibration/formats/drift.ts';
import { kernelRows } from '../../calibration/formats/kernelRows.ts';
import { readMeasurements } from '../../calibration/formats/read.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import type { KernelEntry } from '../../calibration/formats/types.ts';

const spread = (median: number, q1 = median, q3 = median) => ({ median, q1, q3, n: 5 });

const HOLE = {
  exp: 'e0_hole',
  cfg: { tag: 'a', mode: 'vxlan', msg: 64, mtu: 1500, hops: 0 },
  n: 5,
  r: { ns_per_pkt: spread(8000, 7900, 8100), wall: spread(1), busy_cpu0: spread(-1) },
};

const BOTTLENECK = {
  exp: 'tcp_bottleneck',
  cfg: { cc: 'reno', rate: 100, delay_us: 0, limit: 30_000, burst: 15_140, flows: 1, secs: 8 },
  n: 3,
  r: {
    goodput_mbps: spread(95),
    tbf_drops: spread(0),
    rtt_us_median: spread(1700),
    cwnd_bytes_median: spread(21_700),
  },
};

const read = (...entries: readonly unknown[]) => readMeasurements([{ name: 'runs.json', value: entries }]);

test('entries of both beds are taken with the figures that are compared', () => {
  const { kernel, bottleneck, problems } = read(HOLE, BOTTLENECK);
  assert.deepEqual(problems, []);
  assert.deepEqual(kernel, [{ ...HOLE, r: { ns_per_pkt: HOLE.r.ns_per_pkt } }]);
  assert.deepEqual(bottleneck, [BOTTLENECK]);
});

test('configurations nobody measured yet are taken', () => {
  const e1 = { exp: 'e1', n: 1, r: { gbps: spread(10), busy_ns_per_byte: spread(1) } };
  const cfg = { kind: 'tcp4', mode: 'routed', mtu: 4000, off: 'gsogro', pin: 'free', rps: 1 };
  const rules = { ...HOLE, exp: 'e4_fwd_rules', cfg: { kind: 'nft', n: 1234 } };
  const { kernel, problems } = read({ ...e1, cfg }, rules, { ...HOLE, cfg: { ...HOLE.cfg, msg: 777 } });
  assert.deepEqual(problems, []);
  assert.equal(kernel.length, 3);
});

test('a misfit is named with its place, and the other entries stay', () => {
  const cases: [object, string][] = [
    [{ ...HOLE, exp: 'e99' }, '.exp: unknown experiment "e99"; skipped'],
    [{ ...HOLE, exp: 'constructor' }, '.exp: unknown experiment "constructor"; skipped'],
    [{ ...HOLE, cfg: { ...HOLE.cfg, mode: 'foo' } }, '.cfg.mode: unknown mode "foo"; skipped'],
    [{ ...HOLE, cfg: { ...HOLE.cfg, fog: 1 } }, '.cfg.fog: unknown field; skipped'],
    [
      { ...HOLE, cfg: { ...HOLE.cfg, msg: undefined } },
      '.cfg.msg: missing: a whole number from 1 to 1048576; skipped',
    ],
    [{ ...HOLE, cfg: [] }, '.cfg: [] is not an object; skipped'],
    [{ ...HOLE, n: 0 }, '.n: 0 is not a whole number from 1; skipped'],
    [{ ...HOLE, r: {} }, '.r.ns_per_pkt: missing; skipped'],
    [{ ...HOLE, r: { ns_per_pkt: 5 } }, '.r.ns_per_pkt: 5 is not an object; skipped'],
    [
      { ...HOLE, r: { ns_per_pkt: { median: -5 } } },
      '.r.ns_per_pkt.median: -5 is not a number above 0; skipped',
    ],
    [
      { ...HOLE, r: { ns_per_pkt: spread(10, 11, 12) } },
      '.r.ns_per_pkt: quartiles do not enclose the median; skipped',
    ],
    [
      { ...BOTTLENECK, cfg: { ...BOTTLENECK.cfg, cc: 'bbr' } },
      '.cfg.cc: unknown congestion control "bbr"; skipped',
    ],
  ];
  for (const [entry, problem] of cases) {
    const found = read(HOLE, entry, BOTTLENECK);
    assert.deepEqual(
      found.problems.map(({ file, path, message }) => `${file}${path}: ${message}`),
      [`runs.json[1]${problem}`],
    );
    assert.deepEqual([found.kernel.length, found.bottleneck.length], [1, 1], problem);
  }
});

test('one bad figure leaves the others of its entry', () => {
  const r = { ...BOTTLENECK.r, tbf_drops: { median: 'many' } };
  const { bottleneck, problems } = read({ ...BOTTLENECK, r });
  assert.equal(problems[0]?.path, '[0].r.tbf_drops.median');
  assert.deepEqual(Object.keys(bottleneck[0]!.r), ['goodput_mbps', 'rtt_us_median', 'cwnd_bytes_median']);
});

const entry = (exp: string, cfg: KernelEntry['cfg'], r: KernelEntry['r']): KernelEntry => ({
  exp,
  cfg,
  n: 5,
  r,
});

test('a row is a configuration: the median over its tags, its identity without them', () => {
  const cfg = { msg: 64, mode: 'hostgw', mtu: 9000, hops: 1 };
  const rows = kernelRows([
    entry('e0_hole', { ...cfg, tag: 'a' }, { ns_per_pkt: spread(100, 90, 110) }),
    entry('e0_hole', { ...cfg, tag: 'b' }, { ns_per_pkt: spread(110, 110, 110) }),
    entry('e0_hole', { tag: 'c', ...cfg }, { ns_per_pkt: spread(104, 91, 104) }),
  ]);
  assert.deepEqual(rows, [
    {
      id: 'e0_hole/hops=1,mode=hostgw,msg=64,mtu=9000/ns_per_pkt',
      exp: 'e0_hole',
      cfg,
      metric: 'ns_per_pkt',
      tags: 3,
      bed: 'veth-vm',
      family: 'ns per packet',
      backend: 'flannel-host-gw',
      unit: 'ns',
      measured: 104,
      // (104 − 91) / 104, the middle of 0.2, 0 and 0.125
      noise: 0.125,
      list: 'scored',
      inSample: false,
      reason: null,
    },
  ]);
});

test('tags more than 20 % apart are shown, not scored', () => {
  const cfg = { kind: 'tcp1', mode: 'hostgw', mtu: 1500, off: 'on', pin: 'pin', rps: 0 };
  const [gbps, busy] = kernelRows([
    entry('e1', { ...cfg, tag: 'a' }, { gbps: spread(10), busy_ns_per_byte: spread(1) }),
    entry('e1', { ...cfg, tag: 'b' }, { gbps: spread(12.5), busy_ns_per_byte: spread(1.2) }),
  ]);
  assert.deepEqual(
    [gbps!.measured, gbps!.list, gbps!.reason],
    [11.25, 'not scored', 'repeats of other days differ by 25 %'],
  );
  assert.deepEqual([busy!.measured, busy!.list, busy!.unit, busy!.noise], [1.1, 'scored', 'ns/B', 0.08]);
});

test('message sizes and halting cores are shown, not scored; families and units follow the experiment', () => {
  const e3 = { mode: 'vxlan', msg: 64, mtu: 1500, proto: 't', nohalt: 0 };
  const figures = { p50_us: spread(40), busy_us_per_tx: spread(60) };
  const seen = kernelRows([
    entry('e3', e3, figures),
    entry('e3', { ...e3, nohalt: 1 }, figures),
    entry('e2', { mode: 'udp', msg: 64, mtu: 1500, proto: 'u' }, { gbps: spread(1) }),
    entry('e0u_paced', { mode: 'udp9', msg: 64, burst: 8, pps: 1000 }, { own0: spread(0.1, 0.09, 0.1) }),
    entry('e4_tcp_rules', { kind: 'nft', n: 100 }, { gbps: spread(13) }),
  ]).map(({ id, family, backend, unit, list, noise }) => [
    id.split('/')[2],
    family,
    backend,
    unit,
    list,
    noise,
  ]);
  assert.deepEqual(seen, [
    ['p50_us', 'request/response', 'flannel-vxlan', 'µs', 'not scored', 0.07],
    ['busy_us_per_tx', 'request/response', 'flannel-vxlan', 'µs', 'not scored', 0.07],
    ['p50_us', 'request/response', 'flannel-vxlan', 'µs', 'scored', 0.07],
    ['busy_us_per_tx', 'request/response', 'flannel-vxlan', 'µs', 'scored', 0.07],
    ['gbps', 'UDP, paced, rules', 'flannel-udp', 'Gbit/s', 'not scored', null],
    ['own0', 'UDP, paced, rules', 'flannel-udp', 's', 'scored', 0.10000000000000009],
    ['gbps', 'UDP, paced, rules', 'flannel-host-gw', 'Gbit/s', 'scored', 0.08],
  ]);
});

test('drift between days by experiment', () => {
  const e3 = { mode: 'hostgw', msg: 64 };
  assert.equal(driftOf('e1', { kind: 'tcp1', off: 'gsogro' }), 0.13);
  assert.equal(driftOf('e1', { kind: 'udp', off: 'on' }), 0.47);
  assert.equal(driftOf('e3', e3), 0.18);
  assert.equal(driftOf('e3', { ...e3, msg: 1400 }), 0.07);
  assert.equal(driftOf('e0u_paced', {}), 0);
});

test('the fitting subset is the frozen one', () => {
  const ids = kernelRows(shippedMeasurements().kernel)
    .filter((row) => row.inSample)
    .map(({ id }) => id.replace(/\/[^/]*$/, ''));
  const paths = ['bridge', 'direct', 'hostgw', 'hostnet', 'ipip', 'loop', 'routed', 'vxlan'];
  const expected = [
    ...paths.flatMap((mode) => [64, 1400].map((msg) => `e0_hole/hops=0,mode=${mode},msg=${msg},mtu=1500`)),
    ...['hostnet', 'vxlan'].flatMap((mode) =>
      ['on', 'off'].map((off) => `e1/kind=tcp1,mode=${mode},mtu=1500,off=${off},pin=pin,rps=0`),
    ),
    ...['msg=1400,mtu=1500,nohalt=1,off=on,proto=t', 'msg=1400,mtu=1500,nohalt=1,off=on,proto=u'].map(
      (rest) => `e3/mode=hostnet,${rest},rps=0`,
    ),
    ...['t', 'u'].map((proto) => `e3/mode=hostnet,msg=64,mtu=1500,nohalt=1,off=on,proto=${proto},rps=0`),
    ...[512, 65_536].map((msg) => `e3/mode=hostnet,msg=${msg},mtu=1500,nohalt=1,off=on,proto=t,rps=0`),
  ];
  assert.deepEqual([...new Set(ids)].sort(), expected.sort());
  assert.equal(inFittingSubset('micro', {}), true);
  assert.equal(inFittingSubset('e4_fwd_rules', { kind: 'none', n: 0 }), false);
});
