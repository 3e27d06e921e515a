/** A setting that does nothing is said to on stderr: only where the user gave it and no cell of the run heeds it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { main } from '../../cli/main.ts';
import { temporaryFolder } from './spawn.ts';
import { stubParts } from './stub.ts';

const { dir, remove } = temporaryFolder();
after(remove);
let runs = 0;

/** Notes of a run of the shipped backends whose tasks a stub runs. */
async function notesOf(scenario: string, backends: string, flags: string): Promise<string[]> {
  const notes: string[] = [];
  const words = flags === '' ? [] : flags.split(' ');
  const argv = [
    scenario,
    '--backends',
    backends,
    '--quick',
    '--workers',
    '0',
    '--progress',
    'none',
    ...words,
  ];
  const code = await main(
    [...argv, '--out', path.join(dir, String(runs++))],
    { ...stubParts, backends: BACKENDS },
    {
      ...{ out: () => {}, raw: () => {}, env: {}, outIsTty: false, noteIsTty: false, columns: 0 },
      note: (line) => notes.push(line),
    },
  );
  assert.equal(code, 0, notes.join('\n'));
  return notes.filter((line) => line.startsWith('note: '));
}

const cases: readonly (readonly [flags: string, note: string | null])[] = [
  ['', null],
  ['--set services=100', 'note: policy.services has no effect without policy.proxy'],
  ['--set services=100 --set proxy=nft', null],
  ['--set services=100 --sweep proxy=none,nft', null],
  ['--set services=0', null],
  [
    '--set policy.hostPorts=9',
    'note: policy.hostPorts has no effect without a backend that translates addresses: bridge',
  ],
  [
    '--set cluster.vxlanFlood=head-end',
    'note: cluster.vxlanFlood has no effect without cluster.broadcastsPerS',
  ],
  ['--set cluster.broadcastsPerS=9', 'note: cluster.broadcastsPerS has no effect without cluster.vxlanFlood'],
  ['--set cluster.broadcastsPerS=9 --set cluster.vxlanFlood=multicast', null],
  ['--set bondHash=layer3+4', 'note: cluster.bondHash has no effect without cluster.bondLinks above 1'],
  ['--set bondHash=layer3+4 --set cluster.bondLinks=2', null],
  [
    '--sweep bondHash=layer2,layer3+4',
    'note: cluster.bondHash has no effect without cluster.bondLinks above 1',
  ],
  [
    '--set kind=TCP_RR --set traffic.netperf.udpGso=true',
    'note: traffic.netperf.udpGso has no effect without traffic.netperf.kind=UDP_STREAM',
  ],
  ['--set traffic.netperf.udpGso=true --set message=1000', null],
  [
    '--set kind=TCP_RR --set traffic.netperf.zerocopy=true',
    'note: traffic.netperf.zerocopy has no effect without traffic.netperf.kind=TCP_STREAM',
  ],
  ['--set kind=TCP_STREAM --set traffic.netperf.zerocopy=true', null],
  ['--set congestion=dctcp', 'note: congestion=dctcp has no effect beyond reno without cluster.ecnBytes'],
  ['--set congestion=dctcp --set cluster.ecnBytes=90000', null],
  ['--set congestion=reno', null],
];

for (const [flags, note] of cases) {
  test(`pod-to-pod ${flags}: ${note === null ? 'no note' : 'a note'}`, async () => {
    assert.deepEqual(await notesOf('pod-to-pod', 'host', flags), note === null ? [] : [note]);
  });
}

test('one backend that heeds it is enough, and so is a scenario that brings what is needed', async () => {
  assert.deepEqual(await notesOf('pod-to-pod', 'host,bridge', '--set policy.hostPorts=9'), []);
  assert.deepEqual(await notesOf('bonding', 'host', '--set bondHash=layer2'), []);
});

test('--ip is cluster.ipFamily, and takes its words', async () => {
  const cases: [string, RegExp][] = [
    ['--ip ipv5', /cluster\.ipFamily is 'ipv5'; it takes ipv4, ipv6/],
    ['--ip ipv6 --mtu 1300', /1300 leaves the pods of flannel-vxlan 1230, .* for ipv6: set at least 1350/],
  ];
  for (const [flags, said] of cases) {
    await assert.rejects(notesOf('pod-to-pod', 'flannel-vxlan', flags), (error: Error) =>
      said.test(error.message),
    );
  }
  assert.deepEqual(await notesOf('pod-to-pod', 'flannel-vxlan', '--ip ipv6 --mtu 1350'), []);
});
