/**
 * Scenarios become tasks: every cell under every seed, plain JSON, with the user's changes and nothing else
 * changed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveMachine } from '../../cli/resolve.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { SCENARIOS } from '../../scenarios/index.ts';
import largeCluster from '../../scenarios/large-cluster.ts';
import { type Scenario, ScenarioError } from '../../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES, type Overrides } from '../../scenarios/lib/expand.ts';
import mtuSweep from '../../scenarios/mtu-sweep.ts';
import podToPod from '../../scenarios/pod-to-pod.ts';
import { stubParts } from './stub.ts';

const machine = resolveMachine('xeon-25g', stubParts);
const [host, toy] = stubParts.backends as [TaskSpec['backend'], TaskSpec['backend']];
const resolved = {
  backends: [host, toy],
  baseline: host,
  machine,
  sizes: () =>
    [
      [0, 0],
      [100, 100],
    ] as const,
};

const tasksOf = (scenario: Scenario, overrides: Partial<Overrides> = {}): TaskSpec[] =>
  expand(scenario, resolved, { ...NO_OVERRIDES, ...overrides });

const problemsOf = (scenario: Scenario, set: Overrides['set']): readonly string[] => {
  try {
    tasksOf(scenario, { set });
  } catch (error) {
    assert.ok(error instanceof ScenarioError);
    return error.problems;
  }
  return [];
};

test('large-cluster is as the design fixes it', () => {
  const [first] = tasksOf(largeCluster) as [TaskSpec];
  const { nodes, nodesPerRack, uplinks, linkGbps, uplinkGbps, fabricDelayNs, mtuBytes, subnets } =
    first.cluster;
  assert.deepEqual(
    { nodes, nodesPerRack, uplinks, linkGbps, uplinkGbps, fabricDelayNs, mtuBytes, subnets },
    {
      nodes: 2000,
      nodesPerRack: 40,
      uplinks: 4,
      linkGbps: 25,
      uplinkGbps: 100,
      fabricDelayNs: 1000,
      mtuBytes: 1500,
      subnets: 'one',
    },
  );
  assert.deepEqual([first.traffic.flows?.sizesName, first.traffic.flows?.load], ['fb-hadoop', 0.02]);
  assert.deepEqual(first.traffic.rpc, {
    perNodePerS: 2000,
    requestBytes: 1024,
    responseBytes: 1024,
    connections: 8,
  });
  assert.equal(first.traffic.probePairs, 20);
  assert.deepEqual([first.warmupPs, first.windowPs, first.drainPs], [1e10, 2e10, 4.5e11]);
  assert.equal(first.traffic.netperf, undefined);
});

test('tasks are cells × seeds, in the order point, backend, seed, with the same seeds everywhere', () => {
  const tasks = tasksOf(mtuSweep);
  assert.equal(tasks.length, 4 * 2 * 3);
  assert.deepEqual(
    tasks.map((task) => task.index),
    tasks.map((_, index) => index),
  );
  assert.equal(new Set(tasks.map((task) => task.task)).size, tasks.length);
  assert.deepEqual(
    tasks.slice(0, 4).map(({ cell, seed }) => [cell, seed]),
    [
      ['backend=host/mtu=1500', 1],
      ['backend=host/mtu=1500', 2],
      ['backend=host/mtu=1500', 3],
      ['backend=toy/mtu=1500', 1],
    ],
  );
  assert.equal(tasks.at(-1)!.cluster.mtuBytes, 9000);
});

test('every shipped scenario expands to plain JSON', () => {
  for (const scenario of SCENARIOS) {
    const tasks = tasksOf(scenario);
    assert.deepEqual(JSON.parse(JSON.stringify(tasks)), tasks);
  }
});

test('a dimension that the user sets leaves the sweep, by whatever name', () => {
  assert.equal(tasksOf(mtuSweep, { set: [['mtu', 1400]] }).length, 2 * 3);
  const tasks = tasksOf(mtuSweep, { set: [['cluster.mtuBytes', '1400']] });
  assert.equal(tasks.length, 2 * 3);
  assert.equal(tasks[0]!.cluster.mtuBytes, 1400);
  assert.equal(tasksOf(podToPod, { set: [['streams', 2]] }).length, 3 * 2 * 3);
});

test('--quick is one seed and a third of the window', () => {
  const tasks = tasksOf(largeCluster, { quick: true });
  assert.equal(tasks.length, 2);
  assert.equal(tasks[0]!.windowPs, 6_667_000_000);
  assert.equal(tasksOf(largeCluster, { quick: true, replications: 2 }).length, 4);
});

test('seeds count up from the root', () => {
  const tasks = tasksOf(largeCluster, { seed: 7, replications: 2 });
  assert.deepEqual(
    tasks.map((task) => task.seed),
    [7, 8, 7, 8],
  );
  assert.throws(() => tasksOf(largeCluster, { seed: -1 }), /seed is -1/);
  assert.throws(() => tasksOf(largeCluster, { replications: 0 }), /replications is 0/);
});

test('a small cluster keeps plain nodes, unless the user says how many probes', () => {
  assert.equal(tasksOf(largeCluster, { set: [['nodes', 16]] })[0]!.traffic.probePairs, 4);
  const asked = tasksOf(largeCluster, {
    set: [
      ['nodes', 16],
      ['traffic.probePairs', 8],
    ],
  });
  assert.equal(asked[0]!.traffic.probePairs, 8);
  assert.match(
    problemsOf(largeCluster, [
      ['nodes', 16],
      ['traffic.probePairs', 9],
    ])[0]!,
    /need 18 nodes/,
  );
});

test('--link changes link and NIC; a named machine brings its own rate', () => {
  const [task] = tasksOf(podToPod, { set: [['link', 10]] }) as [TaskSpec];
  assert.deepEqual([task.cluster.linkGbps, task.machine.nic.rateGbps], [10, 10]);
  const slow = { ...machine, nic: { ...machine.nic, rateGbps: 5 } };
  const [named] = expand(podToPod, { ...resolved, machine: slow }, { ...NO_OVERRIDES, machineNamed: true });
  assert.equal(named!.cluster.linkGbps, 5);
});

test('a price is scaled alone, counts as assumed, and the catalog stays as it was', () => {
  const before = JSON.stringify(machine);
  const [task] = tasksOf(podToPod, { set: [['machine.prices.IP_FWD', '*4']] }) as [TaskSpec];
  assert.equal(task.machine.prices.IP_FWD.eachNs, machine.prices.IP_FWD.eachNs! * 4);
  assert.equal(task.machine.prices.IP_FWD.confidence, 'assumed');
  assert.deepEqual(task.machine.prices.IP_OUT, machine.prices.IP_OUT);
  const [all] = tasksOf(podToPod, { set: [['machine.prices', '*2']] }) as [TaskSpec];
  assert.equal(all.machine.prices.IP_OUT.eachNs, machine.prices.IP_OUT.eachNs! * 2);
  const [set] = tasksOf(podToPod, { set: [['machine.prices.CTXSW.byteNs', '3']] }) as [TaskSpec];
  assert.equal(set.machine.prices.CTXSW.byteNs, 3);
  assert.equal(set.machine.prices.CTXSW.source, 'set by the user');
  assert.equal(JSON.stringify(machine), before);
});

test('mistakes are named, all at once, with the nearest setting', () => {
  const cases: [Overrides['set'], RegExp][] = [
    [
      [['traffic.netperf.streems', '3']],
      /unknown setting 'traffic.netperf.streems'; nearest: traffic.netperf.streams/,
    ],
    [[['mut', '3']], /nearest: .*mtu/],
    [[['cluster', '3']], /group of settings/],
    [[['cluster.nodes.more', '3']], /unknown setting/],
    [[['cluster.constructor', '3']], /unknown setting/],
    [[['__proto__.x', '3']], /unknown setting/],
    [[['machine.name', 'x']], /unknown setting/],
    [[['cluster.mtuBytes', 'big']], /takes a number, not 'big'/],
    [[['cluster.mtuBytes', '*x']], /takes a factor/],
    [[['cluster.fabricKnowsPods', 'perhaps']], /takes true or false/],
    [[['mtu', 100]], /cluster.mtuBytes is 100; it takes a whole number from 576 to 65535/],
    [[['mtu', 1500.5]], /whole number/],
    [[['kind', 'TCP_STREM']], /it takes TCP_STREAM, /],
    [[['windowMs', '8000000']], /windowMs is 8000000/],
    [[['traffic.netperf', 'none']], /no traffic/],
  ];
  const plain = { ...podToPod, points: [{}] };
  for (const [set, pattern] of cases) assert.match(problemsOf(plain, set).join('\n'), pattern);
  assert.equal(
    problemsOf(plain, [
      ['mtu', 1],
      ['cores', 0],
    ]).length,
    2,
  );
});

test('a kind of traffic with its own window: a third of it under --quick, none of it if the user sets one', () => {
  const windows = (overrides: Partial<Overrides> = {}): Record<string, number> =>
    Object.fromEntries(
      tasksOf({ ...podToPod, windowMsByKind: { TCP_RR: 300 } }, overrides).map((task) => [
        task.traffic.netperf!.kind,
        task.windowPs / 1e9,
      ]),
    );
  assert.deepEqual(windows(), { TCP_STREAM: 60, TCP_RR: 300, UDP_STREAM: 60 });
  assert.equal(windows({ quick: true }).TCP_RR, 100);
  assert.deepEqual(windows({ set: [['windowMs', 4]] }), { TCP_STREAM: 4, TCP_RR: 4, UDP_STREAM: 4 });
});

test('a word sets all that belongs to it, swept, set, or fixed by one of its settings', () => {
  const facts = (tasks: TaskSpec[]) =>
    tasks
      .filter(({ backend, seed }) => backend === host && seed === 1)
      .map(({ machine }) => [machine.facts.gso, machine.facts.tso, machine.facts.udpTunnelTso]);
  const sweep = { offloads: ['all', 'no-tunnel', 'software', 'none'] };
  assert.deepEqual(facts(tasksOf({ ...podToPod, points: [{}] }, { sweep })), [
    [true, true, true],
    [true, true, false],
    [true, false, false],
    [false, false, false],
  ]);
  const [none] = tasksOf(podToPod, { set: [['offloads', 'none']] }) as [TaskSpec];
  assert.equal(none.machine.facts.gro, false);
  assert.equal(none.dims.offloads, undefined);
  assert.equal(tasksOf(mtuSweep, { sweep, set: [['machine.facts.tso', 'false']] }).length, 4 * 2 * 3);
  assert.match(
    problemsOf(mtuSweep, [['offloads', 'some']])[0]!,
    /'offloads' takes all, no-tunnel, software, none, not 'some'/,
  );
  assert.match(problemsOf(mtuSweep, [['place', 'constructor']])[0]!, /'place' takes same-subnet/);
});
