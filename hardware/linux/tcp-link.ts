/** A TCP connection as a link: serial servers and ser2net, `tcp://host:port`. */
import { connect, type Socket } from 'node:net';
import type { Link } from '../ports.js';

export interface TcpLinkOptions {
  readonly host: string;
  readonly port: number;
}

/** A host that does not answer by then is taken as not there. */
const connectMsMax = 3_000;
/** Idle time before the first probe; the system then probes every second, ten times. */
const keepAliveMs = 5_000;

/**
 * Makes a link to a TCP port. Never throws: what hinders connecting, a wrong option included, is
 * told by `closed`. A peer that vanished without a word is noticed within 15 s.
 */
export function tcpLink({ host, port }: TcpLinkOptions): Link {
  let socket: Socket | null = null;

  const drop = (): void => {
    const old = socket;
    socket = null;
    old?.destroy();
  };

  return {
    open(events) {
      drop();
      let fresh: Socket;
      try {
        fresh = connect({ host, port });
      } catch (error) {
        events.closed(explain(error, host, port));
        return;
      }
      socket = fresh;
      const end = (why: string): void => {
        if (socket !== fresh) return;
        drop();
        events.closed(why);
      };
      fresh.setNoDelay(true);
      fresh.setKeepAlive(true, keepAliveMs);
      fresh.setTimeout(connectMsMax, () => end(`${host}:${port} does not answer`));
      fresh.on('connect', () => {
        fresh.setTimeout(0);
        if (socket === fresh) events.opened();
      });
      fresh.on('data', (bytes: Uint8Array) => {
        if (socket === fresh) events.data(bytes);
      });
      // Stays for the life of the socket: an error without a listener would end the process.
      fresh.on('error', (error) => end(explain(error, host, port)));
      fresh.on('close', () => end(`${host}:${port} ended the connection`));
    },
    write(bytes) {
      if (socket !== null && !socket.connecting) socket.write(Uint8Array.from(bytes));
    },
    close: drop,
  };
}

/** The system's words, with what a person can do about the usual ones. */
function explain(error: unknown, host: string, port: number): string {
  const words = error instanceof Error ? error.message : String(error);
  if (/ECONNREFUSED/.test(words))
    return `${host}:${port} refuses: does the serial server run, and on this port? (${words})`;
  if (/ENOTFOUND|EAI_AGAIN/.test(words))
    return `${host} is not known: check the name and the network (${words})`;
  if (/EHOSTUNREACH|ENETUNREACH/.test(words))
    return `${host} cannot be reached: check the cable and the address (${words})`;
  return `${host}:${port}: ${words}`;
}
