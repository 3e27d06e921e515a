/**
 * A cost book from JSON: the same fields as engine/host/machine.ts, all of them required. Every problem is
 * reported with its path, at once; unknown fields are problems too, so that a typing error cannot hide.
 */
import { FACTS } from '../engine/host/backend.ts';
import type { Machine } from '../engine/host/machine.ts';
import { STAGE_IDS } from '../engine/host/stages.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Problems found so far, with the checks that add to them. */
class Problems {
  readonly list: string[] = [];

  add(path: string, text: string): void {
    this.list.push(`${path}: ${text}`);
  }

  /** The object at `path` if it has exactly these fields (plus optional ones), else an empty one. */
  fields(
    value: unknown,
    path: string,
    required: readonly string[],
    optional: readonly string[] = [],
  ): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(path, 'must be an object');
      return {};
    }
    const known = [...required, ...optional];
    const join = (name: string): string => (path === '$' ? name : `${path}.${name}`);
    for (const name of required) if (!Object.hasOwn(value, name)) this.add(join(name), 'is missing');
    for (const name of Object.keys(value))
      if (!known.includes(name)) this.add(join(name), 'is not a known field');
    return value as Fields;
  }

  text(fields: Fields, name: string, path: string): void {
    const value = fields[name];
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      this.add(path, 'must be a text that is not empty');
    }
  }

  oneOf(fields: Fields, name: string, path: string, allowed: readonly string[]): void {
    const value = fields[name];
    if (value !== undefined && !allowed.includes(value as string)) {
      this.add(path, `must be one of ${allowed.join(', ')}`);
    }
  }

  number(fields: Fields, name: string, path: string, min: number, max: number, whole: boolean): void {
    const value = fields[name];
    if (value === undefined) return;
    const fits = typeof value === 'number' && value >= min && value <= max;
    if (!fits || (whole && !Number.isInteger(value))) {
      this.add(path, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
    }
  }
}

/** [field, least, most, whole] */
type NumberRule = readonly [name: string, min: number, max: number, whole: boolean];

const TOP_NUMBERS: readonly NumberRule[] = [
  ['cores', 1, 1024, true],
  ['gsoMaxBytes', 1448, 524_280, true],
  ['tcpRmemMaxBytes', 4096, 2_147_483_647, true],
  ['tcpWmemMaxBytes', 4096, 2_147_483_647, true],
  ['udpRcvbufBytes', 2304, 2_147_483_647, true],
];
const NIC_NUMBERS: readonly NumberRule[] = [
  ['rateGbps', 0.001, 1600, false],
  ['rxQueues', 1, 1024, true],
  ['rxRingPackets', 1, 65_536, true],
  ['qdiscSkbs', 1, 1_000_000, true],
  ['moderationUs', 0, 100_000, false],
  ['moderationFrames', 1, 65_536, true],
  ['rxTruesizeBytes', 256, 1_048_576, true],
];
const WAKING_NUMBERS: readonly NumberRule[] = [
  ['pollNs', 0, 1e9, false],
  ['sleepNs', 0, 1e9, false],
  ['haltAfterNs', 0, 1e12, false],
  ['haltNs', 0, 1e9, false],
];
const CACHE_NUMBERS: readonly NumberRule[] = [
  ['l2Bytes', 1024, 1e9, true],
  ['l3NsPerByte', 0, 1000, false],
];
const CONFIDENCES = ['measured', 'published', 'assumed'];
const PRICE_NUMBERS = ['firstNs', 'eachNs', 'packetNs', 'byteNs'];

/** The machine that parsed JSON describes. Throws an Error whose message lists every problem, a line each. */
export function machineFromJson(json: unknown): Machine {
  const problems = new Problems();
  const names = TOP_NUMBERS.map(([name]) => name);
  const required = ['name', 'title', 'pickIf', 'wire', 'nic', 'facts', 'waking', 'cache', 'prices', ...names];
  const top = problems.fields(json, '$', required);
  for (const name of ['name', 'title', 'pickIf']) problems.text(top, name, name);
  problems.oneOf(top, 'wire', 'wire', ['nic', 'veth']);
  checkNumbers(problems, top, '', TOP_NUMBERS);
  if (top.nic !== undefined) {
    const nic = problems.fields(
      top.nic,
      'nic',
      NIC_NUMBERS.map(([name]) => name),
    );
    checkNumbers(problems, nic, 'nic.', NIC_NUMBERS);
  }
  if (top.facts !== undefined) {
    const facts = problems.fields(top.facts, 'facts', FACTS);
    for (const fact of FACTS) {
      const value = facts[fact];
      if (value !== undefined && typeof value !== 'boolean')
        problems.add(`facts.${fact}`, 'must be true or false');
    }
  }
  if (top.waking !== undefined) checkWaking(problems, top.waking);
  if (top.cache !== undefined) {
    const cache = problems.fields(
      top.cache,
      'cache',
      CACHE_NUMBERS.map(([name]) => name),
    );
    checkNumbers(problems, cache, 'cache.', CACHE_NUMBERS);
  }
  if (top.prices !== undefined) {
    const prices = problems.fields(top.prices, 'prices', STAGE_IDS);
    for (const stage of STAGE_IDS) {
      if (prices[stage] !== undefined) checkPrice(problems, prices[stage], `prices.${stage}`);
    }
  }
  if (problems.list.length > 0) throw new Error(`machine:\n  ${problems.list.join('\n  ')}`);
  return json as Machine;
}

function checkNumbers(
  problems: Problems,
  fields: Fields,
  prefix: string,
  rules: readonly NumberRule[],
): void {
  for (const [name, min, max, whole] of rules) problems.number(fields, name, prefix + name, min, max, whole);
}

function checkWaking(problems: Problems, value: unknown): void {
  const names = WAKING_NUMBERS.map(([name]) => name);
  const waking = problems.fields(value, 'waking', [...names, 'source', 'confidence']);
  checkNumbers(problems, waking, 'waking.', WAKING_NUMBERS);
  problems.text(waking, 'source', 'waking.source');
  problems.oneOf(waking, 'confidence', 'waking.confidence', CONFIDENCES);
}

function checkPrice(problems: Problems, value: unknown, path: string): void {
  const price = problems.fields(value, path, ['source', 'confidence'], [...PRICE_NUMBERS, 'range']);
  for (const name of PRICE_NUMBERS) problems.number(price, name, `${path}.${name}`, 0, 1e9, false);
  if (!PRICE_NUMBERS.some((name) => price[name] !== undefined))
    problems.add(path, `needs one of ${PRICE_NUMBERS.join(', ')} (0: free)`);
  problems.text(price, 'source', `${path}.source`);
  problems.oneOf(price, 'confidence', `${path}.confidence`, CONFIDENCES);
  const range = price.range;
  if (range === undefined) {
    if (price.confidence === 'assumed')
      problems.add(`${path}.range`, 'is missing: an assumed price needs one');
    return;
  }
  const [low, high] = Array.isArray(range) && range.length === 2 ? (range as unknown[]) : [];
  const ordered = typeof low === 'number' && typeof high === 'number' && low > 0 && low <= 1 && high >= 1;
  if (!ordered) problems.add(`${path}.range`, 'must be [low, high] with 0 < low ≤ 1 ≤ high');
}
