/**
 * What piscina loads in a thread. Plain JavaScript, because Node 20's threads do not inherit tsx's loader: it is
 * registered here. Loaded as ES modules, the engine's hot functions call each other directly.
 *
 * Piscina tries `require` first, and tsx would then turn everything below into CommonJS, where each call between
 * modules goes through an exports object. The awaited import rules that out: such a module cannot be required.
 */
import { register } from 'tsx/esm/api';

register();
const { default: runJob } = await import('./runTask.ts');

export default runJob;
