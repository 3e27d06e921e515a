/**
 * What OpenMetrics demands beyond the older text format, which the parser from npm knows: one `# EOF` at the end,
 * `# UNIT` that ends the family's name, metadata before samples, families not interleaved, each series once.
 *
 * Source: OpenMetrics 1.0, section "Text format" (ABNF) and "Overall structure".
 */

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const ESCAPED = '(?:[^\\n"\\\\]|\\\\["n\\\\])*';
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL})(?:,${LABEL})*)?\\})? (\\S+)$`);
const META = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (${ESCAPED})$`);

/** @returns  what is wrong, a line each; empty if all is well */
export function openMetricsProblems(text: string): string[] {
  const problems: string[] = [];
  if (!text.endsWith('\n# EOF\n') && text !== '# EOF\n') problems.push('does not end in # EOF');
  const seen = new Set<string>();
  const series = new Set<string>();
  let family = '';
  let sampled = false;
  for (const line of text.split('\n').slice(0, -2)) {
    const meta = META.exec(line);
    const sample = SAMPLE.exec(line);
    if (meta !== null) {
      const [, kind, name, rest] = meta;
      if (name !== family || sampled) {
        if (seen.has(name!)) problems.push(`family ${name} in two places`);
        seen.add(name!);
        [family, sampled] = [name!, false];
      }
      if (kind === 'TYPE' && rest !== 'gauge') problems.push(`type ${rest}`);
      if (kind === 'UNIT' && !name!.endsWith(`_${rest}`)) problems.push(`${name} does not end in ${rest}`);
    } else if (sample !== null) {
      const [, name, labels, value] = sample;
      sampled = true;
      if (name !== family) problems.push(`sample ${name} outside its family`);
      if (series.has(`${name}{${labels}}`)) problems.push(`series twice: ${line}`);
      series.add(`${name}{${labels}}`);
      if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value!)) problems.push(`no number: ${line}`);
      const names = [
        ...(labels ?? '').matchAll(new RegExp(`([a-zA-Z_][a-zA-Z0-9_]*)="${ESCAPED}"`, 'g')),
      ].map((m) => m[1]);
      if (new Set(names).size < names.length) problems.push(`label twice: ${line}`);
    } else problems.push(`no line of the format: ${line}`);
  }
  return problems;
}
