/**
 * Accepts what the model does now: writes digests.json, compiled.json and facts.json in tests/golden and says what
 * changed.
 *
 * A digest that changes needs a new MODEL_VERSION (engine/core/version.ts), or results of one version would no
 * longer be comparable: under the version of the file this refuses, unless told that the version has not been
 * released.
 *
 *     node --import tsx scripts/golden.ts [--unreleased]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
  COMPILED_FILE,
  compiledText,
  currentCompiled,
  currentDigests,
  currentFacts,
  DIGESTS_FILE,
  type Digests,
  FACTS_FILE,
  plainText,
} from '../tests/golden/goldens.ts';

const unreleased = process.argv.includes('--unreleased');
const digests = currentDigests();
const before = existsSync(DIGESTS_FILE) ? (JSON.parse(readFileSync(DIGESTS_FILE, 'utf8')) as Digests) : null;
const changed = Object.entries(before?.digests ?? {}).filter(
  ([task, digest]) => digests.digests[task] !== digest,
);

for (const [task, digest] of changed) console.log(`${task}: ${digest} -> ${digests.digests[task] ?? 'gone'}`);
if (changed.length > 0 && before!.modelVersion === digests.modelVersion && !unreleased) {
  console.error(`${changed.length} digests changed under model version ${digests.modelVersion}: raise MODEL_VERSION
in engine/core/version.ts; or, if that version was never released, run this again with --unreleased`);
  process.exitCode = 3;
} else {
  writeFileSync(DIGESTS_FILE, plainText(digests));
  const same = [
    written(COMPILED_FILE, compiledText(currentCompiled())),
    written(FACTS_FILE, plainText(currentFacts())),
  ].every(Boolean);
  console.log(`${changed.length} of ${Object.keys(digests.digests).length} digests changed;`);
  console.log(`compiled rows ${same ? 'as they were' : 'changed: read the diff'}`);
}

/** Writes the file. @returns whether it held this text already */
function written(file: URL, text: string): boolean {
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  writeFileSync(file, text);
  return same;
}
