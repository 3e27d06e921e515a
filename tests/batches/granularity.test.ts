/**
 * Batches deliver what single packets deliver: goodput within 3 % in each scenario, with the differences printed.
 * Longer windows and more variants: tests/long/batches.long.ts.
 *
 * Left out: equality of single losses, which batches do not promise.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import { compare } from './compare.ts';
import { datagrams, incast, mixed, requests, stream, twoFlows } from './scenarios.ts';

const within = (goodput: number, limit: number, name: string): void =>
  assert.ok(Math.abs(goodput) <= limit, `${name}: goodput differs by ${(goodput * 100).toFixed(2)} %`);

for (const backend of DEFAULT_BACKENDS) {
  test(`${backend}: batches and packets`, (t) => {
    const chaotic = [480, 490, 500, 510, 520];
    within(compare(t, `${backend} TCP_STREAM`, stream(backend), chaotic).goodput, 0.03, 'TCP_STREAM');
    within(compare(t, `${backend} UDP_STREAM`, datagrams(backend)).goodput, 0.03, 'UDP_STREAM');
    const rr = compare(t, `${backend} TCP_RR`, requests(backend));
    // One packet a message: both are the same run.
    assert.equal(rr.batch.finished, rr.packet.finished);
    assert.equal(rr.batch.rpcP99Us, rr.packet.rpcP99Us);
    within(compare(t, `${backend} two flows`, twoFlows(backend), chaotic).goodput, 0.03, 'two flows');
    within(compare(t, `${backend} incast 32:1`, incast(backend), [490, 500, 510]).goodput, 0.03, 'incast');
    within(compare(t, `${backend} 80 nodes, mixed`, mixed(backend)).goodput, 0.03, 'mixed');
  });
}
