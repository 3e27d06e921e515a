/**
 * Flow sizes of a storage cluster at Alibaba.
 * Attributed to: Y. Li et al., "HPCC: High Precision Congestion Control", SIGCOMM 2019.
 * Pairs [bytes, cumulative per cent]; between two points the share grows linearly with the size.
 * Left out: arrival pattern and locality, which scenarios set. Source: docs/SOURCES.md, section "Workloads".
 */
import type { FlowSizes } from './types.ts';

export const aliStorage2019: FlowSizes = [
  [0, 0],
  [4000, 22.93],
  [8000, 69.21],
  [16_000, 80.61],
  [32_000, 90.47],
  [64_000, 93.53],
  [128_000, 96.77],
  [256_000, 97.53],
  [2_000_000, 100],
];
