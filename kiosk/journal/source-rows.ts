/**
 * Reads records with the parts beside them out of a database in pages: memory stays flat, no
 * statement stays open, and damage is an item and no exception.
 */
import type Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { hashByteCount, toHex } from './chain.js';
import { diskFailure, errorText } from './failures.js';
import type { SealedPart } from './sealed-part.js';
import type { SourceFault, SourceItem } from './source.js';

/** A statement of a journal's rows: which of them, and how many at most. */
export type RowsStatement = Database.Statement<[after: number, limit: number], StoredRow>;
/** A statement of the parts from behind one number up to another one. */
export type PartsStatement = Database.Statement<[after: number, through: number], StoredPart>;
/** In raw mode. What a file holds may be of any type: somebody may have made the tables anew. */
export type StoredRow = readonly [seq: unknown, bytes: unknown, hash: unknown];
export type StoredPart = readonly [seq: unknown, salt: unknown, box: unknown];

/** Records in one page: a few hundred KB. */
const pageRows = 512;

/**
 * @param records ascending by seq, in raw mode
 * @param parts likewise; null: the database has no table of them
 * @param after the record before the first one wanted
 * @returns the rows; where the file cannot be read on, a fault as the last item
 */
export function* pagedRows(
  records: RowsStatement,
  parts: PartsStatement | null,
  after: number,
): Generator<SourceItem> {
  for (let last = after; ; ) {
    const page = readPage(records, parts, last);
    yield* page.items;
    if (page.last === null) return;
    last = page.last;
  }
}

interface Page {
  readonly items: readonly SourceItem[];
  /** null: nothing comes after it */
  readonly last: number | null;
}

function readPage(records: RowsStatement, parts: PartsStatement | null, after: number): Page {
  try {
    return pageOf(records, parts, after, pageRows);
  } catch {
    // One by one up to the place of the damage, so that it can be named.
    try {
      return pageOf(records, parts, after, 1);
    } catch (error) {
      const why = diskFailure(error) === 'damaged' ? 'damaged' : 'unreadable';
      return {
        items: [{ is: 'fault', why, seq: after + 1, detail: errorText(error) }],
        last: null,
      };
    }
  }
}

function pageOf(
  records: RowsStatement,
  parts: PartsStatement | null,
  after: number,
  limit: number,
): Page {
  const rows = records.all(after, limit);
  const last = rows.at(-1)?.[0];
  const beside = new Map<unknown, SealedPart>();
  if (parts !== null && typeof last === 'number')
    for (const [seq, salt, box] of parts.all(after, last)) beside.set(seq, partOf(salt, box));
  const items: SourceItem[] = [];
  let before = after;
  for (const [seq, bytes, hash] of rows) {
    if (!isSeq(seq) || !isBytes(bytes) || !isBytes(hash) || hash.length !== hashByteCount) {
      const place = isSeq(seq) ? seq : before + 1;
      return { items: [...items, notARow(place)], last: null };
    }
    before = seq;
    items.push({ is: 'row', seq, bytes, hash, sealed: beside.get(seq) ?? null });
  }
  return { items, last: typeof last === 'number' ? last : null };
}

function notARow(seq: number): SourceFault {
  return { is: 'fault', why: 'damaged', seq, detail: 'a row that no journal has written' };
}

/** What is no part of any kind has a hash that no record names. */
function partOf(salt: unknown, box: unknown): SealedPart {
  return {
    salt: isBytes(salt) ? toHex(salt) : '',
    box: isBytes(box) ? encodeBase64url(box) : '',
  };
}

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
