/**
 * Which core of which node worked, backends down, cores across: whether an encapsulation reaches one RX queue or
 * all of them, and where daemons and crypto workers run. Queue q of a NIC interrupts core q.
 *
 * Left out: what a core worked on (the chart of CPU by stage); clusters of more than 64 cores.
 */
import type { Cell } from '../schema.ts';
import { BACKEND_AXIS } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { colour } from './theme.ts';

/** Resources that are cores: only where one of them binds does the picture explain something. */
const CORES: readonly string[] = ['application core', 'softirq core', 'daemon thread', 'kworker'];
const FULL_AT = 0.9;

/** Heat map of one group of cells; null where no core binds or single cores are not known. */
export function coresChart(cells: readonly Cell[], id: string): ChartPlan | null {
  const shown = cells.filter((cell) => cell.coreBusy !== undefined);
  const explains = shown.some(({ binding }) => binding !== null && CORES.includes(binding.resource));
  const bound = shown.some(({ binding }) => binding?.kind === 'resource');
  if (!explains || !bound) return null;
  const { nodes } = shown[0]!;
  const coresPerNode = shown[0]!.coreBusy!.length / nodes;
  const values = shown.flatMap((cell) =>
    cell.coreBusy!.map((value, at) => markOf(cell, value, at, coresPerNode)),
  );
  const queues = shown[0]!.rxQueues!;
  return {
    id,
    title: 'Work of single cores, node by node',
    subtitle:
      `deeper: busier; framed: 90 % and more. ` +
      `RX queues 0 to ${queues - 1} interrupt the cores of these numbers`,
    spec: (widthPx) => ({
      height: { step: 24 },
      data: { values },
      layer: layers(coresPerNode, nodes, widthPx < 480),
    }),
  };
}

function markOf(cell: Cell, value: number, at: number, coresPerNode: number) {
  const node = Math.floor(at / coresPerNode);
  const core = at % coresPerNode;
  const { backend } = cell.dims;
  const queue = core < cell.rxQueues! ? ` (RX queue ${core})` : '';
  const label = `${backend}, node ${node}, core ${core}${queue}: ${(value * 100).toFixed(0)} %`;
  return { backend, at: at + node, end: at + node + 1, value: Math.min(1, value), label };
}

/** A gap of one core between nodes; ticks at every fourth core, or the first of a node where it is narrow. */
function layers(coresPerNode: number, nodes: number, narrow: boolean): object[] {
  const step = narrow || nodes > 2 ? coresPerNode : 4;
  const starts = Array.from({ length: nodes }, (_, node) => node * (coresPerNode + 1));
  const ticks = starts.flatMap((start) =>
    Array.from({ length: Math.ceil(coresPerNode / step) }, (_, k) => start + k * step + 0.5),
  );
  const core = `floor(datum.value) % ${coresPerNode + 1}`;
  const node = `floor(datum.value / ${coresPerNode + 1})`;
  const x = {
    field: 'at',
    type: 'quantitative',
    scale: { domain: [0, nodes * (coresPerNode + 1) - 1], nice: false },
    axis: {
      title: 'core',
      values: ticks,
      grid: false,
      domain: false,
      ticks: false,
      labelExpr: `${core} === 0 ? 'node ' + ${node} : '' + (${core})`,
    },
  };
  const opacity = {
    field: 'value',
    type: 'quantitative',
    scale: { domain: [0, 1], range: [0.06, 0.9], clamp: true },
    legend: null,
  };
  const encoding = { y: BACKEND_AXIS, x, x2: { field: 'end' } };
  return [
    {
      mark: { type: 'rect', color: colour('accent'), stroke: colour('ground'), strokeWidth: 1 },
      encoding: { ...encoding, fillOpacity: opacity, description: { field: 'label' } },
    },
    {
      transform: [{ filter: `datum.value >= ${FULL_AT}` }],
      mark: { type: 'rect', filled: false, stroke: colour('warn'), strokeWidth: 1.5, aria: false },
      encoding,
    },
  ];
}
