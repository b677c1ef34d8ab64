/**
 * A party's word that it has taken notice of something, as its collector passes it on. It clears that
 * notice at the gate and nothing else; so it is signed, and names gate, notice and party.
 */
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import {
  type PrivateKey,
  type PublicKey,
  signBytes,
  verifyBytes,
} from '../../config/crypto/ed25519-key.js';
import { parseRfc3339 } from '../../config/rfc3339.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { type Party, parties } from '../../config/vocabulary.js';
import type { Names } from './topics.js';

/** What is acknowledged, by whom, when. */
export interface Acknowledged {
  readonly id: string;
  readonly party: Party;
  /** RFC 3339 */
  readonly at: string;
}

export interface NoticeAck extends Acknowledged {
  /** the collector's name in the trust list */
  readonly collector: string;
  /** base64url, 64 bytes */
  readonly sig: string;
}

/** One is under 300 bytes. */
export const noticeAckBytesMax = 4_096;
const nameLengthMax = 64;
const noticeIdShape = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** @returns whether a text can be a notice's id: it is the last part of a topic */
export function isNoticeId(text: string): boolean {
  return noticeIdShape.test(text);
}

/** @returns whether a word names a party */
export function isParty(word: unknown): word is Party {
  return parties.some((party) => party === word);
}

function signedBytes({ site, kiosk }: Names, { id, party, at }: Acknowledged): Uint8Array {
  return Buffer.from(`gk-notice-ack-1\n${site}\n${kiosk}\n${id}\n${party}\n${at}\n`, 'utf8');
}

/**
 * @param key the collector's
 * @param names whose notice it is
 * @param acknowledged by a party
 * @param collector its name in the trust list
 * @returns the acknowledgement
 */
export function signNoticeAck(
  key: PrivateKey,
  names: Names,
  acknowledged: Acknowledged,
  collector: string,
): NoticeAck {
  const { id, party, at } = acknowledged;
  const sig = encodeBase64url(signBytes(key, signedBytes(names, acknowledged)));
  return { id, party, at, collector, sig };
}

/** Takes a message's bytes; returns the acknowledgement, or null for anything of another form. */
export function parseNoticeAck(bytes: Uint8Array): NoticeAck | null {
  const json = parseStrictJsonBytes(bytes, noticeAckBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { id, party, at, collector, sig, ...others } = json.value as Record<string, unknown>;
  if (Object.keys(others).length > 0) return null;
  if (typeof id !== 'string' || !isNoticeId(id) || !isParty(party)) return null;
  if (typeof at !== 'string' || parseRfc3339(at) === null) return null;
  if (typeof collector !== 'string' || collector.length > nameLengthMax) return null;
  return typeof sig === 'string' ? { id, party, at, collector, sig } : null;
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
