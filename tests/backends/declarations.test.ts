/** Every backend is well formed: the index is the folder, names resolve, stages and queues exist. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BACKENDS, backendNamed, DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import { FACTS, type Path, type Place } from '../../engine/host/backend.ts';
import { STAGES } from '../../engine/host/stages.ts';

const FOLDER = new URL('../../backends/', import.meta.url);
const NOT_BACKENDS = ['index.ts', 'catalog.ts'];
const QUEUES = ['backlog', 'groCell', 'tunRing', 'udpSocket', 'wgCrypt', 'wgPeer'];
const PLACES: readonly Place[] = ['sameNode', 'sameSubnet', 'crossSubnet'];

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !NOT_BACKENDS.includes(name));

test('the index exports exactly the files of the folder, one line each', () => {
  const index = readFileSync(new URL('index.ts', FOLDER), 'utf8');
  const listed = [...index.matchAll(/^export \{ (\w+) \} from '\.\/(\w+)\.ts';$/gm)];
  assert.deepEqual(listed.map((m) => `${m[2]}.ts`).sort(), files.sort());
  for (const match of listed) assert.equal(match[1], match[2], 'a backend is named like its file');
  assert.equal(BACKENDS.length, files.length);
});

test('backends are data: short, no prices, no import of another backend', () => {
  for (const name of files) {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    assert.ok(text.split('\n').length <= 61, `${name} is longer than 60 lines`);
    assert.doesNotMatch(text, /\b(if|for|while|switch)\s*\(|\?\s|Ns\b/, `${name} has control flow or prices`);
    for (const [, from] of text.matchAll(/from '([^']+)'/g)) {
      assert.match(from!, /^(\.\.\/engine\/|\.\/paths\/)/, `${name} imports ${from}`);
    }
  }
});

test('the default set, in its order, comes first', () => {
  assert.deepEqual(
    [...DEFAULT_BACKENDS],
    [
      'host',
      'flannel-udp',
      'flannel-vxlan',
      'flannel-host-gw',
      'calico-ipip',
      'calico-bgp',
      'cilium-native',
      'calico-wireguard',
    ],
  );
  assert.deepEqual(
    BACKENDS.slice(0, 8).map((b) => b.name),
    [...DEFAULT_BACKENDS],
  );
});

test('an unknown name lists the known ones and suggests the nearest', () => {
  assert.throws(
    () => backendNamed('flanel-vxlan'),
    /did you mean "flannel-vxlan"\? known: host, flannel-udp/,
  );
  assert.throws(
    () => backendNamed('zzz'),
    (error: Error) => !error.message.includes('did you mean'),
  );
});

const stagesOf = (path: Path): string[] =>
  path.steps.flatMap((step) => {
    if (typeof step === 'string') return [step];
    return 'stage' in step ? [step.stage] : [...step.first];
  });

for (const backend of BACKENDS) {
  test(`${backend.name}: stages, facts, queues and path names exist`, () => {
    assert.match(backend.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const words of [backend.title, backend.source, backend.scaling, backend.control.entriesPerPeer]) {
      assert.ok(words.length > 0);
    }
    const drained = Object.values(backend.servers ?? {}).flatMap((server) => [...server.drains]);
    for (const [name, path] of Object.entries(backend.paths)) {
      for (const stage of stagesOf(path)) assert.ok(stage === 'WIRE' || Object.hasOwn(STAGES, stage), stage);
      for (const step of path.steps) {
        if (typeof step === 'string') continue;
        if ('stage' in step) {
          assert.ok((FACTS as readonly string[]).includes(step.if.replace(/^no:/, '')), step.if);
          continue;
        }
        assert.ok(QUEUES.includes(step.queue), step.queue);
        if (step.context === 'daemon') assert.ok(drained.includes(step.queue), `${step.queue} has no server`);
      }
      const local = backend.choose.sameNode === name;
      assert.equal(path.steps.filter((step) => step === 'WIRE').length, local ? 0 : 1, `${name}: wires`);
    }
    for (const place of PLACES) {
      const chosen = backend.choose[place];
      if (typeof chosen === 'string') assert.ok(Object.hasOwn(backend.paths, chosen), chosen);
      else assert.ok(chosen.unreachable.length > 20);
    }
  });
}

test('where each backend may go', () => {
  const needs = Object.fromEntries(BACKENDS.map((b) => [b.name, b.needs.join(' ')]));
  assert.equal(needs['flannel-host-gw'], 'sameL2 foreignAddresses');
  for (const name of ['calico-bgp', 'calico-ebpf', 'cilium-native', 'cilium-legacy'])
    assert.equal(needs[name], 'fabricKnowsPods foreignAddresses');
  for (const name of ['flannel-ipip', 'calico-ipip', 'calico-ebpf-ipip'])
    assert.equal(needs[name], 'protocol4Allowed ipv4');
  assert.equal(needs['calico-ipip-crosssubnet'], 'protocol4Allowed ipv4 foreignAddresses');
  for (const name of ['flannel-vxlan-directrouting', 'calico-vxlan-crosssubnet'])
    assert.equal(needs[name], 'foreignAddresses');
  for (const name of ['bridge', 'calico-vxlan', 'calico-ebpf-wireguard', 'cilium-vxlan-legacy'])
    assert.equal(needs[name], '');
  for (const name of ['cilium-vxlan', 'cilium-geneve', 'cilium-wireguard', 'flannel-wireguard'])
    assert.equal(needs[name], '');
  for (const name of ['host', 'flannel-vxlan', 'calico-wireguard']) assert.equal(needs[name], '');
  assert.equal(needs['flannel-udp'], 'ipv4');
  assert.equal(typeof backendNamed('flannel-host-gw').choose.crossSubnet, 'object');
  assert.equal(backendNamed('calico-bgp').choose.crossSubnet, 'routed');
});

test('what routers and NICs see of a tunnel: protocol, ports, checksum', () => {
  const outer = (name: string, place: Place = 'sameSubnet'): string => {
    const backend = backendNamed(name);
    const { headers } = backend.paths[backend.choose[place] as string]!;
    return headers.map((h) => [h.bytes, h.proto, h.sport, h.dport, h.csum].join('/')).join(' ');
  };
  assert.equal(outer('flannel-vxlan'), '20/17/// 8//flowHash/8472/true 8//// 14////');
  assert.equal(outer('flannel-udp'), '20/17/// 8//8285/8285/true');
  assert.equal(outer('calico-ipip'), '20/4///');
  assert.equal(outer('calico-wireguard'), '20/17/// 8//51820/51820/true 32////');
  assert.equal(outer('calico-vxlan'), '20/17/// 8//flowHash/4789/true 8//// 14////');
  assert.equal(outer('calico-ebpf-ipip'), '20/4///');
  assert.equal(outer('calico-ebpf-wireguard'), '20/17/// 8//51820/51820/true 32////');
  assert.equal(outer('cilium-vxlan-legacy'), '20/17/// 8//flowHash/8472/false 8//// 14////');
  assert.equal(outer('cilium-wireguard'), '20/17/// 8//51871/51871/true 32////');
  for (const name of ['host', 'flannel-host-gw', 'calico-bgp', 'cilium-native'])
    assert.equal(outer(name), '');
  for (const name of ['bridge', 'calico-ebpf', 'cilium-legacy']) assert.equal(outer(name), '');
  assert.equal(outer('cilium-vxlan'), '20/17/// 8//flowHash/8472/false 8//// 14////');
  assert.equal(outer('cilium-geneve'), '20/17/// 8//flowHash/6081/false 8//// 14////');
  assert.equal(outer('flannel-ipip'), '20/4///');
  assert.equal(outer('flannel-wireguard'), '20/17/// 8//51820/51820/true 32////');
  const across = (name: string): string => outer(name, 'crossSubnet');
  assert.equal(across('flannel-vxlan-directrouting'), '20/17/// 8//flowHash/8472/true 8//// 14////');
  assert.equal(across('calico-vxlan-crosssubnet'), '20/17/// 8//flowHash/4789/true 8//// 14////');
  assert.equal(across('calico-ipip-crosssubnet'), '20/4///');
});
