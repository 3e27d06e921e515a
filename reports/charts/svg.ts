/**
 * Vega-Lite specification to SVG text, without a browser or a canvas. The same specification gives the same
 * bytes on every machine: text widths are estimated, no time axis is used, ids start anew for each chart and
 * carry its name, so that several charts can stand in one page.
 */
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { CHART_CONFIG } from './theme.ts';

/** A chart before it has a width. */
export interface ChartPlan {
  /** Letters, digits, hyphens; unique within a report. */
  readonly id: string;
  readonly title: string;
  /** One line below the title: what to look at, or what is left out. */
  readonly subtitle: string;
  /** Specification for a total width in px, without title and configuration. */
  readonly spec: (widthPx: number) => Readonly<Record<string, unknown>>;
}

const TITLE_PX_PER_CHAR = 9;
const SUBTITLE_PX_PER_CHAR = 6.1;

/** Charts share vega's global id counter, so they render one after the other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Renders one chart.
 * @param widthPx  total width, at least 280
 * @returns        one `<svg>` element
 */
export function renderSvg(plan: ChartPlan, widthPx: number): Promise<string> {
  const next = last.then(() => renderAlone(plan, widthPx));
  last = next.catch(() => undefined);
  return next;
}

async function renderAlone(plan: ChartPlan, widthPx: number): Promise<string> {
  const spec = {
    width: widthPx,
    autosize: { type: 'fit-x', contains: 'padding' },
    title: {
      text: wrapText(plan.title, widthPx / TITLE_PX_PER_CHAR),
      subtitle: wrapText(plan.subtitle, widthPx / SUBTITLE_PX_PER_CHAR),
    },
    description: plan.title,
    config: CHART_CONFIG,
    ...plan.spec(widthPx),
  };
  const { spec: compiled } = compile(spec as unknown as TopLevelSpec, { logger: quiet });
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  const prefix = `${plan.id}-${widthPx}-`;
  return svg
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(
      /\b(id="|url\(#|href="#)((?:clip|gradient_)\d+)/g,
      (_, before: string, id: string) => before + prefix + id,
    )
    .replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', '');
}

/** Warnings of the compiler are the author's concern: tests look at the charts. */
const quiet = {
  level: () => quiet,
  error: () => quiet,
  warn: () => quiet,
  info: () => quiet,
  debug: () => quiet,
} as unknown as vega.LoggerInterface;

function wrapText(text: string, charsMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= charsMax)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
