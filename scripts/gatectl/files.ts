/**
 * The files gatectl reads and writes: private keys (JWK, RFC 8037), the site pepper, trust and
 * revocation lists. Secrets are written with mode 0600, never over another file, never printed.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import { type PrivateKey, privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import {
  noRevocations,
  parseRevocationsBytes,
  type Revocations,
} from '../../kiosk/credential/revocations.js';
import { pepperBytes } from '../../kiosk/credential/tokens.js';
import { parseTrustListBytes, type TrustList } from '../../kiosk/credential/trust.js';
import { formatProblems, UsageError } from './command.js';

const keyFileBytesMax = 4096;
const jwkMembers = ['kty', 'crv', 'd', 'x'];

/** Takes a private key; returns the text of its file: a JWK of type OKP (RFC 8037 §2). */
export function formatKeyFile(key: PrivateKey): string {
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    d: encodeBase64url(key.seed),
    x: key.publicKey.text,
  };
  return `${JSON.stringify(jwk, null, 2)}\n`;
}

/**
 * Takes a file's name; returns the private key in it. Throws UsageError where the file cannot be
 * read, is no JWK of an Ed25519 key, or its two halves do not belong together.
 */
export function readKeyFile(file: string): PrivateKey {
  const json = parseStrictJsonBytes(readBytes(file), keyFileBytesMax);
  if (!json.ok) throw new UsageError(formatProblems(file, json.problems));
  const value = json.value;
  if (typeof value !== 'object' || value === null) throw new UsageError(`${file}: no key file`);
  const members = new Map<string, unknown>(Object.entries(value));
  const word = (name: string) => String(members.get(name) ?? '');
  if (members.size !== jwkMembers.length || !jwkMembers.every((name) => members.has(name)))
    throw new UsageError(`${file}: a private key file has the members ${jwkMembers.join(', ')}`);
  if (word('kty') !== 'OKP' || word('crv') !== 'Ed25519')
    throw new UsageError(`${file}: no Ed25519 key`);
  const seed = decodeBase64url(word('d'));
  if (seed?.length !== 32) throw new UsageError(`${file}: d is not 32 bytes of base64url`);
  const key = privateKeyFromSeed(seed);
  if (key.publicKey.text !== word('x'))
    throw new UsageError(`${file}: x is not the public key of d`);
  return key;
}

/** Takes a file's name; returns the site's pepper: one line of base64url of 32 bytes. */
export function readPepperFile(file: string): Uint8Array {
  const text = Buffer.from(readBytes(file)).toString('latin1').replace(/\n$/, '');
  const pepper = decodeBase64url(text);
  if (pepper?.length !== pepperBytes)
    throw new UsageError(`${file}: a pepper file is one line of base64url of 32 bytes`);
  return pepper;
}

/** Writes a secret, mode 0600. Throws UsageError where the file exists or cannot be written. */
export function writeSecretFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw new UsageError(`${file} exists and is not overwritten`);
    throw new UsageError(`${file} cannot be written: ${wordsOf(error)}`);
  }
}

/** Writes a public file at once: whoever reads it sees the old or the new one, never half. */
export function replaceFile(file: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${wordsOf(error)}`);
  }
}

/** Takes a file's name; returns the trust list. Throws UsageError with every problem. */
export function readTrustFile(file: string): TrustList {
  const result = parseTrustListBytes(readBytes(file));
  if (!result.ok) throw new UsageError(formatProblems(file, result.problems));
  return result.trust;
}

/** Takes a file's name or nothing; returns the revocations. Throws UsageError likewise. */
export function readRevocationsFile(file: string | undefined): Revocations {
  if (file === undefined) return noRevocations;
  const result = parseRevocationsBytes(readBytes(file));
  if (!result.ok) throw new UsageError(formatProblems(file, result.problems));
  return result.revocations;
}

/** Takes a file's name; returns its bytes, or null where there is none. */
export function readBytesIfThere(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw new UsageError(`${file} cannot be read: ${wordsOf(error)}`);
  }
}

function readBytes(file: string): Uint8Array {
  const bytes = readBytesIfThere(file);
  if (bytes === null) throw new UsageError(`${file} cannot be read: no such file`);
  return bytes;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
