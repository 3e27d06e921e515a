/**
 * A built cluster: its racks, and what runs on each. One thread holds all of them, or, of a task that several
 * threads run, its share: consecutive racks.
 */
import type { TaskSpec } from '../core/taskSpec.ts';
import type { Partition } from '../host/partition.ts';
import { type Pools, poolBytes } from '../host/pools.ts';
import type { Setup } from '../host/setup.ts';
import type { Stack } from '../transport/stack.ts';
import type { TcpTable } from '../transport/tcpTable.ts';
import type { FlowTable, Ledger } from './ledger.ts';
import type { Sources } from './sources.ts';

export interface Cluster {
  readonly spec: TaskSpec;
  readonly setup: Setup;
  /** First rack that is built here. */
  readonly firstRack: number;
  /** Of all racks here. */
  readonly pools: Pools;
  readonly tcp: TcpTable;
  /** The racks built here, in order; stacks, ledgers and sources have the same places. */
  readonly partitions: Partition[];
  readonly stacks: Stack[];
  readonly ledgers: Ledger[];
  readonly sources: Sources[];
  /** All flows of the task, whoever sends them. */
  readonly flows: FlowTable;
  readonly lookaheadPs: number;
}

/** Racks from … to − 1. */
export interface RackSpan {
  readonly from: number;
  readonly to: number;
}

/** Place of rack `index` in the arrays of a cluster; negative or past their end: built elsewhere. */
export const placeOf = (cluster: Cluster, index: number): number => index - cluster.firstRack;

/** The rack of a node; null: built elsewhere. */
export function partitionOf(cluster: Cluster, node: number): Partition | null {
  return cluster.partitions[placeOf(cluster, Math.floor(node / cluster.setup.nodesPerRack))] ?? null;
}

/** The sources of a rack that is built here. */
export const sourcesOf = (cluster: Cluster, p: Partition): Sources =>
  cluster.sources[placeOf(cluster, p.index)]!;

/** Shares of `racks` racks among `count` threads: whole, consecutive, as equal as can be. */
export function spanOf(racks: number, count: number, index: number): RackSpan {
  return { from: Math.floor((racks * index) / count), to: Math.floor((racks * (index + 1)) / count) };
}

/** What the racks here hold together, bytes. */
export const sharedBytes = ({ pools, tcp }: Cluster): number => poolBytes(pools) + tcp.memoryBytes();
