/**
 * Which figures of which cells: `rpcP99`, `goodput{backend=flannel-*,nodes>=1000}`, `*{backend=host|bridge}`.
 *
 * Conditions hold all at once; `*` stands for any characters, `|` parts alternatives, `scenario` is the scenario's
 * name. A cell without the dimension does not match, except under `!=`.
 */

type Operator = '=' | '!=' | '>=' | '<=' | '>' | '<';

interface Condition {
  readonly dim: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface Selector {
  /** As written. */
  readonly text: string;
  /** A metric's name or a pattern. */
  readonly metric: string;
  readonly conditions: readonly Condition[];
}

export type Dims = Readonly<Record<string, string | number>>;

/** Text that is no selector, name, condition or amount. */
export class GrammarError extends Error {}

/**
 * Reads a selector.
 * @throws GrammarError  with what is wrong and an example
 */
export function parseSelector(text: string): Selector {
  const match = /^\s*([\w*]+)\s*(?:\{(.*)\})?\s*$/.exec(text);
  if (match === null) {
    throw new GrammarError(`'${text}' is no selector; one looks like rpcP99{backend=host,nodes>=100}`);
  }
  const [, metric, inside] = match;
  const conditions = (inside ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => parseCondition(part, text));
  return { text: text.trim(), metric: metric!, conditions };
}

function parseCondition(part: string, text: string): Condition {
  const match = /^\s*([\w.]+)\s*(!=|>=|<=|=|>|<)\s*(.+?)\s*$/.exec(part);
  if (match === null) {
    throw new GrammarError(`'${part.trim()}' in '${text}' is no condition; one looks like backend=host`);
  }
  const [, dim, operator, value] = match as unknown as [string, string, Operator, string];
  if (/[<>]/.test(operator) && !Number.isFinite(Number(value))) {
    throw new GrammarError(`'${part.trim()}' in '${text}': ${operator} takes a number`);
  }
  return { dim, operator, value };
}

/** Whether a selector names a metric of a cell. `dims` should hold `scenario` too. */
export const selects = (selector: Selector, metric: string, dims: Dims): boolean =>
  matches(selector.metric, metric) && selectsCell(selector, dims);

/** Whether a cell meets a selector's conditions. */
export const selectsCell = ({ conditions }: Selector, dims: Dims): boolean =>
  conditions.every(({ dim, operator, value }) => holds(dims[dim], operator, value));

function holds(actual: string | number | undefined, operator: Operator, value: string): boolean {
  if (actual === undefined) return operator === '!=';
  const same = value.split('|').some((one) => matches(one.trim(), String(actual)));
  switch (operator) {
    case '=':
      return same;
    case '!=':
      return !same;
    case '>=':
      return Number(actual) >= Number(value);
    case '<=':
      return Number(actual) <= Number(value);
    case '>':
      return Number(actual) > Number(value);
    case '<':
      return Number(actual) < Number(value);
  }
}

/** A pattern with `*` against a whole text. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
