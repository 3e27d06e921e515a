/**
 * Flow sizes of a web-search cluster: long flows carry most bytes.
 * Attributed to: M. Alizadeh et al., "Data Center TCP (DCTCP)", SIGCOMM 2010.
 * Pairs [bytes, cumulative per cent]; between two points the share grows linearly with the size.
 * Left out: arrival pattern and locality, which scenarios set. Source: docs/SOURCES.md, section "Workloads".
 */
import type { FlowSizes } from './types.ts';

export const websearch: FlowSizes = [
  [0, 0],
  [10_000, 15],
  [20_000, 20],
  [30_000, 30],
  [50_000, 40],
  [80_000, 53],
  [200_000, 60],
  [1_000_000, 70],
  [2_000_000, 80],
  [5_000_000, 90],
  [10_000_000, 97],
  [30_000_000, 100],
];
