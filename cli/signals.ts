/**
 * Ctrl-C and SIGTERM: the first one aborts the run, which then writes what it has; the second ends at once.
 *
 * Both a terminal and a wrapper (npx, tsx) may deliver one Ctrl-C twice, so a repeat within 300 ms is the
 * same one.
 */
import { EXIT } from './errors.ts';

const SAME_PRESS_MS = 300;

export interface Signals {
  readonly signal: AbortSignal;
  /** 130 or 143 once a signal came; null before. */
  readonly exitCode: () => number | null;
  readonly dispose: () => void;
}

/** Listens until disposed. @param onFirst  runs at once, before anything is aborted */
export function listenForSignals(onFirst: () => void): Signals {
  const controller = new AbortController();
  let code: number | null = null;
  let firstAtMs = 0;
  const receive = (exitCode: number): void => {
    if (code !== null) {
      if (Date.now() - firstAtMs > SAME_PRESS_MS) process.exit(exitCode);
      return;
    }
    code = exitCode;
    firstAtMs = Date.now();
    onFirst();
    controller.abort();
  };
  const onInt = (): void => receive(EXIT.interrupted);
  const onTerm = (): void => receive(EXIT.terminated);
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  return {
    signal: controller.signal,
    exitCode: () => code,
    // Once a signal came the process is ending, and a second press must still find its code.
    dispose: () => {
      if (code !== null) return;
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
    },
  };
}
