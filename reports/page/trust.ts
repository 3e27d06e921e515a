/**
 * The page's tables of what makes its figures trustworthy: seeds and intervals of runs that asked for a precision, the
 * check of a slice against the whole cluster.
 */
import type { MetricId } from '../../engine/core/record.ts';
import { precisionTable } from '../precision.ts';
import type { Result } from '../schema.ts';
import { SLICE_LIMITS, sliceSentence, sliceTable } from '../slice.ts';
import { dimText, shortName, varyingDims } from '../view.ts';
import { esc } from './escape.ts';
import { section } from './frame.ts';

/** '' where none was asked for. */
export function precisionSection(result: Result): string {
  const table = precisionTable(result);
  if (table === null || table.rows.length === 0) return '';
  const dims = varyingDims(result);
  const heads = [
    ...dims.map((name, k) => `<th${k === 0 ? ' class="name"' : ''} scope="col">${esc(name)}</th>`),
    '<th scope="col">seeds</th>',
    ...table.metrics.map((metric) => `<th scope="col">${esc(shortName(metric as MetricId).join(' '))}</th>`),
    '<th class="text" scope="col">outcome</th>',
  ];
  const rows = table.rows.map(({ cell, seeds, figures, text }) => {
    const names = dims.map((name, k) => {
      const label = esc(dimText(name, cell.dims[name]));
      return k === 0 ? `<th class="name" scope="row">${label}</th>` : `<td>${label}</td>`;
    });
    const cells = figures.map((figure) => `<td>${figure}</td>`);
    return `<tr>${names.join('')}<td>${seeds}</td>${cells.join('')}<td class="text">${esc(text)}</td></tr>`;
  });
  return section(
    'Precision',
    `<p class="note">${esc(table.title.replace('precision: half', 'Half'))}.</p><div class="scroll"><table>` +
      `<thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  );
}

/** '' where the whole cluster was run. */
export function sliceSection(result: Result): string {
  if (result.slice === undefined) return '';
  const said = `<p>${esc(sliceSentence(result))}</p><p class="note">${esc(SLICE_LIMITS)}</p>`;
  const table = sliceTable(result);
  if (table === null) return section('Slice', said);
  const heads = table.heads.map(
    (name, k) => `<th${k === 0 ? ' class="name"' : ''} scope="col">${esc(name)}</th>`,
  );
  const rows = table.rows.map(([name, ...cells]) => {
    const figures = cells.map((text) => `<td>${esc(text)}</td>`);
    return `<tr><th class="name" scope="row">${esc(name!)}</th>${figures.join('')}</tr>`;
  });
  return section(
    'Slice',
    `${said}<div class="scroll"><table><caption>${esc(table.title)}</caption>` +
      `<thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  );
}
