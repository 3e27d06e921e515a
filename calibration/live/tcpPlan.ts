/** Configurations of `calibrate --tcp`: those of section 10 of the kernel measurements (docs/SOURCES.md, K10). */
import type { BottleneckSpec } from '../bottleneck/spec.ts';
import type { TcpConfig } from './tcpBed.ts';

const BURST_BYTES = 15_140;

/** @param secs  length of each run */
export function tcpPlan(secs: number): TcpConfig[] {
  const one = (
    cc: TcpConfig['cc'],
    rate: number,
    delay_us: number,
    limit: number,
    flows: number,
  ): TcpConfig => ({
    ...{ cc, rate, delay_us, limit, flows, secs },
    burst: BURST_BYTES,
  });
  const plan: TcpConfig[] = [];
  for (const limit of [30_000, 600_000]) {
    for (const flows of [1, 4]) {
      for (const delay of [0, 2500, 10_000]) plan.push(one('cubic', 100, delay, limit, flows));
      plan.push(one('cubic', 400, 0, limit, flows));
    }
    for (const delay of [0, 10_000]) plan.push(one('reno', 100, delay, limit, 1));
  }
  return plan;
}

export const specOf = (cfg: TcpConfig): BottleneckSpec => ({
  bottleneck: `${cfg.cc} ${cfg.rate} Mbit/s, ${cfg.delay_us} µs, ${cfg.limit} B, ${cfg.flows} flows`,
  congestion: cfg.cc,
  rateMbps: cfg.rate,
  delayUs: cfg.delay_us,
  limitBytes: cfg.limit,
  burstBytes: cfg.burst,
  flows: cfg.flows,
  seconds: cfg.secs,
  paced: false,
});
