/** Where receive work runs: RPS moves it off the queue's core after GRO, aRFS brings it to the reader's queue. */
import { equal, notEqual, ok } from 'node:assert/strict';
import test from 'node:test';
import type { Fact } from '../../engine/host/backend.ts';
import type { Machine } from '../../engine/host/machine.ts';
import type { Measure } from '../../engine/measure.ts';
import { runTask } from '../../engine/task.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

function withFact(name: string, fact: Fact): Machine {
  const machine = machineNamed(name);
  return { ...machine, facts: { ...machine.facts, [fact]: true } };
}

/** Softirq ps of each core of the receiving node (node 1) over the window. */
function softirqOf(machine: Machine, backend: string, streams: number): number[] {
  let soft: number[] = [];
  runTask(
    tinyTask({ backend, machine, traffic: netperfTraffic('TCP_STREAM', { streams }), warmupPs: 20e9 }),
    {
      done: (_, measure: Measure) => {
        const begin = measure.begin[0]!.softPs;
        const end = measure.end[0]!.softPs;
        const from = machine.wire === 'veth' ? 0 : machine.cores;
        soft = [...end].map((ps, i) => ps - begin[i]!).slice(from, from + machine.cores);
      },
    },
  );
  return soft;
}

const busiestShare = (ps: number[]): number => Math.max(...ps) / ps.reduce((a, b) => a + b, 0);

test('IPIP on one RX queue: RPS spreads what lies above GRO over other cores', () => {
  const plain = softirqOf(machineNamed('xeon-25g'), 'calico-ipip', 8);
  const rps = softirqOf(withFact('xeon-25g', 'rps'), 'calico-ipip', 8);
  // Transmit completions of ACKs stay on their own queues' cores: a few per cent.
  ok(busiestShare(plain) > 0.9, `${plain}`);
  ok(busiestShare(rps) < 0.8, `${rps}`);
  ok(
    rps.slice(8).some((ps) => ps > 0),
    'a core without a queue helps',
  );
});

test("in the veth machine RPS takes receive softirq off the sender's core", () => {
  const share = (m: Machine) => {
    const [sender, other] = softirqOf(m, 'flannel-host-gw', 8);
    return other === 0 ? 0 : other! / (sender! + other!);
  };
  equal(share(machineNamed('veth-vm')), 0);
  ok(share(withFact('veth-vm', 'rps')) > 0.1);
});

test("aRFS: one stream's packets come to the queue of its reader's core", () => {
  // One reader on core 8: queue 0 (core number modulo eight queues), whatever the hash says.
  const arfs = softirqOf(withFact('xeon-25g', 'arfs'), 'host', 1);
  equal(arfs.indexOf(Math.max(...arfs)), 0);
  ok(busiestShare(arfs) > 0.9, `${arfs}`);
  const plain = softirqOf(machineNamed('xeon-25g'), 'host', 1);
  notEqual(plain.indexOf(Math.max(...plain)), 0, 'the hash of this flow names another queue');
});
