/** Reads sealed parts back out of a journal's database, each checked against its record. */
import Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { toHex } from './chain.js';
import { errorText } from './failures.js';
import { partHash, type SealedPart } from './sealed-part.js';

export type ReadSealed =
  | { readonly ok: true; readonly part: SealedPart }
  | {
      readonly ok: false;
      /**
       * no such record; a record without one; a record whose part was purged or never stored; a
       * part that is not the one the record names
       */
      readonly why: 'no-record' | 'none' | 'purged' | 'changed';
    }
  | { readonly ok: false; readonly why: 'unreadable'; readonly detail: string };

/** A row of the side table. */
export interface SealedRow {
  readonly salt: Uint8Array;
  readonly box: Uint8Array;
}

/**
 * @param source a journal's database, or its file while no gate runs on it
 * @param seq the record's number
 * @returns the part beside the record, or a stable code; the file is not changed
 */
export function readSealed(source: string | Database.Database, seq: number): ReadSealed {
  let opened: Database.Database | undefined;
  try {
    if (typeof source !== 'string') return findSealed(source, seq);
    opened = new Database(source, { readonly: true, fileMustExist: true });
    return findSealed(opened, seq);
  } catch (error) {
    return { ok: false, why: 'unreadable', detail: errorText(error) };
  } finally {
    opened?.close();
  }
}

function findSealed(database: Database.Database, seq: number): ReadSealed {
  const bytes = database
    .prepare<[number], Buffer>('SELECT bytes FROM records WHERE seq = ?')
    .pluck()
    .get(seq);
  if (bytes === undefined) return { ok: false, why: 'no-record' };
  const named = sealedMember(bytes);
  if (named === null) return { ok: false, why: 'none' };
  const row = database
    .prepare<[number], SealedRow>('SELECT salt, box FROM sealed WHERE seq = ?')
    .get(seq);
  if (row === undefined) return { ok: false, why: 'purged' };
  const part = { salt: toHex(row.salt), box: encodeBase64url(row.box) };
  return partHash(part) === named ? { ok: true, part } : { ok: false, why: 'changed' };
}

/**
 * @param bytes of a record
 * @returns the hash of the part beside it, or null where it names none
 */
export function sealedMember(bytes: Uint8Array): string | null {
  const record: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (typeof record !== 'object' || record === null || !('sealed' in record)) return null;
  return typeof record.sealed === 'string' ? record.sealed : null;
}
