/** Every machine, one line each. */
export { cloudVirtio } from './cloudVirtio.ts';
export { vethVm } from './vethVm.ts';
export { xeon25g } from './xeon25g.ts';
