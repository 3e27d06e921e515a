/**
 * Whether a page is well-formed: every element closed in turn, no bare `<` in text.
 */
import assert from 'node:assert/strict';

const VOID = new Set(['meta']);

/** Opens and closes every element in turn; throws at the first that does not match. */
export function assertWellFormed(html: string): void {
  const open: string[] = [];
  const body = html.replace(/<!DOCTYPE html>/, '').replace(/(<(style|script)>)[\s\S]*?(<\/\2>)/g, '$1$3');
  for (const [tag, closing, name, rest] of body.matchAll(
    /<(\/?)([a-zA-Z][\w]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/g,
  )) {
    if (closing === '/') assert.equal(open.pop(), name, `closed by ${tag}`);
    else if (!VOID.has(name!) && !rest!.endsWith('/')) open.push(name!);
  }
  assert.deepEqual(open, []);
  assert.ok(!/<(?![a-zA-Z/])/.test(body), 'a bare < in text');
}
