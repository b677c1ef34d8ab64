/** A tty as a link: USB-serial adapters, CDC devices, the board's own UART, a pty. */
import { SerialPort } from 'serialport';
import type { Link, LinkEvents } from '../ports.js';

export interface SerialLinkOptions {
  /** e.g. /dev/serial/by-id/… */
  readonly path: string;
  readonly baudRate: number;
}

/**
 * Makes a link to the tty at `path`, 8N1, locked for other processes that ask. Never throws: what
 * hinders opening, a wrong option included, is told by `closed` in words that say what to do.
 */
export function serialLink({ path, baudRate }: SerialLinkOptions): Link {
  let port: SerialPort | null = null;
  /** the last port's way out: the next opening waits for it, or it would meet our own lock */
  let released: Promise<void> = Promise.resolve();
  /** grows with each opening and closing, so that late events of an old port are nobody's */
  let connection = 0;

  const letGo = (old: SerialPort): void => {
    const gone = new Promise<void>((resolve) => closeQuietly(old, resolve));
    released = Promise.all([released, gone]).then(() => {});
  };

  const openPort = (mine: number, events: LinkEvents): void => {
    if (mine !== connection) return;
    const fail = (error: unknown): void => {
      if (mine !== connection) return;
      connection++;
      const old = port;
      port = null;
      if (old !== null) letGo(old);
      events.closed(explain(error, path));
    };
    try {
      port = new SerialPort({ path, baudRate, autoOpen: false, lock: true });
    } catch (error) {
      fail(error);
      return;
    }
    port.on('error', fail);
    port.on('close', (error: unknown) => fail(error ?? new Error('the device went away')));
    port.on('data', (bytes: Uint8Array) => {
      if (mine === connection) events.data(bytes);
    });
    port.open((error) => {
      if (error) fail(error);
      else if (mine === connection) events.opened();
    });
  };

  return {
    open(events) {
      const mine = ++connection;
      void released.then(() => openPort(mine, events));
    },
    write(bytes) {
      if (port?.isOpen) port.write(Uint8Array.from(bytes));
    },
    close() {
      connection++;
      const old = port;
      port = null;
      if (old !== null) letGo(old);
    },
  };
}

/** Closes a port in whatever phase it is; calls `done` once it holds nothing any more. */
function closeQuietly(port: SerialPort, done: () => void): void {
  // Errors on the way out concern nobody; without a listener they would end the process.
  port.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error');
  port.on('error', () => {});
  if (port.opening) port.once('open', () => port.close(() => done()));
  if (port.opening) port.once('error', () => done());
  else if (port.isOpen) port.close(() => done());
  else if (port.closing) port.once('close', () => done());
  else done();
}

/** The system's words, with what a person can do about the usual ones. */
function explain(error: unknown, path: string): string {
  const words = error instanceof Error ? error.message : String(error);
  if (/no such file|ENOENT|no such device/i.test(words))
    return `${path} is not there: is the device plugged in? (${words})`;
  if (/permission denied|EACCES/i.test(words))
    return `no permission for ${path}: the service's user must be in the group dialout (${words})`;
  if (/lock|temporarily unavailable|busy|EBUSY|EAGAIN/i.test(words))
    return `${path} is in use: another program holds it, stop that one (${words})`;
  return `${path}: ${words}`;
}
