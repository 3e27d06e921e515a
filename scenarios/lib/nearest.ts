/**
 * "Did you mean": names that lie closest to a mistyped one, by edit distance.
 *
 * Left out: transpositions as one edit.
 */

/** Single-character edits between two words. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * The `count` nearest of `names`, nearest first, ties in their own order; a contained word counts as near.
 */
export function nearest(wanted: string, names: readonly string[], count: number): string[] {
  const word = wanted.toLowerCase();
  const ranked = names.map((name, index) => {
    const known = name.toLowerCase();
    const contained = word.length >= 3 && (known.includes(word) || word.includes(known));
    return { name, index, distance: editDistance(word, known) - (contained ? 1000 : 0) };
  });
  ranked.sort((a, b) => a.distance - b.distance || a.index - b.index);
  return ranked.slice(0, count).map((entry) => entry.name);
}
