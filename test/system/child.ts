/** A program of ours as a child process: its lines as they come, and its end. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built daemon. */
export const gateKiosk: string = program('../../scripts/gate-kiosk.js');

/** Takes a path relative to the compiled tests of this folder; returns the program's own. */
export function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  /**
   * Waits for the next line, of either stream, that fits; those before it are passed over.
   * Rejects with all that was said when the program ends without one.
   */
  line(fits: RegExp): Promise<string>;
  /** Waits until a line that fits has come, passed over or not; passes over none. Rejects as `line`. */
  said(fits: RegExp): Promise<void>;
  /** What has been said so far is passed over: `line` waits for what comes from now on. */
  passOver(): void;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
  /** Ends it, if it has not ended. */
  close(): Promise<void>;
}

/** Starts a program with this Node; `through` is a command that starts it in its turn. */
export function startChild(words: readonly string[], through: readonly string[] = []): Child {
  const [command = process.execPath, ...rest] = [...through, process.execPath, ...words];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  const lines: string[] = [];
  let hasEnded = false;
  let wake = (): void => {};

  for (const name of ['stdout', 'stderr'] as const) {
    let rest = '';
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      wake();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      resolve({ code, signal, ...said });
      wake();
    });
  });
  const more = (fits: RegExp): Promise<void> => {
    if (hasEnded) throw new Error(`ended without ${fits}:\n${said.stdout}${said.stderr}`);
    return new Promise((resolve) => {
      wake = resolve;
    });
  };
  return {
    async line(fits) {
      for (;;) {
        const line = lines.shift();
        if (line !== undefined && fits.test(line)) return line;
        if (line === undefined) await more(fits);
      }
    },
    async said(fits) {
      while (!fits.test(said.stdout) && !fits.test(said.stderr)) await more(fits);
    },
    passOver: () => void lines.splice(0),
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    ended,
    async close() {
      if (!hasEnded) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs a program to its end. */
export async function runChild(
  words: readonly string[],
  through: readonly string[] = [],
): Promise<Ended> {
  return await startChild(words, through).ended;
}
