/**
 * A reader of Go's benchmark format, written from its specification and sharing nothing with the writer.
 *
 * Source: https://go.dev/design/14313-benchmark-format (lines, names, values), golang.org/x/perf/benchfmt (`Unit`
 * lines, the trailing -N of a name as number of processors).
 */

export interface GoFile {
  readonly config: Readonly<Record<string, string>>;
  /** Way of each unit that a `Unit` line names. */
  readonly better: Readonly<Record<string, string>>;
  readonly lines: readonly GoLine[];
}

export interface GoLine {
  /** With neither `Benchmark` nor the number of processors. */
  readonly name: string;
  readonly iterations: number;
  readonly values: Readonly<Record<string, number>>;
}

/** @throws Error with the first line that the specification does not allow */
export function parseGoBenchmark(text: string): GoFile {
  const config: Record<string, string> = {};
  const better: Record<string, string> = {};
  const lines: GoLine[] = [];
  if (!text.endsWith('\n')) throw new Error('last line is cut');
  for (const line of text.slice(0, -1).split('\n')) {
    const pair = /^([a-z][^A-Z\s:]*):[ \t]+(.*)$/.exec(line);
    const unit = /^Unit (\S+)((?: \S+=\S+)+)$/.exec(line);
    if (pair !== null) config[pair[1]!] = pair[2]!;
    else if (unit !== null) better[unit[1]!] = /better=(higher|lower)/.exec(unit[2]!)![1]!;
    else lines.push(benchmarkLine(line));
  }
  return { config, better, lines };
}

function benchmarkLine(line: string): GoLine {
  const [name, iterations, ...rest] = line.split(/[ \t]+/);
  // "the name must begin with Benchmark and the next character must not be lower case"
  if (!/^Benchmark(?![a-z])/.test(name!)) throw new Error(`no benchmark line: ${line}`);
  if (!/^\d+$/.test(iterations ?? '')) throw new Error(`no whole number of iterations: ${line}`);
  if (rest.length < 2 || rest.length % 2 !== 0) throw new Error(`no pairs of value and unit: ${line}`);
  const values: Record<string, number> = {};
  for (let at = 0; at < rest.length; at += 2) {
    const [value, unit] = [Number(rest[at]), rest[at + 1]!];
    if (!Number.isFinite(value)) throw new Error(`no number: ${rest[at]}`);
    if (unit in values) throw new Error(`unit twice: ${unit}`);
    values[unit] = value;
  }
  return {
    name: name!.slice('Benchmark'.length).replace(/-\d+$/, ''),
    iterations: Number(iterations),
    values,
  };
}
