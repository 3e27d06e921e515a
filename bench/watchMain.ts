/**
 * The flags of `npm run bench` that watch our own speed, and what they print.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeAtomic } from '../cli/files.ts';
import { smallestP } from '../reports/comparison/statistics/holm.ts';
import {
  ALPHA,
  compareWatches,
  countsDiffer,
  FLOOR,
  fileOf,
  loadWatch,
  type Row,
  sample,
  saveWatch,
  sideOf,
  type Watch,
} from './watch.ts';
import { acceptedCounts, COUNTS_FILE, presentCounts, SIDE } from './watched.ts';

const HELP = `npm run bench -- [events] [fabric] [model[=nodes]] [scaling[=nodes,nodes]]
npm run bench -- --save <name>            samples the watched tasks, keeps them in bench/results/<name>.json
npm run bench -- --compare <name>         samples them again and compares: counts exactly, the clock with a floor
npm run bench -- --against <checkout>     the same with another checkout's code, both taking turns
npm run bench -- --accept                 writes the present counts to bench/counts.json, which the tests hold
  <name>         a name, or the path of a file
  --rounds <n>   runs of each task, default 10
  --floor <n>    changes below are no change, default ${FLOOR}
Exit codes: 0, 2 usage, 3 counts differ, 4 nothing to compare with. The clock never fails anything.`;

/** @returns exit code */
export async function watchMain(argv: readonly string[]): Promise<number> {
  let flags: ReturnType<typeof flagsOf>;
  try {
    flags = flagsOf(argv);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  const { rounds, floor } = flags;
  if (flags.help) {
    console.log(HELP);
    return 0;
  }
  if (flags.accept) return accept();
  const note = (line: string): void => console.error(line);
  if (flags.against !== null) {
    const other = await sideOf(flags.against);
    if (other === null) {
      console.error(`nothing to compare with: ${flags.against} is no checkout with bench/watched.ts`);
      return 4;
    }
    const [base, head] = await sample([other, SIDE], rounds, note);
    return told(base!, head!, floor, `${flags.against}, in turns`);
  }
  const base = flags.compare === null ? null : loadWatch(flags.compare);
  if (flags.compare !== null && base === null) {
    console.error(`nothing to compare with: ${fileOf(flags.compare)} is no file of --save`);
    return 4;
  }
  const [head] = await sample([SIDE], rounds, note);
  if (flags.save !== null) console.log(`saved ${saveWatch(flags.save, head!)}`);
  return base === null ? 0 : told(base, head!, floor, `${flags.compare!}, measured in another hour`);
}

function flagsOf(argv: readonly string[]) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      save: { type: 'string' },
      compare: { type: 'string' },
      against: { type: 'string' },
      accept: { type: 'boolean' },
      rounds: { type: 'string', default: '10' },
      floor: { type: 'string', default: String(FLOOR) },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const rounds = Number(values.rounds);
  const floor = Number(values.floor);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a whole number from 1`);
  if (!(floor >= 0 && floor < 1)) throw new Error(`--floor takes a share from 0 to 1, such as ${FLOOR}`);
  const { save = null, compare = null, against = null, accept = false, help = false } = values;
  if ([save, compare, against].every((one) => one === null) && !accept && !help)
    throw new Error('one of --save, --compare, --against, --accept');
  return { save, compare, against, accept, help, rounds, floor };
}

/** Prints both. @returns exit code */
function told(base: Watch, head: Watch, floor: number, name: string): number {
  const rows = compareWatches(base, head, floor);
  if (rows.length === 0) {
    console.error('nothing to compare with: no task of this name on the other side');
    return 4;
  }
  console.log(
    `against ${name}: median CPU time of a run, change beyond ${floor * 100} % and chance (p < 0.05)`,
  );
  console.table(Object.fromEntries(rows.map((row) => [row.name, printed(row)])));
  const runs = Math.min(...[base, head].flatMap((side) => Object.values(side.tasks).map(sizeOf)));
  if (smallestP(runs, 'unmatched') >= ALPHA)
    console.log(`${runs} runs a task are too few to call anything a change: --rounds 10`);
  for (const key of ['node', 'cpu'] as const)
    if (base[key] !== head[key])
      console.log(`other ${key}: ${base[key]}, now ${head[key]}; times say little`);
  const wrong = rows.filter(({ counts }) => counts !== '');
  for (const { name: task, counts } of wrong) console.log(`counts differ: ${task}: ${counts}`);
  if (wrong.length > 0 && base.modelVersion !== head.modelVersion)
    console.log(
      `model version ${base.modelVersion}, now ${head.modelVersion}: other counts are to be expected`,
    );
  return wrong.length > 0 ? 3 : 0;
}

const sizeOf = ({ samplesS }: Watch['tasks'][string]): number => samplesS.length;

const printed = ({ baseS, headS, change, p, verdict, counts }: Row) => ({
  'then, ms': Number((baseS * 1000).toFixed(1)),
  'now, ms': Number((headS * 1000).toFixed(1)),
  'change, %': Number((change * 100).toFixed(1)),
  p: Number(p.toPrecision(2)),
  verdict,
  counts: counts === '' ? 'equal' : 'differ',
});

function accept(): number {
  let before: ReturnType<typeof acceptedCounts> = {};
  try {
    before = acceptedCounts();
  } catch {
    // The first time.
  }
  const now = presentCounts();
  writeAtomic(fileURLToPath(COUNTS_FILE), `${JSON.stringify(now, null, 2)}\n`);
  for (const [name, counts] of Object.entries(now)) {
    const said = before[name] === undefined ? 'new' : countsDiffer(before[name], counts);
    if (said !== '') console.log(`${name}: ${said}`);
  }
  console.log('bench/counts.json holds the present counts: read the diff');
  return 0;
}
