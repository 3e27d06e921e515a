/** Every machine, one line each. */
export { cloudSriov } from './cloudSriov.ts';
export { cloudVirtio } from './cloudVirtio.ts';
export { epyc100g } from './epyc100g.ts';
export { vethVm } from './vethVm.ts';
export { xeon25g } from './xeon25g.ts';
export { xeon40g } from './xeon40g.ts';
export { xeonE5 } from './xeonE5.ts';
