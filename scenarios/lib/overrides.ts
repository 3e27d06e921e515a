/**
 * Changing one setting by its dotted path: what `--set`, the short flags and the dimensions of a sweep share.
 *
 * A path must exist and a value must fit the type that it replaces. `*2` multiplies a number, or every
 * price below the path, by two: "scale one stage" is `machine.prices.ENCAP=*2`. A price that the user
 * touches counts as assumed.
 * Left out: adding list entries.
 */
import type { ClusterSpec, PolicySpec, TaskSpec, TrafficSpec } from '../../engine/core/taskSpec.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { type DimValue, ScenarioError } from './define.ts';
import { nearest } from './nearest.ts';
import { WORDS } from './words.ts';

/** Everything that a path can reach. */
export interface Settings {
  readonly cluster: ClusterSpec;
  readonly traffic: TrafficSpec;
  readonly machine: Machine;
  readonly policy: PolicySpec;
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly drainMs: number;
  readonly podMtuBytes: number | null;
  readonly congestion: TaskSpec['congestion'];
  readonly eventsMax: number;
}

/** Short names of dimensions and flags → the paths that they set. */
export const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  nodes: ['cluster.nodes'],
  link: ['cluster.linkGbps', 'machine.nic.rateGbps'],
  mtu: ['cluster.mtuBytes'],
  ip: ['cluster.ipFamily'],
  cores: ['machine.cores'],
  queues: ['machine.nic.rxQueues'],
  load: ['traffic.flows.load'],
  sizes: ['traffic.flows.sizesName'],
  kind: ['traffic.netperf.kind'],
  message: ['traffic.netperf.messageBytes'],
  response: ['traffic.netperf.responseBytes'],
  streams: ['traffic.netperf.streams'],
  pairs: ['traffic.netperf.pairs'],
  fanIn: ['traffic.netperf.fanIn'],
  probes: ['traffic.probePairs'],
  requests: ['traffic.rpc.perNodePerS'],
  bondHash: ['cluster.bondHash'],
  rules: ['policy.rules'],
  ruleKind: ['policy.ruleKind'],
  services: ['policy.services'],
  proxy: ['policy.proxy'],
};

/** Every path that a dimension sets: its own, those of a short name, or those of its words. */
export function pathsOf(name: string): readonly string[] {
  const words = Object.values(WORDS[name] ?? {});
  if (words.length > 0) return [...new Set(words.flatMap((changes) => Object.keys(changes)))];
  return SHORT_NAMES[name] ?? [name];
}

type Tree = { [key: string]: Tree | string | number | boolean | null };

const PRICE_FIELDS = ['firstNs', 'eachNs', 'packetNs', 'byteNs'];
const HIDDEN = new Set(['name', 'title', 'pickIf', 'source', 'confidence', 'range', 'sizes']);
const OPTIONAL_SECTIONS = new Set(['traffic.flows', 'traffic.rpc', 'traffic.netperf']);
/** Leaves that may also be null. */
const NULLABLE = new Set([
  'podMtuBytes',
  'cluster.fabricMtuBytes',
  'traffic.flows.rackLocalShare',
  'traffic.crossRackShare',
]);

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every path that can be set, in declaration order. */
export function settablePaths(settings: Settings): string[] {
  const paths: string[] = [];
  const visit = (tree: Tree, prefix: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      if (HIDDEN.has(key) || Array.isArray(value)) continue;
      const path = prefix + key;
      if (prefix === 'machine.prices.') for (const field of PRICE_FIELDS) paths.push(`${path}.${field}`);
      else if (isTree(value)) visit(value, `${path}.`);
      else paths.push(path);
    }
  };
  visit(settings as unknown as Tree, '');
  return paths;
}

/** A mistake in a path, with valid ones that are near. */
function unknownPath(settings: Settings, path: string): ScenarioError {
  const known = [...Object.keys(SHORT_NAMES), ...Object.keys(WORDS), ...settablePaths(settings)];
  const near = nearest(path, known, 3);
  const hint = near.length > 0 ? `; nearest: ${near.join(', ')}` : '';
  return new ScenarioError([`unknown setting '${path}'${hint} (all: list settings)`]);
}

/**
 * A copy of the settings with one of them changed.
 * @param name   dotted path, short name or dimension of words
 * @param value  number, or text as typed ('9000', 'true', 'null', '*2', 'none' for a section of traffic)
 * @throws       ScenarioError for an unknown path or a value of the wrong type
 */
export function withSetting(settings: Settings, name: string, value: DimValue): Settings {
  const copy = JSON.parse(JSON.stringify(settings)) as Settings;
  const words = Object.hasOwn(WORDS, name) ? WORDS[name]! : null;
  if (words === null) for (const path of pathsOf(name)) setPath(copy, path, value);
  else for (const [path, own] of Object.entries(changesOf(name, words, value))) setPath(copy, path, own);
  return copy;
}

function changesOf<T>(name: string, words: Readonly<Record<string, T>>, value: DimValue): T {
  if (Object.hasOwn(words, value)) return words[value]!;
  throw new ScenarioError([`'${name}' takes ${Object.keys(words).join(', ')}, not '${value}'`]);
}

function setPath(settings: Settings, path: string, value: DimValue): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let parent: Tree = settings as unknown as Tree;
  for (const key of keys) {
    const child = Object.hasOwn(parent, key) ? parent[key] : undefined;
    if (!isTree(child)) throw unknownPath(settings, path);
    parent = child;
  }
  if (OPTIONAL_SECTIONS.has(path) && value === 'none') {
    delete parent[last];
    return;
  }
  const isPriceField = path.startsWith('machine.prices.') && keys.length === 3 && PRICE_FIELDS.includes(last);
  if (HIDDEN.has(last) && path !== 'traffic.flows.sizesName') throw unknownPath(settings, path);
  if (!Object.hasOwn(parent, last) && !isPriceField) throw unknownPath(settings, path);
  if (isPriceField && parent[last] === undefined) parent[last] = 0;
  parent[last] = changed(parent[last]!, path, value);
  if (isPriceField) markAssumed(parent, 1);
}

function changed(old: Tree[string], path: string, value: DimValue): Tree[string] {
  const factor = typeof value === 'string' && value.startsWith('*') ? Number(value.slice(1)) : null;
  if (factor !== null && !(factor >= 0 && factor <= 1e9)) throw mismatch(path, 'a factor such as *2', value);
  if (isTree(old)) {
    if (factor === null || !path.startsWith('machine.prices')) {
      throw new ScenarioError([`'${path}' is a group of settings; name one below it`]);
    }
    scalePrices(old, factor);
    return old;
  }
  if (value === 'null' && NULLABLE.has(path)) return null;
  if (typeof old === 'number' || NULLABLE.has(path)) {
    if (factor !== null && typeof old === 'number') return old * factor;
    const number = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) throw mismatch(path, 'a number', value);
    return number;
  }
  if (typeof old === 'boolean') {
    if (value === 'true' || value === 1) return true;
    if (value === 'false' || value === 0) return false;
    throw mismatch(path, 'true or false', value);
  }
  return String(value);
}

const mismatch = (path: string, wanted: string, value: DimValue): ScenarioError =>
  new ScenarioError([`'${path}' takes ${wanted}, not '${value}'`]);

function scalePrices(tree: Tree, factor: number): void {
  let isPrice = false;
  for (const [key, value] of Object.entries(tree)) {
    if (isTree(value)) scalePrices(value, factor);
    else if (PRICE_FIELDS.includes(key) && typeof value === 'number') {
      tree[key] = value * factor;
      isPrice = true;
    }
  }
  if (isPrice) markAssumed(tree, factor);
}

/** What-if prices must not pass for measured ones. A range is required where a price is assumed. */
function markAssumed(price: Tree, factor: number): void {
  price.source = factor === 1 ? 'set by the user' : `${String(price.source)}, × ${factor} by the user`;
  price.confidence = 'assumed';
  if (price.range === undefined) price.range = [1, 1] as unknown as Tree;
}
