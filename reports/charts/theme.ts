/**
 * Colours and type of all charts. Every colour is a CSS variable with a light fallback: inlined in a page the
 * chart follows the page's scheme, alone it is a light chart; `flattenColours` fixes one scheme.
 *
 * Source of the hues: Okabe and Ito's colour-blind-safe set (backends), Paul Tol's muted set (stages), with
 * yellow and the darkest hues shifted so that each stands off a white and a near-black ground.
 */
import type { Config } from 'vega-lite';

export type Scheme = 'light' | 'dark';

/** [light, dark] of each variable. The page's own colours are here too, so that both come from one table. */
export const COLOURS = {
  ink: ['#1b2330', '#e6e9ef'],
  muted: ['#556070', '#a3adba'],
  grid: ['#dde2e9', '#333c49'],
  ground: ['#ffffff', '#151a21'],
  panel: ['#f5f7fa', '#1d242e'],
  accent: ['#2f6fb5', '#5b9fe6'],
  warn: ['#b5432a', '#ff8f70'],
  good: ['#1f7a4d', '#63c996'],
  baseline: ['#6b7583', '#98a3b1'],
  b0: ['#0072b2', '#4aa8e8'],
  b1: ['#d55e00', '#ff8a3d'],
  b2: ['#009e73', '#2cc79a'],
  b3: ['#b65a94', '#e59ac8'],
  b4: ['#3fa2d8', '#8fd0f5'],
  b5: ['#c78a00', '#f0b840'],
  b6: ['#6a4fb3', '#a995ee'],
  b7: ['#8a7400', '#d6c644'],
  s0: ['#4c3f9e', '#8b80e0'],
  s1: ['#cc6677', '#e88a9a'],
  s2: ['#ddbf5b', '#e5cf7f'],
  s3: ['#117733', '#3fae62'],
  s4: ['#66b8e0', '#88ccee'],
  s5: ['#882255', '#c2578f'],
  s6: ['#44aa99', '#5cc4b3'],
  s7: ['#999933', '#bfbf55'],
  s8: ['#aa4499', '#d27fc4'],
  s9: ['#a9b1bc', '#6d7886'],
} as const satisfies Record<string, readonly [string, string]>;
export type ColourName = keyof typeof COLOURS;

/** CSS value of a colour: the variable, with the light colour where no page defines it. */
export function colour(name: ColourName): string {
  return `var(--wt-${name}, ${COLOURS[name][0]})`;
}

/** Declarations of all variables in one scheme, for a page. */
export function colourVariables(scheme: Scheme): string {
  const at = scheme === 'light' ? 0 : 1;
  return Object.entries(COLOURS)
    .map(([name, pair]) => `--wt-${name}:${pair[at]};`)
    .join('');
}

/** The same SVG with plain colours of one scheme: for viewers that know no CSS variables. */
export function flattenColours(svg: string, scheme: Scheme): string {
  const at = scheme === 'light' ? 0 : 1;
  return svg.replace(/var\(--wt-(\w+), (#[0-9a-f]{6})\)/g, (_, name: string, fallback: string) => {
    return COLOURS[name as ColourName]?.[at] ?? fallback;
  });
}

/** Colours of stages, the largest first; the last is that of "other stages". */
export const STAGE_COLOURS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => colour(`s${k}` as ColourName));

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** Vega-Lite configuration of every chart. */
export const CHART_CONFIG: Config = {
  background: 'transparent',
  font: FONT,
  padding: { left: 4, right: 10, top: 4, bottom: 4 },
  view: { stroke: 'transparent' },
  title: {
    anchor: 'start',
    color: colour('ink'),
    fontSize: 14,
    fontWeight: 600,
    offset: 12,
    frame: 'bounds',
    subtitleColor: colour('muted'),
    subtitleFontSize: 11.5,
    subtitlePadding: 4,
  },
  axis: {
    labelColor: colour('ink'),
    titleColor: colour('muted'),
    gridColor: colour('grid'),
    domainColor: colour('muted'),
    tickColor: colour('muted'),
    labelFontSize: 11.5,
    titleFontSize: 11.5,
    titleFontWeight: 400,
    titlePadding: 8,
    labelLimit: 240,
    labelPadding: 5,
  },
  legend: {
    labelColor: colour('ink'),
    titleColor: colour('muted'),
    labelFontSize: 11.5,
    titleFontSize: 11.5,
    titleFontWeight: 400,
    labelLimit: 300,
    symbolStrokeWidth: 2.5,
    orient: 'bottom',
    rowPadding: 4,
  },
};
