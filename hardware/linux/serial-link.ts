/**
 * A tty as a link: USB-serial adapters, CDC devices, the board's own UART, a pty. Only the opening,
 * the polling and the writing are the serialport package's: its reader takes the zero bytes of a
 * tty that hung up for "try again" and never ends (serialport/bindings-cpp issue 162), so that an
 * unplugged device would cost a whole core and all memory, and nobody would be told.
 */
import { read } from 'node:fs';
import { SerialPort } from 'serialport';
import type { Link, LinkEvents, LinkLoss } from '../ports.js';

export interface SerialLinkOptions {
  /** e.g. /dev/serial/by-id/… */
  readonly path: string;
  readonly baudRate: number;
}

/** Read at once: a third of a second at 115,200 baud. */
const readBytesMax = 4_096;
/** Waiting to be written; what a device does not take beyond this is dropped. */
const unwrittenBytesMax = 65_536;

/** What is used of an open port of the package. */
export interface OpenPort {
  readonly fd: number | null;
  readonly poller: {
    once(event: 'readable', callback: (error: Error | null) => void): unknown;
    stop(): void;
  };
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes a link to the tty at `path`, 8N1, locked for other processes that ask. The path is looked up
 * at each opening, so that a by-id name may come and go. Never throws: what hinders opening, a wrong
 * option included, is told by `closed`.
 */
export function serialLink({ path, baudRate }: SerialLinkOptions): Link {
  let current: { readonly port: OpenPort; write(bytes: Uint8Array): void } | null = null;
  /** the last connection's way out: the next opening waits for it, or it would meet our own lock */
  let released: Promise<void> = Promise.resolve();
  /** grows with each opening and closing: a connection of an older number is nobody's */
  let connection = 0;

  const connect = async (mine: number, events: LinkEvents, speed: number): Promise<void> => {
    const isWanted = (): boolean => mine === connection;
    // On a turn of their own: an error in what hears of it is not the tty's and is not caught here.
    const tell = (event: () => void): void =>
      process.nextTick(() => {
        if (isWanted()) event();
      });
    if (!isWanted()) return;
    let loss: Loss;
    let port: OpenPort | null = null;
    try {
      port = await openPort(path, speed);
      if (isWanted()) {
        current = { port, write: writer(port) };
        tell(() => events.opened());
      }
      await readWhile(port, isWanted, (bytes) => tell(() => events.data(bytes)));
      loss = { why: 'gone', detail: `${path}: the device went away` };
    } catch (error) {
      loss = lossOf(error, path);
    }
    if (isWanted()) current = null;
    // A port that cannot be closed any more has nothing left to hold.
    await port?.close().catch(() => {});
    tell(() => {
      connection++;
      events.closed(loss.why, loss.detail);
    });
  };

  return {
    open(events, speed = baudRate) {
      const mine = ++connection;
      current?.port.poller.stop();
      current = null;
      released = released.then(() => connect(mine, events, speed));
    },
    write: (bytes) => current?.write(bytes),
    close() {
      connection++;
      // Wakes the reader, which then finds that nobody wants it and closes the port.
      current?.port.poller.stop();
      current = null;
    },
  };
}

async function openPort(path: string, baudRate: number): Promise<OpenPort> {
  const port = await SerialPort.binding.open({ path, baudRate, lock: true });
  if ('poller' in port) return port;
  await port.close();
  throw new Error('serial devices are served on Linux only');
}

/**
 * Hands on what comes while it `isWanted`; ends when it is not, or when the tty has hung up (a read
 * of zero bytes, read(2)). Rejects with the system's error.
 */
export async function readWhile(
  port: Pick<OpenPort, 'fd' | 'poller'>,
  isWanted: () => boolean,
  data: (bytes: Uint8Array) => void,
): Promise<void> {
  const buffer = new Uint8Array(readBytesMax);
  while (isWanted() && port.fd !== null) {
    const length = await readOnce(port.fd, buffer);
    if (!isWanted() || length === 0) return;
    if (length !== null) data(buffer.slice(0, length));
    else if (!(await isReadable(port))) return;
  }
}

/** How many bytes came; null where none are there yet. */
function readOnce(fd: number, buffer: Uint8Array): Promise<number | null> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, length) => {
      if (error === null) resolve(length);
      else if (error.code === 'EAGAIN' || error.code === 'EINTR') resolve(null);
      else reject(error);
    });
  });
}

/** Waits until there is something to read; false when the waiting was called off. */
function isReadable(port: Pick<OpenPort, 'poller'>): Promise<boolean> {
  return new Promise((resolve) => {
    port.poller.once('readable', (error) => resolve(error === null));
  });
}

/** Writes in order; a failed write is left to the reader, which notices the same cause. */
function writer(port: OpenPort): (bytes: Uint8Array) => void {
  let unwrittenBytes = 0;
  let previous: Promise<void> = Promise.resolve();
  return (bytes) => {
    if (unwrittenBytes + bytes.length > unwrittenBytesMax) return;
    unwrittenBytes += bytes.length;
    const copy = Buffer.from(bytes);
    previous = previous
      .then(() => port.write(copy))
      .catch(() => {})
      .then(() => {
        unwrittenBytes -= copy.length;
      });
  };
}

interface Loss {
  readonly why: LinkLoss;
  readonly detail: string;
}

/** The package tells its errors in words alone: the system's text, and what it was about to do. */
const causes: readonly (readonly [RegExp, LinkLoss])[] = [
  [/no such file|ENOENT|no such device|ENODEV|ENXIO/i, 'absent'],
  [/permission denied|EACCES|operation not permitted|EPERM/i, 'denied'],
  [/lock|temporarily unavailable|busy|EBUSY|EAGAIN/i, 'busy'],
  [/inappropriate ioctl|ENOTTY|is a directory|EISDIR/i, 'wrong-device'],
  [/EIO|input\/output error/i, 'gone'],
];

function lossOf(error: unknown, path: string): Loss {
  const words = error instanceof Error ? error.message : String(error);
  const why = causes.find(([pattern]) => pattern.test(words))?.[1] ?? 'failed';
  return { why, detail: `${path}: ${words}` };
}
