/**
 * Prints the fingerprints of all small tasks as one JSON line: what a fresh process, or another Node version,
 * makes of them.
 *
 *     node --import tsx tests/determinism/print.ts
 */
import { fingerprint, smallTasks } from './tasks.ts';

const all = smallTasks().map((spec) => [spec.task, fingerprint(spec)] as const);
console.log(JSON.stringify(Object.fromEntries(all)));
