/**
 * docs/ADDING_A_BACKEND.md, followed literally in an empty folder: the blocks of the page are written and
 * added where they say, nothing else is touched, and the new backend is there.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['backends', 'engine', 'machines', 'workloads', 'scenarios', 'package.json', 'tsconfig.json'];

interface Block {
  readonly kind: 'file' | 'line';
  readonly path: string;
  readonly text: string;
}

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```ts (file|line)=(\S+)\n([\s\S]*?)^```$/gm)].map(([, kind, path, text]) => ({
    kind: kind as Block['kind'],
    path: path!,
    text: text!,
  }));

/** Runs in the folder; prints what it found as JSON. Literals to compare with stand in the test below. */
const PROBE = `
import { BACKENDS, backendNamed } from './backends/catalog.ts';
import { deriveMtu, wireBytes } from './engine/host/mtu.ts';
import { compile } from './engine/host/compile.ts';
import { runTask } from './engine/task.ts';
import { machineNamed } from './machines/catalog.ts';
import { twoNodes } from './scenarios/lib/cluster.ts';
import { netperf } from './scenarios/lib/traffic.ts';
const backend = backendNamed('geneve-lite');
const mtu = deriveMtu(backend, 1500);
const sumCsum = (machine) =>
  compile(backend, machineNamed(machine), { rules: 0 }).paths
  .find((p) => p.name === 'tunnel').lanes.flatMap((lane) => lane.stages).filter((stage) => stage === 'CSUM_SW').length;
const record = runTask({
  task: 'tiny', index: 0, cell: 'backend=geneve-lite', dims: { backend: backend.name }, scenario: 'tiny', seed: 1,
  backend, baseline: backendNamed('host'), machine: machineNamed('xeon-25g'), cluster: twoNodes(),
  traffic: { netperf: netperf('TCP_RR') }, policy: { rules: 0 }, podMtuBytes: null, congestion: 'cubic',
  warmupPs: 1e9, windowPs: 10e9, drainPs: 1e9, granularity: 'batch', eventsMax: 1_000_000,
});
const { counters } = record;
console.log(JSON.stringify({
  names: BACKENDS.map((b) => b.name),
  mtu,
  ackWireBytes: wireBytes(backend.paths.tunnel, 52, mtu.podMtuBytes),
  run: {
    podMtuBytes: record.podMtuBytes,
    drops: record.drops,
    ended: counters.rpcsFinished,
    bytesEach: counters.payloadBytes / counters.packetsDelivered,
    wireEach: counters.wireBytes / counters.packets,
    encaps: record.cpu.filter((c) => c.stage === 'ENCAP' && Number(c.ps) > 0).length,
  },
  softwareChecksums: [sumCsum('xeon-25g'), sumCsum('cloud-virtio')],
}));
`;

/** Does what the page says in a new folder, runs the probe there and removes the folder. */
function follow(page: string): Record<string, unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'adding-a-backend-'));
  try {
    for (const name of COPIED) {
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const block of blocksOf(page)) {
      const path = join(folder, block.path);
      if (block.kind === 'file') {
        assert.ok(!existsSync(path), `${block.path} is there already`);
        writeFileSync(path, block.text);
      } else appendFileSync(path, block.text);
    }
    writeFileSync(join(folder, 'probe.ts'), PROBE);
    const printed = execFileSync(process.execPath, ['--import', 'tsx', 'probe.ts'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return JSON.parse(printed) as Record<string, unknown>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PAGE = readFileSync(join(ROOT, 'docs/ADDING_A_BACKEND.md'), 'utf8');

test('the page has one file and one line', () => {
  const blocks = blocksOf(PAGE);
  assert.deepEqual(
    blocks.map((b) => [b.kind, b.path]),
    [
      ['file', 'backends/geneveLite.ts'],
      ['line', 'backends/index.ts'],
    ],
  );
  assert.ok(blocks[0]!.text.split('\n').length <= 61);
  assert.equal(blocks[1]!.text.trim().split('\n').length, 1);
});

test('following the page adds a working backend', () => {
  const found = follow(PAGE);
  const names = found.names as string[];
  assert.equal(names.filter((name) => name === 'geneve-lite').length, 1);
  assert.equal(names[names.length - 1], 'geneve-lite');
  assert.deepEqual(found.mtu, { podMtuBytes: 1450, tcpMssBytes: 1398, overheadBytes: 50 });
  assert.equal(found.ackWireBytes, 140);
  // Without an outer checksum a guest's NIC leaves the inner one to software; the Xeon's verifies it.
  assert.deepEqual(found.softwareChecksums, [0, 1]);
  // Request and response of one byte for 10 ms: inner 52 + 1, outer 50, framing 38 bytes a packet.
  const { ended, bytesEach, wireEach, encaps, ...rest } = found.run as Record<string, number>;
  assert.deepEqual(rest, { podMtuBytes: 1450, drops: {} });
  // One packet may be on its way at each edge of the window.
  assert.ok(Math.abs(bytesEach! - 1) < 0.02, `${bytesEach} B a packet`);
  assert.ok(ended! > 50, `${ended} exchanges`);
  assert.ok(Math.abs(wireEach! - 141) < 2, `${wireEach} B a packet`);
  assert.ok(encaps! > 0);
});

test('without the line the backend is unknown', () => {
  const page = PAGE.replace(/^```ts line=[\s\S]*?^```$/m, '');
  assert.throws(() => follow(page), /unknown backend "geneve-lite"/);
});
