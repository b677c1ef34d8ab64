/**
 * A private key's file that only a passphrase opens: for an admin's disk, a backup, a stick. The public
 * half stands beside in clear (a JWK of type OKP without `d`), so a list can name the key without it.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { parseStrictJsonBytes } from '../strict-json.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import {
  type PrivateKey,
  type PublicKey,
  parsePublicKey,
  privateKeyFromSeed,
} from './ed25519-key.js';

const keyFileBytesMax = 4096;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const seedBytes = 32;
/**
 * scrypt (RFC 7914): 128 MiB and some tenths of a second a guess. A file may ask for twice the work to
 * 1 GiB, and not for what would stop the machine.
 */
const cost = { n: 131_072, nMin: 16_384, nMax: 1_048_576, r: 8, p: 1 } as const;
const cipher = 'aes-256-gcm';

interface Lock {
  readonly n: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  /** the seed under the cipher, and its tag */
  readonly box: Uint8Array;
}

export interface LockedKeyFile {
  readonly publicKey: PublicKey;
  /** Takes a passphrase; returns the private key, or null where it is another one. Takes some tenths of a second. */
  open(passphrase: string): PrivateKey | null;
}

export type LockedKeyResult =
  | { readonly ok: true; readonly file: LockedKeyFile }
  | { readonly ok: false; readonly problem: string };

/** Takes a private key and a passphrase; returns the text of its file. Takes some tenths of a second. */
export function formatLockedKeyFile(key: PrivateKey, passphrase: string): string {
  const { n, r, p } = cost;
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nonceBytes);
  const x = key.publicKey.text;
  const sealing = createCipheriv(cipher, derive(passphrase, n, salt), nonce);
  sealing.setAAD(boundTo(x));
  const box = Buffer.concat([sealing.update(key.seed), sealing.final(), sealing.getAuthTag()]);
  const locked = {
    ...{ kdf: 'scrypt', n, r, p, salt: encodeBase64url(salt) },
    ...{ cipher, nonce: encodeBase64url(nonce), d: encodeBase64url(box) },
  };
  return `${JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, locked }, null, 2)}\n`;
}

/**
 * Takes a file's bytes.
 * @returns null: it is of another kind; else the locked key, or what is wrong with it. Never throws
 */
export function parseLockedKeyFile(bytes: Uint8Array): LockedKeyResult | null {
  const json = parseStrictJsonBytes(bytes, keyFileBytesMax);
  const members = json.ok ? membersOf(json.value) : null;
  if (members === null || !members.has('locked')) return null;
  if (
    members.size !== 4 ||
    wordIn(members, 'kty') !== 'OKP' ||
    wordIn(members, 'crv') !== 'Ed25519'
  )
    return { ok: false, problem: 'a locked key file has the members kty, crv, x, locked' };
  const parsed = parsePublicKey(wordIn(members, 'x'));
  if (!parsed.ok) return { ok: false, problem: 'x is no public key' };
  const lock = readLock(members.get('locked'));
  if (typeof lock === 'string') return { ok: false, problem: `locked: ${lock}` };
  const publicKey = parsed.key;
  return {
    ok: true,
    file: { publicKey, open: (passphrase) => opened(publicKey, lock, passphrase) },
  };
}

function opened(publicKey: PublicKey, lock: Lock, passphrase: string): PrivateKey | null {
  const { n, salt, nonce, box } = lock;
  const opening = createDecipheriv(cipher, derive(passphrase, n, salt), nonce);
  opening.setAAD(boundTo(publicKey.text));
  opening.setAuthTag(box.subarray(seedBytes));
  const seed = opening.update(box.subarray(0, seedBytes));
  try {
    opening.final();
  } catch {
    // The tag is another: the passphrase is, or somebody has changed the file.
    return null;
  }
  const key = privateKeyFromSeed(seed);
  return key.publicKey.text === publicKey.text ? key : null;
}

function readLock(value: unknown): Lock | string {
  const members = membersOf(value);
  const names = ['kdf', 'n', 'r', 'p', 'salt', 'cipher', 'nonce', 'd'];
  if (members?.size !== names.length || !names.every((name) => members.has(name)))
    return `has the members ${names.join(', ')}`;
  if (members.get('kdf') !== 'scrypt' || members.get('cipher') !== cipher)
    return `is by scrypt and ${cipher}`;
  const n = members.get('n');
  const isPower = typeof n === 'number' && Number.isInteger(Math.log2(n));
  if (!isPower || n < cost.nMin || n > cost.nMax)
    return `n is a power of two from ${cost.nMin} to ${cost.nMax}`;
  if (members.get('r') !== cost.r || members.get('p') !== cost.p)
    return `r is ${cost.r} and p is ${cost.p}`;
  const bytes = (name: string): Uint8Array => decodeBase64url(wordIn(members, name)) ?? noBytes;
  const [salt, nonce, box] = [bytes('salt'), bytes('nonce'), bytes('d')];
  if (salt.length !== saltBytes || nonce.length !== nonceBytes)
    return 'salt or nonce has not its size';
  return box.length === seedBytes + tagBytes ? { n, salt, nonce, box } : 'd has not its size';
}

const noBytes = new Uint8Array();

/** A member that is a text; of another kind it is as if it were not there. */
function wordIn(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(name);
  return typeof value === 'string' ? value : '';
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return new Map(Object.entries(value));
}

/** One passphrase, however a keyboard composes its letters (Unicode NFKC). */
function derive(passphrase: string, n: number, salt: Uint8Array): Uint8Array {
  const { r, p } = cost;
  const maxmem = 256 * n * r;
  return scryptSync(passphrase.normalize('NFKC'), salt, 32, { N: n, r, p, maxmem });
}

/** A seed is not moved under another key's name. */
function boundTo(publicKeyText: string): Uint8Array {
  return Buffer.from(`gk-key-1 ${publicKeyText}`, 'utf8');
}
