/** A party's word, passed on by a collector, that it has seen a notice: clears that one, nothing else. */
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import {
  type PrivateKey,
  type PublicKey,
  signBytes,
  verifyBytes,
} from '../../config/crypto/ed25519-key.js';
import { parseRfc3339 } from '../../config/rfc3339.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import type { Names } from './topics.js';

export interface NoticeAck {
  /** of the notice */
  readonly id: string;
  readonly party: string;
  /** when the party said so, RFC 3339 */
  readonly at: string;
  /** the collector's name in the trust list */
  readonly collector: string;
  /** base64url, 64 bytes */
  readonly sig: string;
}

const ackBytesMax = 1_024;
const idShape = /^[0-9a-f]{8}-[0-9]{1,16}-[a-z-]{1,32}$/;
const nameLengthMax = 64;

type Said = Pick<NoticeAck, 'id' | 'party' | 'at'>;

function signedBytes({ site, kiosk }: Names, { id, party, at }: Said): Uint8Array {
  return Buffer.from(`gk-notice-ack-1\n${site}\n${kiosk}\n${id}\n${party}\n${at}\n`, 'utf8');
}

/** @returns the message of `notice/ack` */
export function signNoticeAck(
  key: PrivateKey,
  names: Names,
  said: Said,
  collector: string,
): NoticeAck {
  const { id, party, at } = said;
  const sig = encodeBase64url(signBytes(key, signedBytes(names, said)));
  return { id, party, at, collector, sig };
}

/** Takes a message's bytes; returns the acknowledgement, or null for anything of another form. */
export function parseNoticeAck(bytes: Uint8Array): NoticeAck | null {
  const json = parseStrictJsonBytes(bytes, ackBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { id, party, at, collector, sig, ...others } = json.value as Record<string, unknown>;
  if (Object.keys(others).length > 0) return null;
  if (typeof id !== 'string' || !idShape.test(id)) return null;
  if (typeof party !== 'string' || typeof collector !== 'string' || typeof sig !== 'string')
    return null;
  if (collector.length > nameLengthMax) return null;
  return typeof at === 'string' && parseRfc3339(at) !== null
    ? { id, party, at, collector, sig }
    : null;
}

/** @returns whether the collector of this name in the trust list has signed it */
export function isSignedNoticeAck(
  ack: NoticeAck,
  names: Names,
  collectors: readonly { readonly name: string; readonly key: PublicKey }[],
): boolean {
  const signature = decodeBase64url(ack.sig);
  const key = collectors.find(({ name }) => name === ack.collector)?.key;
  if (signature === null || key === undefined) return false;
  return verifyBytes(key, signedBytes(names, ack), signature);
}
