/**
 * Alarm rates of the regression gate on noise of the present engine: 200 cells, 60 seeds, two seeds of the switches'
 * hashes, simulated anew.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmTasks, METRICS, simulateCell } from '../reports/alarms/cells.ts';
import { alarmRates, foundRate } from '../reports/alarms/study.ts';

test('regression gate: alarms of unchanged cells, shifts found', (t) => {
  const cells = alarmTasks().map(simulateCell);
  for (const design of ['paired', 'unmatched'] as const) {
    for (const metric of METRICS) {
      const { gate, statistics, figures } = alarmRates({ cells, metric, design });
      const percent = (rate: number): string => `${(rate * 100).toFixed(0)} %`;
      t.diagnostic(
        `${design}, ${metric}, ${figures} figures: alarms in ${percent(gate)}, of p alone in ${percent(statistics)}`,
      );
      assert.ok(gate <= 0.05, `${design}, ${metric}: alarms in ${gate * 100} %`);
    }
    const found = foundRate({ cells, metric: 'cpuPerByte', design });
    t.diagnostic(`${design}: a shift of 5 % found in ${(found * 100).toFixed(0)} %`);
    assert.ok(found >= 0.9, `${design}: found in ${found * 100} %`);
  }
});
