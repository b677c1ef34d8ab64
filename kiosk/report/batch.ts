/**
 * A batch of records as it travels in `ev`: in order, within 64 KiB, with the hash before the first
 * and the sealed parts beside. Pure but for hashing.
 */
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { canonicalJson } from '../journal/canonical.js';
import { linkHash, toHex } from '../journal/chain.js';
import type { OutboxPage } from '../journal/outbox-port.js';
import { partHash, type SealedPart } from '../journal/sealed-part.js';

/** A whole message. */
export const batchBytesMax = 65_536;
/** What of it the names around the records may take. */
const frameBytes = 512;
/** Records in one batch: a short one is 150 bytes. */
export const batchRowsMax = 512;
/** What of a batch is records and sealed parts. */
export const pageBytesMax = batchBytesMax - frameBytes;

/**
 * @param journal its id
 * @param page of it, one record at least
 * @param historical whether its records were there before the connection on which they go out
 * @returns the message
 */
export function encodeBatch(
  journal: string,
  { prevHash, first, last, records, sealed }: OutboxPage,
  historical: boolean,
): Uint8Array {
  const before =
    `{"journal":"${journal}","first":${first},"last":${last},"prevHash":"${prevHash}",` +
    `"historical":${historical},"sealed":{${sealed}},"records":[`;
  return Buffer.concat([Buffer.from(before, 'utf8'), records, Buffer.from(']}', 'utf8')]);
}

export interface BatchRecord {
  readonly seq: number;
  /** canonical: the bytes that are hashed */
  readonly bytes: Uint8Array;
  /** hex */
  readonly hash: string;
  readonly sealed: SealedPart | null;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface Batch {
  readonly journal: string;
  readonly prevHash: string;
  readonly historical: boolean;
  /** linked to `prevHash` and to each other */
  readonly records: readonly BatchRecord[];
}

export type BatchFault =
  /** no JSON of a batch, or over a limit */
  | 'bad-form'
  /** a number is missing, doubled or out of order */
  | 'bad-order'
  /** a part that is not the one its record names, or beside none */
  | 'bad-sealed';
export type BatchResult =
  | { readonly ok: true; readonly batch: Batch }
  | { readonly ok: false; readonly why: BatchFault };

const hexOf = (digits: number): RegExp => new RegExp(`^[0-9a-f]{${digits}}$`);
const journalShape = hexOf(32);
const hashShape = hexOf(64);
/** A batch is JSON of records, which are 32 deep at most. */
const members = ['journal', 'first', 'last', 'prevHash', 'historical', 'sealed', 'records'];

/**
 * Takes a message's bytes; returns the batch with the hash of each record, computed anew from the
 * hash before the first. Whether that hash is the right one, and who sent it, is the caller's to ask.
 */
export function parseBatch(bytes: Uint8Array): BatchResult {
  const json = parseStrictJsonBytes(bytes, batchBytesMax);
  if (!json.ok || !isObject(json.value)) return { ok: false, why: 'bad-form' };
  const { journal, first, last, prevHash, historical, sealed, records, ...others } = json.value;
  if (Object.keys(others).length > 0 || Object.keys(json.value).length !== members.length)
    return { ok: false, why: 'bad-form' };
  if (typeof journal !== 'string' || !journalShape.test(journal))
    return { ok: false, why: 'bad-form' };
  if (typeof prevHash !== 'string' || !hashShape.test(prevHash))
    return { ok: false, why: 'bad-form' };
  if (typeof historical !== 'boolean' || !isObject(sealed) || !Array.isArray(records))
    return { ok: false, why: 'bad-form' };
  if (!isSeq(first) || !isSeq(last)) return { ok: false, why: 'bad-form' };
  if (last - first + 1 !== records.length) return { ok: false, why: 'bad-order' };
  return linked({ journal, prevHash, historical, first }, records, sealed);
}

function linked(
  head: Pick<Batch, 'journal' | 'prevHash' | 'historical'> & { readonly first: number },
  records: readonly unknown[],
  sealed: Readonly<Record<string, unknown>>,
): BatchResult {
  const { first, ...batch } = head;
  let previous: Uint8Array = Buffer.from(batch.prevHash, 'hex');
  const out: BatchRecord[] = [];
  const parts = new Map(Object.entries(sealed));
  for (const [index, record] of records.entries()) {
    const seq = first + index;
    if (!isObject(record)) return { ok: false, why: 'bad-form' };
    if (record['seq'] !== seq) return { ok: false, why: 'bad-order' };
    const text = canonicalJson(record);
    if (!text.ok) return { ok: false, why: 'bad-form' };
    const part = parts.get(`${seq}`) ?? null;
    parts.delete(`${seq}`);
    const read = part === null ? null : readPart(part);
    if (part !== null && (read === null || partHash(read) !== record['sealed']))
      return { ok: false, why: 'bad-sealed' };
    const bytes = Buffer.from(text.text, 'utf8');
    previous = linkHash(previous, bytes);
    out.push({ seq, bytes, hash: toHex(previous), sealed: read, record });
  }
  if (parts.size > 0) return { ok: false, why: 'bad-sealed' };
  return { ok: true, batch: { ...batch, records: out } };
}

function readPart(value: unknown): SealedPart | null {
  if (!isObject(value)) return null;
  const { salt, box, ...others } = value;
  if (typeof salt !== 'string' || typeof box !== 'string') return null;
  return Object.keys(others).length > 0 ? null : { salt, box };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
