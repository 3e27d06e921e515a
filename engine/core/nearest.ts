/**
 * The known name that a mistyped one probably meant, for error texts of catalogs and the command line.
 * Edit distance by single insertions, deletions and replacements (Levenshtein). No transpositions.
 */

/** Nearest of `known` (first on a tie), or null where none is within half of the longer name's length. */
export function nearestName(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    const allowed = Math.max(name.length, candidate.length) / 2;
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** "unknown <what> "x"; did you mean "y"? known: a, b, c" */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === null ? '' : ` did you mean "${nearest}"?`;
  return `unknown ${what} "${name}";${hint} known: ${known.join(', ')}`;
}

/** Insertions, deletions and replacements between two words. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
