/** What docs/MODEL.md lists is what the code has: reasons of drops. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { QUEUE_NAMES } from '../../engine/core/queues.ts';

const model = readFileSync(new URL('../../docs/MODEL.md', import.meta.url), 'utf8');

test('the section on drops names every reason as results do', () => {
  const section = /^## Drops\n([\s\S]*?)^## /m.exec(model)?.[1] ?? '';
  // The kernel's constant in brackets stands in results alone.
  for (const name of QUEUE_NAMES) {
    const words = name.replace(/ \(.*\)$/, '');
    assert.ok(section.includes(words), words);
  }
});
