/**
 * The first event in which two runs differ: when, in which partition, of what kind, on which actor; with the event
 * before it. Runs twice, or with two seeds, or partitions in two orders; to compare two versions of the code, let
 * each write its log and compare the files.
 *
 *     node --import tsx scripts/firstDifference.ts mixed/host --shuffle 7
 *     node --import tsx scripts/firstDifference.ts mixed/host --seed 2
 *     node --import tsx scripts/firstDifference.ts mixed/host --write old.log      (in the old tree)
 *     node --import tsx scripts/firstDifference.ts mixed/host --against old.log    (in the new one)
 *
 * Names are those of tests/determinism/tasks.ts. Left out: tasks of a scenario file; make a small one first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KIND_NAMES } from '../engine/core/kinds.ts';
import { Stream } from '../engine/core/streams.ts';
import { runTask, type TaskHooks } from '../engine/task.ts';
import { smallTasks } from '../tests/determinism/tasks.ts';

/** One line an event and partition: `partition time class kind actor`, in the order in which they ran there. */
function eventLog(task: string, seed: number | undefined, shuffle: number | undefined): string[][] {
  const spec = smallTasks().find((one) => one.task === task);
  if (spec === undefined) {
    const names = smallTasks().map((one) => one.task);
    throw new Error(`no small task ${task}; there are ${names.join(', ')}`);
  }
  const lines: string[][] = [];
  const stream = new Stream(shuffle ?? 0, 'first-difference');
  const hooks: TaskHooks = {
    built: (cluster) => {
      for (const p of cluster.partitions) {
        const own: string[] = [];
        lines.push(own);
        const { digest, wheel } = p;
        const fold = digest.fold.bind(digest);
        // The digest sees every event just before it happens.
        digest.fold = (time, word) => {
          own.push(`${p.index} ${time} ${wheel.cls} ${KIND_NAMES[wheel.kind]} ${wheel.actor}`);
          fold(time, word);
        };
      }
    },
  };
  const mixed = (list: number[]): void => {
    for (let i = list.length - 1; i > 0; i--) {
      const j = stream.below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
  };
  const record = runTask(
    { ...spec, seed: seed ?? spec.seed },
    shuffle === undefined ? hooks : { ...hooks, shuffle: mixed },
  );
  console.log(`${record.digest}  ${record.events} events  ${task}`);
  return lines;
}

const timeOf = (line: string | undefined): number =>
  line === undefined ? Infinity : Number(line.split(' ')[1]);

/** The earliest difference over all partitions, or null. */
function firstDifference(a: readonly string[][], b: readonly string[][]): string | null {
  let best: { at: number; text: string } | null = null;
  for (let p = 0; p < Math.max(a.length, b.length); p++) {
    const [left, right] = [a[p] ?? [], b[p] ?? []];
    let i = 0;
    while (i < left.length && left[i] === right[i]) i++;
    if (i === left.length && i === right.length) continue;
    const at = Math.min(timeOf(left[i]), timeOf(right[i]));
    if (best !== null && best.at <= at) continue;
    const text = [
      `event ${i} of partition ${p}  (partition, ps, class, kind, actor)`,
      `  before both: ${left[i - 1] ?? 'nothing'}`,
      `  first run:   ${left[i] ?? 'ends'}`,
      `  second run:  ${right[i] ?? 'ends'}`,
    ].join('\n');
    best = { at, text };
  }
  return best?.text ?? null;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    shuffle: { type: 'string' },
    write: { type: 'string' },
    against: { type: 'string' },
  },
});
const task = positionals[0] ?? 'mixed/host';
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
const first = eventLog(task, undefined, undefined);
if (values.write !== undefined) {
  writeFileSync(values.write, JSON.stringify(first));
} else {
  const second =
    values.against === undefined
      ? eventLog(task, number(values.seed), number(values.shuffle))
      : (JSON.parse(readFileSync(values.against, 'utf8')) as string[][]);
  const difference = firstDifference(first, second);
  console.log(difference ?? 'every event is the same');
  process.exitCode = difference === null ? 0 : 3;
}
