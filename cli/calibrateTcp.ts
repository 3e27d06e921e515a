/**
 * `calibrate --tcp`: the live kernel's TCP through a token bucket beside the engine's, and slow start round by round.
 * Nothing is fitted; no price enters.
 */
import { runBottleneck } from '../calibration/bottleneck/bed.ts';
import { compiled, hostOf, obstacles, sweep } from '../calibration/live/host.ts';
import { exitOf, roundsOf, type Seen, seenBy } from '../calibration/live/slowStart.ts';
import { runTcp, TCP_PORT, type TcpConfig, type TcpRun } from '../calibration/live/tcpBed.ts';
import { specOf, tcpPlan } from '../calibration/live/tcpPlan.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** Packets of the first rounds are enough, and all that the bed keeps. */
const SEEN_MAX = 16_384;

export interface TcpComparison {
  readonly cfg: TcpConfig;
  readonly live: Omit<TcpRun, 'notes'>;
  readonly model: Omit<TcpRun, 'notes'>;
  /** Packets a round trip from the start, one flow behind a delay line; else null. */
  readonly rounds: { readonly live: readonly number[]; readonly model: readonly number[] } | null;
}

/** Runs every configuration once. @throws UsageError with what is missing */
export async function compareTcp(secs: number, io: Io, signal: AbortSignal): Promise<TcpComparison[]> {
  const host = await hostOf();
  const problems = await obstacles(host);
  if (host.versions.ethtool === null) problems.push('missing: ethtool (Debian: apt-get install ethtool)');
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  for (const name of await sweep()) io.note(`removed ${name}, left by a run that was killed`);
  const plan = tcpPlan(secs);
  io.note(
    `${plan.length} configurations of ${secs} s: about ${Math.ceil((plan.length * (secs + 2)) / 60)} minutes`,
  );
  const { program, remove } = await compiled();
  try {
    const compared: TcpComparison[] = [];
    for (const cfg of plan) {
      const { notes, ...live } = await runTcp(cfg, program, signal);
      const seen: Seen[] = [];
      const record = runBottleneck(specOf(cfg), {
        note: (sent, seq) => {
          if (seen.length < SEEN_MAX) seen.push({ sent, seq });
        },
      });
      const model = {
        goodput_mbps: record.goodputMbps,
        rtt_us_median: record.rttMs * 1000,
        cwnd_bytes_median: record.cwndBytes,
        tbf_drops: record.drops,
      };
      const rounds =
        cfg.delay_us > 0 && cfg.flows === 1
          ? { live: roundsOf(seenBy(notes, cfg.delay_us * 1000, TCP_PORT)), model: roundsOf(seen) }
          : null;
      compared.push({ cfg, live, model, rounds });
      io.note(`${compared.length} of ${plan.length}: ${specOf(cfg).bottleneck}`);
    }
    return compared;
  } finally {
    await remove();
  }
}

const pair = (live: number, model: number, digits: number): string =>
  `${live.toFixed(digits)} / ${model.toFixed(digits)}`;

/** With the last newline; at most 100 columns. */
export function tcpText(compared: readonly TcpComparison[]): string {
  const lines = compared.map(({ cfg, live, model }) =>
    [
      cfg.cc.padEnd(6),
      `${cfg.rate}`.padStart(7),
      (cfg.delay_us / 1000).toFixed(1).padStart(9),
      `${cfg.limit / 1000}`.padStart(10),
      `${cfg.flows}`.padStart(6),
      pair(live.goodput_mbps, model.goodput_mbps, 1).padStart(15),
      pair(live.rtt_us_median / 1000, model.rtt_us_median / 1000, 1).padStart(14),
      pair(live.cwnd_bytes_median / 1000, model.cwnd_bytes_median / 1000, 0).padStart(12),
      pair(live.tbf_drops, model.tbf_drops, 0).padStart(12),
    ].join(' '),
  );
  const starts = compared.flatMap(({ cfg, rounds }) => {
    if (rounds === null) return [];
    const text = (list: readonly number[]): string => list.slice(0, 8).join(' ');
    const exit = (list: readonly number[]): string => `round ${(exitOf(list) ?? list.length) + 1}`;
    const name = `${cfg.cc} ${cfg.delay_us / 1000} ms ${cfg.limit / 1000} kB`;
    return [
      `${name.padEnd(22)} kernel ${text(rounds.live).padEnd(36)} stops doubling in ${exit(rounds.live)}`,
      `${''.padEnd(22)} engine ${text(rounds.model).padEnd(36)} stops doubling in ${exit(rounds.model)}`,
    ];
  });
  return `${[
    'TCP through a token bucket: kernel / engine',
    'cc      Mbit/s  delay ms  buffer kB  flows  goodput Mbit/s         RTT ms      cwnd kB        drops',
    ...lines,
    '',
    'Slow start, packets a round trip',
    ...starts,
  ].join('\n')}\n`;
}
