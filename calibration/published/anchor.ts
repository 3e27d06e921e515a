/**
 * Which row fixes the speed of a bed: its own host row of the same family, one number each (rules 1 and 2).
 *
 * Where the list has a host on one node only, the publication's host row between two nodes serves.
 * No host row fixes anything when it is a limit (93 % of the line's payload, a rate cap of a VM, a send buffer), a
 * loss (the publication's own retransmits), a ratio without figures, or itself a scored row. Of several host rows of a
 * family the one in the middle counts. Left out: pooling of several rows.
 */
import { backendNamed } from '../../backends/catalog.ts';
import type { PublishedRow } from '../formats/types.ts';
import { unitOf } from '../formats/units.ts';
import { type Conditions, conditionsOf } from './conditions.ts';
import { lineGbps, linkMtuBytes } from './environment.ts';
import { type Test, testOf } from './test.ts';

export interface Anchor {
  readonly conditions: Conditions;
  /** Base unit. */
  readonly measured: number;
}

const LIMIT_SHARE = 0.93;
/** Datagrams above it, with their headers, do not fit a slab of 8 KB. */
const JUMBO_ABOVE_BYTES = 7_800;

/** Beds whose host row of a family lost too much to say how fast the machine is, with the reason. */
const LOSSES: Readonly<Record<string, string>> = {
  // InfraBuilder 2020, kube-router at MTU 1500: 45,510 retransmits, slower than a tunnel at a smaller MTU.
  'IB20 bulk': 'the only row without encapsulation lost 45,510 segments',
};

/** The anchor of the rows of one family of one bed, or why there is none. */
export function anchorOf(rows: readonly PublishedRow[], scales: Test['scales']): Anchor | string {
  const bed = rows[0]?.row.bed ?? '';
  const lossy = LOSSES[`${bed} ${scales}`];
  if (lossy !== undefined) return lossy;
  const seen = new Map<string, Anchor>();
  let reason = 'no host row';
  for (const row of rows) {
    const found = candidate(row);
    if (typeof found === 'string') reason = found;
    else seen.set(JSON.stringify([found.conditions.backend, found.measured]), found);
  }
  const streams = Math.min(...[...seen.values()].map(({ conditions }) => conditions.streams));
  const alike = [...seen.values()]
    .filter(({ conditions }) => conditions.streams === streams)
    .sort((a, b) => a.measured - b.measured);
  return alike[(alike.length - 1) >> 1] ?? reason;
}

function candidate(published: PublishedRow): Anchor | string {
  const { row, baseline } = published;
  if (baseline === null || row.baseline_row === null) return 'no host row';
  if (row.family === 'cpu') return 'no host row';
  if (row.unit.startsWith('ratio')) return 'the source gives ratios without figures';
  if (/rate cap/.test(row.reason ?? '')) return 'host row is a rate cap';
  const own = conditionsOf(published);
  if (own.sameNode) return betweenNodes(published, own) ?? 'no host row across nodes';
  if (row.list === 'scored' && row.ratio === 1) return 'the host row is itself scored';
  return usable(published, baselineConditions(own, row.baseline_row), baseline);
}

/** The same metric of the host between two nodes, where the list has it on one node only. */
function betweenNodes(published: PublishedRow, own: Conditions): Anchor | string | null {
  const { row, beside } = published;
  const found = beside.find(
    ({ mode, metric }) => metric === row.metric && /^host\b.*\binter-host$/.test(mode),
  );
  const unit = found === undefined ? null : unitOf(found.unit);
  if (found === undefined || unit === null) return null;
  const conditions = { ...own, backend: 'host', sameNode: false, podMtuBytes: linkMtuBytes(own) };
  return usable(published, conditions, found.value * unit.factor);
}

/** The host row, unless a limit holds it. */
function usable({ row }: PublishedRow, conditions: Conditions, baseline: number): Anchor | string {
  const test = testOf(conditions);
  if (typeof test === 'string') return test;
  if (waitsForSendBuffer(conditions, test)) return 'host row waits for its send buffer';
  const line = lineGbps(conditions, backendNamed(conditions.backend));
  const limited = test.kind.endsWith('STREAM') && row.family !== 'pps' && line !== null;
  if (limited && baseline >= LIMIT_SHARE * line) return 'host row is at the line';
  return { conditions, measured: baseline };
}

/**
 * A host's own UDP socket holds 212,992 B of truesize: 12 jumbo datagrams of 16,640 B (their 9 KB take a 16 KB
 * slab). Its sender waits for the NIC's completions, not for the CPU; pods do not wait, forwarding orphans the skb.
 */
const waitsForSendBuffer = (c: Conditions, test: Test): boolean =>
  test.scales === 'udp' && c.backend === 'host' && c.podMtuBytes > JUMBO_ABOVE_BYTES;

/** Conditions of the host row that stands beside a row; null where there is none. */
export function hostConditions(published: PublishedRow): Conditions | null {
  const { baseline_row } = published.row;
  if (published.baseline === null || baseline_row === null) return null;
  return baselineConditions(conditionsOf(published), baseline_row);
}

/** Path, MTU and kernel of the row that others are compared with, from its description. */
function baselineConditions(c: Conditions, description: string): Conditions {
  const mtu = /MTU (\d+)/.exec(description)?.[1];
  const kernel = /kernel ([\d.]+)/.exec(description)?.[1];
  return {
    ...c,
    backend: baselineBackend(c.backend, description),
    podMtuBytes: mtu === undefined ? linkMtuBytes(c) : Number(mtu),
    kernel: kernel ?? c.kernel,
  };
}

function baselineBackend(backend: string, description: string): string {
  if (description.includes('kube-router') || description.includes('BGP')) return 'calico-bgp';
  if (!description.includes('same CNI')) return 'host';
  if (backend.startsWith('flannel')) return 'flannel-host-gw';
  return backend.startsWith('cilium') ? 'cilium-legacy' : 'calico-bgp';
}
