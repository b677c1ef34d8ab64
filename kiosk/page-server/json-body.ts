/** The body of a request as JSON: bounded, strict, and never answered before it is whole. */
import type { IncomingMessage } from 'node:http';
import { parseStrictJsonBytes } from '../../config/strict-json.js';

export type JsonFault =
  /** its length is not told beforehand */
  | 'no-length'
  | 'too-large'
  /** of another type than application/json: also what keeps a foreign form out */
  | 'not-json'
  | 'bad-json';

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: JsonFault };

/**
 * Reads a body of at most `bytesMax` bytes and hands it on once; a request that breaks off is told to
 * nobody. How long it may take is the listener's limit.
 */
export function readJsonBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (body: JsonBody) => void,
): void {
  const { 'content-length': length, 'content-type': type } = request.headers;
  const refused = (fault: JsonFault): void => done({ ok: false, fault });
  if (!/^application\/json(?:; ?charset=utf-8)?$/i.test(type ?? '')) return refused('not-json');
  if (length === undefined) return refused('no-length');
  if (Number(length) > bytesMax) return refused('too-large');
  const chunks: Buffer[] = [];
  // Node reads no further than the length that was told.
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const json = parseStrictJsonBytes(Buffer.concat(chunks), bytesMax);
    if (json.ok) done({ ok: true, value: json.value });
    else refused('bad-json');
  });
}
