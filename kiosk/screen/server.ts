/**
 * The person's screen over loopback HTTP: the page, and the newest view as server-sent events. It
 * shows and never asks: nothing that reaches it changes the gate.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '../../config/language.js';
import { readLanguages } from '../../config/language-files.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import {
  editionOf,
  hasBody,
  type PublicFile,
  pathOf,
  plainText,
  readPublicFiles,
  refuse,
  send,
  setSecurityHeaders,
  sharedFiles,
} from '../page-server/answers.js';
import { listen } from '../page-server/listen.js';
import { createStreams, type Streams } from '../page-server/streams.js';
import type { ScreenView } from './view.js';
import { type PageView, type PageWords, pageWords, viewInWords } from './words.js';

/** Streams at a time: the panel's browser, a technician, and connections not yet found dead. */
export const screenClientsMax = 16;
/** Sockets at a time: the streams, and as many again fetching the page. */
const connectionsMax = 2 * screenClientsMax;

export interface ScreenOptions {
  /** 0 takes any free port */
  readonly port: number;
  /** default: loopback only */
  readonly host?: string;
  /** in their order; default: the shipped Chinese and English */
  readonly languages?: readonly Language[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log?: (message: string) => void;
  /** for `/readyz` and `/metrics`, which are not there without it */
  readonly health?: Health;
  /** what else is on this listener: the simulated board's own page, which shows the screen in a frame */
  readonly beside?: Beside;
}

export interface Health {
  /** why nobody passes by themselves now; none: ready */
  unready(): readonly string[];
  /** Prometheus text */
  metrics(): string;
}

export interface Beside {
  /** sockets at a time, besides the screen's own */
  readonly connectionsMax: number;
  /** Answers a request, whose headers of security are set; false: it is none of its own. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface Screen {
  /** Shows a view on every connected page; a view equal to the last one is not sent again. */
  publish(view: ScreenView): void;
  /** From now on it says everything in these, at least one; pages that are open load themselves anew. */
  speak(languages: readonly Language[]): void;
  readonly port: number;
  /** Ends every stream and frees the port. */
  close(): Promise<void>;
}

const publicFiles = {
  '/': new URL('./public/index.html', import.meta.url),
  '/screen.css': new URL('./public/screen.css', import.meta.url),
  '/screen.js': new URL('./public/screen.js', import.meta.url),
  '/picture.js': new URL('./public/picture.js', import.meta.url),
  '/fit.js': new URL('./public/fit.js', import.meta.url),
  '/sound.js': new URL('./public/sound.js', import.meta.url),
  '/tones.js': new URL('./public/tones.js', import.meta.url),
  '/stream.js': sharedFiles.stream,
  '/icon.svg': sharedFiles.icon,
} as const;

/** Where the page's own words go: a script of data, which no browser runs. */
const wordsMark = '<script id="words" type="application/json"></script>';

/** Prometheus's text format. */
const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Starts the screen's server; `/`, `/events`, `/healthz`, `/readyz` and `/metrics` answer GET and HEAD.
 * Rejects with `PageStartError` where it cannot listen.
 */
export async function startScreen(options: ScreenOptions): Promise<Screen> {
  const { port, host = '127.0.0.1', clock, scheduler, log, beside } = options;
  let { languages = readLanguages().languages } = options;
  const bare = readPublicFiles(publicFiles);
  let page = pageIn(languages, bare);
  let newest: ScreenView | null = null;
  const streams = createStreams<PageView>({
    name: 'screen',
    edition: page.edition,
    clientsMax: screenClientsMax,
    clock,
    scheduler,
    log,
  });
  const listener = await listen({
    port,
    host,
    name: 'screen',
    connectionsMax: connectionsMax + (beside?.connectionsMax ?? 0),
    tls: null,
    answer(request, response) {
      setSecurityHeaders(response, beside === undefined ? 'none' : 'own');
      if (beside?.answer(request, response) === true) return;
      answer(request, response, page.files, streams, options.health);
    },
    failed: (message) => log?.(message),
  });
  streams.start();
  return {
    port: listener.port,
    publish(view) {
      newest = view;
      streams.publish(viewInWords(view, languages));
    },
    speak(next) {
      languages = next;
      const before = page.edition;
      page = pageIn(next, bare);
      // Where the page's own words are the same, the view alone is another.
      if (page.edition !== before) streams.renew(page.edition);
      if (newest !== null) streams.publish(viewInWords(newest, languages));
    },
    close() {
      streams.stop();
      return listener.close();
    },
  };
}

interface Page {
  readonly files: ReadonlyMap<string, PublicFile>;
  readonly edition: string;
}

/** The page in these languages. It knows its edition: it may have been fetched before the last change. */
function pageIn(languages: readonly Language[], bare: ReadonlyMap<string, PublicFile>): Page {
  const words = pageWords(languages);
  const edition = editionOf(withWords(bare, words));
  return { edition, files: withWords(bare, { ...words, edition }) };
}

function withWords(
  files: ReadonlyMap<string, PublicFile>,
  words: PageWords & { readonly edition?: string },
): ReadonlyMap<string, PublicFile> {
  const page = files.get('/');
  if (page === undefined) return files;
  // `<` alone could end the script early.
  const json = JSON.stringify(words).replaceAll('<', '\\u003c');
  const body = page.body
    .toString('utf8')
    .replace(wordsMark, () => wordsMark.replace('></', () => `>${json}</`));
  return new Map(files).set('/', { ...page, body: Buffer.from(body) });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PublicFile>,
  streams: Streams<PageView>,
  health: Health | undefined,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    refuse(response, 405, 'only GET and HEAD');
    return;
  }
  if (hasBody(request)) {
    refuse(response, 413, 'no request here has a body');
    return;
  }
  const path = pathOf(request);
  const file = files.get(path);
  if (file !== undefined) send(response, 200, file.type, file.body);
  else if (path === '/healthz') send(response, 200, plainText, 'ok\n');
  else if (path === '/events') streams.accept(request, response);
  else if (path === '/readyz' && health !== undefined) sendReadiness(response, health);
  else if (path === '/metrics' && health !== undefined)
    send(response, 200, metricsType, health.metrics());
  else send(response, 404, plainText, 'not found\n');
}

function sendReadiness(response: ServerResponse, health: Health): void {
  const reasons = health.unready();
  if (reasons.length === 0) send(response, 200, plainText, 'ready\n');
  else send(response, 503, plainText, `not ready: ${reasons.join(', ')}\n`);
}
