/**
 * The cost book that a calibration gives: prices of what the bed could tell apart, each marked with how it was found;
 * the rest, NIC and queues included, is the base book's.
 */
import type { Machine, Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import type { Fit } from './fit.ts';
import { GROUPS } from './groups.ts';

export interface BookInput {
  readonly fit: Fit;
  /** Gives what the bed does not see. */
  readonly base: Machine;
  readonly name: string;
  /** When, on what: for the titles of people. */
  readonly about: string;
  readonly cores: number;
}

export function calibratedBook({ fit, base, name, about, cores }: BookInput): Machine {
  const prices: Record<StageId, Price> = { ...base.prices };
  GROUPS.forEach((group, at) => {
    const { state, tiedTo } = fit.groups[at]!;
    if (state === 'unseen') return;
    for (const stage of group.stages) {
      const { firstNs, eachNs, packetNs, byteNs } = fit.machine.prices[stage];
      const ns = Object.entries({ firstNs, eachNs, packetNs, byteNs }).filter(
        ([, value]) => value !== undefined,
      );
      const rounded = Object.fromEntries(ns.map(([key, value]) => [key, Number(value!.toPrecision(4))]));
      prices[stage] =
        state === 'measured'
          ? { ...rounded, source: `calibrated: ${group.name}`, confidence: 'measured' }
          : {
              ...rounded,
              source: `calibrated together with ${tiedTo}`,
              confidence: 'assumed',
              range: [0.5, 2],
            };
    }
  });
  const wakes = fit.groups[GROUPS.findIndex((group) => group.waking)]!.state === 'measured';
  const { sleepNs, haltNs } = fit.machine.waking;
  const waking = wakes
    ? { ...base.waking, sleepNs: Math.round(sleepNs), haltNs: Math.round(haltNs), source: 'calibrated: wake' }
    : base.waking;
  const pickIf = `you run what this machine runs (${about})`;
  return { ...base, name, title: `calibrated on ${about}`, pickIf, cores, waking, prices };
}
