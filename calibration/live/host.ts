/**
 * What this machine can do: root and namespaces, programs with their versions, tunnel devices, cores; and what an
 * earlier run that was killed left behind.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelHas, MODES, type Mode } from './modes.ts';
import { run, ShellError, versionOf } from './shell.ts';

export interface Host {
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  /** Program → its version; null: missing. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** Program → words that make it say its version, and the Debian package that has it. */
const PROGRAMS = {
  ip: [['ip', '-V'], 'iproute2'],
  bridge: [['bridge', '-V'], 'iproute2'],
  taskset: [['taskset', '-V'], 'util-linux'],
  chrt: [['chrt', '-V'], 'util-linux'],
  iperf3: [['iperf3', '--version'], 'iperf3'],
  sockperf: [['sockperf', '--version'], 'sockperf'],
  cc: [['cc', '--version'], 'gcc'],
  ethtool: [['ethtool', '--version'], 'ethtool'],
} as const satisfies Record<string, readonly [readonly string[], string]>;

/** Without it the rest still works. */
const OPTIONAL = new Set(['ethtool']);

export async function hostOf(): Promise<Host> {
  const found = Object.entries(PROGRAMS).map(
    async ([name, [words]]) => [name, await versionOf(words)] as const,
  );
  return {
    kernel: readText('/proc/sys/kernel/osrelease'),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    versions: Object.fromEntries(await Promise.all(found)),
  };
}

/** Why this machine cannot be measured, each with what would help; empty: it can. */
export async function obstacles(host: Host): Promise<string[]> {
  const problems: string[] = [];
  const missing = Object.keys(PROGRAMS).filter((name) => host.versions[name] === null && !OPTIONAL.has(name));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => PROGRAMS[name as keyof typeof PROGRAMS][1]))];
    problems.push(`missing: ${missing.join(', ')} (Debian: apt-get install ${packages.join(' ')})`);
  }
  if (host.cores < 2) problems.push('two cores are needed: one sends, one receives');
  if (process.getuid?.() !== 0) problems.push('network namespaces need root: sudo npx tsx run calibrate …');
  else if (host.versions.ip !== null) {
    const namespace = `windtunnel-${process.pid}-try`;
    try {
      await run(['ip', 'netns', 'add', namespace]);
      await run(['ip', 'netns', 'del', namespace]);
    } catch (error) {
      problems.push(`network namespaces do not work here: ${(error as Error).message}`);
    }
  }
  return problems;
}

/** Paths that this kernel has, and those that it has not. */
export async function modesOf(): Promise<{ readonly has: Mode[]; readonly lacks: Mode[] }> {
  const has: Mode[] = [];
  const lacks: Mode[] = [];
  for (const mode of MODES) ((await kernelHas(mode)) ? has : lacks).push(mode);
  return { has, lacks };
}

/**
 * Deletes namespaces of runs whose process is gone, with the programs inside. @returns their names
 * @throws ShellError if another run is at work: two would disturb each other
 */
export async function sweep(): Promise<string[]> {
  const left: string[] = [];
  for (const name of namespaces()) {
    const pid = Number(/^windtunnel-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (pid === process.pid) continue;
    if (alive(pid)) throw new ShellError(`another calibration runs (process ${pid}): wait for its end`);
    left.push(name);
  }
  for (const name of left) await run(['sh', '-c', REMOVE, 'sh', name]);
  return left;
}

/** Kills what runs in namespace $1 and deletes it. */
const REMOVE = 'ip netns pids "$1" | xargs -r kill -9; ip netns del "$1"';

/**
 * Cleans up where this process cannot: a small shell waits for its end, however it comes, and then deletes what is left
 * of its namespaces and `folder`. After an ordinary end it finds nothing.
 */
function guard(folder: string): void {
  const script =
    'while kill -0 "$1" 2>/dev/null; do sleep 1; done; ' +
    'for n in $(ip netns list | cut -d" " -f1 | grep "^windtunnel-$1-"); do ' +
    'ip netns pids "$n" | xargs -r kill -9; ip netns del "$n"; done; rm -rf "$2"';
  const words = ['-c', script, 'sh', String(process.pid), folder];
  spawn('sh', words, { detached: true, stdio: 'ignore' }).unref();
}

function namespaces(): string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Compiles bed.c into a folder of its own, which goes with this process. */
export async function compiled(): Promise<{
  readonly program: string;
  readonly remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'windtunnel-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const program = path.join(folder, 'bed');
  try {
    const source = fileURLToPath(new URL('./bed.c', import.meta.url));
    await run(['cc', '-O2', '-o', program, source]);
    guard(folder);
    return { program, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
