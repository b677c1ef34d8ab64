/**
 * Who may talk to the booth's listener: pages that it served itself, under a name that is its own.
 * Against DNS rebinding (a foreign name for our address) and cross-site requests, those of the public
 * screen on the next port included.
 */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { loopbackHost } from '../../config/kiosk-config.js';

export type AccessFault = 'foreign-host' | 'foreign-origin' | 'no-origin';

export interface AccessOptions {
  /** the IP address that is listened on */
  readonly host: string;
  /** PEM; null: plain HTTP */
  readonly certificate: string | null;
  /** a page on another port of this machine may link to it, as the simulated board's does */
  readonly isLinked?: boolean | undefined;
}

const loopbackNames: readonly string[] = [loopbackHost, 'localhost', '::1'];

/**
 * @returns looks at a request's Host, Origin and Sec-Fetch-Site; null: it may go on. The port of Host
 *   is free, so that a tunnel to the board works; Origin has to be the same as Host to the letter
 */
export function accessGuard(
  options: AccessOptions,
): (request: IncomingMessage) => AccessFault | null {
  const { host: ownHost, certificate, isLinked = false } = options;
  const parsed = certificate === null ? null : new X509Certificate(certificate);
  const scheme = certificate === null ? 'http' : 'https';
  const isOwn = (name: string): boolean =>
    loopbackNames.includes(name) || name === ownHost || (parsed !== null && isNamed(parsed, name));

  return ({ method, headers }) => {
    const { host, origin } = headers;
    const name = host === undefined ? null : hostName(host);
    if (name === null || !isOwn(name)) return 'foreign-host';
    const changes = method !== 'GET' && method !== 'HEAD';
    if (origin === undefined && changes) return 'no-origin';
    if (origin !== undefined && origin !== `${scheme}://${host}`) return 'foreign-origin';
    const site = headers['sec-fetch-site'];
    // `none`: a person typed the address, or it is a bookmark.
    if (site === undefined || site === 'same-origin' || site === 'none') return null;
    const isByLink = site === 'same-site' && headers['sec-fetch-dest'] === 'document' && !changes;
    return isLinked && isByLink ? null : 'foreign-origin';
  };
}

/** What is asked after comes from outside: a name that OpenSSL takes for none is no name. */
function isNamed(certificate: X509Certificate, name: string): boolean {
  try {
    const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
    return found !== undefined;
  } catch {
    return false;
  }
}

/** The name in a Host header, in lower case and without brackets; null: no such header. */
function hostName(host: string): string | null {
  const match =
    /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})))(?::\d{1,5})?$/;
  const [, address, name] = match.exec(host) ?? [];
  return (address ?? name)?.toLowerCase() ?? null;
}
