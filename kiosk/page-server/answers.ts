/** What every answer of the gate's own pages has in common: headers, refusals, files. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Nothing from elsewhere, nothing inline, no device of the board. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; ";

/** `own`: a page may stand in a frame of its own listener's; the simulated board's does. */
export type Framing = 'none' | 'own';
const framings = {
  none: {
    'content-security-policy': `${contentPolicy}frame-ancestors 'none'`,
    'x-frame-options': 'DENY',
  },
  own: {
    'content-security-policy': `${contentPolicy}frame-src 'self'; frame-ancestors 'self'`,
    'x-frame-options': 'SAMEORIGIN',
  },
} as const;

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  // A page of the last version must not outlive an update.
  'cache-control': 'no-store',
} as const;

export const plainText = 'text/plain; charset=utf-8';

/** Sets the headers that stand on every answer, refusals included. */
export function setSecurityHeaders(response: ServerResponse, framing: Framing = 'none'): void {
  const headers = { ...securityHeaders, ...framings[framing] };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Answers with a whole body; Node leaves it out for HEAD by itself. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Closes the connection too: what follows on it may be the unread rest of a body. */
export function refuse(response: ServerResponse, status: number, why: string): void {
  response.setHeader('connection', 'close');
  send(response, status, plainText, `${why}\n`);
}

/** @returns whether a request brings a body, or says that it may */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** @returns the request's path without its query */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

export interface PublicFile {
  readonly type: string;
  readonly body: Buffer;
}

const fileTypes = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

/**
 * Reads the files of a page once, so that no path of a request ever reaches the file system.
 * @param files the URL of each file by the path that it is served at; each ends in one of our types
 * @throws where one cannot be read: a broken installation
 */
export function readPublicFiles(
  files: Readonly<Record<string, URL>>,
): ReadonlyMap<string, PublicFile> {
  return new Map(
    Object.entries(files).map(([path, url]) => {
      const [, type] = Object.entries(fileTypes).find(([end]) =>
        url.pathname.endsWith(`.${end}`),
      ) ?? [null, plainText];
      return [path, { type, body: readFileSync(url) }];
    }),
  );
}

/** @returns a name of a page's files that changes with any of them */
export function editionOf(files: ReadonlyMap<string, PublicFile>): string {
  const hash = createHash('sha256');
  for (const { body } of files.values()) hash.update(body).update('\0');
  return hash.digest('hex').slice(0, editionCharacters);
}
/** Enough that two editions never share a name by chance. */
const editionCharacters = 16;

/** The parts that more than one page is made of. */
export const sharedFiles = {
  icon: new URL('./public/icon.svg', import.meta.url),
  stream: new URL('./public/stream.js', import.meta.url),
} as const;
