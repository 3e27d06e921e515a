/**
 * The accuracy of the model beside the figures of every report: for each kind of traffic, how far predictions were from
 * measurements of that kind. The numbers are data, written by `validate --write-docs`.
 */
import data from './accuracy.json' with { type: 'json' };
import type { Cell, Result } from './schema.ts';
import type { Validation, ValidationRow } from './validation/schema.ts';
import { share } from './validation/words.ts';

export type Traffic = 'bulk TCP' | 'UDP' | 'latency';

export interface TrafficAccuracy {
  readonly traffic: Traffic;
  readonly rows: number;
  /** Ratios. */
  readonly medianAbsErr: number;
  readonly p90AbsErr: number;
}

export interface Accuracy {
  /** Version of the model that was compared; '' before the first comparison. */
  readonly modelVersion: string;
  readonly traffic: readonly TrafficAccuracy[];
}

const FAMILIES: Readonly<Record<string, Traffic>> = {
  tcp1: 'bulk TCP',
  tcpN: 'bulk TCP',
  'bulk TCP': 'bulk TCP',
  udp: 'UDP',
  pps: 'UDP',
  'UDP, paced, rules': 'UDP',
  latency: 'latency',
  'request/response': 'latency',
};

/** Scored rows that no price was fitted on, by kind of traffic. */
export function accuracyOf({ model, rows }: Validation): Accuracy {
  const kinds: readonly Traffic[] = ['bulk TCP', 'UDP', 'latency'];
  return {
    modelVersion: model.version,
    traffic: kinds.flatMap((traffic) => {
      const errors = rows.filter((row) => FAMILIES[row.family] === traffic && counted(row));
      const sizes = errors.map(({ error }) => Math.abs(error!)).sort((a, b) => a - b);
      if (sizes.length === 0) return [];
      const middle = sizes.length >> 1;
      const medianAbsErr =
        sizes.length % 2 === 1 ? sizes[middle]! : (sizes[middle - 1]! + sizes[middle]!) / 2;
      const p90AbsErr = sizes[Math.ceil((sizes.length * 9) / 10) - 1]!;
      const [median, p90] = [medianAbsErr, p90AbsErr].map((ratio) => Math.round(ratio * 1e4) / 1e4);
      return [{ traffic, rows: sizes.length, medianAbsErr: median!, p90AbsErr: p90! }];
    }),
  };
}

const counted = ({ list, inSample, error }: ValidationRow): boolean =>
  list === 'scored' && !inSample && error !== null;

/** What kinds of traffic a result holds: streams and flows, datagrams, requests. */
export function trafficOf({ scenario, cells }: Pick<Result, 'scenario' | 'cells'>): Traffic[] {
  const traffic = (scenario.params.traffic ?? {}) as Readonly<Record<string, unknown>>;
  const kinds = new Set([
    (traffic.netperf as { readonly kind?: string } | undefined)?.kind,
    ...cells.map(({ dims }: Cell) => dims.kind),
  ]);
  const has = (kind: string): boolean => kinds.has(kind);
  return [
    ...(has('TCP_STREAM') || traffic.flows !== undefined || Number(traffic.probePairs ?? 0) > 0
      ? ['bulk TCP' as const]
      : []),
    ...(has('UDP_STREAM') ? ['UDP' as const] : []),
    ...(has('TCP_RR') || has('TCP_CRR') || has('UDP_RR') || traffic.rpc !== undefined
      ? ['latency' as const]
      : []),
  ];
}

/** One sentence for the kinds of traffic of a result; '' before the first comparison. */
export function accuracyLine(
  result: Pick<Result, 'scenario' | 'cells' | 'model'>,
  accuracy: Accuracy = data as Accuracy,
): string {
  const wanted = trafficOf(result);
  const said = accuracy.traffic
    .filter(({ traffic }) => wanted.includes(traffic))
    .map(
      ({ traffic, rows, medianAbsErr, p90AbsErr }) =>
        `${traffic} within ${share(medianAbsErr)} (median) and ${share(p90AbsErr)} (90th percentile) of ` +
        `${rows} measured rows`,
    );
  if (said.length === 0) return '';
  const model = accuracy.modelVersion === result.model.version ? '' : ` of model ${accuracy.modelVersion}`;
  return `Accuracy: predictions${model} were, for ${said.join('; ')}; see docs/ACCURACY.md.`;
}
