/** A slow line between a client and a broker: bytes go through at a pace, both ways, in order. */
import { connect, createServer, type Socket } from 'node:net';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';

export interface SlowLine {
  /** mqtt://127.0.0.1:port of its near end */
  readonly url: string;
  /** so many connections have come */
  connections(): number;
  close(): Promise<void>;
}

const clock = systemClock();
const scheduler = systemScheduler();
const beatMs = 50;
/** What the line itself holds: beyond it the sender's own buffers fill. */
const heldBytesMax = 2_048;

/**
 * @param brokerPort on the loopback
 * @param bytesPerSecond each way, of all connections together
 */
export function slowLine(brokerPort: number, bytesPerSecond: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  let count = 0;
  let isClosed = false;
  let lastMs = clock.now().monotonicMs;
  const one = (from: Socket, to: Socket, way: Way): void => {
    let held = Buffer.alloc(0);
    from.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      if (held.length > heldBytesMax) from.pause();
    });
    const move = (bytes: number): void => {
      const piece = held.subarray(0, bytes);
      held = held.subarray(piece.length);
      if (piece.length > 0 && !to.destroyed) to.write(piece);
      if (held.length <= heldBytesMax) from.resume();
    };
    way.add(move);
    const over = (): void => {
      from.destroy();
      to.destroy();
      sockets.delete(from);
      way.delete(move);
    };
    sockets.add(from);
    from.on('error', over).on('close', over);
  };
  const there: Way = new Set();
  const back: Way = new Set();
  const server = createServer((near) => {
    count += 1;
    const far = connect({ port: brokerPort, host: '127.0.0.1' });
    one(near, far, there);
    one(far, near, back);
  });
  const beat = (): void => {
    if (isClosed) return;
    const nowMs = clock.now().monotonicMs;
    // A beat that is late lets through what is due by then: a crowded machine makes no slower line.
    const due = (bytesPerSecond * (nowMs - lastMs)) / 1_000;
    lastMs = nowMs;
    for (const way of [there, back])
      for (const move of [...way]) move(Math.ceil(due / Math.max(1, way.size)));
    scheduler.at(nowMs + beatMs, beat);
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      beat();
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      resolve({
        url: `mqtt://127.0.0.1:${port}`,
        connections: () => count,
        close: () =>
          new Promise((closed) => {
            isClosed = true;
            for (const socket of sockets) socket.destroy();
            server.close(() => closed());
          }),
      });
    });
  });
}

/** The connections in one direction, which share it. */
type Way = Set<(bytes: number) => void>;
