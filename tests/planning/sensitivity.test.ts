/**
 * What moves the answer, where arithmetic knows it: sums of literal prices on one core, an order that flips at a known
 * factor, prices that nobody uses, noise that is no price's doing. Most tests play the engine themselves.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Machine, Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { runTask } from '../../engine/task.ts';
import { orderOf } from '../../planning/sensitivity/order.ts';
import { factorAt, type Lever, movedTask, ranks } from '../../planning/sensitivity/prices.ts';
import { estimates } from '../../planning/sensitivity/screen.ts';
import {
  type CellStudy,
  type FiguresOf,
  type SensitivityOptions,
  sensitivity,
} from '../../planning/sensitivity/study.ts';
import { netperfTraffic, pricedMachine, tinyTask } from '../lib/tinyTask.ts';

type Run = (task: TaskSpec) => TaskRecord | null;
type Assumed = Partial<Record<StageId, readonly [ns: number, low: number, high: number]>>;

const MS = 1e9;
const OPTIONS: SensitivityOptions = { all: false, draws: 8, seed: 1 };
/** As the study sees them: the packets that were sent are the goodput. */
const packets: FiguresOf = (_, records) => ({
  goodput: records.reduce((sum, r) => sum + r.counters.packets, 0),
});

/** A machine on which everything is free but these prices; a range of [1, 1] is not assumed but measured. */
function machineOf(assumed: Assumed, measured: Partial<Record<StageId, number>> = {}): Machine {
  const plain = Object.fromEntries(Object.entries(assumed).map(([stage, [ns]]) => [stage, ns]));
  const machine = pricedMachine('veth-vm', { ...plain, ...measured });
  const prices: Record<StageId, Price> = { ...machine.prices };
  for (const [stage, [, low, high]] of Object.entries(assumed)) {
    prices[stage as StageId] = { ...prices[stage as StageId], confidence: 'assumed', range: [low, high] };
  }
  return { ...machine, prices };
}

/** Drives a study. @returns its cells, and what it asked for, round by round */
function driven(
  cells: readonly (readonly TaskSpec[])[],
  run: Run,
  figuresOf: FiguresOf = packets,
  options = OPTIONS,
): { cells: CellStudy[]; rounds: (readonly TaskSpec[])[] } {
  const asking = sensitivity(cells, options, figuresOf);
  const rounds: (readonly TaskSpec[])[] = [];
  let turn = asking.next();
  while (!turn.done) {
    rounds.push(turn.value);
    turn = asking.next(turn.value.map(run));
  }
  return { cells: turn.value, rounds };
}

/** A record whose packets are one an ns of `sumNs`, and whose CPU is that of the stages given. */
function played(task: TaskSpec, sumNs: number, work: Partial<Record<StageId, number>>): TaskRecord {
  const { windowPs } = task;
  const cpu = Object.entries(work).map(([stage, ns]) => ({ stage, class: 'system', ps: String(ns * 1000) }));
  return { windowPs, cpu, counters: { packets: 1e9 / sumNs } } as unknown as TaskRecord;
}

const priceNs = (task: TaskSpec, stage: StageId): number => task.machine.prices[stage].eachNs!;
const near = (actual: number | null | undefined, expected: number, what: string): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 0.002, `${what}: ${actual} is not ${expected}`);

/** Datagrams into a full socket over the veth wire: one core does it all. Routed pods: the call, two forwardings. */
const flood = (machine: Machine, backend = 'calico-bgp', seed = 1): TaskSpec =>
  tinyTask({
    machine,
    backend,
    seed,
    traffic: netperfTraffic('UDP_STREAM', { sink: true, messageBytes: 64 }),
    warmupPs: MS,
    windowPs: 20 * MS,
  });

test('the engine on one core: widths of the tornado are those of 1 / sum', () => {
  const machine = machineOf({ U_SYSCALL: [600, 0.5, 2], IP_FWD: [100, 0.5, 3], ENCAP: [300, 0.1, 9] });
  const { cells, rounds } = driven([[flood(machine)]], runTask);
  const [cell] = cells;
  const moves = Object.fromEntries(cell!.prices.map(({ lever, moves }) => [lever.stage, moves.goodput!]));
  // 600 + 2 · 100 = 800 ns a datagram.
  near(moves.U_SYSCALL![0], 800 / (300 + 200) - 1, 'call at its low end');
  near(moves.U_SYSCALL![1], 800 / (1200 + 200) - 1, 'call at its high end');
  near(moves.IP_FWD![0], 800 / (600 + 100) - 1, 'forwarding at its low end');
  near(moves.IP_FWD![1], 800 / (600 + 600) - 1, 'forwarding at its high end');
  const book = cell!.book!.goodput!;
  near(cell!.ends[0]!.goodput! / book, 800 / 400, 'all prices low');
  near(cell!.ends[1]!.goodput! / book, 800 / 1800, 'all prices high');
  assert.ok(cell!.noise.goodput! < 3e-3, `a core that only adds up has no noise: ${cell!.noise.goodput}`);
  for (const draw of cell!.draws) assert.ok(draw!.goodput! > book / 2.26 && draw!.goodput! < book * 2.01);
  const shares = Object.fromEntries(cell!.prices.map(({ lever, share }) => [lever.stage, share]));
  near(shares.U_SYSCALL, 0.75, 'share of the call');
  assert.equal(cell!.assumedShare, 1);
  // A price that no stage of the path pays is not moved in any run.
  assert.deepEqual(Object.keys(shares).sort(), ['IP_FWD', 'U_SYSCALL']);
  for (const task of rounds.flat()) assert.equal(priceNs(task, 'ENCAP'), 300, task.task);
});

test('measured prices stay, unless all are asked for', () => {
  const machine = machineOf({ IP_FWD: [100, 0.5, 3] }, { U_SYSCALL: 600 });
  const run: Run = (task) => {
    const [call, forward] = [priceNs(task, 'U_SYSCALL'), priceNs(task, 'IP_FWD')];
    return played(task, call + 2 * forward, { U_SYSCALL: call, IP_FWD: 2 * forward });
  };
  const assumedOnly = driven([[flood(machine)]], run);
  for (const task of assumedOnly.rounds.flat()) assert.equal(priceNs(task, 'U_SYSCALL'), 600, task.task);
  near(assumedOnly.cells[0]!.assumedShare, 0.25, 'assumed share');
  const all = driven([[flood(machine)]], run, packets, { ...OPTIONS, all: true });
  const call = all.cells[0]!.prices.find(({ lever }) => lever.stage === 'U_SYSCALL')!;
  near(call.moves.goodput![0], 800 / (480 + 200) - 1, 'a fifth less');
  near(call.moves.goodput![1], 800 / (750 + 200) - 1, 'a quarter more');
});

test('the order flips exactly where arithmetic says', () => {
  // Bridge: 500 + 200. Tunnel: 500 + 300. The tunnel leads where 200 · f > 300 · g.
  const machine = machineOf({ BR_RX: [200, 0.5, 2], ENCAP: [300, 0.5, 2] }, { U_SYSCALL: 500 });
  const sums = (task: TaskSpec): number =>
    500 + (task.backend.name === 'calico-ipip' ? priceNs(task, 'ENCAP') : priceNs(task, 'BR_RX'));
  const run: Run = (task) =>
    played(task, sums(task), {
      U_SYSCALL: 500,
      [task.backend.name === 'calico-ipip' ? 'ENCAP' : 'BR_RX']: 200,
    });
  const tasks = ['flannel-host-gw', 'calico-ipip'].map((backend) => [flood(machine, backend)]);
  const { cells, rounds } = driven(tasks, run, packets, { ...OPTIONS, draws: 64 });
  const [pair, ...more] = orderOf(cells);
  assert.equal(more.length, 0);
  assert.deepEqual([pair!.ahead, pair!.behind, pair!.metric], ['flannel-host-gw', 'calico-ipip', 'goodput']);
  near(pair!.ratio, 800 / 700, 'ratio');
  assert.deepEqual(pair!.single, [
    { stage: 'BR_RX', end: 'high' },
    { stage: 'ENCAP', end: 'low' },
  ]);
  // The two tasks of a draw stand on one moved book.
  const drawn = rounds[1]!.filter(({ task }) => task.includes('draw='));
  assert.equal(drawn.length, 128);
  let flips = 0;
  let ties = 0;
  for (let draw = 0; draw < 64; draw++) {
    const [bridge, tunnel] = drawn.filter(({ task }) => task.endsWith(`draw=${draw}`));
    assert.equal(priceNs(bridge!, 'BR_RX'), priceNs(tunnel!, 'BR_RX'));
    assert.equal(priceNs(bridge!, 'ENCAP'), priceNs(tunnel!, 'ENCAP'));
    const lead = sums(bridge!) / sums(tunnel!) - 1;
    if (Math.abs(lead) <= 0.0051) ties++;
    else if (lead > 0) flips++;
  }
  assert.ok(flips > 5 && flips < 40, `some flip: ${flips}`);
  assert.ok(Math.abs(pair!.flips - flips) <= ties, `${pair!.flips} flips, not ${flips}`);
  assert.equal(pair!.draws, 64);
});

test('common random numbers: moved prices meet the same arrivals, seeds keep theirs', () => {
  const machine = machineOf({ U_SYSCALL: [600, 0.5, 2] });
  const traffic = { rpc: { perNodePerS: 20_000, requestBytes: 100, responseBytes: 100, connections: 2 } };
  const cell = [1, 2].map((seed) => tinyTask({ machine, backend: 'host', traffic, seed, drainPs: 5 * MS }));
  const started = new Map<number, Set<number>>();
  const { rounds } = driven([cell], (task) => {
    const record = runTask(task);
    started.set(task.seed, (started.get(task.seed) ?? new Set()).add(record.counters.rpcsStarted));
    return record;
  });
  assert.equal(rounds.flat().length, 2 * (1 + 2 + 2 + 8 + 4));
  assert.deepEqual([...started.keys()].sort(), [1, 2]);
  for (const counts of started.values()) assert.equal(counts.size, 1, 'one number of requests a seed');
  for (const task of rounds.flat()) {
    const { machine: _, task: __, ...rest } = task;
    const { machine: ___, task: ____, ...book } = cell.find(({ seed }) => seed === task.seed)!;
    assert.deepEqual(rest, book, 'prices alone differ');
  }
});

test('draws: the same again, one in each slice, and no price shifts another', () => {
  for (const stage of ['CT', 'ENCAP'] as const) {
    const drawn = ranks(stage, 8, 1);
    assert.deepEqual(drawn, ranks(stage, 8, 1));
    assert.deepEqual(drawn.map((rank) => Math.floor(rank * 8)).sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.notDeepEqual(drawn, ranks(stage, 8, 2));
  }
  assert.notDeepEqual(ranks('CT', 8, 1), ranks('ENCAP', 8, 1));
  const range = [0.25, 16] as const;
  const points = [0, 0.25, 0.5, 0.75, 1].map((rank) => factorAt(range, rank));
  for (const [at, factor] of [0.25, 0.5, 1, 4, 16].entries())
    assert.ok(Math.abs(points[at]! / factor - 1) < 1e-9, `${points[at]} is not ${factor}`);
  assert.equal(factorAt([1, 3], 0.3), 1, 'a range with one side stays there for half of the draws');
});

// ---- screening

const SMALL: Assumed = { U_SYSCALL: [1000, 0.5, 2], IP_FWD: [1, 0.5, 2], BR_RX: [1, 0.5, 2] };
const work = (task: TaskSpec): Partial<Record<StageId, number>> =>
  Object.fromEntries(
    (['U_SYSCALL', 'IP_FWD', 'BR_RX'] as const).map((stage) => [stage, priceNs(task, stage)]),
  );
const sumOf = (task: TaskSpec): number => Object.values(work(task)).reduce((sum, ns) => sum + ns, 0);
const movedIn = (tasks: readonly TaskSpec[], stage: StageId, book: number): number =>
  tasks.filter((task) => priceNs(task, stage) !== book && !/draw=|nudge=|\/all=/.test(task.task)).length;

test('prices too small to matter are run together, twice', () => {
  const { cells, rounds } = driven([[flood(machineOf(SMALL))]], (task) =>
    played(task, sumOf(task), work(task)),
  );
  assert.equal(rounds.length, 2);
  assert.equal(rounds[1]!.length, 2 + 2 + 2 + 8 + 4, 'call, small ones, all, draws, nudges');
  assert.equal(movedIn(rounds[1]!, 'IP_FWD', 1), 2);
  const how = Object.fromEntries(cells[0]!.prices.map(({ lever, run }) => [lever.stage, run]));
  assert.deepEqual(how, { U_SYSCALL: 'alone', IP_FWD: 'together', BR_RX: 'together' });
  near(cells[0]!.together!.goodput![1], 1002 / 1004 - 1, 'both at their high end');
  near(cells[0]!.ends[0]!.goodput! / cells[0]!.book!.goodput!, 1002 / 501, 'all prices low');
  near(cells[0]!.ends[1]!.goodput! / cells[0]!.book!.goodput!, 1002 / 2004, 'all prices high');
  assert.equal(cells[0]!.draws.length, 8);
});

test('the estimate: all work of a path on the busy resource, times the wider side of the range', () => {
  const lever = (stage: StageId, range: readonly [number, number]): Lever => ({
    stage,
    range,
    confidence: 'assumed',
    source: 'test',
  });
  const levers = [lever('CT', [0.5, 1.2]), lever('IP_FWD', [0.9, 3])];
  const task = flood(machineOf({}));
  // A window of 20 ms. Three cores' worth of work: the window is the most that one of them is busy.
  const busy = new Map<StageId, number>([
    ['CT', 10 * MS],
    ['IP_FWD', 20 * MS],
    ['U_SYSCALL', 30 * MS],
  ]);
  assert.deepEqual(
    estimates(levers, busy, task, 1).map(({ bound }) => bound),
    [0.5 * 0.5, 1 * 2],
  );
  // A tenth of it: the cores sleep most of the time, and all work is one chain.
  const idle = new Map([...busy].map(([stage, ps]) => [stage, ps / 10] as const));
  assert.deepEqual(
    estimates(levers, idle, task, 1).map(({ bound, share }) => [bound, share]),
    [
      [0.5 / 6, 1 / 6],
      [2 / 3, 1 / 3],
    ],
  );
});

test('a price is moved as a whole', () => {
  const task = flood(machineOf({}));
  const TCP_TX: Price = {
    firstNs: 1,
    eachNs: 2,
    packetNs: 3,
    byteNs: 4,
    source: 's',
    confidence: 'published',
  };
  const machine = { ...task.machine, prices: { ...task.machine.prices, TCP_TX } };
  const moved = movedTask({ ...task, machine }, { TCP_TX: 3 }, 'x').machine.prices;
  assert.deepEqual(moved.TCP_TX, { ...TCP_TX, firstNs: 3, eachNs: 6, packetNs: 9, byteNs: 12 });
  assert.equal(moved.CT, task.machine.prices.CT);
});

test('a small price that moves more than its work can is run alone after all', () => {
  // As if a full queue stood behind BR_RX: any rise costs a tenth.
  const run: Run = (task) => played(task, sumOf(task) * (priceNs(task, 'BR_RX') > 1.1 ? 1.1 : 1), work(task));
  const { cells, rounds } = driven([[flood(machineOf(SMALL))]], run);
  assert.equal(rounds.length, 3);
  assert.equal(rounds[2]!.length, 4);
  const bridge = cells[0]!.prices.find(({ lever }) => lever.stage === 'BR_RX')!;
  assert.equal(bridge.run, 'alone');
  near(bridge.moves.goodput![1], 1 / 1.1 - 1, 'at its high end');
  near(bridge.moves.goodput![0], 0, 'at its low end');
  const forward = cells[0]!.prices.find(({ lever }) => lever.stage === 'IP_FWD')!;
  near(forward.moves.goodput![1], 0, 'the other one');
});

// ---- noise and failures

test('noise: a figure that jumps with any price at all has no order and no culprit', () => {
  const machine = machineOf({ U_SYSCALL: [1000, 0.5, 2] });
  // Within 20 % of each other; the second is chaotic by 30 %.
  const run: Run = (task) => {
    const call = priceNs(task, 'U_SYSCALL');
    const chaotic = task.backend.name === 'calico-ipip' && call !== 1000;
    return played(task, (task.backend.name === 'calico-ipip' ? 1200 : 1000) * (chaotic ? 0.7 : 1), {
      U_SYSCALL: call,
    });
  };
  const tasks = ['flannel-host-gw', 'calico-ipip'].map((backend) => [flood(machine, backend)]);
  const { cells } = driven(tasks, run);
  assert.ok(cells[0]!.noise.goodput! < 1e-9);
  // Twice 1 / 0.7 − 1, less the nudge of 0.2 % itself.
  near(cells[1]!.noise.goodput, 0.8531, 'noise');
  assert.deepEqual(orderOf(cells), []);
});

test('a run that fails costs its own answer', () => {
  const machine = machineOf({ U_SYSCALL: [1000, 0.5, 2] });
  const cells = ['host', 'calico-bgp'].map((backend) => [flood(machine, backend)]);
  const call: Run = (task) => played(task, priceNs(task, 'U_SYSCALL'), { U_SYSCALL: 1 });
  const late = driven(cells, (task) => (task.task.endsWith('U_SYSCALL=high') ? null : call(task)));
  for (const { prices } of late.cells) assert.deepEqual(prices[0]!.moves.goodput, [1, null]);
  const early = driven(cells, (task) => (task.backend.name === 'host' ? null : call(task)));
  assert.equal(early.cells[0]!.book, null);
  assert.deepEqual(early.cells[1]!.prices[0]!.moves.goodput, [1, -0.5]);
  assert.deepEqual(orderOf(early.cells), []);
});
