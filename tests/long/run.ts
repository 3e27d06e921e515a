/**
 * `npm run test:long`: runs tests/long/*.long.ts one after the other, prints each result, and writes the dated
 * summary tests/long/RESULTS.md, which is committed.
 *
 * Left out: durations in the summary (they are this machine's, and would change the file without a reason).
 */
import { readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MODEL_VERSION } from '../../engine/core/version.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.long.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
  .map((name) => path.join(folder, name));

const lines: string[] = [];
const say = (line: string): void => {
  console.log(line);
  lines.push(line);
};

// `date -u`'s order of fields, to the minute.
const date = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
say('# Long tests');
say('');
say(
  `${date}, model version ${MODEL_VERSION}, Node ${process.versions.node}, ${process.platform}-${process.arch},`,
);
say(`${os.availableParallelism()} processors. Written by \`npm run test:long\`.`);
say('');

let failed = 0;
for await (const event of run({ files, concurrency: 1 })) {
  if (event.type === 'test:pass' || event.type === 'test:fail') {
    const { name, skip, nesting } = event.data;
    // The runner reports each file as a test of its own.
    if (nesting === 0 && files.includes(name) && event.type === 'test:pass') continue;
    const result =
      skip !== undefined ? `SKIPPED (${String(skip)})` : event.type === 'test:pass' ? 'ok' : 'FAILED';
    if (event.type === 'test:fail') failed++;
    say(`- ${result}: ${files.includes(name) ? path.basename(name) : name}`);
    if (event.type === 'test:fail') console.error(event.data.details.error);
  } else if (
    event.type === 'test:diagnostic' &&
    !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(event.data.message)
  ) {
    say(`  - ${event.data.message.replace(/ {2,}/g, '; ')}`);
  }
}
say('');
say(failed === 0 ? 'All passed.' : `${failed} failed.`);
if (wanted.length === 0) writeFileSync(path.join(folder, 'RESULTS.md'), `${lines.join('\n')}\n`);
process.exitCode = failed === 0 ? 0 : 1;
