/**
 * The person's screen over loopback HTTP: the page, and the newest view as server-sent events
 * (WHATWG HTML, section 9.2). It shows and never asks: nothing that reaches it changes the gate.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { ScreenView } from './view.js';

/** Streams at a time: the panel's browser, a technician, and connections not yet found dead. */
export const screenClientsMax = 16;
/** Sockets at a time: the streams, and as many again fetching the page. */
const connectionsMax = 2 * screenClientsMax;
/** A view is about 2 kB: a client this far behind has not read for some thirty changes. */
const backlogBytesMax = 65_536;
/** A browser's request for one of our paths is under 1 kB; node answers 431 above. */
const headerBytesMax = 8_192;
/** A page that hears nothing for 3 s says so: three heartbeats must be lost for that. */
export const heartbeatMs = 1_000;
/** How soon a browser comes back by itself after the stream ended. */
const retryMs = 500;
/** Longest wait for a whole request; ours have no body. */
const requestMsMax = 5_000;

export interface ScreenOptions {
  /** 0 takes any free port */
  readonly port: number;
  /** default: loopback only */
  readonly host?: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log?: (message: string) => void;
}

export interface Screen {
  /** Shows a view on every connected page; a view equal to the last one is not sent again. */
  publish(view: ScreenView): void;
  readonly port: number;
  /** Ends every stream and frees the port. */
  close(): Promise<void>;
}

/** Why the screen could not start, in words for the person who started it. */
export class ScreenStartError extends Error {
  readonly code: 'port-in-use' | 'port-forbidden' | 'cannot-listen';
  constructor(code: ScreenStartError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const publicFiles = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/screen.css': ['screen.css', 'text/css; charset=utf-8'],
  '/screen.js': ['screen.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const;

/** Nothing from elsewhere, nothing inline, in no frame, no device of the board. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  // A page of the last version must not outlive an update.
  'cache-control': 'no-store',
} as const;

/**
 * Starts the screen's server; `/`, `/events` and `/healthz` answer GET and HEAD.
 * Rejects with `ScreenStartError` where it cannot listen.
 */
export async function startScreen(options: ScreenOptions): Promise<Screen> {
  const files = readPublicFiles();
  const streams = createStreams(options);
  const server = createServer(
    { maxHeaderSize: headerBytesMax, requestTimeout: requestMsMax, headersTimeout: requestMsMax },
    (request, response) => answer(request, response, files, streams),
  );
  server.maxConnections = connectionsMax;
  const port = await listen(server, options.port, options.host ?? '127.0.0.1');
  server.on('error', (error) => options.log?.(`screen: ${error.message}`));
  streams.start();
  return {
    port,
    publish: streams.publish,
    close: () =>
      new Promise((resolve) => {
        streams.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Files = ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;

function readPublicFiles(): Files {
  return new Map(
    Object.entries(publicFiles).map(([path, [name, type]]) => [
      path,
      { type, body: readFileSync(new URL(`./public/${name}`, import.meta.url)) },
    ]),
  );
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(startError(error, port, host)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function startError(error: Error, port: number, host: string): ScreenStartError {
  const code = 'code' in error ? error.code : undefined;
  const where = `the screen's port ${port} on ${host}`;
  if (code === 'EADDRINUSE')
    return new ScreenStartError(
      'port-in-use',
      `${where} is in use: end the other program or choose another port (screen.port)`,
    );
  if (code === 'EACCES')
    return new ScreenStartError(
      'port-forbidden',
      `${where} needs root: choose one from 1024 on (screen.port)`,
    );
  return new ScreenStartError('cannot-listen', `${where} cannot be opened: ${error.message}`);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: Files,
  streams: Streams,
): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    refuse(response, 405, 'only GET and HEAD');
    return;
  }
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined || (length !== undefined && length !== '0')) {
    refuse(response, 413, 'no request here has a body');
    return;
  }
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const file = files.get(path);
  if (file !== undefined) send(response, 200, file.type, file.body);
  else if (path === '/healthz') send(response, 200, plainText, 'ok\n');
  else if (path === '/events') streams.accept(request, response);
  else send(response, 404, plainText, 'not found\n');
}

const plainText = 'text/plain; charset=utf-8';

/** Node leaves the body out for HEAD by itself. */
function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Closes the connection too: what follows on it may be the unread rest of a body. */
function refuse(response: ServerResponse, status: number, why: string): void {
  response.setHeader('connection', 'close');
  send(response, status, plainText, `${why}\n`);
}

interface Streams {
  accept(request: IncomingMessage, response: ServerResponse): void;
  readonly publish: (view: ScreenView) => void;
  start(): void;
  stop(): void;
}

function createStreams(options: ScreenOptions): Streams {
  const clients = new Set<ServerResponse>();
  /** JSON of the newest view; null before the first */
  let newest: string | null = null;
  let cancel: Cancel = () => {};

  const write = (client: ServerResponse, text: string) => {
    client.write(text);
    if (client.writableLength <= backlogBytesMax) return;
    clients.delete(client);
    client.destroy();
    options.log?.('screen: dropped a client that does not read');
  };
  const beat = () => {
    for (const client of clients) write(client, 'event: alive\ndata: \n\n');
    cancel = options.scheduler.at(options.clock.now().monotonicMs + heartbeatMs, beat);
  };
  const viewEvent = (json: string) => `event: view\ndata: ${json}\n\n`;

  return {
    accept(request, response) {
      if (clients.size >= screenClientsMax && request.method === 'GET') {
        response.setHeader('retry-after', '1');
        refuse(response, 503, `already ${screenClientsMax} screens`);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      clients.add(response);
      response.once('close', () => clients.delete(response));
      // No heartbeat among the first words: a frozen gate must not look alive to a page that comes back.
      const first = newest === null ? '' : viewEvent(newest);
      write(response, `retry: ${retryMs}\n\n${first}`);
    },
    publish(view) {
      const json = JSON.stringify(view);
      if (json === newest) return;
      newest = json;
      for (const client of clients) write(client, viewEvent(json));
    },
    start: beat,
    stop() {
      cancel();
      for (const client of clients) client.destroy();
      clients.clear();
    },
  };
}
