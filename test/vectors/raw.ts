/**
 * Credentials that no honest issuer makes: bytes put together by hand, and the two signatures
 * that OpenSSL or tweetnacl accept although the profile refuses them. For tests and vectors only.
 */
import { createHash } from 'node:crypto';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { type PrivateKey, signBytes } from '../../config/crypto/ed25519-key.js';
import { encodeBase45 } from '../../kiosk/credential/base45.js';
import { encodeCbor } from '../../kiosk/credential/cbor.js';
import { fromHex, toBeSigned } from '../../kiosk/credential/cose.js';

/** The order of the base point of edwards25519, L. */
const groupOrder = (1n << 252n) + 27742317777372353535851937790883648493n;
/** The neutral element: the point of order 1. */
export const neutralPoint = fromHex(`01${'00'.repeat(31)}`);
/** Every point of small order in its canonical form, as hex. */
export const smallOrderPoints: readonly string[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
];

/** Takes hex texts and bytes; returns them as one. */
export function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map((part) => (typeof part === 'string' ? fromHex(part) : part));
  return new Uint8Array(Buffer.concat(all));
}

/** What differs from an honest envelope; heads are hex. */
export interface Forgery {
  readonly tag?: string;
  readonly array?: string;
  /** the bytes inside the protected header's byte string */
  readonly header?: Uint8Array;
  /** the whole first item, in place of a byte string of `header` */
  readonly headerItem?: Uint8Array;
  readonly unprotected?: string;
  /** the whole third item, in place of a byte string of the payload */
  readonly payloadItem?: Uint8Array;
  readonly signature?: Uint8Array;
  readonly tail?: string;
}

/** Takes a key; returns the profile's protected header for it. */
export function headerOf(key: PrivateKey): Uint8Array {
  return join('a2012704', encodeCbor(fromHex(key.publicKey.kid)));
}

/** Takes a key, a payload and what to forge; returns the text, signed unless a signature is given. */
export function forge(key: PrivateKey, payload: Uint8Array, forgery: Forgery = {}): string {
  return textOf(forgeBytes(key, payload, forgery));
}

export function forgeBytes(key: PrivateKey, payload: Uint8Array, forgery: Forgery): Uint8Array {
  const header = forgery.header ?? headerOf(key);
  const signature = forgery.signature ?? signBytes(key, toBeSigned(header, payload));
  return join(
    forgery.tag ?? 'd2',
    forgery.array ?? '84',
    forgery.headerItem ?? encodeCbor(header),
    forgery.unprotected ?? 'a0',
    forgery.payloadItem ?? encodeCbor(payload),
    encodeCbor(signature),
    forgery.tail ?? '',
  );
}

export function textOf(bytes: Uint8Array): string {
  return `GK1:${encodeBase45(bytes)}`;
}

/** Takes a signature; returns the same with S + L: another text of the same meaning. */
export function addOrder(signature: Uint8Array): Uint8Array {
  const s = readLittleEndian(signature.subarray(32)) + groupOrder;
  return join(signature.subarray(0, 32), writeLittleEndian(s));
}

/** Takes a key and a message; returns a signature with R of small order that OpenSSL accepts. */
export function signWithNeutralR(key: PrivateKey, message: Uint8Array): Uint8Array {
  const hashed = createHash('sha512')
    .update(neutralPoint)
    .update(key.publicKey.raw)
    .update(message)
    .digest();
  const s = (readLittleEndian(hashed) * secretScalar(key)) % groupOrder;
  return join(neutralPoint, writeLittleEndian(s));
}

/** Takes any key; returns a signature that holds for every message where the neutral point is the key. */
export function signForNeutralKey(key: PrivateKey): Uint8Array {
  return join(key.publicKey.raw, writeLittleEndian(secretScalar(key) % groupOrder));
}

/** RFC 8032 section 5.1.5, steps 1 to 3. */
function secretScalar({ seed }: PrivateKey): bigint {
  const secret = createHash('sha512').update(seed).digest().subarray(0, 32);
  secret.writeUInt8(secret.readUInt8(0) & 248, 0);
  secret.writeUInt8((secret.readUInt8(31) & 127) | 64, 31);
  return readLittleEndian(secret);
}

/** A public key that anybody can sign for, as a trust list would write it. */
export const smallOrderKeyText = encodeBase64url(fromHex(smallOrderPoints[4] ?? ''));

function readLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function writeLittleEndian(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}
