/**
 * `calibrate`: measures this machine's kernel in network namespaces, fits the prices that can be told apart, and writes
 * a cost book for --machine. Samples are kept line by line, so that an interrupted campaign can be fitted.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { calibratedBook } from '../calibration/live/book.ts';
import { measure, roundSeconds, type Sample } from '../calibration/live/campaign.ts';
import { type Fit, fitBook, type LiveRow } from '../calibration/live/fit.ts';
import { compiled, type Host, hostOf, modesOf, obstacles, sweep } from '../calibration/live/host.ts';
import { nameOf, type Planned, planOf } from '../calibration/live/plan.ts';
import { rowsOf } from '../calibration/live/rows.ts';
import { ShellError } from '../calibration/live/shell.ts';
import type { CellRecord } from '../calibration/study.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { machineFromJson } from '../machines/fromJson.ts';
import { Board } from '../workers/board.ts';
import { autoWorkers, runTasks } from '../workers/pool.ts';
import { compareTcp, tcpText } from './calibrateTcp.ts';
import { calibrationText } from './calibrateText.ts';
import { EXIT, UsageError } from './errors.ts';
import { makeDir, writeAtomic } from './files.ts';
import { number, workersOf } from './flags.ts';
import { colors, type Io, useColor } from './io.ts';
import type { Parts } from './parts.ts';
import { resolveMachine } from './resolve.ts';
import { listenForSignals } from './signals.ts';

/** Fewer repeats say little of their spread. */
const ROUNDS_WANTED = 3;
/** About one round. */
const MINUTES_MIN = 2;

const EXAMPLES = `
Examples:
  sudo npx tsx run calibrate --out machines/my-host.json
  sudo npx tsx run calibrate --out my.json --minutes 20 --base xeon-25g
  sudo npx tsx run calibrate --tcp
  npx tsx run calibrate --from machines/my-host.samples.ndjson --out machines/my-host.json
  npx tsx run pod-to-pod --machine machines/my-host.json

Two "hosts" of one kernel, joined by a veth pair: nothing outside of the namespaces that it makes is touched,
no network is needed, and all is removed at the end, on errors and on Ctrl-C. docs/CALIBRATION.md says what
such a bed can see and what it cannot.`;

interface Flags {
  readonly out: string;
  readonly minutes: number;
  readonly base: string;
  readonly from?: string;
  readonly tcp?: true;
  readonly seconds: number;
  readonly workers: string;
  readonly json?: true;
  readonly color: string;
}

/** Adds the command. */
export function addCalibrate(program: Command, parts: Parts, io: Io, exit: (code: number) => void): void {
  program
    .command('calibrate')
    .description('measure the kernel of this machine and write a cost book from it (Linux, root)')
    .option('--out <file.json>', 'cost book to write; samples go beside it', 'machines/my-host.json')
    .option('--minutes <n>', 'time for measuring, 2 to 600; the fit takes one or two more', number, 8)
    .option(
      '--base <name|file.json>',
      'book that gives what the bed cannot see (NIC, eBPF, ciphers)',
      'veth-vm',
    )
    .option('--from <samples.ndjson>', 'fit samples of before instead of measuring')
    .option('--tcp', "compare TCP through a token bucket with the engine's instead; writes no book")
    .option('--seconds <n>', 'with --tcp: length of each run', number, 8)
    .option('--workers <n|auto|0>', 'threads of the fit; 0: in process', 'auto')
    .option('--json', 'the fit as one JSON document')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => exit(await calibrate(flags, parts, io)));
}

/** First line of a file of samples. */
interface Header {
  readonly windtunnel: 'calibration';
  readonly about: string;
  readonly cores: number;
  readonly plan: readonly Planned[];
}

async function calibrate(flags: Flags, parts: Parts, io: Io): Promise<number> {
  const base = resolveMachine(flags.base, parts);
  const bed = resolveMachine('veth-vm', parts);
  const workers = workersOf(flags.workers);
  if (!(flags.minutes >= MINUTES_MIN && flags.minutes <= 600))
    throw new UsageError(`--minutes takes a number from ${MINUTES_MIN} to 600, not ${flags.minutes}`);
  if (!(Number.isInteger(flags.seconds) && flags.seconds >= 2 && flags.seconds <= 60))
    throw new UsageError(`--seconds takes a whole number from 2 to 60, not ${flags.seconds}`);
  if (!flags.out.endsWith('.json')) throw new UsageError(`--out takes a file *.json, not '${flags.out}'`);
  const paint = colors(useColor(flags.color, io.outIsTty, io.env));
  const signals = listenForSignals(() =>
    io.note('\nstopping, removing the namespaces; Ctrl-C again ends at once'),
  );
  try {
    if (flags.tcp === true) {
      const compared = await compareTcp(flags.seconds, io, signals.signal);
      io.out(flags.json ? `${JSON.stringify(compared, null, 1)}\n` : tcpText(compared));
      return EXIT.done;
    }
    const { header, samples } =
      flags.from === undefined ? await measured(flags, io, signals.signal) : readSamples(flags.from);
    const rows = rowsOf(header.plan, samples);
    if (!rows.some(({ planned }) => planned.fit)) throw new UsageError('no sample to fit prices on');
    const { fit, failed } = await fitted(
      rows,
      bed,
      { workers, signal: signals.signal, runner: parts.runner },
      io,
    );
    const name = path.basename(flags.out, '.json');
    const book = calibratedBook({ fit, base, name, about: header.about, cores: header.cores });
    machineFromJson(book);
    makeDir(path.dirname(flags.out));
    writeAtomic(flags.out, `${JSON.stringify(book, null, 2)}\n`);
    if (flags.json) io.out(`${JSON.stringify(document(header, fit, rows), null, 1)}\n`);
    else io.out(calibrationText(header.about, fit, rows, bed, paint));
    io.note(`book ${flags.out}`);
    return failed ? EXIT.simulation : EXIT.done;
  } catch (error) {
    const stopped = signals.exitCode();
    if (stopped === null) throw error instanceof ShellError ? new UsageError(error.message) : error;
    const kept = samplesFile(flags);
    if (flags.from === undefined && existsSync(kept))
      io.note(`samples so far: tsx run calibrate --from ${kept}`);
    return stopped;
  } finally {
    signals.dispose();
  }
}

const samplesFile = ({ out }: Flags): string => out.replace(/\.json$/, '.samples.ndjson');

interface Measured {
  readonly header: Header;
  readonly samples: readonly Sample[];
}

async function measured(flags: Flags, io: Io, signal: AbortSignal): Promise<Measured> {
  if (process.platform !== 'linux') throw new UsageError('calibrate measures Linux: run it there');
  const host = await hostOf();
  const problems = await obstacles(host);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  for (const name of await sweep()) io.note(`removed ${name}, left by a run that was killed`);
  const { has, lacks } = await modesOf();
  const ethtool = host.versions.ethtool !== null;
  if (lacks.length > 0)
    io.note(
      `left out: ${lacks.join(', ')} (no such device here${lacks.includes('wireguard') ? ', or no wg program' : ''})`,
    );
  if (!ethtool) io.note('ethtool is missing: no runs without offloads (Debian: apt-get install ethtool)');
  const plan = planOf(has, ethtool);
  const header: Header = { windtunnel: 'calibration', about: aboutOf(host), cores: host.cores, plan };
  const file = samplesFile(flags);
  makeDir(path.dirname(file));
  writeFileSync(file, `${JSON.stringify({ ...header, versions: host.versions })}\n`);
  const roundMin = roundSeconds(plan) / 60;
  const rounds = Math.max(1, Math.floor(flags.minutes / roundMin));
  const wanted = `; ${Math.ceil(ROUNDS_WANTED * roundMin)} minutes give ${ROUNDS_WANTED}`;
  io.note(
    `${plan.length} configurations on ${has.length} paths, ${roundMin.toFixed(1)} minutes a round: ` +
      `${rounds}${rounds < ROUNDS_WANTED ? wanted : ''}`,
  );
  const { program, remove } = await compiled();
  try {
    const samples = await measure({
      ...{ plan, program, signal, cores: [0, 1], minutes: flags.minutes },
      onSample: (sample, done, round) => {
        appendFileSync(file, `${JSON.stringify(sample)}\n`);
        const inRound = done % plan.length;
        if (inRound % 10 === 0) io.note(`round ${round + 1}: ${done} samples`);
      },
      onProblem: (what) => io.note(`left out: ${what}`),
    });
    return { header, samples };
  } finally {
    await remove();
  }
}

const aboutOf = ({ cpu, kernel }: Host): string => `${cpu}, Linux ${kernel}`;

/** @throws UsageError with file and line */
function readSamples(file: string): Measured {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
  const lines = text.split('\n');
  // The last line may be half a line: its writer was stopped.
  const whole = lines.slice(0, -1).map((line, at) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new UsageError(`${file}:${at + 1}: is not JSON`);
    }
  });
  const [header, ...samples] = whole as [Header?, ...Sample[]];
  if (header?.windtunnel !== 'calibration' || !Array.isArray(header.plan))
    throw new UsageError(`${file}:1: is not the head of calibration samples`);
  samples.forEach((sample, at) => {
    const good =
      typeof sample?.exp === 'string' && typeof sample.cfg === 'object' && typeof sample.metrics === 'object';
    if (!good) throw new UsageError(`${file}:${at + 2}: a sample has exp, cfg and metrics`);
  });
  return { header, samples };
}

interface Running {
  readonly workers: number | null;
  readonly signal: AbortSignal;
  readonly runner: string;
}

async function fitted(
  rows: readonly LiveRow[],
  bed: Parameters<typeof fitBook>[1],
  { workers, signal, runner }: Running,
  io: Io,
): Promise<{ readonly fit: Fit; readonly failed: boolean }> {
  const study = fitBook(rows, bed);
  let failed = false;
  let turn = study.next();
  for (let round = 1; !turn.done; round++) {
    const specs: readonly TaskSpec[] = turn.value;
    io.note(`fit, round ${round}: ${specs.length} runs of the engine`);
    const records: (CellRecord | null)[] = specs.map(() => null);
    await runTasks<CellRecord>(specs, {
      ...{ signal, runner, board: new Board(specs.length), workers: workers ?? autoWorkers(specs.length) },
      onRecord: (slot, record) => {
        records[slot] = record;
      },
      onFailure: (slot, failure) => {
        failed = true;
        io.note(`failed: ${specs[slot]!.task}: ${failure.message}`);
      },
    });
    if (signal.aborted) throw new Error('stopped');
    turn = study.next(records);
  }
  return { fit: turn.value, failed };
}

function document(header: Header, fit: Fit, rows: readonly LiveRow[]): object {
  return {
    about: header.about,
    groups: fit.groups,
    rows: rows.map(({ planned, ...row }, at) => ({
      id: `${nameOf(planned)}/${row.metric}`,
      fitted: planned.fit,
      ...row,
      predicted: fit.predicted[at],
    })),
  };
}
