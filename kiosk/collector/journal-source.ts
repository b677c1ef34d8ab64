/** One journal of one gate as a collector has stored it, as a source. Reads only. */
import type Database from 'better-sqlite3';
import { toHex } from '../journal/chain.js';
import type { JournalSource, SourceCheckpoint, SourceLoss } from '../journal/source.js';
import { pagedRows, type StoredPart, type StoredRow } from '../journal/source-rows.js';
import { siteOf } from './store.js';

/** A journal's place in a collector's database. */
export interface StoredJournal {
  readonly kiosk: string;
  /** 32 hex digits */
  readonly journal: string;
}

/** @returns every journal that is stored, gate by gate, in the order in which they came up */
export function storedJournals(database: Database.Database): readonly StoredJournal[] {
  return database
    .prepare<[], StoredJournal>('SELECT kiosk, journal FROM journals ORDER BY kiosk, id')
    .all();
}

/**
 * @param database of a collector; the daemon may run meanwhile: whoever wants one moment of it has
 *   begun a transaction
 * @param place of the journal
 * @returns the source, its `close` leaves the database open; null: it is not stored
 * @throws SQLite's errors
 */
export function collectorSource(
  database: Database.Database,
  { kiosk, journal }: StoredJournal,
): JournalSource | null {
  const row = database
    .prepare<[string, string], { id: number; head: number; hash: Uint8Array }>(
      'SELECT id, head, hash FROM journals WHERE kiosk = ? AND journal = ?',
    )
    .get(kiosk, journal);
  if (row === undefined) return null;
  // A number of the database's own, so it may stand in the statements.
  const { id, head, hash } = row;
  const records = database
    .prepare<[number, number], StoredRow>(
      `SELECT seq, bytes, hash FROM records WHERE journal = ${id} AND seq > ? ORDER BY seq LIMIT ?`,
    )
    .raw();
  const parts = database
    .prepare<[number, number], StoredPart>(
      `SELECT seq, salt, box FROM parts WHERE journal = ${id} AND seq > ? AND seq <= ?`,
    )
    .raw();
  return {
    ...{ kind: 'collector', of: 'collector', site: siteOf(database), kiosk, journal },
    ...{ before: null, end: { seq: head, hash: toHex(hash) } },
    rows: (after = 0) => pagedRows(records, parts, after),
    checkpoints: keptCheckpoints(database, kiosk, journal),
    losses: database
      .prepare<[string, string], StoredLoss>(
        'SELECT * FROM losses WHERE kiosk = ? AND journal = ? ORDER BY fromSeq',
      )
      .all(kiosk, journal)
      .map(lossOf),
    strayPart: strayPart(database, id),
    close: () => {},
  };
}

/** A database of an earlier version has no hash. */
interface StoredLoss {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly hash?: string | null;
}

function lossOf({ fromSeq, toSeq, hash = null }: StoredLoss): SourceLoss {
  return { from: fromSeq, to: toSeq, hash };
}

/** Only what was found to be what is stored; what waits or nobody can verify is no evidence yet. */
function keptCheckpoints(
  database: Database.Database,
  kiosk: string,
  journal: string,
): readonly SourceCheckpoint[] {
  return database
    .prepare<[string, string], { note: string; witness: string | null }>(
      `SELECT note, witness FROM checkpoints
       WHERE kiosk = ? AND journal = ? AND state = 'verified' ORDER BY seq`,
    )
    .all(kiosk, journal)
    .map(({ note, witness }) => ({ note, witnesses: witness === null ? [] : [witness] }));
}

function strayPart(database: Database.Database, id: number): number | null {
  return (
    database
      .prepare<[number], number | null>(
        `SELECT min(seq) FROM parts WHERE journal = ? AND NOT EXISTS
           (SELECT 1 FROM records WHERE records.journal = parts.journal AND records.seq = parts.seq)`,
      )
      .pluck()
      .get(id) ?? null
  );
}
