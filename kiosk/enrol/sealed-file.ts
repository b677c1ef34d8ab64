/**
 * The enrolment file: what a bare board is to become, locked with a passphrase. scrypt (RFC 7914) makes
 * the key, AES-256-GCM (NIST SP 800-38D) locks and authenticates everything, the head included, so that
 * not one bit of the file can be changed. Knows nothing of what is inside.
 *
 *     GKENROL1 · salt (16) · nonce (12) · box · tag (16)
 */
import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto';
import { fileBytesMax } from '../../config/read-file.js';

/** The number counts the form: other costs of scrypt are another number, never read from the file. */
const mark = Buffer.from('GKENROL1', 'ascii');
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = mark.length + saltBytes + nonceBytes;
const keyBytes = 32;
/** 32 MiB, three times over: a third of a second on a computer, two on a Raspberry Pi 3. */
const cost = { N: 32_768, r: 8, p: 3, maxmem: 64 * 1_048_576 } as const;
const cipher = 'aes-256-gcm';

/** Bytes that one file can hold: it is read as every small file is. */
export const contentBytesMax: number = fileBytesMax - headBytes - tagBytes;

export type OpenedFile =
  | { readonly ok: true; readonly content: Uint8Array }
  | { readonly ok: false; readonly why: 'no-enrolment-file' | 'wrong-passphrase' };

/** Takes a passphrase's digits and a salt; returns the file's key, 32 secret bytes. Slow on purpose. */
export function deriveFileKey(digits: string, salt: Uint8Array): Uint8Array {
  return scryptSync(digits, salt, keyBytes, cost);
}

/**
 * Takes what is to be inside (`contentBytesMax` at most; throws RangeError beyond), the passphrase's
 * digits and a source of random bytes; returns the file.
 */
export function sealFile(
  content: Uint8Array,
  digits: string,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  if (content.length > contentBytesMax)
    throw new RangeError(`an enrolment file holds ${contentBytesMax} bytes at most`);
  const salt = random(saltBytes);
  const nonce = random(nonceBytes);
  const head = Buffer.concat([mark, salt, nonce]);
  const lock = createCipheriv(cipher, deriveFileKey(digits, salt), nonce);
  lock.setAAD(head);
  const box = Buffer.concat([lock.update(content), lock.final()]);
  return Buffer.concat([head, box, lock.getAuthTag()]);
}

/** Takes a file's bytes; says whether it looks like an enrolment file, before anybody types for it. */
export function isEnrolmentFile(bytes: Uint8Array): boolean {
  return (
    bytes.length > headBytes + tagBytes && mark.equals(Buffer.from(bytes.subarray(0, mark.length)))
  );
}

/**
 * Takes a file's bytes and the passphrase's digits; returns what is inside, whole and as it was locked.
 * A changed file and a wrong passphrase look the same. Never throws.
 * @param derive the derivation of the key; a test that opens one file often remembers it
 */
export function openFile(
  bytes: Uint8Array,
  digits: string,
  derive: typeof deriveFileKey = deriveFileKey,
): OpenedFile {
  if (!isEnrolmentFile(bytes)) return { ok: false, why: 'no-enrolment-file' };
  const salt = bytes.subarray(mark.length, mark.length + saltBytes);
  const nonce = bytes.subarray(headBytes - nonceBytes, headBytes);
  const box = bytes.subarray(headBytes, bytes.length - tagBytes);
  const lock = createDecipheriv(cipher, derive(digits, salt), nonce, { authTagLength: tagBytes });
  lock.setAAD(bytes.subarray(0, headBytes));
  lock.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    return { ok: true, content: Buffer.concat([lock.update(box), lock.final()]) };
  } catch {
    return { ok: false, why: 'wrong-passphrase' };
  }
}
