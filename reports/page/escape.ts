/**
 * Text into HTML. Every label, reason and source of a result passes here before it enters a page.
 */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;',
};

/** Escaped for element content and quoted attributes; control characters become spaces. */
export function esc(text: string | number): string {
  return String(text).replace(/[\p{Cc}\p{Cs}]/gu, ' ').replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
