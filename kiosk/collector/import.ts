/**
 * Takes a gate's own journal file into the store: what the collector has lost, or never got, while the
 * gate's disk still has it. Judged like everything else that comes.
 */
import Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { readPurge } from '../history/purge-record.js';
import { type ChainRow, checkChain, type Head, toHex } from '../journal/chain.js';
import { errorText, StoreFault } from '../journal/failures.js';
import { partHash } from '../journal/sealed-part.js';
import type { Batch } from '../report/batch.js';
import { readCheckpoint } from '../report/signed-note.js';
import { type CollectorStore, siteOf } from './store.js';
import { nothingStored, takeBatch } from './take.js';

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
  let source: Database.Database | undefined;
  try {
    source = new Database(file, { readonly: true, fileMustExist: true });
    const journal = journalOf(source);
    const other = otherGate(source, { site: siteOf(store.database), kiosk, journal });
    if (other !== null) return { ok: false, detail: `its checkpoints are of ${other}` };
    const before = startOf(source);
    if (before === null) return { ok: false, detail: 'gap at record 1' };
    const all = source.prepare<[], ChainRow>('SELECT seq, bytes, hash FROM records ORDER BY seq');
    const check = checkChain(all.iterate(), { ...before, hash: Buffer.from(before.hash, 'hex') });
    // Of a damaged one what stands before the first bad record is as sound as any.
    const badSeq = check.ok ? Number.POSITIVE_INFINITY : check.seq;
    if (!check.ok && badSeq === before.seq + 1)
      return { ok: false, detail: `${check.why} at record ${badSeq}` };
    const rows = source.prepare<[number, number], Row>(
      `SELECT records.seq, bytes, hash, salt, box FROM records LEFT JOIN sealed USING (seq)
       WHERE records.seq > ? ORDER BY records.seq LIMIT ?`,
    );
    const verdicts = new Set<string>();
    if (!check.ok) verdicts.add(`${check.why}-at-${badSeq}`);
    let added = 0;
    if (before.seq > 0) store.transact(() => store.journals.notePurge(kiosk, journal, before));
    let prevHash = before.hash;
    for (let after = before.seq; ; ) {
      const page = rows.all(after, rowsMax).filter(({ seq }) => seq < badSeq);
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

/**
 * A gate has signed in its own name what it has recorded: under another gate's its records would be taken
 * for that one's, and refused where they come from.
 * @returns the origin that a checkpoint in the file names in the place of this gate's; null: none does
 */
function otherGate(
  source: Database.Database,
  {
    site,
    kiosk,
    journal,
  }: { readonly site: string; readonly kiosk: string; readonly journal: string },
): string | null {
  const has = source.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoints'").get();
  if (has === undefined) return null;
  const notes = source.prepare<[], unknown>('SELECT note FROM checkpoints').pluck();
  for (const note of notes.iterate()) {
    const origin = typeof note === 'string' ? readCheckpoint(note)?.origin : undefined;
    if (origin !== undefined && origin !== `gk/1/${site}/${kiosk}/${journal}`) return origin;
  }
  return null;
}

/** @throws StoreFault for a file without its name */
function journalOf(source: Database.Database): string {
  const journal = source
    .prepare<[], string>("SELECT value FROM meta WHERE name = 'journal'")
    .pluck()
    .get();
  if (journal === undefined) throw new StoreFault('damaged', 'the journal has lost its id');
  return journal;
}

/**
 * What stands before the first record: nothing, or what the gate has purged, which a record of the same
 * file names. Null: a beginning is missing that nobody answers for.
 */
function startOf(source: Database.Database): Head | null {
  const first = source.prepare<[], number | null>('SELECT min(seq) FROM records').pluck().get();
  if (first == null || first === 1) return nothingStored;
  const purges = source.prepare<[], { readonly seq: number; readonly text: string }>(
    `SELECT seq, CAST(bytes AS TEXT) AS text FROM records
     WHERE instr(bytes, CAST('"type":"purge"' AS BLOB)) > 0 ORDER BY seq DESC`,
  );
  for (const { seq, text } of purges.iterate()) {
    const record = JSON.parse(text) as StoredRecord;
    const purged = record['type'] === 'purge' ? readPurge(seq, record)?.records : null;
    if (purged?.through === first - 1) return { seq: purged.through, hash: purged.hash };
  }
  return null;
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
