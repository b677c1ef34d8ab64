/**
 * Ed25519 keys (RFC 8032) as the whole product holds them: judged once when loaded, with a
 * KeyObject built once, because building it per verification doubles the cost. Signatures are
 * verified strictly. Knows nothing of what is signed.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { isStrictSignature, judgePoint, keyBytes, type PointProblem } from './edwards25519.js';

/** First bytes of SHA-256 of the raw key: enough to find a key, never to prove one. */
const kidBytes = 8;
/** DER before the 32 raw bytes (RFC 8410 §4 SubjectPublicKeyInfo, §7 PrivateKeyInfo). */
const publicDerPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const privateDerPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface PublicKey {
  /** strict base64url of the raw 32 bytes: the key's one name in files */
  readonly text: string;
  readonly raw: Uint8Array;
  /** hex, 16 digits */
  readonly kid: string;
  readonly keyObject: KeyObject;
}

export interface PrivateKey {
  /** 32 secret bytes (RFC 8032 §5.1.5): never printed, never logged */
  readonly seed: Uint8Array;
  readonly publicKey: PublicKey;
  readonly keyObject: KeyObject;
}

export type KeyProblem = PointProblem | 'bad-base64url';
export type KeyResult =
  | { readonly ok: true; readonly key: PublicKey }
  | { readonly ok: false; readonly problem: KeyProblem };

/** Takes a raw 32-byte public key; returns its kid: hex of the first 8 bytes of its SHA-256. */
export function kidOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest().subarray(0, kidBytes).toString('hex');
}

/**
 * Takes raw bytes; returns the key, or why they are none: wrong size, y ≥ p, small order (any
 * signature could be made for such a key), or no point of the curve at all.
 */
export function loadPublicKey(raw: Uint8Array): KeyResult {
  const problem = judgePoint(raw);
  if (problem !== null) return { ok: false, problem };
  const copy = new Uint8Array(raw);
  const der = Buffer.concat([publicDerPrefix, copy]);
  const keyObject = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return {
    ok: true,
    key: { text: encodeBase64url(copy), raw: copy, kid: kidOf(copy), keyObject },
  };
}

/** Takes strict unpadded base64url; returns the key or what is wrong with it. */
export function parsePublicKey(text: string): KeyResult {
  const raw = decodeBase64url(text);
  return raw === null ? { ok: false, problem: 'bad-base64url' } : loadPublicKey(raw);
}

/**
 * Takes a 32-byte seed; returns the private key with its public half. Throws RangeError for
 * another length: seeds come from a key file that was checked or from a random source.
 */
export function privateKeyFromSeed(seed: Uint8Array): PrivateKey {
  if (seed.length !== keyBytes) throw new RangeError('an Ed25519 seed has 32 bytes');
  const der = Buffer.concat([privateDerPrefix, seed]);
  const keyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(keyObject).export({ format: 'der', type: 'spki' });
  const loaded = loadPublicKey(spki.subarray(publicDerPrefix.length));
  if (!loaded.ok) throw new RangeError(`this seed gives no usable key: ${loaded.problem}`);
  return { seed: new Uint8Array(seed), publicKey: loaded.key, keyObject };
}

/** Returns a fresh private key from the system's random source. */
export function generatePrivateKey(): PrivateKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return privateKeyFromSeed(der.subarray(privateDerPrefix.length));
}

/** Takes a private key and a message; returns the 64-byte signature. */
export function signBytes(key: PrivateKey, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, key.keyObject));
}

/**
 * Takes a loaded key, a message and a signature; says whether it holds. False for any length but
 * 64, S ≥ L, an R that is non-canonical or of small order. Never throws.
 */
export function verifyBytes(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return isStrictSignature(signature) && verify(null, message, key.keyObject, signature);
}
