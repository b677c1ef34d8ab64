/**
 * The envelope of a GK1 credential: COSE_Sign1 (RFC 9052 §4.2) with exactly the headers alg and
 * kid. What is verified are the received bytes, never re-encoded ones.
 */
import {
  type PrivateKey,
  type PublicKey,
  signBytes,
  verifyBytes,
} from '../../config/crypto/ed25519-key.js';
import { signatureBytes } from '../../config/crypto/edwards25519.js';
import { type CborMap, type CborValue, decodeCbor, encodeCbor, isMap } from './cbor.js';

const tagSign1 = 18;
const headerAlg = 1;
const headerKid = 4;
const algEdDsa = -8;
const kidBytes = 8;
/** Separates these signatures from those of any other profile. */
const externalAad = new TextEncoder().encode('GK1');

export interface Envelope {
  /** hex, 16 digits */
  readonly kid: string;
  readonly protectedHeader: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: 'bad-structure' | 'bad-algorithm' };

/**
 * Takes the bytes of one COSE_Sign1; returns its parts. `bad-structure` for any deviation of
 * form; `bad-algorithm` where only the value of alg is not EdDSA. Never throws.
 */
export function parseEnvelope(bytes: Uint8Array): EnvelopeResult {
  const decoded = decodeCbor(bytes);
  const parts = decoded.ok ? sign1Parts(decoded.value) : null;
  if (parts === null || parts.length !== 4) return badStructure;
  const [protectedHeader, unprotected, payload, signature] = parts;
  if (!(protectedHeader instanceof Uint8Array)) return badStructure;
  if (!isMapOfSize(unprotected, 0)) return badStructure;
  if (!(payload instanceof Uint8Array)) return badStructure;
  if (!(signature instanceof Uint8Array) || signature.length !== signatureBytes)
    return badStructure;
  const header = decodeCbor(protectedHeader);
  if (!header.ok || !isMapOfSize(header.value, 2)) return badStructure;
  const kid = header.value.get(headerKid);
  if (!header.value.has(headerAlg)) return badStructure;
  if (!(kid instanceof Uint8Array) || kid.length !== kidBytes) return badStructure;
  if (header.value.get(headerAlg) !== algEdDsa) return { ok: false, reason: 'bad-algorithm' };
  const envelope = { kid: toHex(kid), protectedHeader, payload, signature };
  return { ok: true, envelope };
}

const badStructure = { ok: false, reason: 'bad-structure' } as const;

function sign1Parts(value: CborValue): readonly CborValue[] | null {
  if (value === null || typeof value !== 'object' || !('tag' in value)) return null;
  if (value.tag !== tagSign1 || !Array.isArray(value.value)) return null;
  return value.value;
}

function isMapOfSize(value: CborValue | undefined, size: number): value is CborMap {
  return value !== undefined && isMap(value) && value.size === size;
}

/** Takes an envelope and the issuer's key; says whether the signature holds. */
export function verifyEnvelope(envelope: Envelope, key: PublicKey): boolean {
  const message = toBeSigned(envelope.protectedHeader, envelope.payload);
  return verifyBytes(key, message, envelope.signature);
}

/** Takes the issuer's key and the payload's bytes; returns the bytes of the signed COSE_Sign1. */
export function signEnvelope(key: PrivateKey, payload: Uint8Array): Uint8Array {
  const kid = fromHex(key.publicKey.kid);
  const header = new Map<CborValue, CborValue>([
    [headerAlg, algEdDsa],
    [headerKid, kid],
  ]);
  const protectedHeader = encodeCbor(header);
  const signature = signBytes(key, toBeSigned(protectedHeader, payload));
  return encodeCbor({
    tag: tagSign1,
    value: [protectedHeader, new Map(), payload, signature],
  });
}

/**
 * Takes the bytes of the protected header and of the payload; returns what is signed: the
 * Sig_structure of RFC 9052 §4.4 with `GK1` as external_aad.
 */
export function toBeSigned(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCbor(['Signature1', protectedHeader, externalAad, payload]);
}

/** Takes bytes; returns lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** Takes hex that was checked before; returns its bytes. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
