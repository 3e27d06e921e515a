/**
 * Accepts what the model does now: writes small-tasks.json, compiled.json and facts.json in tests/golden and says what
 * changed.
 *
 * A digest of events that changes needs a new MODEL_VERSION (engine/core/version.ts), or results of one version would
 * no longer be comparable: under the version of the file this refuses, unless told that the version has not been
 * released.
 *
 *     npm run baseline:accept [-- --unreleased]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exactComparison, renderExact } from '../reports/comparison/exact.ts';
import { readResult } from '../reports/read.ts';
import {
  BASELINE_FILE,
  baselineText,
  COMPILED_FILE,
  compiledText,
  currentCompiled,
  currentFacts,
  currentResult,
  eventDigests,
  FACTS_FILE,
  plainText,
} from '../tests/golden/goldens.ts';

const unreleased = process.argv.includes('--unreleased');
const now = currentResult();
const before = existsSync(BASELINE_FILE) ? readResult(fileURLToPath(BASELINE_FILE)) : null;
if (before !== null) console.log(renderExact(exactComparison(before, now), ['before', 'now']));
const digests = eventDigests(now);
const changed = Object.entries(before === null ? {} : eventDigests(before)).filter(
  ([task, digest]) => digests[task] !== digest,
);

if (changed.length > 0 && before!.model.version === now.model.version && !unreleased) {
  console.error(`${changed.length} digests changed under model version ${now.model.version}: raise MODEL_VERSION
in engine/core/version.ts; or, if that version was never released, run this again with --unreleased`);
  process.exitCode = 3;
} else {
  writeFileSync(BASELINE_FILE, baselineText(now));
  const same = [
    written(COMPILED_FILE, compiledText(currentCompiled())),
    written(FACTS_FILE, plainText(currentFacts())),
  ].every(Boolean);
  console.log(`${changed.length} of ${Object.keys(digests).length} digests of events changed;`);
  console.log(`compiled rows ${same ? 'as they were' : 'changed: read the diff'}`);
}

/** Writes the file. @returns whether it held this text already */
function written(file: URL, text: string): boolean {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  writeFileSync(file, text);
  return same;
}
