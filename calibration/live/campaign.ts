/**
 * A measuring campaign: beds are made once, then the whole plan is gone through round by round, each in another order,
 * until the time is up; once in any case. What fails is told and left out.
 */
import { Bed } from './bed.ts';
import type { Mode } from './modes.ts';
import { nameOf, type Planned, secondsOf, shuffled } from './plan.ts';
import { type Metrics, probe, type Tools } from './probes.ts';
import { ShellError } from './shell.ts';

export interface Sample {
  readonly round: number;
  readonly exp: Planned['exp'];
  readonly cfg: Planned['cfg'];
  readonly metrics: Metrics;
}

export interface CampaignOptions extends Tools {
  readonly plan: readonly Planned[];
  readonly minutes: number;
  readonly onSample: (sample: Sample, done: number, round: number) => void;
  readonly onProblem: (what: string) => void;
}

const ROUNDS_MAX = 9;

/** Seconds that one round takes, about. */
export const roundSeconds = (plan: readonly Planned[]): number =>
  plan.reduce((sum, one) => sum + secondsOf(one), 0);

/** Beds are gone when it returns or throws. */
export async function measure(options: CampaignOptions): Promise<Sample[]> {
  const { plan, minutes, signal, program } = options;
  const beds = new Map<string, Bed>();
  const samples: Sample[] = [];
  const endMs = performance.now() + minutes * 60_000;
  const failing = new Map<Planned, number>();
  try {
    for (const { cfg } of plan) {
      const key = bedOf(cfg);
      if (beds.has(key)) continue;
      const bed = new Bed(
        { mode: cfg.mode as Mode, routers: cfg.hops, mtuBytes: Number(cfg.mtu) },
        program,
        signal,
      );
      await bed.open();
      beds.set(key, bed);
    }
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (const planned of shuffled(plan, round)) {
        if (round > 0 && performance.now() > endMs) return samples;
        if ((failing.get(planned) ?? 0) > 1) continue;
        try {
          const metrics = await probe(planned.exp, planned.cfg, beds.get(bedOf(planned.cfg))!, options);
          samples.push({ round, exp: planned.exp, cfg: planned.cfg, metrics });
          options.onSample(samples.at(-1)!, samples.length, round);
        } catch (error) {
          if (signal.aborted || !(error instanceof ShellError)) throw error;
          failing.set(planned, (failing.get(planned) ?? 0) + 1);
          options.onProblem(`${nameOf(planned)}: ${error.message}`);
        }
      }
    }
    return samples;
  } finally {
    for (const bed of beds.values()) await bed.close();
  }
}

const bedOf = (cfg: Planned['cfg']): string => `${cfg.mode}/${cfg.hops}/${cfg.mtu}`;
