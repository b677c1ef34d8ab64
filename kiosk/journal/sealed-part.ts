/**
 * A sealed part as the journal knows it: bytes that only a key off the gate can open, beside a
 * record that holds their hash. What is inside is not the journal's business. Pure but for hashing.
 */
import { hash } from 'node:crypto';
import { decodeBase64url } from '../../config/crypto/base64url.js';

export interface SealedPart {
  /** hex, 32 digits */
  readonly salt: string;
  /** strict base64url without padding */
  readonly box: string;
}

/** A part beside one record of the same request. */
export interface SealedBeside extends SealedPart {
  readonly recordIndex: number;
}

export const sealedLimits = {
  saltBytes: 16,
  /** a card with the longest address is under 1 KB; a registration in detail a few */
  boxBytesMax: 8_192,
} as const;

const saltShape = new RegExp(`^[0-9a-f]{${2 * sealedLimits.saltBytes}}$`);

/**
 * Takes a part; returns what stands for it in its record's `sealed`: hex SHA-256(salt ‖ box), over
 * their bytes. Null for a part that is none: a salt that is not 32 lower-case hex digits, a box that
 * is empty, over 8,192 bytes or no strict base64url.
 */
export function partHash({ salt, box }: SealedPart): string | null {
  if (!saltShape.test(salt)) return null;
  const boxBytes = decodeBase64url(box);
  if (boxBytes === null || boxBytes.length === 0) return null;
  if (boxBytes.length > sealedLimits.boxBytesMax) return null;
  return hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), boxBytes]), 'hex');
}
