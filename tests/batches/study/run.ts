/**
 * `npm run batches`: the study of batches against single packets; writes its tables into docs/BATCHES.md. Words after
 * `--` choose groups and cells (`npm run batches -- incast`), and then only print.
 *
 * Left out: resuming; it takes about five minutes on two cores.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { MODEL_VERSION } from '../../../engine/core/version.ts';
import { allCases } from './cases.ts';
import { runCases } from './pool.ts';
import { studyText } from './text.ts';

const FILE = new URL('../../../docs/BATCHES.md', import.meta.url);
const BEGIN = '<!-- batches:begin -->';
const END = '<!-- batches:end -->';

const wanted = process.argv.slice(2);
const cases = allCases().filter(({ group, cell }) =>
  wanted.every((word) => `${group}/${cell}`.includes(word)),
);
let done = 0;
const outcomes = await runCases(cases, ({ group, cell, runs, seconds }) => {
  done++;
  console.error(`${done}/${cases.length} ${group}, ${cell}: ${runs} runs, ${seconds.toFixed(1)} s`);
});
const date = new Date().toISOString().slice(0, 10);
const text = studyText(
  outcomes,
  `${date}, model version ${MODEL_VERSION}, Node ${process.versions.node}, ${os.availableParallelism()} processors; ` +
    `${cases.length} cells, ${outcomes.reduce((sum, { runs }) => sum + runs, 0)} pairs of runs.`,
);
console.log(text);
if (wanted.length === 0) {
  const page = readFileSync(FILE, 'utf8');
  const head = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  writeFileSync(FILE, `${head}\n\n${text}\n\n${page.slice(page.indexOf(END))}`);
}
