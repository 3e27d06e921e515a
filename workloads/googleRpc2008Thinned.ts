/**
 * Sizes of remote procedure calls at Google in 2008, thinned to 27 points: most fit one packet.
 * A table that network simulators pass around; its origin was not traced further than its name.
 * Pairs [bytes, cumulative per cent]; between two points the share grows linearly with the size.
 * Left out: arrival pattern and locality, which scenarios set. Source: docs/SOURCES.md, section "Workloads".
 */
import type { FlowSizes } from './types.ts';

export const googleRpc2008Thinned: FlowSizes = [
  [0, 0],
  [3, 6.48826],
  [32, 9.73239],
  [64, 15.5271],
  [96, 28.6139],
  [128, 35.1573],
  [158, 40.6446],
  [205, 46.1319],
  [256, 49.7901],
  [313, 60.2272],
  [402, 70.6643],
  [512, 78.4921],
  [1024, 86.32],
  [2048, 90.8862],
  [4096, 93.4955],
  [8192, 96.4309],
  [16_384, 98.4694],
  [32_768, 99.0402],
  [65_536, 99.3256],
  [131_072, 99.7129],
  [262_144, 99.8453],
  [524_288, 99.9498],
  [1_047_917, 99.9758],
  [2_113_675, 99.9889],
  [4_300_563, 99.9955],
  [8_231_141, 99.9985],
  [15_158_197, 100],
];
