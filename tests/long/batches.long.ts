/**
 * Batches against single packets where it takes many runs to tell: incast 32:1 into a ToR buffer of 50 packets, 40
 * variants of half a second; two flows on one link; an 80-node cluster with a longer window.
 *
 * Left out: queue lengths packet by packet.
 */
import { test } from 'node:test';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import { assertWithin, compare } from '../batches/compare.ts';
import { incast, mixed, twoFlows } from '../batches/scenarios.ts';

const MS = 1e9;

for (const backend of DEFAULT_BACKENDS) {
  test(`${backend}: batches and packets, means of many runs`, (t) => {
    assertWithin(compare(t, `${backend} two flows`, twoFlows(backend, 200 * MS), 6), 0.03, 'two flows');
    assertWithin(compare(t, `${backend} 80 nodes, mixed`, mixed(backend, 10 * MS), 4), 0.03, 'mixed');
    assertWithin(compare(t, `${backend} incast 32:1`, incast(backend, 500 * MS), 40), 0.03, 'incast');
  });
}
