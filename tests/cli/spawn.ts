/**
 * Runs the command line on stub parts: in this process, which is quick, or as one of its own, where
 * signals, colours or the loader matter.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import type { Parts } from '../../cli/parts.ts';
import { stubParts } from './stub.ts';

const STUB = fileURLToPath(new URL('./stub.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export interface Finished {
  readonly code: number | null;
  /** What ended a process that has no code. */
  readonly signal?: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once stderr holds the text. */
  readonly said: (text: string) => Promise<void>;
}

/** A folder that the test removes at its end. */
export function temporaryFolder(): { readonly dir: string; readonly remove: () => void } {
  const dir = mkdtempSync(path.join(tmpdir(), 'windtunnel-cli-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export function start(cwd: string, argv: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['--import', TSX, STUB, ...argv], {
    cwd,
    env: { ...process.env, CI: '', NO_COLOR: '', FORCE_COLOR: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout!.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    err += chunk;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (err.includes(text)) resolve();
      };
      look();
      child.stderr!.on('data', look);
      child.on('close', () => reject(new Error(`ended without saying '${text}': ${err}`)));
    });
  return { child, finished, said };
}

/** In this process; paths in `argv` should be absolute. */
export const call = (...argv: string[]): Promise<Finished> => callWith(stubParts, ...argv);

/** The same on other parts. */
export async function callWith(parts: Parts, ...argv: string[]): Promise<Finished> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    note: (line) => {
      err += `${line}\n`;
    },
    raw: () => {},
    env: {},
    outIsTty: false,
    noteIsTty: false,
    columns: 0,
  };
  const code = await main(argv, parts, io);
  return { code, out, err };
}

export const run = (cwd: string, argv: readonly string[], env?: Record<string, string>): Promise<Finished> =>
  start(cwd, argv, env).finished;
