#!/usr/bin/env node
/**
 * Package bin: starts run.ts under tsx with this Node. The child shares terminal and process group, so Ctrl-C
 * reaches it directly; a signal sent to this process alone is passed on.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tsx = import.meta.resolve('tsx');
const script = fileURLToPath(new URL('../run.ts', import.meta.url));
const child = spawn(process.execPath, ['--import', tsx, script, ...process.argv.slice(2)], {
  stdio: 'inherit',
});

process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`windtunnel: cannot start Node: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1);
});
