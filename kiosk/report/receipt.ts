/**
 * A collector's receipt: which records of which journal are stored for good. Only this lets a gate's
 * outbox forget; so it is signed, and names the record's hash.
 */
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import {
  type PrivateKey,
  type PublicKey,
  signBytes,
  verifyBytes,
} from '../../config/crypto/ed25519-key.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import type { Names } from './topics.js';

export interface Receipt {
  /** 32 hex digits */
  readonly journal: string;
  /** every record up to this one is stored; 0: none is */
  readonly seq: number;
  /** 64 hex digits: that record's hash in the chain */
  readonly hash: string;
  /** the collector's name in the trust list */
  readonly collector: string;
  /** base64url, 64 bytes */
  readonly sig: string;
  /** a C2SP cosignature line for the checkpoint that it reaches */
  readonly witness?: string;
}

/** A receipt with its witness is under 600 bytes. */
export const receiptBytesMax = 4_096;
const journalShape = /^[0-9a-f]{32}$/;
const hashShape = /^[0-9a-f]{64}$/;
/** What stands before record 1. */
export const zeroHash = '0'.repeat(64);
const nameLengthMax = 64;
const witnessLengthMax = 512;

type Stored = Pick<Receipt, 'journal' | 'seq' | 'hash'>;

function signedBytes({ site, kiosk }: Names, { journal, seq, hash }: Stored): Uint8Array {
  return Buffer.from(`gk-ack-1\n${site}\n${kiosk}\n${journal}\n${seq}\n${hash}\n`, 'utf8');
}

/**
 * @param key the collector's
 * @param names whose journal it is
 * @param stored the last of the records that are stored, and all before it
 * @param more the collector's name, and a witness where a checkpoint is reached
 * @returns the receipt
 */
export function signReceipt(
  key: PrivateKey,
  names: Names,
  stored: Stored,
  more: { readonly collector: string; readonly witness?: string },
): Receipt {
  const { journal, seq, hash } = stored;
  const sig = encodeBase64url(signBytes(key, signedBytes(names, stored)));
  return { journal, seq, hash, ...more, sig };
}

/** Takes a message's bytes; returns the receipt, or null for anything of another form. */
export function parseReceipt(bytes: Uint8Array): Receipt | null {
  const json = parseStrictJsonBytes(bytes, receiptBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { journal, seq, hash, collector, sig, witness, ...others } = json.value as Record<
    string,
    unknown
  >;
  if (Object.keys(others).length > 0) return null;
  if (typeof journal !== 'string' || !journalShape.test(journal)) return null;
  if (typeof hash !== 'string' || !hashShape.test(hash)) return null;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return null;
  if (seq === 0 && hash !== zeroHash) return null;
  if (typeof collector !== 'string' || collector.length > nameLengthMax) return null;
  if (typeof sig !== 'string') return null;
  if (witness === undefined) return { journal, seq, hash, collector, sig };
  if (typeof witness !== 'string' || witness.length > witnessLengthMax) return null;
  return { journal, seq, hash, collector, sig, witness };
}

/** @returns whether the collector of this name in the trust list has signed it */
export function isSignedReceipt(
  receipt: Receipt,
  names: Names,
  collectors: readonly { readonly name: string; readonly key: PublicKey }[],
): boolean {
  const signature = decodeBase64url(receipt.sig);
  const key = collectors.find(({ name }) => name === receipt.collector)?.key;
  if (signature === null || key === undefined) return false;
  return verifyBytes(key, signedBytes(names, receipt), signature);
}
