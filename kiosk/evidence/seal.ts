/**
 * Sealing: what is private is encrypted to the registry's key as soon as it is read, so that the gate
 * itself cannot read it again. NaCl box (X25519, XSalsa20, Poly1305) with a fresh key pair for each
 * part; its layout stands in `kiosk/journal/RECORDS.md`. Randomness is an argument.
 */
import { hash } from 'node:crypto';
import nacl from 'tweetnacl';
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import type { TrustList } from '../credential/trust.js';
import { canonicalJson } from '../journal/canonical.js';
import { toHex } from '../journal/chain.js';
import type { JsonValue } from '../journal/port.js';
import { partHash, type SealedPart, sealedLimits } from '../journal/sealed-part.js';

const { publicKeyLength, secretKeyLength, nonceLength, overheadLength } = nacl.box;

/** Unpredictable bytes from the system's random source; a test may give others. */
export type RandomBytes = (count: number) => Uint8Array;

/** A part with the hash that its record carries as `sealed`. */
export interface Sealed extends SealedPart {
  /** hex, 64 digits */
  readonly hash: string;
}

/**
 * Whose key a part is sealed to: `current`, one whose `notBefore` has passed; `early`, none has, so
 * the newest serves and somebody should hear of it; `none`, the trust list names no registry.
 */
export type RegistryState = 'current' | 'early' | 'none';
export type RegistryKey =
  | { readonly state: 'current' | 'early'; readonly raw: Uint8Array }
  | { readonly state: 'none' };

/**
 * Chooses the registry's key.
 * @param registry X25519 keys of the trust list with their first seconds since 1970
 * @param nowSeconds seconds since 1970; NaN counts as before everything
 * @returns the newest key whose `notBefore` has passed; else the newest of all; else none
 */
export function registryKey(registry: TrustList['registry'], nowSeconds: number): RegistryKey {
  const newestFirst = [...registry].sort((a, b) => b.notBeforeSeconds - a.notBeforeSeconds);
  const current = newestFirst.find(({ notBeforeSeconds }) => notBeforeSeconds <= nowSeconds);
  if (current !== undefined) return { state: 'current', raw: current.raw };
  const [newest] = newestFirst;
  return newest === undefined ? { state: 'none' } : { state: 'early', raw: newest.raw };
}

/**
 * @param raw a registry's public key, 32 bytes
 * @returns how records name it: the first 8 bytes of its SHA-256, in hex
 */
export function registryKeyId(raw: Uint8Array): string {
  return hash('sha256', raw, 'hex').slice(0, 16);
}

/** Seals contents; null where they have no canonical form or the box would be over the journal's limit. */
export type Seal = (contents: JsonValue) => Sealed | null;

/**
 * Makes a fresh key pair and agrees on a key with the recipient: about a millisecond. What it seals is
 * for one record; for the next make another.
 * @param recipient the registry's X25519 key, 32 bytes, judged when its list was read
 * @param random gives bytes for key pair, nonces and salts
 * @returns seals JSON whose numbers are safe integers, as canonical JSON in UTF-8; gives salt, box
 *   (ephemeral public key ‖ nonce ‖ ciphertext) and hex SHA-256(salt ‖ box). More than one sealing is
 *   for readings of which only one will be named by the record; they cost microseconds
 */
export function sealer(recipient: Uint8Array, random: RandomBytes): Seal {
  const { publicKey, secretKey } = nacl.box.keyPair.fromSecretKey(random(secretKeyLength));
  const shared = nacl.box.before(recipient, secretKey);
  secretKey.fill(0);
  return (contents) => {
    const json = canonicalJson(contents);
    if (!json.ok) return null;
    const nonce = random(nonceLength);
    const ciphertext = nacl.box.after(new TextEncoder().encode(json.text), nonce, shared);
    const part = {
      salt: toHex(random(sealedLimits.saltBytes)),
      box: encodeBase64url(Buffer.concat([publicKey, nonce, ciphertext])),
    };
    const hash = partHash(part);
    return hash === null ? null : { ...part, hash };
  };
}

export type Opened =
  | { readonly ok: true; readonly contents: JsonValue }
  /** no part at all; sealed to another key, or changed since (nobody can tell which); no JSON in it */
  | { readonly ok: false; readonly why: 'bad-part' | 'not-for-this-key' | 'bad-contents' };

/**
 * Opens a part: off the gate, and in tests. Whether it is the part that a record names is another
 * question: compare `partHash` with the record.
 * @param privateKey the registry's X25519 private key, 32 bytes
 * @param part salt and box
 * @returns the contents, or a stable code
 */
export function openSealed(privateKey: Uint8Array, part: SealedPart): Opened {
  const box = partHash(part) === null ? null : decodeBase64url(part.box);
  if (box === null || box.length < publicKeyLength + nonceLength + overheadLength)
    return { ok: false, why: 'bad-part' };
  const nonceEnd = publicKeyLength + nonceLength;
  const message = nacl.box.open(
    box.subarray(nonceEnd),
    box.subarray(publicKeyLength, nonceEnd),
    box.subarray(0, publicKeyLength),
    privateKey,
  );
  if (message === null) return { ok: false, why: 'not-for-this-key' };
  const contents = parseCanonical(message);
  return contents === undefined ? { ok: false, why: 'bad-contents' } : { ok: true, contents };
}

/**
 * Takes 32 secret random bytes, a registry's private key; returns its public key for the trust list.
 */
export function registryPublicKey(privateKey: Uint8Array): Uint8Array {
  return nacl.box.keyPair.fromSecretKey(privateKey).publicKey;
}

/** What a `Seal` wrote, or undefined: who seals may be anybody who has the public key. */
function parseCanonical(message: Uint8Array): JsonValue | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(message);
    const contents = JSON.parse(text) as JsonValue;
    const canonical = canonicalJson(contents);
    return canonical.ok && canonical.text === text ? contents : undefined;
  } catch {
    return undefined;
  }
}
