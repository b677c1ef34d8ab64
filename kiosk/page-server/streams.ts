/**
 * The newest view of a page as server-sent events (WHATWG HTML, section 9.2). A page that comes late
 * gets the newest at once; a view equal to the last one is not sent again.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import { refuse } from './answers.js';

/** A view is some kilobytes: a client this far behind has not read for some ten changes and more. */
const backlogBytesMax = 65_536;
/** A page that hears nothing for 3 s says so: three heartbeats must be lost for that. */
export const heartbeatMs = 1_000;
/** How soon a browser comes back by itself after the stream ended. */
const retryMs = 500;

export interface StreamsOptions {
  /** whose streams they are, for the log: `screen` */
  readonly name: string;
  /** of the page that is served now: one that was loaded from another loads itself anew */
  readonly edition: string;
  /** at a time */
  readonly clientsMax: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log?: ((message: string) => void) | undefined;
  /** what each heartbeat says besides that the controller lives: one line; nothing by default */
  readonly beat?: () => string;
  /** a page has gone: any of them */
  readonly gone?: () => void;
}

export interface Streams<View> {
  accept(request: IncomingMessage, response: ServerResponse): void;
  readonly publish: (view: View) => void;
  /** The page is another from now on: whoever follows loads itself anew with the next event. */
  renew(edition: string): void;
  start(): void;
  stop(): void;
}

/** Makes the streams of one page; heartbeats begin with `start`. */
export function createStreams<View>(options: StreamsOptions): Streams<View> {
  const { name, clientsMax } = options;
  let { edition } = options;
  const clients = new Set<ServerResponse>();
  /** JSON of the newest view; null before the first */
  let newest: string | null = null;
  let cancel: Cancel = () => {};

  const forget = (client: ServerResponse) => {
    if (clients.delete(client)) options.gone?.();
  };
  const write = (client: ServerResponse, text: string) => {
    client.write(text);
    if (client.writableLength <= backlogBytesMax) return;
    forget(client);
    client.destroy();
    options.log?.(`${name}: dropped a client that does not read`);
  };
  const beat = () => {
    const data = options.beat?.() ?? '';
    for (const client of clients) write(client, `event: alive\ndata: ${data}\n\n`);
    cancel = options.scheduler.at(options.clock.now().monotonicMs + heartbeatMs, beat);
  };
  const viewEvent = (json: string) => `event: view\ndata: ${json}\n\n`;

  return {
    accept(request, response) {
      if (clients.size >= clientsMax && request.method === 'GET') {
        response.setHeader('retry-after', '1');
        refuse(response, 503, `already ${clientsMax} ${name}s`);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      clients.add(response);
      response.once('close', () => forget(response));
      // No heartbeat among the first words: a frozen gate must not look alive to a page that comes back.
      const first = newest === null ? '' : viewEvent(newest);
      write(response, `retry: ${retryMs}\nid: ${edition}\n\n${first}`);
    },
    publish(view) {
      const json = JSON.stringify(view);
      if (json === newest) return;
      newest = json;
      for (const client of clients) write(client, viewEvent(json));
    },
    renew(next) {
      edition = next;
      for (const client of clients) write(client, `id: ${edition}\n\n`);
    },
    start: beat,
    stop() {
      cancel();
      for (const client of clients) client.destroy();
      clients.clear();
    },
  };
}
