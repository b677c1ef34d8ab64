/**
 * The hash chain that makes a journal tamper-evident: hash_n = SHA-256(0x00 ‖ hash_{n-1} ‖ bytes_n),
 * the first over 32 zero bytes. 0x00 is the leaf prefix of RFC 6962 section 2.1, so a record's hash
 * can never be mistaken for that of an inner node of a tree over the same records.
 */
import { hash } from 'node:crypto';

export const hashByteCount = 32;

/** What stands before the first record. */
export const chainStart: Uint8Array = new Uint8Array(hashByteCount);

/** A record with its place in the chain, as the database holds it. */
export interface ChainRow {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

export interface Head {
  readonly seq: number;
  /** hex */
  readonly hash: string;
}

/**
 * Links one record to the chain.
 * @param previous the 32 bytes of the hash before it, `chainStart` for the first record
 * @param bytes the record as canonical JSON in UTF-8
 * @returns the record's hash, 32 bytes
 */
export function linkHash(previous: Uint8Array, bytes: Uint8Array): Uint8Array {
  const leaf = new Uint8Array(1 + hashByteCount + bytes.length);
  leaf.set(previous, 1);
  leaf.set(bytes, 1 + hashByteCount);
  return hash('sha256', leaf, 'buffer');
}

export type ChainFault = 'gap' | 'hash' | 'head';
export type ChainCheck =
  | { readonly ok: true; readonly count: number; readonly head: Head }
  | {
      readonly ok: false;
      readonly why: ChainFault;
      /** the first record that is not as it was written, or is missing */
      readonly seq: number;
    };

/**
 * Checks rows against the chain.
 * @param rows in ascending order of seq
 * @param after where the rows begin: the seq and hash before the first of them
 * @param expected a head known from elsewhere (a receipt, a checkpoint): without it a journal that
 *   lost its last records cannot be told from a shorter one
 * @returns the count and the new head, or the first bad seq: `gap` (missing, doubled or out of
 *   order), `hash` (bytes or hash changed), `head` (does not contain the expected head)
 */
export function checkChain(
  rows: Iterable<ChainRow>,
  after: { readonly seq: number; readonly hash: Uint8Array } = { seq: 0, hash: chainStart },
  expected?: Head,
): ChainCheck {
  let { seq, hash: previous } = after;
  let count = 0;
  for (const row of rows) {
    seq += 1;
    if (row.seq !== seq) return { ok: false, why: 'gap', seq };
    previous = linkHash(previous, row.bytes);
    if (!equalBytes(previous, row.hash)) return { ok: false, why: 'hash', seq };
    if (expected?.seq === seq && expected.hash !== toHex(previous))
      return { ok: false, why: 'head', seq };
    count += 1;
  }
  if (expected !== undefined && expected.seq > seq) return { ok: false, why: 'head', seq: seq + 1 };
  return { ok: true, count, head: { seq, hash: toHex(previous) } };
}

/**
 * @param bytes any bytes
 * @returns their lower-case hex
 */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
