/** A row for tests of summaries: scored, published, right unless told otherwise. */
import type { Row } from '../../calibration/study.ts';

export function row(given: Partial<Row>): Row {
  const { measured = 100, predicted = 100 } = given;
  return {
    id: 'X-1',
    bed: 'X',
    family: 'tcp1',
    backend: 'host',
    metric: 'tcp_throughput_gbps',
    unit: 'Gbit/s',
    measured,
    predicted,
    error: predicted === null ? null : predicted / measured - 1,
    noise: 0.13,
    list: 'scored',
    inSample: false,
    scaleAssumed: false,
    reason: null,
    naive: { host: null, line: null },
    ...given,
  };
}
