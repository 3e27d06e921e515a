/**
 * Batches deliver what single packets deliver: goodput within 3 % in each scenario, with the differences printed.
 * Where losses make runs chaotic the means of several are compared, and twice their standard error is allowed on
 * top; tests/long/batches.long.ts makes that error small.
 *
 * Left out: equality of single losses, which batches do not promise.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import { assertWithin, compare } from './compare.ts';
import { datagrams, incast, mixed, requests, stream, twoFlows } from './scenarios.ts';

const LIMIT = 0.03;

for (const backend of DEFAULT_BACKENDS) {
  test(`${backend}: batches and packets`, (t) => {
    // WireGuard's rings make even one stream chaotic.
    const runs = backend === 'calico-wireguard' ? 5 : 1;
    assertWithin(compare(t, `${backend} TCP_STREAM`, stream(backend), runs), LIMIT, 'TCP_STREAM');
    assertWithin(compare(t, `${backend} UDP_STREAM`, datagrams(backend)), LIMIT, 'UDP_STREAM');
    const rr = compare(t, `${backend} TCP_RR`, requests(backend));
    // One packet a message: both are the same run.
    assert.equal(rr.batch.finished, rr.packet.finished);
    assert.equal(rr.batch.rpcP99Us, rr.packet.rpcP99Us);
    assertWithin(compare(t, `${backend} two flows`, twoFlows(backend), 3 * runs), LIMIT, 'two flows');
    assertWithin(compare(t, `${backend} 80 nodes, mixed`, mixed(backend), runs), LIMIT, 'mixed');
  });
}

for (const backend of ['host', 'flannel-vxlan', 'calico-wireguard']) {
  test(`${backend}: incast of 32 into a buffer of 50 packets`, (t) => {
    assertWithin(compare(t, `${backend} incast 32:1`, incast(backend), 8), LIMIT, 'incast');
  });
}
