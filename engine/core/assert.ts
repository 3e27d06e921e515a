/**
 * Programmer errors. Always on, also in benchmarks: a wrong number is worse than no number.
 * Messages are constant strings, so that the good path never builds text.
 */
export class InvariantError extends Error {}

/** A limit of the run was reached (events, memory, pool): exit code 5, the text says which and what to do. */
export class LimitError extends Error {}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message);
}

/** Whole, at least 0 and at most 2^53 − 1. */
export function assertWhole(value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 0) fail(name);
}

function fail(message: string): never {
  throw new InvariantError(message);
}
