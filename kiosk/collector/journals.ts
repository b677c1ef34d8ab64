/**
 * The records of every journal behind prepared statements: what is held, what is added. Within
 * transactions of the caller's; no rules.
 */
import type Database from 'better-sqlite3';
import { decodeBase64url } from '../../config/crypto/base64url.js';
import { type Head, toHex } from '../journal/chain.js';
import type { BatchRecord } from '../report/batch.js';
import { fieldsOf } from './fields.js';
import type { Held } from './judge.js';

export interface JournalRow extends Held {
  /** its number in this database */
  readonly id: number;
  readonly kiosk: string;
  /** 32 hex digits */
  readonly journal: string;
  /** of its newest decision: a passage's zone */
  readonly zone: string | null;
  /** where a restored backup ended; null: nothing was restored since its head moved */
  readonly restoredHead: number | null;
}

/** What a journal's first record says of the one before it. */
export interface Previous extends Head {
  readonly journal: string;
}

/** Why records before a batch are given up, and what stands there. */
export interface LossBehind {
  /** hex: the hash before the record that follows them; null: none follows */
  readonly hash: string | null;
  readonly why: 'accepted' | 'purged';
}

/** Records from `from` to `to`. */
export interface Loss extends LossBehind {
  readonly from: number;
  readonly to: number;
}

export interface Journals {
  find(kiosk: string, journal: string): JournalRow | null;
  /** The journal that each gate writes now. */
  current(): readonly JournalRow[];
  currentOf(kiosk: string): JournalRow | null;
  /** The last one of a gate that came up. */
  last(kiosk: string): JournalRow | null;
  /** Whether another gate has a journal of that id. */
  isElsewhere(kiosk: string, journal: string): boolean;
  /** hex; null for a record that is not there */
  hashAt(id: number, seq: number): string | null;
  /**
   * Adds records behind the head, or as the first ones of a journal.
   * @param row null: a new journal
   * @param records one at least, in order
   * @returns the journal as it is then
   */
  add(
    kiosk: string,
    journal: string,
    row: JournalRow | null,
    records: readonly BatchRecord[],
  ): JournalRow;
  /** The journal of that gate that names this one as its previous one. */
  successor(kiosk: string, journal: string): ({ readonly journal: string } & Head) | null;
  setPrevious(id: number, previous: Previous): void;
  /** From which record on a loss is answered for; null: none is */
  permitted(kiosk: string, journal: string): number | null;
  permit(kiosk: string, journal: string, fromSeq: number): void;
  /** Writes down that records are given up, and takes the permission back. */
  giveUp(kiosk: string, journal: string, loss: Loss, nowMs: number): void;
  /** What its gate says it has purged: the last record of it; the highest counts. */
  notePurge(kiosk: string, journal: string, through: Head): void;
  purged(kiosk: string, journal: string): Head | null;
}

interface Stored {
  readonly id: number;
  readonly kiosk: string;
  readonly journal: string;
  readonly first: number;
  readonly head: number;
  readonly hash: Uint8Array;
  readonly zone: string | null;
  readonly restoredHead: number | null;
}

const columns = 'id, kiosk, journal, first, head, hash, zone, restoredHead';

/** @returns the journals of a database */
export function openJournals(database: Database.Database): Journals {
  const find = database.prepare<[string, string], Stored>(
    `SELECT ${columns} FROM journals WHERE kiosk = ? AND journal = ?`,
  );
  const current = database.prepare<[], Stored>(
    `SELECT ${columns} FROM journals WHERE id IN (SELECT id FROM currentJournals)`,
  );
  const currentOf = database.prepare<[string], Stored>(
    `SELECT ${columns} FROM journals
     WHERE id = (SELECT id FROM currentJournals WHERE kiosk = ?)`,
  );
  const last = database.prepare<[string], Stored>(
    `SELECT ${columns} FROM journals WHERE kiosk = ? ORDER BY id DESC LIMIT 1`,
  );
  const elsewhere = database.prepare<[string, string]>(
    'SELECT 1 FROM journals WHERE journal = ? AND kiosk <> ? LIMIT 1',
  );
  const hashAt = database
    .prepare<[number, number], Uint8Array>('SELECT hash FROM records WHERE journal = ? AND seq = ?')
    .pluck();
  const insertJournal = database.prepare<[string, string, number]>(
    `INSERT INTO journals (kiosk, journal, first, head, hash) VALUES (?, ?, ?, 0, x'')`,
  );
  const insertRecord = database.prepare<
    [number, number, string, number | null, string | null, number | null, Uint8Array, Uint8Array]
  >(
    'INSERT INTO records (journal, seq, type, atMs, zone, grantSeq, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertPart = database.prepare<
    [number, number, string | null, number | null, Uint8Array, Uint8Array]
  >('INSERT INTO parts (journal, seq, bootId, attempt, salt, box) VALUES (?, ?, ?, ?, ?, ?)');
  const moveHead = database.prepare<[number, Uint8Array, string | null, number | null, number]>(
    `UPDATE journals SET head = ?, hash = ?, zone = ?, lastMs = ifnull(?, lastMs), restoredHead = NULL
     WHERE id = ?`,
  );
  const successor = database.prepare<[string, string], { journal: string } & Head>(
    `SELECT journal, previousSeq AS seq, previousHash AS hash FROM journals
     WHERE kiosk = ? AND previous = ? ORDER BY id LIMIT 1`,
  );
  const setPrevious = database.prepare<[string, number, string, number]>(
    'UPDATE journals SET previous = ?, previousSeq = ?, previousHash = ? WHERE id = ?',
  );
  const permitted = database
    .prepare<[string, string], number>(
      'SELECT fromSeq FROM permits WHERE kiosk = ? AND journal = ?',
    )
    .pluck();
  const permit = database.prepare<[string, string, number]>(
    'INSERT OR REPLACE INTO permits (kiosk, journal, fromSeq) VALUES (?, ?, ?)',
  );
  const dropPermit = database.prepare<[string, string]>(
    'DELETE FROM permits WHERE kiosk = ? AND journal = ?',
  );
  const insertLoss = database.prepare<
    [string, string, number, number, string | null, string, number]
  >(
    'INSERT OR REPLACE INTO losses (kiosk, journal, fromSeq, toSeq, hash, why, atMs) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const notePurge = database.prepare<[string, string, number, string]>(
    `INSERT INTO purges (kiosk, journal, through, hash) VALUES (?, ?, ?, ?)
     ON CONFLICT (kiosk, journal) DO UPDATE SET through = excluded.through, hash = excluded.hash
       WHERE excluded.through > through`,
  );
  const purged = database.prepare<[string, string], Head>(
    'SELECT through AS seq, hash FROM purges WHERE kiosk = ? AND journal = ?',
  );

  const addRecords = (id: number, zoneBefore: string | null, records: readonly BatchRecord[]) => {
    let zone = zoneBefore;
    let lastMs: number | null = null;
    let head: { readonly seq: number; readonly hash: Uint8Array } | null = null;
    for (const { seq, bytes, hash: hex, sealed, record } of records) {
      const { type, atMs, bootId, attempt, ...fields } = fieldsOf(record);
      const hash = Buffer.from(hex, 'hex');
      zone = fields.zone ?? zone;
      lastMs = atMs ?? lastMs;
      // A passage is where its gate stands: it names no zone itself.
      const place = type === 'passage' ? zone : fields.zone;
      insertRecord.run(id, seq, type, atMs, place, fields.grantSeq, hash, bytes);
      if (sealed !== null) {
        const box = decodeBase64url(sealed.box) ?? new Uint8Array(0);
        insertPart.run(id, seq, bootId, attempt, Buffer.from(sealed.salt, 'hex'), box);
      }
      head = { seq, hash };
    }
    return { zone, lastMs, head };
  };

  return {
    find: (kiosk, journal) => rowOf(find.get(kiosk, journal)),
    current: () => current.all().flatMap((stored) => rowOf(stored) ?? []),
    currentOf: (kiosk) => rowOf(currentOf.get(kiosk)),
    last: (kiosk) => rowOf(last.get(kiosk)),
    isElsewhere: (kiosk, journal) => elsewhere.get(journal, kiosk) !== undefined,
    hashAt(id, seq) {
      const hash = hashAt.get(id, seq);
      return hash === undefined ? null : toHex(hash);
    },
    add(kiosk, journal, row, records) {
      const firstSeq = records[0]?.seq ?? 0;
      const id = row?.id ?? Number(insertJournal.run(kiosk, journal, firstSeq).lastInsertRowid);
      const { zone, lastMs, head } = addRecords(id, row?.zone ?? null, records);
      if (head === null) throw new RangeError('a batch without records is never added');
      moveHead.run(head.seq, head.hash, zone, lastMs, id);
      return {
        ...{ id, kiosk, journal, zone, restoredHead: null },
        first: row?.first ?? firstSeq,
        head: { seq: head.seq, hash: toHex(head.hash) },
      };
    },
    successor: (kiosk, journal) => successor.get(kiosk, journal) ?? null,
    setPrevious: (id, { journal, seq, hash }) => void setPrevious.run(journal, seq, hash, id),
    permitted: (kiosk, journal) => permitted.get(kiosk, journal) ?? null,
    permit: (kiosk, journal, fromSeq) => void permit.run(kiosk, journal, fromSeq),
    giveUp(kiosk, journal, { from, to, hash, why }, nowMs) {
      insertLoss.run(kiosk, journal, from, to, hash, why, nowMs);
      dropPermit.run(kiosk, journal);
    },
    notePurge: (kiosk, journal, { seq, hash }) => void notePurge.run(kiosk, journal, seq, hash),
    purged: (kiosk, journal) => purged.get(kiosk, journal) ?? null,
  };
}

function rowOf(stored: Stored | undefined): JournalRow | null {
  if (stored === undefined) return null;
  const { head, hash, ...row } = stored;
  return { ...row, head: { seq: head, hash: toHex(hash) } };
}
