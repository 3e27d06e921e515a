/**
 * What a scenario outside this project is written with: `import { … } from 'windtunnel/scenario'`.
 */
export type { ClusterSpec, TrafficSpec } from '../../engine/core/taskSpec.ts';
export { leafSpine, twoNodes } from './cluster.ts';
export { defineScenario, type Scenario } from './define.ts';
export { flows, netperf, rpc } from './traffic.ts';
