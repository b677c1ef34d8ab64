/** Talks to a page's listener as a browser does, and as no browser would. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the one certificate that is trusted: asks over TLS */
  readonly ca?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends one request to loopback and reads the whole answer. */
export function ask(port: number, path: string, asked: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { body, ca, ...rest } = asked;
    const options: RequestOptions = { host: '127.0.0.1', port, path, agent: false, ...rest };
    const take = (response: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    };
    // Of the certificate the signature is looked at; its names are the server's to compare.
    const tls = { ca, checkServerIdentity: () => undefined };
    const request =
      ca === undefined ? httpRequest(options, take) : httpsRequest({ ...options, ...tls }, take);
    request.on('error', reject);
    request.end(body);
  });
}

export interface Listening {
  readonly status: number;
  /** waits for one more event than were taken so far */
  next(): Promise<{ event: string; data: string }>;
  /** which page the events taken so far are for, as a browser knows it */
  lastId(): string;
  readonly ended: Promise<void>;
  end(): void;
}

/** Opens an event stream. */
export function listenTo(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/events', agent: false, headers };
    const request = httpRequest(options, (response) => {
      const queue: { event: string; data: string; id: string }[] = [];
      let lastId = '';
      let wake = () => {};
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) queue.push(parseEvent(block));
        wake();
      });
      const ended = new Promise<void>((done) => {
        response.on('close', () => done());
      });
      response.on('error', () => {});
      resolve({
        status: response.statusCode ?? 0,
        async next() {
          while (queue.length === 0)
            await new Promise<void>((done) => {
              wake = done;
            });
          const { id, ...taken } = queue.shift() ?? { id: '', event: '', data: '' };
          lastId = id || lastId;
          return taken;
        },
        lastId: () => lastId,
        ended,
        end: () => request.destroy(),
      });
    });
    request.on('error', reject);
    request.end();
  });
}

function parseEvent(block: string): { event: string; data: string; id: string } {
  const field = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join('\n');
  return { event: field('event'), data: field('data'), id: field('id') };
}

/** A clock that stands until it is moved, and runs what is due when it is. */
export function virtualTime() {
  let nowMs = 0;
  let tasks: { dueMs: number; task: () => void }[] = [];
  return {
    clock: { now: () => ({ monotonicMs: nowMs, wallMs: nowMs, clock: 'synced' as const }) },
    scheduler: {
      at(dueMs: number, task: () => void) {
        const entry = { dueMs, task };
        tasks.push(entry);
        return () => {
          tasks = tasks.filter((other) => other !== entry);
        };
      },
    },
    waiting: () => tasks.length,
    advance(byMs: number) {
      nowMs += byMs;
      const due = tasks.filter((entry) => entry.dueMs <= nowMs);
      tasks = tasks.filter((entry) => entry.dueMs > nowMs);
      for (const entry of due) entry.task();
    },
  };
}
