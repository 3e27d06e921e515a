/**
 * JUnit XML as Jenkins, GitLab and others read it: a suite a comparison (a check), a test case a figure in the gate.
 *
 * A figure that gates at level error fails; a warning passes and says so; one with too few seeds for a verdict is
 * skipped, or in error where the gate stands on it; results that do not compare are one case in error. Times are 0:
 * nothing here was timed.
 * Source: junit-10.xsd of Jenkins' xUnit plugin.
 */
import type { Check, Comparison, MetricComparison, ThresholdOutcome } from '../comparison/types.ts';
import { figuresText, type Outcome, thresholdText } from './findings.ts';

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
}

/** Whole document. */
export function renderJunit({ comparisons, checks }: Outcome): string {
  const suites = [
    ...comparisons.map((one) => suite(`${one.base.label} → ${one.head.label}`, comparisonCases(one))),
    ...checks.map((one) => suite(`thresholds of ${one.source.label}`, checkCases(one))),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="windtunnel">\n${suites.join('')}</testsuites>\n`;
}

function comparisonCases({ head, problems, cells, gate }: Comparison): Case[] {
  const undecided = gate.policy === 'error' && gate.undecided > 0 ? 'error' : 'skipped';
  const classname = head.scenario.id;
  const refused = problems
    .filter((problem) => !problem.allowed)
    .map(
      ({ aspect, message }): Case => ({ classname, name: `comparable: ${aspect}`, kind: 'error', message }),
    );
  const figures = cells.flatMap((cell) =>
    cell.metrics
      .filter((metric) => metric.level !== 'off')
      .map((metric) => ({ classname, name: `${cell.id} ${metric.metric}`, ...kindOf(metric, undecided) })),
  );
  return [...refused, ...figures];
}

function kindOf(metric: MetricComparison, undecided: Case['kind']): Pick<Case, 'kind' | 'message'> {
  const { verdict, finding, acceptedBy } = metric;
  if (verdict === 'same') return { kind: 'passed', message: '' };
  const text = `${verdict}: ${figuresText(metric)}`;
  if (acceptedBy !== null) {
    return { kind: 'passed', message: `accepted until ${acceptedBy.until} (${acceptedBy.reason}): ${text}` };
  }
  if (finding === 'error') return { kind: 'failure', message: text };
  if (verdict === 'too-few') return { kind: undecided, message: text };
  return { kind: 'passed', message: finding === 'warn' ? `warning: ${text}` : text };
}

function checkCases({ source, outcomes }: Check): Case[] {
  return outcomes.map((outcome) => ({
    classname: source.scenario.id,
    name: `${outcome.cell} ${outcome.metric} ${outcome.condition}`,
    kind: outcome.finding === 'error' ? 'failure' : 'passed',
    message: checkMessage(outcome),
  }));
}

function checkMessage(outcome: ThresholdOutcome): string {
  const { acceptedBy, finding } = outcome;
  const text = thresholdText(outcome);
  if (acceptedBy !== null) return `accepted until ${acceptedBy.until} (${acceptedBy.reason}): ${text}`;
  return finding === 'warn' ? `warning: ${text}` : text;
}

function suite(name: string, cases: readonly Case[]): string {
  const count = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  const [failures, errors, skipped] = [count('failure'), count('error'), count('skipped')];
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return ` <testsuite name="${xml(name)}" ${counts} time="0">\n${cases.map(testCase).join('')} </testsuite>\n`;
}

function testCase({ classname, name, kind, message }: Case): string {
  const open = `  <testcase classname="${xml(classname)}" name="${xml(name)}" time="0"`;
  if (kind !== 'passed') {
    const type = kind === 'skipped' ? '' : ' type="windtunnel"';
    return `${open}><${kind}${type} message="${xml(message)}"/></testcase>\n`;
  }
  return message === '' ? `${open}/>\n` : `${open}><system-out>${xml(message)}</system-out></testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Control characters and lone surrogates cannot stand in XML at all. */
function xml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
