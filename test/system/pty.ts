/** A pair of pseudo-terminals made by socat: a tty for the gate, and one for the device's twin. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Null where socat can be run, else why the tests that need it are skipped. */
export const withoutSocat: string | null =
  spawnSync('socat', ['-V'], { stdio: 'ignore' }).status === 0
    ? null
    : 'socat is not installed (apt-get install socat)';

export interface PtyPair {
  /** the gate's tty; the name stays the same over unplugging and plugging */
  readonly nearPath: string;
  readonly farPath: string;
  /** Makes both ttys; resolves once bytes can pass. */
  plug(): Promise<void>;
  /** Ends this pair's socat by its process id: both ttys hang up and go. */
  unplug(): Promise<void>;
  close(): Promise<void>;
}

export function ptyPair(): PtyPair {
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-pty-'));
  const nearPath = join(folder, 'near');
  const farPath = join(folder, 'far');
  let socat: ChildProcess | null = null;

  const unplug = async (): Promise<void> => {
    const child = socat;
    socat = null;
    // It ends by itself when whoever had its tty open has gone.
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  };

  return {
    nearPath,
    farPath,
    async plug() {
      const tty = (link: string): string => `pty,raw,echo=0,link=${link}`;
      const child = spawn('socat', ['-d', '-d', tty(nearPath), tty(farPath)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      socat = child;
      await new Promise<void>((resolve, reject) => {
        let said = '';
        child.once('exit', () => reject(new Error(`socat ended: ${said}`)));
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          said = (said + text).slice(-2_000);
          if (said.includes('starting data transfer loop')) resolve();
        });
      });
    },
    unplug,
    async close() {
      await unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
