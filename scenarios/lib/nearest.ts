/**
 * "Did you mean": the names that lie closest to a mistyped one, several of them, for paths and lists.
 *
 * Left out: transpositions as one edit.
 */
import { editDistance } from '../../engine/core/nearest.ts';

/** The `count` nearest of `names`, nearest first, ties in their own order; a contained word counts as near. */
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
