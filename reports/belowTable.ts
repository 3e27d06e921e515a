/** Sentences below a comparison table, whoever shows it: those that have something to say. */
import { accuracyLine } from './accuracy.ts';
import { costText } from './cost.ts';
import { amountOf, spreadOf, tailsOf } from './remarks.ts';
import type { Result } from './schema.ts';
import type { Sensitivity } from './sensitivity/schema.ts';
import { sureLine } from './sure.ts';

const said = (sentences: readonly string[]): string[] => sentences.filter((text) => text !== '');

/** What the figures are of: tails, seeds, simulated work, cost. */
export const basisOf = (result: Result): string[] =>
  said([tailsOf(result), spreadOf(result), amountOf(result), costText(result)]);

/** The same, and how far to trust them. @param sure a sensitivity study of the scenario, if there is one */
export const belowTable = (result: Result, sure: Sensitivity | null): string[] => [
  ...basisOf(result),
  ...said([accuracyLine(result), sureLine(result, sure)]),
];
