/**
 * The process's surroundings: data on stdout, everything else on stderr, colours as the terminal, the user
 * and NO_COLOR, FORCE_COLOR, CI ask. The only place of the command line that reads the environment.
 */
import pc from 'picocolors';
import { UsageError } from './errors.ts';

export type ColorMode = 'auto' | 'always' | 'never';
export type ProgressMode = 'auto' | 'bar' | 'plain' | 'none';

export interface Io {
  /** Data, with its newline. */
  readonly out: (text: string) => void;
  /** Everything else, a whole line. */
  readonly note: (line: string) => void;
  /** Raw text to stderr: the progress bar. */
  readonly raw: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly outIsTty: boolean;
  readonly noteIsTty: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** Io of this process. A reader that closes its pipe early (`| head`) ends the program quietly. */
export function processIo(): Io {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (text) => void process.stdout.write(text),
    note: (line) => void process.stderr.write(`${line}\n`),
    raw: (text) => void process.stderr.write(text),
    env: process.env,
    outIsTty: process.stdout.isTTY === true,
    noteIsTty: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 0,
  };
}

/** Whether to colour text for a stream. */
export function useColor(mode: string, isTty: boolean, env: Io['env']): boolean {
  if (mode === 'always') return true;
  if (mode === 'never') return false;
  if (mode !== 'auto') throw new UsageError(`--color takes auto, always or never, not '${mode}'`);
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  return isTty && env.TERM !== 'dumb';
}

/** How to show progress: a bar needs a terminal and nobody's log. */
export function progressMode(mode: string, io: Io): Exclude<ProgressMode, 'auto'> {
  if (mode === 'bar' || mode === 'plain' || mode === 'none') return mode;
  if (mode !== 'auto') throw new UsageError(`--progress takes auto, bar, plain or none, not '${mode}'`);
  const inCi = io.env.CI !== undefined && io.env.CI !== '' && io.env.CI !== 'false';
  return io.noteIsTty && !inCi && io.env.TERM !== 'dumb' ? 'bar' : 'plain';
}

/** Colours for stderr or stdout. */
export const colors = (on: boolean): ReturnType<typeof pc.createColors> => pc.createColors(on);
