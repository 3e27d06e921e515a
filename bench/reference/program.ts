/**
 * The C++ program beside this file: compiled with g++ where there is one, and run. It prints what `runFabric`
 * returns (bench/fabric.ts).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FabricOptions, FabricRun } from '../fabric.ts';

/** Doubles must round as in ECMAScript: no fused multiply-add. */
const FLAGS = ['-std=c++17', '-ffp-contract=off'];

export interface Program {
  run(hosts: number, packetsPerHost: number, options?: FabricOptions): FabricRun;
  remove(): void;
}

/** @returns null where there is no g++ @throws if the program does not compile */
export function compileReference(...flags: string[]): Program | null {
  if (spawnSync('g++', ['--version']).status !== 0) return null;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'windtunnel-reference-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const binary = path.join(folder, 'fabric');
  try {
    const source = fileURLToPath(new URL('fabric.cpp', import.meta.url));
    execFileSync('g++', [...FLAGS, ...flags, '-o', binary, source]);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    run: (hosts, packetsPerHost, { seed = 1, load = 0.3, bufferBytes = Infinity } = {}) => {
      const argv = [hosts, packetsPerHost, seed, load, bufferBytes].map(String);
      return JSON.parse(execFileSync(binary, argv, { encoding: 'utf8', maxBuffer: 1e8 })) as FabricRun;
    },
    remove,
  };
}
