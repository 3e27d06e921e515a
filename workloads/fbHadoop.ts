/**
 * Flow sizes of a Hadoop cluster at Facebook.
 * Attributed to: A. Roy et al., "Inside the Social Network's (Datacenter) Network", SIGCOMM 2015.
 * Pairs [bytes, cumulative per cent]; between two points the share grows linearly with the size.
 * Left out: arrival pattern and locality, which scenarios set. Source: docs/SOURCES.md, section "Workloads".
 */
import type { FlowSizes } from './types.ts';

export const fbHadoop: FlowSizes = [
  [0, 0],
  [100, 1],
  [200, 2],
  [300, 5],
  [350, 15],
  [400, 20],
  [500, 30],
  [600, 40],
  [700, 50],
  [1000, 60],
  [2000, 67],
  [7000, 70],
  [30_000, 72],
  [50_000, 82],
  [80_000, 87],
  [120_000, 90],
  [300_000, 95],
  [1_000_000, 97.5],
  [2_000_000, 99],
  [10_000_000, 100],
];
