/**
 * Persons as keyed tokens: what the gates share and revoke never names anybody, and without the
 * site's pepper a token cannot be made from a guessed number.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IdentitySpace } from '../../config/vocabulary.js';

export const pepperBytes = 32;
/** The site's peppers, newest first: two are valid while one takes the place of the other. */
export type Peppers = readonly [newest: Uint8Array, ...older: Uint8Array[]];
/** Tokens and tags are cut to 128 bits: short enough for a QR code, long enough never to collide. */
const cutBytes = 16;

/**
 * Takes the site's pepper (32 bytes), the space and the id; returns the person's token, 32 hex
 * digits: HMAC-SHA-256(pepper, `space:` ‖ id) cut to 16 bytes. Throws RangeError for a pepper of
 * another length.
 */
export function personToken(pepper: Uint8Array, space: IdentitySpace, id: string): string {
  const text = space === 'id-number' ? normalIdNumber(id) : id;
  return keyedHash(pepper, Buffer.from(`${space}:${text}`, 'utf8'));
}

/**
 * Takes the site's pepper, a credential's cti (8 bytes, as 16 hex digits) and an ID number; returns the holder
 * tag of claim 3, 32 hex digits: HMAC-SHA-256(pepper, cti ‖ ID number in ASCII) cut to 16 bytes.
 * The cti keeps two papers of one person from matching each other.
 */
export function holderTag(pepper: Uint8Array, cti: string, idNumber: string): string {
  const number = Buffer.from(normalIdNumber(idNumber), 'ascii');
  return keyedHash(pepper, Buffer.concat([Buffer.from(cti, 'hex'), number]));
}

/**
 * Takes the site's peppers, a credential's cti, the holder tag it carries (32 hex digits) and an ID
 * number; says whether the tag was made of that number, with any of the peppers. Constant time:
 * how long it takes tells nothing of the tag.
 */
export function isHolder(
  peppers: Peppers,
  credential: { readonly cti: string; readonly holder: string },
  idNumber: string,
): boolean {
  const tag = Buffer.from(credential.holder, 'hex');
  if (tag.length !== cutBytes) return false;
  const matches = peppers.map((pepper) =>
    timingSafeEqual(Buffer.from(holderTag(pepper, credential.cti, idNumber), 'hex'), tag),
  );
  return matches.includes(true);
}

/** The check digit X is one letter, whichever case a keyboard gave it. */
function normalIdNumber(idNumber: string): string {
  return idNumber.replaceAll('x', 'X');
}

function keyedHash(pepper: Uint8Array, message: Uint8Array): string {
  if (pepper.length !== pepperBytes) throw new RangeError('a site pepper has 32 bytes');
  const digest = createHmac('sha256', pepper).update(message).digest();
  return digest.subarray(0, cutBytes).toString('hex');
}
