/**
 * What error says nothing more: the spread that a repeat would show.
 *
 * Source of the published floor: repeats and equal paths under other names among the publications themselves (90th
 * percentile of their spread by kind of figure); nothing below 4 % is told apart. Measured beds bring their own.
 */
import type { Row } from './study.ts';

const FLOOR = 0.04;

/** 90th percentile of the spread by family of published rows, ratio. */
const PUBLISHED_SPREAD: Readonly<Record<string, number>> = {
  tcp1: 0.13,
  tcpN: 0.05,
  udp: 0.24,
  pps: 0.24,
  latency: 0.2,
  tail: 0.2,
  cpu: 0.15,
};
const LINE_LIMITED_SPREAD = 0.03;

/** Ratio; an error up to it is inside the noise. */
export function noiseOf(row: Row, lineLimited: boolean): number {
  if (row.noise !== null) return row.noise;
  return Math.max(FLOOR, lineLimited ? LINE_LIMITED_SPREAD : (PUBLISHED_SPREAD[row.family] ?? 0));
}
