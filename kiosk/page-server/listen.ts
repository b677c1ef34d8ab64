/** Opening and closing of a listener for a page, plain or with TLS; failures in words. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** A browser's request for one of our paths is under 1 kB; node answers 431 above. */
const headerBytesMax = 8_192;
/** Longest wait for a whole request; ours are small. */
const requestMsMax = 5_000;
/** How often waiting connections are looked at: Node's own 30 s would keep silent ones as long. */
const checkMs = 1_000;

/** Certificate and private key, PEM. */
export interface TlsFiles {
  readonly certificate: string;
  /** secret */
  readonly key: string;
}

export interface ListenOptions {
  /** 0 takes any free port */
  readonly port: number;
  readonly host: string;
  /** whose listener it is, as it stands in an error: `screen`, `booth`; also the setting's name */
  readonly name: string;
  /** sockets at a time */
  readonly connectionsMax: number;
  /** of these, from one address; default: all */
  readonly connectionsPerAddressMax?: number;
  /** null: plain HTTP */
  readonly tls: TlsFiles | null;
  readonly answer: RequestListener;
  /** a failure after the start */
  readonly failed: (message: string) => void;
}

export interface Listener {
  readonly port: number;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** Why a page could not start, in words for the person who started it. */
export class PageStartError extends Error {
  readonly code: 'port-in-use' | 'port-forbidden' | 'cannot-listen';
  constructor(code: PageStartError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Starts to listen; rejects with `PageStartError` where it cannot. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const server = serverOf(options);
  server.maxConnections = options.connectionsMax;
  limitEachAddress(server, options.connectionsPerAddressMax ?? options.connectionsMax);
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) => reject(startError(error, options)));
    server.listen(options.port, options.host, () => {
      server.removeAllListeners('error');
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : options.port);
    });
  });
  server.on('error', (error) => options.failed(`${options.name}: ${error.message}`));
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serverOf({ tls, answer }: ListenOptions): Server | TlsServer {
  const limits = {
    maxHeaderSize: headerBytesMax,
    requestTimeout: requestMsMax,
    headersTimeout: requestMsMax,
    connectionsCheckingInterval: checkMs,
  };
  if (tls === null) return createServer(limits, answer);
  const { certificate: cert, key } = tls;
  return createTlsServer(
    { ...limits, cert, key, minVersion: 'TLSv1.2', handshakeTimeout: requestMsMax },
    answer,
  );
}

/** Ends what is beyond an address's share as soon as it connects. */
function limitEachAddress(server: Server | TlsServer, connectionsMax: number): void {
  const counts = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
    if (count > connectionsMax) socket.destroy();
  });
}

function startError(error: Error, { port, host, name }: ListenOptions): PageStartError {
  const code = 'code' in error ? error.code : undefined;
  const where = `the ${name}'s port ${port} on ${host}`;
  if (code === 'EADDRINUSE')
    return new PageStartError(
      'port-in-use',
      `${where} is in use: end the other program or choose another port (${name}.port)`,
    );
  if (code === 'EACCES')
    return new PageStartError(
      'port-forbidden',
      `${where} needs root: choose one from 1024 on (${name}.port)`,
    );
  if (code === 'EADDRNOTAVAIL')
    return new PageStartError(
      'cannot-listen',
      `${where} cannot be opened: no interface of this machine has that address (${name}.host)`,
    );
  return new PageStartError('cannot-listen', `${where} cannot be opened: ${error.message}`);
}
