/** From a device's address in the configuration to its link. */
import type { Link } from '../ports.js';
import { serialLink } from './serial-link.js';
import { tcpLink } from './tcp-link.js';

export type LinkAddress =
  | { readonly type: 'serial'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number };

const tcpAddress = /^tcp:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;

/**
 * Reads `tcp://host:port` or an absolute path; null for anything else. An IPv6 host stands in
 * brackets, which the result leaves out.
 */
export function parseLinkAddress(text: string): LinkAddress | null {
  if (text.startsWith('/')) return { type: 'serial', path: text };
  const [, host, port] = tcpAddress.exec(text) ?? [];
  if (host === undefined || port === undefined) return null;
  const number = Number(port);
  if (number < 1 || number > 65_535) return null;
  return { type: 'tcp', host: host.replace(/^\[|\]$/g, ''), port: number };
}

/** Makes the link of an address; `baudRate` counts for a serial path only. */
export function linkTo(address: LinkAddress, baudRate: number): Link {
  return address.type === 'tcp' ? tcpLink(address) : serialLink({ path: address.path, baudRate });
}
