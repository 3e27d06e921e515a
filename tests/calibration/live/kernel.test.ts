/**
 * The bed on the kernel that runs the tests: two hosts with their pods exchange packets over each path, nothing outside
 * the bed's own namespaces changes, and nothing stays. Needs root and Debian's tools; elsewhere it is skipped aloud.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bed } from '../../../calibration/live/bed.ts';
import { compiled, hostOf, modesOf, obstacles } from '../../../calibration/live/host.ts';
import { probe } from '../../../calibration/live/probes.ts';
import { ShellError } from '../../../calibration/live/shell.ts';
import { start, temporaryFolder } from '../../cli/spawn.ts';

const LACKING = (await obstacles(await hostOf())).join('; ');
const skip = LACKING === '' ? false : `NOT RUN, the live kernel is not tested here: ${LACKING}`;
if (skip !== false) console.error(`\n*** calibration on the live kernel: ${skip}\n`);

const namespacesOf = (pid: number | undefined): string[] => {
  try {
    return readdirSync('/run/netns').filter((name) => name.startsWith(`windtunnel-${pid}-`));
  } catch {
    return [];
  }
};
const namespaces = (): string[] => namespacesOf(process.pid);
const outside = (): string => JSON.stringify(Object.keys(networkInterfaces()).sort());

let program = '';
let remove = async (): Promise<void> => undefined;
before(async () => {
  if (skip === false) ({ program, remove } = await compiled());
});
after(() => remove());

const HANG_GUARD = { timeout: 120_000 };

test('a packet crosses every path that the kernel has, and the bed goes', {
  skip,
  ...HANG_GUARD,
}, async () => {
  const { signal } = new AbortController();
  const interfaces = outside();
  for (const mode of (await modesOf()).has) {
    const bed = new Bed({ mode, routers: mode === 'hostnet' ? 1 : 0, mtuBytes: 9000 }, program, signal);
    await bed.open();
    try {
      ok(namespaces().length >= 2);
      const cfg = { mode, msg: 64, hops: 0 };
      const { ns_per_pkt: ns = 0 } = await probe('e0_hole', cfg, bed, { program, cores: [0, 1], signal });
      // Any kernel needs between 0.1 µs and 1 ms for a packet.
      ok(ns > 100 && ns < 1e6, `${mode}: ${ns} ns`);
    } finally {
      await bed.close();
    }
    deepEqual(namespaces(), [], mode);
  }
  deepEqual(outside(), interfaces);
});

test('an interrupted or impossible bed leaves nothing', { skip, ...HANG_GUARD }, async () => {
  const stop = new AbortController();
  const bed = new Bed({ mode: 'hostgw' }, program, stop.signal);
  setTimeout(() => stop.abort(), 60);
  await rejects(bed.open(), (error: Error) => {
    match(error.message, /abort/i);
    return true;
  });
  deepEqual(namespaces(), []);
  const broken = new Bed({ mode: 'udp' }, '/nowhere/bed', new AbortController().signal);
  await rejects(broken.open(), ShellError);
  deepEqual(namespaces(), []);
});

test('Ctrl-C in the middle of a campaign: its code, its samples, and nothing else stays', {
  skip,
  ...HANG_GUARD,
}, async () => {
  const { dir, remove: removeDir } = temporaryFolder();
  try {
    const { child, finished, said } = start(dir, ['calibrate', '--out', 'host.json', '--minutes', '2']);
    await said('a round');
    const samples = path.join(dir, 'host.samples.ndjson');
    while (readFileSync(samples, 'utf8').split('\n').length < 4) await sleep(100);
    const second = start(dir, ['calibrate', '--out', 'other.json', '--minutes', '2']);
    match((await second.finished).err, /another calibration runs \(process \d+\): wait for its end/);
    child.kill('SIGINT');
    const { code, err } = await finished;
    equal(code, 130);
    match(err, /samples so far: tsx run calibrate --from host\.samples\.ndjson/);
    deepEqual(namespacesOf(child.pid), []);
  } finally {
    removeDir();
  }
});

test('a campaign that is killed is cleaned up all the same', { skip, ...HANG_GUARD }, async () => {
  const { dir, remove: removeDir } = temporaryFolder();
  try {
    const { child, finished, said } = start(dir, ['calibrate', '--out', 'host.json', '--minutes', '2']);
    await said('a round');
    while (namespacesOf(child.pid).length < 6) await sleep(50);
    child.kill('SIGKILL');
    await finished;
    while (namespacesOf(child.pid).length > 0) await sleep(100);
  } finally {
    removeDir();
  }
});
