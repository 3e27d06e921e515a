/** What piscina loads in a thread: registers tsx there, as workers/entry.mjs does. */
import { register } from 'tsx/esm/api';

register();
const { runCase } = await import('./runCase.ts');

export default runCase;
