/**
 * "Did you mean": the names that lie close to a mistyped one, several of them, for paths and lists. A name that is far
 * from all of them gets none: a wrong hint is worse than the command that lists what there is.
 *
 * Left out: transpositions as one edit, except in words that have the same letters.
 */
import { editDistance } from '../../engine/core/nearest.ts';

/** Edits that a slip of the fingers makes: a third of the word, at most four. */
const editsMax = (word: string): number => Math.min(4, Math.ceil(word.length / 3));

/**
 * At most `count` of `names` that are near, nearest first, ties in their own order; empty where none is. A contained
 * word of three letters or more counts as near; hyphens and case do not count.
 */
export function nearest(wanted: string, names: readonly string[], count: number): string[] {
  const word = plain(wanted);
  const ranked = names.flatMap((name, index) => {
    const known = plain(name);
    const contained = word.length >= 3 && (known.includes(word) || word.includes(known));
    const edits = editDistance(word, known);
    return contained || edits <= editsMax(word) || letters(word) === letters(known)
      ? [{ name, index, contained, edits }]
      : [];
  });
  ranked.sort((a, b) => Number(b.contained) - Number(a.contained) || a.edits - b.edits || a.index - b.index);
  return ranked.slice(0, count).map((entry) => entry.name);
}

const plain = (name: string): string => name.toLowerCase().replaceAll('-', '');

const letters = (word: string): string => [...word].sort().join('');

/** Words to end an error with: "; did you mean a, b?", or nothing. */
export function didYouMean(wanted: string, names: readonly string[], count: number): string {
  const near = nearest(wanted, names, count);
  return near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
}
