/**
 * Running the machine's own programs: each with a time-out, its text kept for the error, and every background program
 * remembered so that none outlives the bed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program failed or is missing; the message has its words and the end of what it said. */
export class ShellError extends Error {}

const TIMEOUT_MS = 20_000;
const POLL_MS = 5;

export interface RunOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs to the end. @returns stdout. @throws ShellError */
export function run(words: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = words;
  const { timeoutMs = TIMEOUT_MS, signal } = options;
  return new Promise((resolve, reject) => {
    const abort = signal === undefined ? {} : { signal };
    const child = execFile(
      program,
      args,
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 24, ...abort },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const said = (stderr || stdout || error.message).trim().slice(-400);
        const fail = (): void => reject(new ShellError(`${words.join(' ')}: ${said}`));
        // A stopped program may still be at work: what it makes must be there before it is cleaned up.
        const running = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
        if (running) child.once('exit', fail);
        else fail();
      },
    );
  });
}

/** Whether a program can be started; its first line with a version, or null. */
export async function versionOf(words: readonly string[]): Promise<string | null> {
  try {
    const text = await run(words, { timeoutMs: 5000 });
    return text.trim().split('\n')[0] ?? '';
  } catch (error) {
    // Some programs say their version and fail.
    const said = /: (.*\d+\.\d+.*)/.exec((error as Error).message.split('\n')[0] ?? '');
    return said === null || /ENOENT/.test((error as Error).message) ? null : said[1]!;
  }
}

/** Programs in the background. */
export class Background {
  private readonly children = new Set<ChildProcess>();

  /**
   * Starts one and waits until it has its port open: /proc shows the sockets of its own namespace, and needs no line
   * that a program may keep in a buffer. @throws ShellError
   */
  async start(words: readonly string[], port: number | null): Promise<ChildProcess> {
    const [program = '', ...args] = words;
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.children.add(child);
    let said = '';
    let ended: string | null = null;
    child.stderr!.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-400);
    });
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code) => {
      this.children.delete(child);
      ended ??= `ended with ${code}: ${said.trim()}`;
    });
    for (let waitedMs = 0; port !== null && !hasPort(child.pid, port); waitedMs += POLL_MS) {
      if (ended !== null) throw new ShellError(`${words.join(' ')}: ${ended}`);
      if (waitedMs > TIMEOUT_MS) throw new ShellError(`${words.join(' ')}: did not open port ${port}`);
      await sleep(POLL_MS);
    }
    return child;
  }

  /** Ends one. */
  async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.children].map((child) => this.stop(child)));
  }
}

/** TCP sockets that listen and UDP sockets that are bound, in the namespace of a process. */
function hasPort(pid: number | undefined, port: number): boolean {
  if (pid === undefined) return false;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  try {
    const sockets = (kind: string): string[] => readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').split('\n');
    const [tcp, udp] = [
      [...sockets('tcp'), ...sockets('tcp6')],
      [...sockets('udp'), ...sockets('udp6')],
    ];
    return (
      tcp.some((line) => line.slice(0, 60).includes(local) && / 0A /.test(line)) ||
      udp.some((line) => line.slice(0, 60).includes(local))
    );
  } catch {
    return false;
  }
}
