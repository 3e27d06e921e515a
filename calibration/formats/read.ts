/**
 * Files of measurements → rows: the format is told by the content, what cannot be used is named and skipped.
 *
 * YAML is parsed by whoever calls (no packages here). Left out: guessing at fields that are nearly right.
 */
import { blame, isFields, type Place } from './check.ts';
import { readOwn } from './ownRead.ts';
import { join, readList, readRecords } from './published.ts';
import { readRuns } from './runs.ts';
import {
  BadMeasurementFile,
  type BottleneckEntry,
  type KernelEntry,
  type Measurements,
  type OwnMeasurement,
  type Problem,
  type Source,
} from './types.ts';

type Format = 'runs' | 'list' | 'records';

/** Fields that tell a format from the others. */
const SIGNS: Readonly<Record<Format, readonly string[]>> = {
  runs: ['exp', 'cfg', 'r'],
  list: ['bed', 'measured', 'list', 'family', 'source_mode'],
  records: ['value', 'environment', 'how_certain', 'source_title', 'source_url_or_repo_path'],
};
/** Two of them: one may be missing from an entry by mistake, one alone may be chance. */
const SIGNS_MIN = 2;

/**
 * Reads all files of one comparison together: lists are joined with the records among them.
 * @throws BadMeasurementFile for a source that is of no known format
 */
export function readMeasurements(sources: readonly Source[]): Measurements {
  const problems: Problem[] = [];
  const kernel: KernelEntry[] = [];
  const bottleneck: BottleneckEntry[] = [];
  const own: OwnMeasurement[] = [];
  const lists: ReturnType<typeof readList> = [];
  const records: ReturnType<typeof readRecords> = [];
  let hasList = false;
  for (const { name, value } of sources) {
    const file: Place = { file: name, path: '', problems };
    if (isFields(value) && ('rows' in value || 'format' in value)) {
      own.push(...readOwn(value, file));
      continue;
    }
    if (!Array.isArray(value)) throw unknownFormat(name);
    if (value.length === 0) {
      blame(file, 'the list is empty');
      continue;
    }
    const format = formatOf(value);
    if (format === null) throw unknownFormat(name);
    if (format === 'list') {
      hasList = true;
      lists.push(...readList(value, file));
    } else if (format === 'records') records.push(...readRecords(value, file));
    else {
      const runs = readRuns(value, file);
      kernel.push(...runs.kernel);
      bottleneck.push(...runs.bottleneck);
    }
  }
  return { published: join(lists, records, hasList, problems), kernel, bottleneck, own, problems };
}

/** The format whose signs most entries carry. */
function formatOf(entries: readonly unknown[]): Format | null {
  const votes: Record<Format, number> = { runs: 0, list: 0, records: 0 };
  for (const entry of entries) {
    if (!isFields(entry)) continue;
    for (const format of Object.keys(SIGNS) as Format[]) {
      const signs = SIGNS[format].filter((sign) => Object.hasOwn(entry, sign)).length;
      if (signs >= SIGNS_MIN) votes[format]++;
    }
  }
  const [best] = (Object.keys(SIGNS) as Format[]).sort((a, b) => votes[b] - votes[a]);
  return votes[best!] === 0 ? null : best!;
}

const unknownFormat = (name: string): BadMeasurementFile =>
  new BadMeasurementFile(
    name,
    'neither published records, a scoring list, runs of the veth bed or the bottleneck, nor own measurements ' +
      '(docs/MEASUREMENTS.md)',
  );

/**
 * JSON as measurement tools write it: bare NaN and Infinity, which JSON does not have, become null, so that the
 * field is named instead of the file refused.
 * @throws BadMeasurementFile
 */
export function parseMeasurementJson(name: string, text: string): unknown {
  if (text.trim() === '') throw new BadMeasurementFile(name, 'not JSON: the file is empty');
  try {
    const bare = text
      .replace(/^\uFEFF/, '')
      .replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
        found.startsWith('"') ? found : 'null',
      );
    return JSON.parse(bare);
  } catch (error) {
    // The parser's text quotes the file, which may be anything.
    const why = (error as Error).message.replace(/[\s\p{Cc}\uFFFD]+/gu, ' ');
    throw new BadMeasurementFile(name, `not JSON: ${why}`);
  }
}
