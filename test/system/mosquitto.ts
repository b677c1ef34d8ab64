/** A real broker for one test: a child process on a free port of loopback, in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program =
  ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find(existsSync) ?? 'mosquitto';
export const hasMosquitto =
  spawnSync(program, ['-h']).error === undefined || process.env['GATE_KIOSK_NO_SKIP'] === '1';
export const whyNoMosquitto = hasMosquitto ? '' : ' (skipped: no mosquitto)';

export interface Mosquitto {
  readonly port: number;
  readonly folder: string;
  /** What it has said so far. */
  log(): string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Ends it as its service would. */
  stop(): Promise<void>;
  /** Begins again on the same port; `wiped`: without anything that it remembered. */
  start(options?: { readonly wiped?: boolean }): Promise<void>;
  /** It answers nobody and closes nothing, until it goes on. */
  stall(): void;
  goOn(): void;
  close(): Promise<void>;
}

/** @param lines of its configuration beside listener and persistence; `PORT` stands for its port */
export async function startMosquitto(
  lines: readonly string[] = ['allow_anonymous true'],
): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const store = join(folder, 'store');
  const file = join(folder, 'mosquitto.conf');
  const listener = lines.some((line) => line.startsWith('listener '))
    ? []
    : [`listener ${port} 127.0.0.1`];
  const text = [
    ...listener,
    ...lines.map((line) => line.replace('PORT', String(port))),
    'persistence true',
    `persistence_location ${store}/`,
    'log_dest stderr',
    // The tests run as root, and their folder is root's.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ];
  writeFileSync(file, `${text.join('\n')}\n`);
  let child: ChildProcess | null = null;
  let exited: Promise<void> = Promise.resolve();
  let log = '';

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child?.kill('SIGCONT');
    child?.kill(signal);
    await exited;
    child = null;
  };
  const self: Mosquitto = {
    port,
    folder,
    log: () => log,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start({ wiped = false } = {}) {
      if (wiped) rmSync(store, { recursive: true, force: true });
      mkdirSync(store, { recursive: true });
      const own = spawn(program, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
      child = own;
      own.stderr.on('data', (bytes: Buffer) => {
        log += bytes.toString('utf8');
      });
      exited = new Promise((resolve) => own.once('exit', () => resolve()));
      await Promise.race([
        listening(port),
        exited.then(() => {
          throw new Error(`mosquitto does not start: ${log}`);
        }),
      ]);
    },
    stall: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await self.start();
  return self;
}

/** Tries until somebody listens: each try ends by itself. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}
