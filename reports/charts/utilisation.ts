/**
 * Utilisation of every resource class, backends down, classes across: depth of colour and the figure itself;
 * what reaches 90 %, and so binds, has a frame.
 */
import type { Cell } from '../schema.ts';
import { percent } from '../units.ts';
import { BACKEND_AXIS } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { colour } from './theme.ts';

const BINDS_AT = 0.9;

/** Heat map of one group of cells; null without utilisation. */
export function utilisationChart(cells: readonly Cell[], id: string): ChartPlan | null {
  const shown = cells.filter((cell) => Object.keys(cell.utilisation).length > 0);
  if (shown.length === 0) return null;
  const order = ['application core', 'softirq core', 'daemon thread', 'kworker', 'NIC', 'uplink', 'downlink'];
  const classes = order.filter((name) => shown.some((cell) => cell.utilisation[name] !== undefined));
  const values = shown.flatMap((cell) =>
    classes.flatMap((name) => {
      const one = cell.utilisation[name];
      if (one === undefined) return [];
      const text = (one.value * 100).toFixed(0);
      const range = `${(one.low * 100).toFixed(1)} to ${percent(one.high, 1)}`;
      const label = `${cell.dims.backend}, ${name}: ${text} %, seeds ${range}`;
      return [{ backend: cell.dims.backend, resource: name, value: one.value, text, label }];
    }),
  );
  const y = BACKEND_AXIS;
  const x = (narrow: boolean) => ({
    field: 'resource',
    type: 'nominal',
    sort: classes,
    axis: {
      title: 'utilisation (%)',
      orient: 'bottom',
      domain: false,
      ticks: false,
      labelPadding: 6,
      ...(narrow ? { labelAngle: -50, titleY: 92 } : { labelAngle: 0, labelExpr: "split(datum.label, ' ')" }),
    },
  });
  const opacity = {
    field: 'value',
    type: 'quantitative',
    scale: { domain: [0, 1], range: [0.06, 0.75], clamp: true },
    legend: null,
  };
  return {
    id,
    title: 'Utilisation by resource',
    subtitle: 'busiest instance of each node (port), mean over nodes; framed: 90 % and more, it binds',
    spec: (widthPx) => ({
      height: { step: 28 },
      data: { values },
      layer: [
        {
          mark: { type: 'rect', color: colour('accent'), stroke: colour('ground'), strokeWidth: 2 },
          encoding: { y, x: x(widthPx < 480), fillOpacity: opacity, description: { field: 'label' } },
        },
        {
          transform: [{ filter: `datum.value >= ${BINDS_AT}` }],
          mark: { type: 'rect', filled: false, stroke: colour('warn'), strokeWidth: 2, aria: false },
          encoding: { y, x: x(widthPx < 480) },
        },
        {
          mark: { type: 'text', fontSize: 11.5, color: colour('ink'), aria: false },
          encoding: { y, x: x(widthPx < 480), text: { field: 'text' } },
        },
      ],
    }),
  };
}
