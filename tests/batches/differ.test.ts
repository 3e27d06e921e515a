/** The study's arithmetic: differences of pairs, their error, and when a bound is missed for sure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../engine/core/histogram.ts';
import { differ, differences, type Pair, type Sample } from './study/differ.ts';

test('a common shift of every pair is a sure difference, however much runs differ', () => {
  // Packets 100, 200, 300; batches 5 more each: +2.5 % of the mean, no error.
  const d = differ('goodput', [105, 205, 305], [100, 200, 300]);
  assert.ok(Math.abs(d.ratio - 0.025) < 1e-12);
  assert.equal(d.error, 0);
  assert.equal(d.spread, 0.5);
  assert.equal(d.verdict, 'worse');
});

test('a difference beyond its bound by less than its error is open', () => {
  // Differences 0, 8, 4 of a mean of 100: +4 %, deviation 4, error 4/sqrt(3) = 2.31 %, times t = 4.30.
  const d = differ('goodput', [100, 108, 104], [100, 100, 100]);
  assert.ok(Math.abs(d.error - 0.04 / Math.sqrt(3)) < 1e-12);
  assert.equal(d.verdict, 'open');
  assert.equal(differ('p50', [100, 108, 104], [100, 100, 100]).verdict, 'within');
  assert.equal(differ('goodput', [110], [100]).verdict, 'open');
});

const sample = (change: Partial<Sample>): Sample => ({
  goodputBps: 1e9,
  drops: 0,
  packets: 100_000,
  rpc: new Histogram().toData(),
  flows: new Histogram().toData(),
  overloaded: false,
  uplinkLoad: null,
  events: 1,
  wallMs: 1,
  ...change,
});
const pair = (batch: Partial<Sample>, packet: Partial<Sample>): Pair => ({
  batch: sample(batch),
  packet: sample(packet),
  identical: false,
});
const metrics = (pairs: readonly Pair[]): string[] => differences(pairs).map(({ metric }) => metric);

test('losses count from one in a thousand packets and a hundred packets on', () => {
  assert.deepEqual(metrics([pair({ drops: 99 }, { drops: 0 })]), ['goodput']);
  assert.deepEqual(metrics([pair({ drops: 100 }, { drops: 0 })]), ['goodput', 'drops']);
  assert.deepEqual(metrics([pair({ drops: 0, packets: 1000 }, { drops: 90, packets: 1000 })]), ['goodput']);
  assert.equal(differences([pair({ drops: 100 }, { drops: 0 })])[1]!.verdict, 'open');
});

test('percentiles need a hundred samples beyond them, and a run that is not overloaded', () => {
  const data = (count: number, value: number) => {
    const histogram = new Histogram();
    for (let i = 0; i < count; i++) histogram.record(value);
    return histogram.toData();
  };
  const of = (count: number, overloaded = false) =>
    metrics([pair({ rpc: data(count, 106) }, { rpc: data(count, 100), overloaded })]);
  assert.deepEqual(of(199), ['goodput']);
  assert.deepEqual(of(200), ['goodput', 'p50']);
  assert.deepEqual(of(10_000), ['goodput', 'p50', 'p99']);
  assert.deepEqual(of(10_000, true), ['goodput']);
  const two = [1, 2].map(() => pair({ rpc: data(5000, 106) }, { rpc: data(5000, 100) }));
  // 6 % more: beyond p50's 5 %, within p99's 10 %.
  assert.deepEqual(
    differences(two).map(({ verdict }) => verdict),
    ['within', 'worse', 'within'],
  );
});
