/** Which request of the booth's listener gets which answer; the cheapest refusal first. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { DetailProblem } from '../evidence/details.js';
import {
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
import { readJsonBody } from '../page-server/json-body.js';
import type { Streams } from '../page-server/streams.js';
import type { AccessFault } from './access.js';
import { detailFaultWords, faultWords } from './phrases.js';
import type { Sessions } from './session.js';
import { type BoothFault, faultStatus, type Taker } from './takers.js';
import type { BoothView } from './view.js';

/** All fields of a person, each of the longest, in UTF-8. */
export const bodyBytesMax = 8_192;

const pagePath = '/';
const parts = [
  'booth.css',
  'booth.js',
  'details.js',
  'elements.js',
  'keys.js',
  'login.js',
  'person.js',
  'picture.js',
  'question.js',
  'time.js',
  'watch.js',
] as const;
const publicFiles: Readonly<Record<string, URL>> = {
  [pagePath]: publicFile('index.html'),
  ...Object.fromEntries(parts.map((name) => [`/${name}`, publicFile(name)])),
  '/stream.js': sharedFiles.stream,
  '/icon.svg': sharedFiles.icon,
};

function publicFile(name: string): URL {
  return new URL(`./public/${name}`, import.meta.url);
}

/** @returns the page's files, by the path that each is served at */
export function readBoothPage(): ReadonlyMap<string, PublicFile> {
  return readPublicFiles(publicFiles);
}

export interface RoutesOptions {
  readonly files: ReadonlyMap<string, PublicFile>;
  readonly sessions: Sessions;
  readonly streams: Streams<BoothView>;
  readonly takers: ReadonlyMap<string, Taker>;
  faultOf(request: IncomingMessage): AccessFault | null;
}

/**
 * `/`, its parts and `/events` answer GET and HEAD; what is taken answers POST with JSON, `{}` where it
 * was taken, a code with its words where not.
 */
export function boothRoutes({
  files,
  sessions,
  streams,
  takers,
  faultOf,
}: RoutesOptions): RequestListener {
  const login = readPublicFiles({ [pagePath]: publicFile('login.html') });

  const show = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    if (hasBody(request)) return refuse(response, 413, 'only what is sent by POST has a body');
    const isOpen = sessions.isOpen(request);
    const file = (isOpen ? null : login.get(path)) ?? files.get(path);
    if (file !== undefined) {
      const cookie = path === pagePath && isOpen ? sessions.renewed() : null;
      if (cookie !== null) response.setHeader('set-cookie', cookie);
      send(response, 200, file.type, file.body);
    } else if (path !== '/events') send(response, 404, plainText, 'not found\n');
    else if (isOpen) streams.accept(request, response);
    else refuseWith(response, 'no-session');
  };

  const take = (request: IncomingMessage, response: ServerResponse, taker: Taker): void => {
    if (!taker.isOpen && !sessions.isOpen(request)) return refuseWith(response, 'no-session');
    readJsonBody(request, bodyBytesMax, (read) => {
      if (!read.ok) return refuseWith(response, read.fault);
      const { fault, problems, cookie } = taker.take(read.value);
      if (fault !== null) return refuseWith(response, fault, problems);
      if (cookie !== undefined) response.setHeader('set-cookie', cookie);
      send(response, 200, json, '{}');
    });
  };

  return (request, response) => {
    setSecurityHeaders(response);
    const fault = faultOf(request);
    if (fault !== null) return refuseWith(response, fault);
    const path = pathOf(request);
    const taker = takers.get(path);
    const methods = taker === undefined ? ['GET', 'HEAD'] : ['POST'];
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('allow', methods.join(', '));
      return refuse(response, 405, `only ${methods.join(' and ')}`);
    }
    if (taker === undefined) show(request, response, path);
    else take(request, response, taker);
  };
}

const json = 'application/json';

/** With words for the page; closes the connection, whose rest may be that of an unread body. */
function refuseWith(
  response: ServerResponse,
  code: BoothFault,
  problems: readonly DetailProblem[] = [],
): void {
  response.setHeader('connection', 'close');
  const answer = {
    code,
    text: faultWords[code],
    problems: problems.map(({ field, fault }) => ({ field, text: detailFaultWords[fault] })),
  };
  send(response, faultStatus[code], json, JSON.stringify(answer));
}
