/**
 * How a backend looks in every chart: its colour and dash, its name beside bars, its line and legend.
 */
import { type ColourName, colour } from './theme.ts';

/** Parallel lists: name, colour, dash. */
export interface BackendColours {
  readonly domain: string[];
  readonly range: string[];
  readonly dash: number[][];
}

const HUES = 8;
const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
];

/** A backend's colour and dash, the same in every chart: by its place among the result's backends. */
export function backendScale(backends: readonly string[], baseline: string): BackendColours {
  const others = backends.filter((name) => name !== baseline);
  const range = backends.map((name) =>
    name === baseline ? colour('baseline') : colour(`b${others.indexOf(name) % HUES}` as ColourName),
  );
  const dash = backends.map((name) => {
    const at = others.indexOf(name);
    return [...DASHES[name === baseline ? 0 : (Math.floor(at / HUES) * 2 + (at % 2)) % DASHES.length]!];
  });
  return { domain: [...backends], range, dash };
}

/** Place of the last hyphen of a label, in Vega's expression language. */
const HYPHEN = "lastindexof(datum.label, '-')";

const HYPHEN_OF_VALUE = "lastindexof(datum.value, '-')";

/** Backends down the side: the names as they are, long ones on two lines, in the order of the result. */
export const BACKEND_AXIS = {
  field: 'backend',
  type: 'nominal',
  sort: null,
  axis: {
    title: null,
    domain: false,
    ticks: false,
    labelLineHeight: 12,
    // Two lines stand around the middle of their bar: the first one above it.
    labelBaseline: {
      condition: { test: `length(datum.value) > 18 && ${HYPHEN_OF_VALUE} > 0`, value: 'bottom' },
      value: 'middle',
    },
    labelExpr:
      `length(datum.label) <= 18 || ${HYPHEN} < 1 ? datum.label : ` +
      `[slice(datum.label, 0, ${HYPHEN} + 1), slice(datum.label, ${HYPHEN} + 1)]`,
  },
} as const;

/** Encodings of lines: colour and dash of the backends that are drawn, and their legend. */
export function backendLines(
  points: readonly { backend: string }[],
  colours: BackendColours,
  widthPx: number,
) {
  const names = [...new Set(points.map((point) => point.backend))];
  const pick = <T>(range: readonly T[]) => names.map((name) => range[colours.domain.indexOf(name)]!);
  const field = { field: 'backend', type: 'nominal', title: null };
  const legend = { columns: legendColumns(names, widthPx), symbolType: 'stroke', symbolSize: 300 };
  return {
    color: { ...field, scale: { domain: names, range: pick(colours.range) }, legend },
    strokeDash: { ...field, scale: { domain: names, range: pick(colours.dash) } },
  };
}

/** As many legend columns as fit right of the axis labels, by the estimated width of the longest name. */
export function legendColumns(names: readonly string[], widthPx: number, labelsPx = 64): number {
  const longest = Math.max(...names.map((name) => name.length));
  return Math.max(1, Math.floor((widthPx - labelsPx) / (longest * 7.5 + 52)));
}
