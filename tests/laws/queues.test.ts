/**
 * Queueing theory on the engine's ports: M/M/1, M/D/1, M/M/c, tandem queues, a bounded queue, and Little's law
 * on a whole fabric. Arrivals come from the engine's streams through its event list; what is expected is written
 * out as numbers.
 *
 * Unit of time of the port tests: 1 µs is the mean service. Bounds: about three standard errors of the estimate
 * at the number of arrivals used (mean waits of M/M/1 at load 0.7 have a relative error of 0.8 % at 10^6).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCluster, type Cluster } from '../../engine/build.ts';
import { C_LINK, C_SAMPLE, C_TRAFFIC, K_SAMPLE, K_TRAFFIC } from '../../engine/core/kinds.ts';
import { ln } from '../../engine/core/math.ts';
import { Stream } from '../../engine/core/streams.ts';
import { Wheel } from '../../engine/core/wheel.ts';
import { runPartition } from '../../engine/dispatch.ts';
import { Batches } from '../../engine/fabric/batch.ts';
import { Ports } from '../../engine/fabric/ports.ts';
import type { WireOnly } from '../../engine/host/upper.ts';
import { NO_FLOWS } from '../../engine/traffic/flows.ts';
import { WireTraffic } from '../../engine/traffic/wire.ts';
import { runWindows } from '../../engine/windows.ts';
import { tinyTask } from '../lib/tinyTask.ts';

const US = 1e6;
/** At 8 Gb/s a byte takes 1 ns: 1,000 bytes are one unit of service. */
const GBPS = 8;
const MEAN_BYTES = 1000;

const near = (actual: number, expected: number, share: number, what: string): void => {
  const error = Math.abs(actual / expected - 1);
  assert.ok(error <= share, `${what}: ${actual} is not ${expected} (off by ${(error * 100).toFixed(2)} %)`);
};

type Size = () => number;

/** A port fed packet by packet. */
class Line {
  readonly ports: Ports;
  readonly batches = new Batches(4, [1460]);
  private readonly b: number;

  constructor(count: number, limitBytes = Infinity) {
    this.ports = new Ports(count);
    for (let i = 0; i < count; i++) this.ports.set(i, GBPS, 0, limitBytes, 0);
    this.b = this.batches.alloc();
  }

  /** @returns departure, ps; −1: no room */
  put(port: number, now: number, bytes: number): number {
    const { ports, batches, b } = this;
    batches.packets[b] = 1;
    batches.units[b] = 1;
    batches.bytes[b] = bytes;
    batches.wire[b] = bytes;
    batches.spacing[b] = 0;
    batches.t0[b] = now;
    if (!ports.send(port, batches, b)) return -1;
    assert.equal(batches.t0[b], ports.lastDeparture);
    return ports.lastDeparture;
  }
}

const exponentialBytes = (seed: number): Size => {
  const stream = new Stream(seed, 'size');
  return () => -ln(1 - stream.unit()) * MEAN_BYTES;
};
const fixedBytes: Size = () => MEAN_BYTES;

/** Poisson arrivals of `load` through a wheel; `serve` gets each arrival's time and index. */
function poisson(
  seed: number,
  load: number,
  count: number,
  serve: (now: number, index: number) => void,
): void {
  const wheel = new Wheel();
  const stream = new Stream(seed, 'arrivals');
  wheel.push(stream.exponentialPs(US / load), C_TRAFFIC, K_TRAFFIC, 0, 0);
  for (let i = 0; i < count; i++) {
    assert.ok(wheel.pop(Infinity));
    serve(wheel.now, i);
    wheel.push(wheel.now + stream.exponentialPs(US / load), C_TRAFFIC, K_TRAFFIC, 0, 0);
  }
}

interface Result {
  /** Mean time in the system, µs. */
  readonly mean: number;
  /** Share of arrivals that find the server free. */
  readonly unqueued: number;
  /** Share in the system for longer than 5 µs. */
  readonly beyond5: number;
}

function single(load: number, size: Size, count: number): Result {
  const line = new Line(1);
  let sum = 0;
  let unqueued = 0;
  let beyond = 0;
  poisson(7, load, count, (now) => {
    if (line.ports.backlogPs(0, now) === 0) unqueued++;
    const sojourn = line.put(0, now, size()) - now;
    sum += sojourn;
    if (sojourn > 5 * US) beyond++;
  });
  return { mean: sum / count / US, unqueued: unqueued / count, beyond5: beyond / count };
}

test('M/M/1 at load 0.5: mean 2, half of the arrivals wait, P(T > 5) = e^-2.5', () => {
  const r = single(0.5, exponentialBytes(1), 600_000);
  near(r.mean, 2, 0.01, 'mean');
  near(r.unqueued, 0.5, 0.01, 'unqueued');
  near(r.beyond5, 0.082085, 0.03, 'beyond 5');
});

test('M/M/1 at load 0.8: mean 5, P(T > 5) = e^-1', () => {
  const r = single(0.8, exponentialBytes(2), 1_000_000);
  near(r.mean, 5, 0.03, 'mean');
  near(r.unqueued, 0.2, 0.02, 'unqueued');
  near(r.beyond5, 0.367879, 0.03, 'beyond 5');
});

test('M/D/1: mean wait is half of that of M/M/1', () => {
  // 1 + load / (2 (1 − load)): 1.5 at 0.5, 3 at 0.8.
  near(single(0.5, fixedBytes, 600_000).mean, 1.5, 0.01, 'load 0.5');
  near(single(0.8, fixedBytes, 600_000).mean, 3, 0.02, 'load 0.8');
  near(single(0.8, fixedBytes, 600_000).unqueued, 0.2, 0.02, 'unqueued');
});

test('M/M/c: four ports behind one first-come dispatcher wait as Erlang says', () => {
  // First come, first served over c servers is the same as giving each arrival to the server that is free first.
  // a = 3.2: C = (4.369067 / 0.2) / (14.781333 + 4.369067 / 0.2) = 0.596432; wait = C / (4 − 3.2) = 0.745541.
  const line = new Line(4);
  const size = exponentialBytes(3);
  let wait = 0;
  let waited = 0;
  const count = 800_000;
  poisson(11, 3.2, count, (now) => {
    let best = 0;
    for (let i = 1; i < 4; i++) if (line.ports.backlogPs(i, now) < line.ports.backlogPs(best, now)) best = i;
    const backlog = line.ports.backlogPs(best, now);
    wait += backlog;
    if (backlog > 0) waited++;
    line.put(best, now, size());
  });
  near(waited / count, 0.596432, 0.01, 'share that waits');
  near(wait / count / US, 0.745541, 0.03, 'mean wait');
});

/** Two ports in a row; the second one sees the departures of the first as arrivals of the event list. */
function tandem(load: number, first: Size, second: Size, count: number): { first: number; second: number } {
  const wheel = new Wheel();
  const line = new Line(2);
  const arrivals = new Stream(5, 'arrivals');
  const sums = [0, 0];
  let sent = 1;
  let done = 0;
  wheel.push(arrivals.exponentialPs(US / load), C_TRAFFIC, K_TRAFFIC, 0, 0);
  while (done < count) {
    assert.ok(wheel.pop(Infinity));
    const { now, actor } = wheel;
    const departure = line.put(actor, now, actor === 0 ? first() : second());
    sums[actor]! += departure - now;
    if (actor === 1) done++;
    else {
      wheel.push(departure, C_LINK, K_TRAFFIC, 1, 0);
      if (sent++ < count) wheel.push(now + arrivals.exponentialPs(US / load), C_TRAFFIC, K_TRAFFIC, 0, 0);
    }
  }
  return { first: sums[0]! / count / US, second: sums[1]! / count / US };
}

test('tandem of M/M/1: departures of the first are Poisson again (Burke)', () => {
  // Means 1 / (1 − 0.6) = 2.5 and, at 0.8 of the first service time, 1 / (1.25 − 0.6) = 1.538462.
  const size = exponentialBytes(4);
  const r = tandem(0.6, exponentialBytes(5), () => 0.8 * size(), 800_000);
  near(r.first, 2.5, 0.015, 'first');
  near(r.second, 1.538462, 0.015, 'second');
});

test('tandem of equal fixed services: nobody ever waits at the second', () => {
  const r = tandem(0.9, fixedBytes, fixedBytes, 100_000);
  near(r.first, 5.5, 0.05, 'first');
  assert.equal(r.second, 1);
});

test('M/D/1/3: blocking as the embedded chain says', () => {
  // Room for 3 fixed packets at load 0.8. Chain at departures, a_k Poisson(0.8): q1/q0 = (1 − a0)/a0 = 1.225541,
  // q2/q0 = ((1 − a1) q1 − a1)/a0 = 0.947059; q0 = 1/3.172600 = 0.315199; loss = 1 − 1/(q0 + 0.8) = 0.103299.
  const line = new Line(1, 3 * MEAN_BYTES);
  const count = 600_000;
  let lost = 0;
  poisson(13, 0.8, count, (now) => {
    if (line.put(0, now, MEAN_BYTES) < 0) lost++;
  });
  assert.equal(line.ports.dropped(0), lost);
  near(lost / count, 0.103299, 0.02, 'loss');
});

// ---- the fabric

/** Nodes that only send and receive packets (no stack): 1,000 bytes a packet at 8 Gb/s, 1 µs. */
function fabric(nodes: number, nodesPerRack: number, uplinkGbps: number): Cluster {
  const cluster = {
    nodes,
    nodesPerRack,
    linkGbps: GBPS,
    uplinks: 2,
    uplinkGbps,
    hostDelayNs: 500,
    fabricDelayNs: 1000,
    bufferBytes: 1e9,
  };
  return buildCluster(tinyTask({ cluster, traffic: {} }), NO_FLOWS);
}

test('M/D/1 through a rack: wait, two services, two links', () => {
  const built = fabric(16, 16, 16);
  const p = built.partitions[0]!;
  const wire = new WireTraffic(p, 3, 0.8, MEAN_BYTES, 20e9);
  let delay = 0;
  p.wire = {
    source: (q, l) => wire.source(q, l),
    sink: (q, b) => {
      delay += q.batches.t0[b]! - q.batches.tsVal[b]!;
      wire.sink(q, b);
    },
  };
  runPartition(p, Infinity, { sample: () => undefined }, 10_000_000);
  assert.equal(wire.received, wire.sent);
  assert.ok(wire.sent > 200_000);
  // One source for each destination: wait 2 at the NIC, services 1 + 1, links 0.5 + 0.5, no wait at the ToR.
  near(delay / wire.received / US, 5, 0.02, 'mean delay');
});

test("Little's law on a fabric of four racks: mean number = rate × mean delay", () => {
  const { partitions, setup, lookaheadPs } = fabric(32, 8, 16);
  const stop = 6e9;
  const sent = [0, 0, 0, 0];
  let received = 0;
  // Packets that arrive between one instant and the next, by the instant that ends it.
  const arrived = new Float64Array(5001);
  let delay = 0;
  for (const p of partitions) {
    const wire = new WireTraffic(p, 5, 0.7, MEAN_BYTES, stop);
    const counting: WireOnly = {
      source: (q, l) => {
        sent[q.index]!++;
        wire.source(q, l);
      },
      sink: (q, b) => {
        const at = q.batches.t0[b]!;
        received++;
        arrived[Math.min(5000, Math.max(0, Math.ceil((at - 1e9) / 997_000)))]!++;
        delay += at - q.batches.tsVal[b]!;
        wire.sink(q, b);
      },
    };
    p.wire = counting;
    // Every 997 ns from 1 ms on: the partitions' own counts of one instant are added up whenever they come.
    for (let i = 0; i < 5000; i++) p.push(1e9 + i * 997_000, C_SAMPLE, K_SAMPLE, 0, i);
  }
  const inSystem = new Float64Array(5000);
  runWindows({
    partitions,
    setup,
    lookaheadPs,
    endPs: 2 * stop,
    eventsMax: 20_000_000,
    observer: {
      sample: (p, i) => {
        inSystem[i]! += sent[p.index]!;
      },
    },
  });
  const all = sent.reduce((a, b) => a + b);
  assert.equal(received, all);
  let gone = 0;
  for (let i = 0; i < 5000; i++) {
    gone += arrived[i]!;
    inSystem[i]! -= gone;
  }
  // 32 sources, 0.7 packets a µs each.
  near(all / (stop / US), 22.4, 0.01, 'rate');
  const meanUs = delay / all / US;
  near(inSystem.reduce((a, b) => a + b) / 5000, 22.4 * meanUs, 0.01, 'number in system');
  // Queues, not only links: two services of 1 µs, two of 0.5, links of 0.5 + 1 + 1 + 0.5 are 6 µs.
  assert.ok(meanUs > 7 && meanUs < 12, `${meanUs}`);
});
