/**
 * The files gatectl reads and writes: the site pepper, the registry's key, trust and revocation lists.
 * (Private keys that sign: `key-files.ts`.) Secrets are written with mode 0600, never over another file, never printed.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { decodeBase64url } from '../../config/crypto/base64url.js';
import {
  noRevocations,
  parseRevocationsBytes,
  type Revocations,
} from '../../kiosk/credential/revocations.js';
import { pepperBytes } from '../../kiosk/credential/tokens.js';
import { parseTrustListBytes, type TrustList } from '../../kiosk/credential/trust.js';
import { formatProblems, UsageError } from './command.js';

/** X25519 (RFC 7748). */
export const registryKeyBytes = 32;

/** Takes a file's name; returns the site's pepper: one line of base64url of 32 bytes. */
export function readPepperFile(file: string): Uint8Array {
  const text = Buffer.from(readBytes(file)).toString('latin1').replace(/\n$/, '');
  const pepper = decodeBase64url(text);
  if (pepper?.length !== pepperBytes)
    throw new UsageError(`${file}: a pepper file is one line of base64url of 32 bytes`);
  return pepper;
}

/** Takes a file's name; returns the registry's private key: one line of base64url of 32 bytes (X25519). */
export function readRegistryKeyFile(file: string): Uint8Array {
  const key = decodeBase64url(Buffer.from(readBytes(file)).toString('latin1').replace(/\n$/, ''));
  if (key?.length !== registryKeyBytes)
    throw new UsageError(`${file}: a registry's key is one line of base64url of 32 bytes`);
  return key;
}

/** Throws UsageError where the file is there: nothing is written over another one. */
export function refuseExisting(file: string): void {
  if (existsSync(file)) throw new UsageError(`${file} exists and is not overwritten`);
}

/** Writes a secret, mode 0600. Throws UsageError where the file exists or cannot be written. */
export function writeSecretFile(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw new UsageError(`${file} exists and is not overwritten`);
    throw new UsageError(`${file} cannot be written: ${wordsOf(error)}`);
  }
}

/**
 * Writes the files of one paper likewise, for who has a bearer paper may use it: all, or none
 * where one cannot be written.
 */
export function writePaperFiles(files: readonly PaperFile[]): void {
  const written: string[] = [];
  try {
    for (const { file, content } of files) {
      writeSecretFile(file, content);
      written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(file);
    throw error;
  }
}

export interface PaperFile {
  readonly file: string;
  readonly content: string | Uint8Array;
}

/** Writes a public file at once: whoever reads it sees the old or the new one, never half. */
export function replaceFile(file: string, text: string): void {
  const next = `${file}.new`;
  try {
    // What an interruption has left; a link that lies there is not followed.
    rmSync(next, { force: true });
    writeFileSync(next, text, { flag: 'wx' });
    renameSync(next, file);
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

/** Takes a file's name and the most that is read; returns its bytes. Throws UsageError beyond. */
export function readBytesUpTo(file: string, bytesMax: number): Uint8Array {
  const bytes = sizeOf(file);
  if (bytes > bytesMax)
    throw new UsageError(`${file} has ${bytes} bytes, ${bytesMax} at most are read`);
  return readBytes(file);
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${wordsOf(error)}`);
  }
}

/** Takes a file's name; returns its bytes. Throws UsageError where there are none to be read. */
export function readBytes(file: string): Uint8Array {
  const bytes = readBytesIfThere(file);
  if (bytes === null) throw new UsageError(`${file} cannot be read: no such file`);
  return bytes;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function wordsOf(error: unknown): string {
  if (isErrno(error, 'ENOENT')) return 'there is no such file or folder';
  if (isErrno(error, 'EISDIR')) return 'it is a folder';
  if (isErrno(error, 'EACCES')) return 'this account may not';
  return error instanceof Error ? error.message : 'unknown error';
}
