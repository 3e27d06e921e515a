/**
 * docs/PRIMER.md, claim by claim: every command of the page runs, and every line below it is printed, in order.
 *
 * In the page `…` stands for text left out within a line, a line after `not:` must not be printed, and runs of spaces
 * count as one. A figure that changes with the model is changed on the page, with its sentence.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { RULES } from '../../planning/rules.ts';
import { temporaryFolder } from '../cli/spawn.ts';

interface Check {
  readonly command: string;
  readonly lines: readonly string[];
}

interface Claim {
  readonly id: string;
  readonly text: string;
  readonly checks: readonly Check[];
}

const page = readFileSync(new URL('../../docs/PRIMER.md', import.meta.url), 'utf8');
const PROMPT = '$ npx tsx run ';

function claimsOf(markdown: string): Claim[] {
  return markdown
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [id = '', ...rest] = section.split(/^## /m)[0]!.split('\n');
      const text = rest.join('\n');
      const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap((block) =>
        checksOf(block[1]!),
      );
      return { id, text: text.replace(/^```[\s\S]*?^```$/gm, '').trim(), checks: blocks };
    });
}

function checksOf(block: string): Check[] {
  const checks: { command: string; lines: string[] }[] = [];
  for (const line of block.split('\n').filter((one) => one !== '')) {
    if (line.startsWith(PROMPT)) checks.push({ command: line.slice(PROMPT.length), lines: [] });
    else {
      assert.ok(checks.length > 0, `a line before any command: ${line}`);
      checks.at(-1)!.lines.push(line);
    }
  }
  return checks;
}

const claims = claimsOf(page);
const outputs = new Map<string, Promise<string[]>>();

/** Lines on stdout, spaces made one; each command runs once. Runs go to a folder that is removed. */
function outputOf(command: string): Promise<string[]> {
  const known = outputs.get(command) ?? run(command);
  outputs.set(command, known);
  return known;
}

async function run(command: string): Promise<string[]> {
  const folder = temporaryFolder();
  const argv = command.split(' ');
  if (argv[0] === 'advise') argv.push('--workers', '0');
  else if (argv[0] !== 'explain' && argv[0] !== 'trace') {
    argv.push('--workers', '0', '--progress', 'none', '--out', path.join(folder.dir, 'run'));
  }
  let out = '';
  let said = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    note: (line) => {
      said += `${line}\n`;
    },
    raw: () => {},
    env: {},
    outIsTty: false,
    noteIsTty: false,
    columns: 0,
  };
  try {
    assert.equal(await main(argv, shippedParts, io), 0, `${command}\n${said}`);
  } finally {
    folder.remove();
  }
  return out.split('\n').map(single);
}

const single = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** Whether a line holds the pieces of an expectation in their order, each of whole words. */
function holds(line: string, expected: string): boolean {
  const words = ` ${line} `;
  let from = 0;
  for (const piece of expected.split('…').map(single)) {
    const at = words.indexOf(piece === '' ? '' : ` ${piece} `, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

function assertPrinted(command: string, printed: readonly string[], lines: readonly string[]): void {
  let from = 0;
  for (const line of lines) {
    if (line.startsWith('not:')) {
      const banned = single(line.slice(4));
      assert.ok(!printed.some((one) => one.includes(banned)), `${command} prints '${banned}'`);
      continue;
    }
    const at = printed.findIndex((one, index) => index >= from && holds(one, line));
    assert.ok(
      at >= 0,
      `${command} does not print (any more, or in this order):\n${line}\nbut:\n${printed.join('\n')}`,
    );
    from = at + 1;
  }
}

for (const { id, checks } of claims) {
  test(`${id}: what the page shows is printed`, async () => {
    for (const { command, lines } of checks) assertPrinted(command, await outputOf(command), lines);
  });
}

test('every claim has an id of its own, its Chinese words, a verdict and a command with a line to hold it to', () => {
  assert.equal(new Set(claims.map(({ id }) => id)).size, claims.length);
  for (const { id, text, checks } of claims) {
    assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(text.split('\n')[0]!, /[\u4e00-\u9fff]/, `${id}: the claim in Chinese`);
    assert.equal(text.match(/^\*\*(Holds|Wrong)\b[^*]*\*\*/gm)?.length, 1, `${id}: one verdict`);
    assert.ok(checks.length > 0, `${id}: a command`);
    for (const { command, lines } of checks) assert.ok(lines.length > 0, `${id}: ${command} shows nothing`);
  }
});

test('the claims that the field makes are there, and rules and links point to claims that exist', () => {
  const ids = new Set(claims.map(({ id }) => id));
  const usual =
    'host-ports veth-bridge nat flannel-udp-port flannel-udp-copies vxlan-vtep vxlan-source-port vxlan-fdb ' +
    'vxlan-multicast direct-routing hostgw-next-hop hostgw-l2 calico-routes felix-bird bgp-condition ' +
    'mtu-black-hole mss-clamp fragments jumbo ' +
    'services-linear ipip-overhead vxlan-overhead ebpf-kernel wireguard ecmp comparison advice-bgp advice-ebpf';
  for (const id of usual.split(' ')) assert.ok(ids.has(id), id);
  for (const { source } of RULES) {
    const id = /^docs\/PRIMER\.md, (.*)$/.exec(source)?.[1];
    assert.ok(id === undefined || ids.has(id), source);
  }
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map((match) => match[1]!);
  for (const link of links) assert.ok(ids.has(link) || link === 'not-shown', link);
});

test('what the page holds to is really compared: a wrong figure, a wrong order and a banned line are found', () => {
  const printed = ['backend Gbit/s', 'host 1500 0 23.5', 'bridge 1500 0 23.1'];
  assertPrinted('toy', printed, ['host … 23.5', 'bridge 1500', 'not: flannel']);
  assert.throws(() => assertPrinted('toy', printed, ['host … 23.6']));
  assert.throws(() => assertPrinted('toy', printed, ['host … 23']));
  assert.throws(() => assertPrinted('toy', printed, ['bridge 1500', 'host 1500']));
  assert.throws(() => assertPrinted('toy', printed, ['not: bridge']));
});
