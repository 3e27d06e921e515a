/**
 * What `calibrate` measures: configurations, which of them prices are fitted on, and the order of the repeats.
 *
 * Fitted are the kinds that repeat well (price of a packet, bulk TCP of one path with and without offloads, exchanges
 * between awake cores); the rest is left out of the fit and shows how far it carries. Experiments and settings are
 * named as in calibration/kernel.
 */
import type { Config } from '../kernel/task.ts';
import type { Mode } from './modes.ts';

export interface Planned {
  readonly exp: 'e0_hole' | 'e1' | 'e2' | 'e3';
  readonly cfg: Config & { readonly mode: Mode; readonly hops: number };
  /** Prices are fitted on it. */
  readonly fit: boolean;
}

const hole = (mode: Mode, msg: number, fit: boolean, hops = 0, mtu = 1500): Planned => ({
  exp: 'e0_hole',
  cfg: { mode, msg, hops, mtu },
  fit,
});
const bulk = (
  mode: Mode,
  off: 'on' | 'gsogro' | 'off',
  fit: boolean,
  kind = 'tcp1',
  mtu = 1500,
): Planned => ({
  exp: 'e1',
  cfg: { mode, off, hops: 0, kind, mtu },
  fit,
});
/** One stream in writes of `msg` bytes. */
const writes = (mode: Mode, msg: number): Planned => ({
  exp: 'e2',
  cfg: { mode, msg, hops: 0, proto: 't', off: 'on', mtu: 1500 },
  fit: false,
});
const exchange = (mode: Mode, msg: number, fit: boolean): Planned => ({
  exp: 'e3',
  cfg: { mode, msg, hops: 0, proto: 't', nohalt: 1, off: 'on', mtu: 1500 },
  fit,
});

/** All that the kernel and its tools can do. @param ethtool  offloads can be switched */
export function planOf(modes: readonly Mode[], ethtool: boolean): Planned[] {
  const paths = modes.filter((mode) => mode !== 'udp');
  const plan: Planned[] = [];
  for (const mode of paths) plan.push(hole(mode, 64, true), hole(mode, 1400, true), hole(mode, 700, false));
  if (modes.includes('hostnet')) plan.push(hole('hostnet', 64, false, 1), hole('hostnet', 64, false, 2));
  for (const mode of paths.filter((one) => one !== 'routed')) {
    const fit = mode === 'hostnet' || mode === 'vxlan';
    plan.push(bulk(mode, 'on', fit));
    if (ethtool) plan.push(bulk(mode, 'gsogro', mode === 'hostnet'), bulk(mode, 'off', fit));
  }
  for (const mode of paths.filter((one) => one === 'hostnet' || one === 'hostgw' || one === 'vxlan')) {
    plan.push(
      hole(mode, 4000, false, 0, 9000),
      bulk(mode, 'on', false, 'tcp1', 9000),
      bulk(mode, 'on', false, 'tcp4'),
    );
    plan.push(writes(mode, 16_384), writes(mode, 65_536));
  }
  for (const mode of modes) {
    const fit = mode === 'hostnet' || mode === 'udp';
    plan.push(exchange(mode, 64, fit), exchange(mode, 1400, false));
  }
  return plan;
}

/** Stable name of a configuration. */
export const nameOf = ({ exp, cfg }: Planned): string =>
  `${exp}/${Object.entries(cfg)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}`;

/** A rough second count, for the time limit: the programs' own time and their starts. */
export const secondsOf = ({ exp }: Planned): number => ({ e0_hole: 0.6, e1: 2.6, e2: 2.6, e3: 2 })[exp];

/** The plan in another order each round, so that slow drift does not look like a difference. @param seed  whole */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const out = [...list];
  let state = (seed * 2_654_435_761) >>> 0;
  for (let left = out.length; left > 1; left--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * left);
    [out[left - 1], out[at]] = [out[at]!, out[left - 1]!];
  }
  return out;
}
