/**
 * Text into HTML. Every label, reason and source of a result passes here before it enters a page.
 */
import { glue } from '../units.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escaped for element content and quoted attributes. Control characters become spaces; "97 %" and "3.0 M"
 * stay on one line.
 */
export function esc(text: string | number): string {
  return glue(String(text))
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
