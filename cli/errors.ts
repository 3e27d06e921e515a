/**
 * Exit codes, and mistakes of the user as errors of their own.
 * Source of the codes: DESIGN section 5.
 */
export const EXIT = {
  done: 0,
  crash: 1,
  usage: 2,
  gate: 3,
  notComparable: 4,
  simulation: 5,
  infeasible: 6,
  interrupted: 130,
  terminated: 143,
} as const;

/** A command line, file or name that cannot be used: exit code 2. The message is shown as it is. */
export class UsageError extends Error {}

/** Results that do not compare, or a baseline that is not there: exit code 4. The message is shown as it is. */
export class NotComparableError extends Error {}
