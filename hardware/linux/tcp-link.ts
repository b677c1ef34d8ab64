/** A TCP connection as a link: serial servers and ser2net, `tcp://host:port`. */
import { connect, type Socket } from 'node:net';
import type { Link, LinkLoss } from '../ports.js';

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
        events.closed(lossOf(error), `${host}:${port}: ${words(error)}`);
        return;
      }
      socket = fresh;
      const end = (why: LinkLoss, detail: string): void => {
        if (socket !== fresh) return;
        drop();
        events.closed(why, `${host}:${port} ${detail}`);
      };
      fresh.setNoDelay(true);
      fresh.setKeepAlive(true, keepAliveMs);
      fresh.setTimeout(connectMsMax, () => end('absent', 'does not answer'));
      fresh.on('connect', () => {
        fresh.setTimeout(0);
        if (socket === fresh) events.opened();
      });
      fresh.on('data', (bytes: Uint8Array) => {
        if (socket === fresh) events.data(bytes);
      });
      // Stays for the life of the socket: an error without a listener would end the process.
      fresh.on('error', (error) => end(lossOf(error), words(error)));
      fresh.on('close', () => end('gone', 'ended the connection'));
    },
    write(bytes) {
      if (socket !== null && !socket.connecting) socket.write(Uint8Array.from(bytes));
    },
    close: drop,
  };
}

function lossOf(error: unknown): LinkLoss {
  const text = words(error);
  if (/ECONNREFUSED/.test(text)) return 'refused';
  if (/ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/.test(text)) return 'absent';
  return /ECONNRESET|EPIPE/.test(text) ? 'gone' : 'failed';
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
