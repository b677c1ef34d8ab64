/**
 * The broker of `npm start`: aedes (MQTT 3.1.1) on a free loopback port, its memory in this process.
 * Stopped it keeps what it remembers, as a broker on its disk does; wiped it has forgotten it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export interface EmbeddedBroker {
  /** mqtt://127.0.0.1:port, the same for as long as the process lives */
  readonly url: string;
  isUp(): boolean;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Forgets sessions, retained messages and what waits for somebody; up or not, it stays so. */
  wipe(): Promise<void>;
  /** Ends a client's connection as a pulled cable does: nothing is said, and its will goes out. */
  cutOff(clientId: string): void;
  close(): Promise<void>;
}

const host = '127.0.0.1';
/** A batch of records is 64 KiB at most; aedes forwards one at a time to a slow client. */
const queueLimit = 1_000;

/** Starts a broker that remembers nothing yet. Rejects where no port can be opened. */
export async function embeddedBroker(): Promise<EmbeddedBroker> {
  let memory = await Aedes.createBroker({ queueLimit });
  const sockets = new Map<Socket, ReturnType<Aedes['handle']>>();
  let server: Server | null = null;
  let port = 0;

  const greet = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    sockets.set(socket, memory.handle(socket));
  };
  const start = async (): Promise<void> => {
    if (server !== null) return;
    const own = createServer(greet);
    await new Promise<void>((resolve, reject) => {
      own.once('error', reject);
      own.listen(port, host, resolve);
    });
    const address = own.address();
    if (typeof address === 'object' && address !== null) port = address.port;
    server = own;
  };
  const stop = async (): Promise<void> => {
    const own = server;
    server = null;
    if (own === null) return;
    const closed = new Promise<void>((resolve) => own.close(() => resolve()));
    for (const socket of [...sockets.keys()]) socket.destroy();
    await closed;
  };
  const forget = (): Promise<void> => new Promise((resolve) => memory.close(() => resolve()));
  await start();
  return {
    url: `mqtt://${host}:${port}`,
    isUp: () => server !== null,
    stop,
    start,
    async wipe() {
      const wasUp = server !== null;
      await stop();
      await forget();
      memory = await Aedes.createBroker({ queueLimit });
      if (wasUp) await start();
    },
    cutOff(clientId) {
      for (const [socket, client] of sockets) if (client.id === clientId) socket.destroy();
    },
    async close() {
      await stop();
      await forget();
    },
  };
}
