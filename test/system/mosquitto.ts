/**
 * A real broker for tests: mosquitto as a child, on a free port of the loopback. It can be stopped,
 * killed, frozen and started again on the same port, with its memory or without.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';

const binary = '/usr/sbin/mosquitto';

/** For `test.skipIf`: the reason stands in the test's name. */
export const isMosquittoMissing = !existsSync(binary);

interface Place {
  readonly folder: string;
  readonly port: number;
}

export interface MosquittoOptions {
  /** the whole main file, in the place of this one's own; what it names is the caller's to write */
  readonly main?: (place: Place) => string;
  /** lines of mosquitto.conf(5); without a `listener`, one on `port` for everybody is put before them */
  readonly config?: (place: Place) => string;
  /** true: sessions, queues and retained messages outlive a restart */
  readonly persistent?: boolean;
}

export interface Mosquitto {
  readonly port: number;
  /** mqtt://127.0.0.1:port */
  readonly url: string;
  /** for certificates, ACL files and the broker's memory */
  readonly folder: string;
  /** what it has said so far */
  log(): string;
  /** Starts it, again or for the first time, and waits until it listens. */
  start(): Promise<void>;
  /** Lets it write its memory and end. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Removes its memory; only while it does not run. */
  wipe(): void;
  /** SIGSTOP: connections stay open and nobody answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

const clock = systemClock();
const scheduler = systemScheduler();
/** A broker starts within 100 ms; on a crowded machine it may take seconds. */
const startMsMax = 20_000;
const retryMs = 20;

/** Makes a broker and starts it. @throws where it ends instead of listening */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const memory = join(folder, 'mosquitto.db');
  const file = join(folder, 'mosquitto.conf');
  const extra = options.config?.({ folder, port }) ?? '';
  const hasListener = /^listener /m.test(extra);
  const lines = [
    ...(hasListener ? [] : [`listener ${port} 127.0.0.1`, 'allow_anonymous true']),
    // As root it would become the user mosquitto, who may not write here.
    'user root',
    `persistence ${options.persistent === true}`,
    `persistence_location ${folder}/`,
    'log_type all',
    'log_dest stderr',
    extra,
  ];
  writeFileSync(file, options.main?.({ folder, port }) ?? `${lines.join('\n')}\n`);

  let child: ReturnType<typeof spawnBroker> | null = null;
  let text = '';
  const spawnBroker = () => {
    const broker = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let hasEnded = false;
    broker.stderr.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    const ended = new Promise<void>((resolve) => {
      broker.once('close', () => {
        hasEnded = true;
        resolve();
      });
    });
    return { broker, ended, hasEnded: () => hasEnded };
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const own = child;
    child = null;
    if (own === null) return;
    // A frozen one hears no other signal.
    own.broker.kill('SIGCONT');
    own.broker.kill(signal);
    await own.ended;
  };

  const mosquitto: Mosquitto = {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    folder,
    log: () => text,
    async start() {
      if (child !== null) return;
      const own = spawnBroker();
      child = own;
      const until = clock.now().monotonicMs + startMsMax;
      while (!(await isListening(port))) {
        if (own.hasEnded()) throw new Error(`mosquitto has ended:\n${text}`);
        if (clock.now().monotonicMs > until) throw new Error(`mosquitto is silent:\n${text}`);
        await after(retryMs);
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    wipe: () => rmSync(memory, { force: true }),
    freeze: () => void child?.broker.kill('SIGSTOP'),
    thaw: () => void child?.broker.kill('SIGCONT'),
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await mosquitto.start();
  } catch (error) {
    await mosquitto.close();
    throw error;
  }
  return mosquitto;
}

/** A port that nobody had a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Whether something accepts connections there: the only way to know that a broker is up. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    scheduler.at(clock.now().monotonicMs + ms, resolve);
  });
}
