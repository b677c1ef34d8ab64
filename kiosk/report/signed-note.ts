/**
 * C2SP signed notes: the text of a checkpoint with Ed25519 signature lines, and a witness's
 * cosignature of it (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature). Pure but for crypto.
 */
import { createHash } from 'node:crypto';
import {
  type PrivateKey,
  type PublicKey,
  signBytes,
  verifyBytes,
} from '../../config/crypto/ed25519-key.js';
import type { Head } from '../journal/chain.js';

/** signed-note: the algorithm byte within a key's id. */
const ed25519 = 0x01;
/** tlog-cosignature: the same for a witness, whose signature carries its time. */
const cosignature = 0x04;
const idBytes = 4;
const timeBytes = 8;
const noteLengthMax = 4_096;
const signatureLine = /^— ([^ \n+]+) ([A-Za-z0-9+/]+={0,2})$/;

/** The head of one journal, as it is signed: origin, size, hash. */
export interface Checkpoint {
  /** gk/1/<site>/<kiosk>/<journal> */
  readonly origin: string;
  readonly head: Head;
}

function keyId(name: string, algorithm: number, key: PublicKey): Uint8Array {
  const parts = [Buffer.from(`${name}\n`, 'utf8'), Buffer.from([algorithm]), key.raw];
  return createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, idBytes);
}

/** @returns the note's text, signatures left out: three lines, a line end after each */
export function checkpointText({ origin, head }: Checkpoint): string {
  return `${origin}\n${head.seq}\n${Buffer.from(head.hash, 'hex').toString('base64')}\n`;
}

/**
 * @param key the device's
 * @param checkpoint of one of its journals
 * @returns the signed note; its key's name is the origin
 */
export function signCheckpoint(key: PrivateKey, checkpoint: Checkpoint): string {
  const text = checkpointText(checkpoint);
  const signature = signBytes(key, Buffer.from(text, 'utf8'));
  const id = keyId(checkpoint.origin, ed25519, key.publicKey);
  const line = Buffer.concat([id, signature]).toString('base64');
  return `${text}\n— ${checkpoint.origin} ${line}\n`;
}

/** Takes a signed note; returns what it says, whoever has signed it, or null where it is none. */
export function readCheckpoint(note: string): Checkpoint | null {
  const end = note.length > noteLengthMax ? -1 : note.indexOf('\n\n');
  return end < 0 || !note.endsWith('\n') ? null : readText(note.slice(0, end + 1));
}

/** Takes a signed note and the device's key; returns what it signs, or null where it does not. */
export function openCheckpoint(note: string, key: PublicKey): Checkpoint | null {
  const checkpoint = readCheckpoint(note);
  if (checkpoint === null) return null;
  const text = checkpointText(checkpoint);
  const id = keyId(checkpoint.origin, ed25519, key);
  const isSigned = note
    .slice(text.length + 1, -1)
    .split('\n')
    .some((line) => {
      const [, name, base64] = signatureLine.exec(line) ?? [];
      if (name !== checkpoint.origin || base64 === undefined) return false;
      const bytes = decodeBase64(base64);
      if (bytes === null || !bytes.subarray(0, idBytes).equals(id)) return false;
      return verifyBytes(key, Buffer.from(text, 'utf8'), bytes.subarray(idBytes));
    });
  return isSigned ? checkpoint : null;
}

function readText(text: string): Checkpoint | null {
  const [origin, size, hash, end, ...more] = text.split('\n');
  if (origin === undefined || size === undefined || hash === undefined) return null;
  if (end !== '' || more.length > 0 || !/^(0|[1-9][0-9]{0,15})$/.test(size)) return null;
  const bytes = decodeBase64(hash);
  if (bytes?.length !== 32) return null;
  return { origin, head: { seq: Number(size), hash: bytes.toString('hex') } };
}

/** The one text of each: no bits behind the last byte, so that nothing can be changed and hold. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function cosignedBytes(checkpoint: Checkpoint, timeSeconds: number): Uint8Array {
  const header = `cosignature/v1\ntime ${timeSeconds}\n`;
  return Buffer.from(header + checkpointText(checkpoint), 'utf8');
}

/**
 * @param witness its name and key
 * @param checkpoint that the witness has found to continue what it knew
 * @param timeSeconds since 1970
 * @returns a signature line, without a line end
 */
export function cosign(
  witness: { readonly name: string; readonly key: PrivateKey },
  checkpoint: Checkpoint,
  timeSeconds: number,
): string {
  const { name, key } = witness;
  const signature = signBytes(key, cosignedBytes(checkpoint, timeSeconds));
  const time = Buffer.alloc(timeBytes);
  time.writeBigUInt64BE(BigInt(timeSeconds));
  const id = keyId(name, cosignature, key.publicKey);
  return `— ${name} ${Buffer.concat([id, time, signature]).toString('base64')}`;
}

/** @returns when the witness has cosigned the checkpoint, seconds since 1970; null where it has not */
export function cosignedAt(
  line: string,
  witness: { readonly name: string; readonly key: PublicKey },
  checkpoint: Checkpoint,
): number | null {
  const [, name, base64] = signatureLine.exec(line) ?? [];
  if (name !== witness.name || base64 === undefined) return null;
  const bytes = decodeBase64(base64);
  if (bytes?.length !== idBytes + timeBytes + 64) return null;
  if (!bytes.subarray(0, idBytes).equals(keyId(name, cosignature, witness.key))) return null;
  const time = bytes.readBigUInt64BE(idBytes);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const signature = bytes.subarray(idBytes + timeBytes);
  const isSigned = verifyBytes(witness.key, cosignedBytes(checkpoint, Number(time)), signature);
  return isSigned ? Number(time) : null;
}
