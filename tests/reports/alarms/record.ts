/**
 * Simulates the 200 cells and writes samples.csv, from which the quick tests draw: 24,000 runs, some three minutes of
 * CPU time.
 *
 *     node --import tsx tests/reports/alarms/record.ts
 *
 * CPU per byte alone, ps/B with two decimals. A new model need not be recorded: the samples are noise to be drawn from.
 */
import { writeFileSync } from 'node:fs';
import { alarmTasks, simulateCell } from './cells.ts';

const lines = ['cell,side,ps/B by seed'];
for (const { id, samples } of alarmTasks().map(simulateCell)) {
  for (const side of [0, 1] as const) {
    const values = samples.cpuPerByte![side].map((value) => (value * 1e12).toFixed(2));
    lines.push([id, side, values.join(' ')].join(','));
  }
}
writeFileSync(new URL('samples.csv', import.meta.url), `${lines.join('\n')}\n`);
