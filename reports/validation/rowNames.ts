/**
 * Short names of rows for tables: what all rows of one experiment have in common is said once, above them.
 *
 * An id of a measured bed is `experiment / name=value,… / metric`; other ids stay as they are. Left out: short names
 * in validation.json, where ids are whole.
 */

export interface RowNames {
  /** By id. */
  readonly names: ReadonlyMap<string, string>;
  /** What was left out, in words; '' for nothing. */
  readonly common: string;
}

interface Parts {
  readonly id: string;
  readonly exp: string;
  /** Settings, then the metric. */
  readonly words: readonly string[];
}

/** @param ids  of the rows of one table */
export function rowNames(ids: readonly string[]): RowNames {
  const names = new Map(ids.map((id) => [id, id]));
  const parts = ids.flatMap((id) => partsOf(id) ?? []);
  const exps = [...new Set(parts.map(({ exp }) => exp))];
  const alone = exps.length === 1 && parts.length === ids.length;
  const said: string[] = [];
  for (const exp of exps) {
    const mine = parts.filter((one) => one.exp === exp);
    if (mine.length === 1) continue;
    const common = mine[0]!.words.filter((word) => mine.every(({ words }) => words.includes(word)));
    if (common.length > 0 || alone) said.push(`${exp}: ${common.join(', ')}`);
    for (const { id, words } of mine) {
      const own = words.filter((word) => !common.includes(word));
      names.set(id, [...(alone ? [] : [exp]), own.join(', ')].join(': '));
    }
  }
  return { names, common: said.join('; ') };
}

function partsOf(id: string): Parts | null {
  const [exp, settings, metric, ...more] = id.split('/');
  if (metric === undefined || more.length > 0 || !settings!.includes('=')) return null;
  return { id, exp: exp!, words: [...settings!.split(','), metric] };
}

/** Texts by their words, numbers in them by size: `hops=2` before `hops=10`. */
export function byName(a: string, b: string): number {
  const [left, right] = [tokens(a), tokens(b)];
  for (const [at, mine] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    if (mine === other) continue;
    const apart = Number(mine) - Number(other);
    if (!Number.isNaN(apart) && apart !== 0) return apart;
    return mine < other ? -1 : 1;
  }
  return left.length - right.length;
}

const tokens = (text: string): string[] => text.match(/\d+(?:\.\d+)?|\D+/g) ?? [];
