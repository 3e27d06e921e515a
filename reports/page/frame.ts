/**
 * The frame of a page that loads nothing: style, script and content are inside, and its content policy forbids
 * everything else.
 */
import { createHash } from 'node:crypto';
import { esc } from './escape.ts';
import { SCRIPT, STYLE } from './style.ts';

/** @param parts  HTML of header, main and footer; empty parts are left out */
export function page(title: string, parts: readonly string[]): string {
  const scriptHash = createHash('sha256').update(SCRIPT).digest('base64');
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${scriptHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${esc(title)} – Windtunnel</title>`,
    `<style>${STYLE}</style></head><body>`,
    ...parts.filter((part) => part !== ''),
    '<div id="tip" role="status" aria-hidden="true"></div>',
    `<script>${SCRIPT}</script>`,
    '</body></html>',
    '',
  ].join('\n');
}

/** An SVG inside HTML needs no namespace; its class says at which width it shows. */
export function inline(svg: string, name: 'wide' | 'narrow'): string {
  return svg.replace(/ xmlns="[^"]*"/, '').replace(' class="marks"', ` class="marks ${name}"`);
}

export const section = (title: string, content: string): string =>
  `<section><h2>${title}</h2>\n${content}</section>`;
