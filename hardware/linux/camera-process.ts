/** A camera program as a child process: its bytes, its words, and its end with all its children. */
import { type ChildProcess, spawn } from 'node:child_process';
import { monotonicNowMs } from './clock.js';
import type { SpokenLines } from './spoken-lines.js';

export interface CameraProcessEvents {
  started(): void;
  bytes(bytes: Uint8Array): void;
  /** It has ended by itself, or could not be started; sent once, nothing follows. */
  ended(why: string): void;
}

export interface CameraProcess {
  /** Ends it and what it has started; no event follows. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** After SIGTERM: rpicam-vid gives its camera back in a few frames' time. */
const stopMsMax = 500;
/** From the exit to the end of the pipes. */
const lastWordsMsMax = 200;
/** Of its last words, for the reason. */
const wordsMax = 2_000;

/**
 * Starts `command`, its name looked up in PATH where it is no path, without a shell. Never throws.
 * The program leads a process group of its own, so that it can be ended with its children: when it
 * is stopped, when it ends by itself and leaves some behind, and when this process exits. After a
 * kill -9 of this process the next frame that it writes ends it (SIGPIPE), or the unit's cgroup.
 */
export function startCameraProcess(
  command: readonly string[],
  events: CameraProcessEvents,
  lines: SpokenLines,
): CameraProcess {
  const [name = '', ...words] = command;
  let child: ChildProcess;
  try {
    child = spawn(name, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  } catch (error) {
    queueMicrotask(() => events.ended(reasonOf(error instanceof Error ? error.message : '')));
    return { stop: async () => {} };
  }
  let isWanted = true;
  let said = '';
  const signalAll = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // No process of the group is left.
    }
  };
  const killAll = (): void => signalAll('SIGKILL');
  const end = (why: string): void => {
    if (isWanted) events.ended(why);
    isWanted = false;
  };
  process.on('exit', killAll);

  const exited = new Promise<void>((resolve) => {
    child.once('spawn', () => {
      if (isWanted) events.started();
    });
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      process.off('exit', killAll);
      end(reasonOf(error.message));
      resolve();
    });
    const finish = (): void => {
      end(reasonOf(said));
      resolve();
    };
    child.once('exit', () => {
      process.off('exit', killAll);
      killAll();
      // Its last words come behind its exit; a child that has left the group may hold the pipes.
      const timer = setTimeout(finish, lastWordsMsMax);
      child.once('close', () => {
        clearTimeout(timer);
        finish();
      });
    });
  });
  child.stdout?.on('data', (bytes: Uint8Array) => {
    if (isWanted) events.bytes(bytes);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-wordsMax);
    if (isWanted) lines.push(text, monotonicNowMs());
  });
  // A pipe that breaks says nothing that the exit does not say.
  for (const pipe of [child.stdout, child.stderr]) pipe?.on('error', () => {});

  return {
    async stop() {
      isWanted = false;
      signalAll('SIGTERM');
      const timer = setTimeout(killAll, stopMsMax);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** A stable code for what the system or the program says; `ended` where it says nothing known. */
function reasonOf(words: string): string {
  if (/permission denied|not permitted|EACCES|EPERM/i.test(words)) return 'denied';
  if (/busy|in use|failed to acquire|EBUSY/i.test(words)) return 'busy';
  if (/no cameras? (is |are )?available|no such (file|device)|not found|ENOENT|ENODEV/i.test(words))
    return 'absent';
  return 'ended';
}
