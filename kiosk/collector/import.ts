/**
 * Takes a gate's own journal file into the store: what the collector has lost, or never got, while the
 * gate's disk still has it. Judged like everything else that comes.
 */
import Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import type { Head } from '../journal/chain.js';
import { toHex } from '../journal/chain.js';
import { errorText, StoreFault } from '../journal/failures.js';
import { partHash } from '../journal/sealed-part.js';
import { verifyChain } from '../journal/verify.js';
import type { Batch } from '../report/batch.js';
import type { CollectorStore } from './store.js';
import { takeBatch } from './take.js';

export type Imported =
  | {
      readonly ok: true;
      readonly journal: string;
      readonly added: number;
      readonly head: Head | null;
      /** what stood against it, in codes */
      readonly verdicts: readonly string[];
    }
  | { readonly ok: false; readonly detail: string };

/** Records in one transaction. */
const rowsMax = 500;

interface Row {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly salt: Uint8Array | null;
  readonly box: Uint8Array | null;
}

/**
 * @param store of the collector; the daemon may run on it
 * @param kiosk whose journal it is
 * @param file a copy of that gate's `journal.db`, with its `-wal`, taken while the gate was stopped
 * @param nowMs wall clock
 * @returns how much of it is new, and the journal's head in the store
 */
export function importJournal(
  store: CollectorStore,
  kiosk: string,
  file: string,
  nowMs: number,
): Imported {
  const check = verifyChain(file);
  if (!check.ok)
    return {
      ok: false,
      detail: `${check.why}${check.seq === null ? '' : ` at record ${check.seq}`}`,
    };
  let source: Database.Database | undefined;
  try {
    source = new Database(file, { readonly: true, fileMustExist: true });
    const rows = source.prepare<[number, number], Row>(
      `SELECT records.seq, bytes, hash, salt, box FROM records LEFT JOIN sealed USING (seq)
       WHERE records.seq > ? ORDER BY records.seq LIMIT ?`,
    );
    const { journal } = check;
    const verdicts = new Set<string>();
    let added = 0;
    let prevHash = '0'.repeat(64);
    for (let after = 0; ; ) {
      const page = rows.all(after, rowsMax);
      const last = page.at(-1);
      if (last === undefined) break;
      const batch = batchOf(journal, prevHash, page);
      const taken = store.transact(() => {
        store.gates.add(kiosk);
        return takeBatch(store, kiosk, batch, nowMs);
      });
      added += taken.added;
      if (taken.verdict !== 'more' && taken.verdict !== 'known') verdicts.add(taken.verdict);
      prevHash = toHex(last.hash);
      after = last.seq;
    }
    const head = store.journals.find(kiosk, journal)?.head ?? null;
    return { ok: true, journal, added, head, verdicts: [...verdicts] };
  } catch (error) {
    return { ok: false, detail: errorText(error) };
  } finally {
    source?.close();
  }
}

/** The chain of the whole file has been checked; its sealed parts are here. */
function batchOf(journal: string, prevHash: string, page: readonly Row[]): Batch {
  const records = page.map(({ seq, bytes, hash, salt, box }) => {
    const record = JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredRecord;
    const sealed =
      salt === null || box === null ? null : { salt: toHex(salt), box: encodeBase64url(box) };
    if (sealed !== null && partHash(sealed) !== record['sealed'])
      throw new StoreFault('damaged', `the sealed part of record ${seq} is another one`);
    return { seq, bytes, hash: toHex(hash), sealed, record };
  });
  return { journal, prevHash, historical: true, records };
}

type StoredRecord = Readonly<Record<string, unknown>>;
