/**
 * Latency against load: requests at random times, ever more of them, until the first queue no longer empties.
 * Where a backend's curve ends, it was overloaded: its knee lies before.
 *
 * Left out: bulk traffic beside the requests; finer steps (`--sweep requests=…`).
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { rpc } from './lib/traffic.ts';

export default defineScenario({
  id: 'load-sweep',
  title: 'requests of 1 KB, from a light load to the knee',
  question: 'How does latency grow with load, and where is each backend’s knee?',
  cluster: leafSpine({ nodes: 4 }),
  machine: 'xeon-25g',
  traffic: { rpc: rpc(25_000, { requestBytes: 1024, responseBytes: 1024, connections: 64 }) },
  sweep: { requests: [25_000, 50_000, 100_000, 150_000, 200_000, 300_000] },
  warmupMs: 10,
  windowMs: 40,
  drainMs: 20,
});
