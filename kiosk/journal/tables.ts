/**
 * The journal's tables behind prepared statements, and all uses in memory. No rules.
 *
 * A grant must touch as few pages as it can: what its request does to uses is written into its
 * record's own row (column `uses`), and reaches the table `uses` later, with a checkpoint. Opening
 * reads the table and repeats what the rows since then say, so both are always one state.
 */
import type Database from 'better-sqlite3';
import { decodeBase64url } from '../../config/crypto/base64url.js';
import type { ChainRow } from './chain.js';
import { sumOf } from './checksum.js';
import { StoreFault } from './failures.js';
import type { Tables } from './ledger.js';
import { openMeta } from './meta.js';
import { packStanding, packUses, unpackStanding, unpackUses } from './packing.js';
import { nothingStands, type Standing } from './port.js';
import { type UseKey, type UseRow, type UseWrite, useName } from './uses.js';

export interface SqliteTables extends Tables {
  begin(): void;
  /** Synced when it returns. */
  commit(): void;
  /** Forgets what a transaction that failed has staged. */
  discard(): void;
  /** Brings the table of uses up to the newest record. */
  settleUses(): void;
  /** Removes the sealed part of a record; returns how many there were, 0 or 1. */
  dropSealed(seq: number): number;
  /** The newest records, oldest of them first. */
  lastRecords(count: number): readonly ChainRow[];
  /** @throws StoreFault (`damaged`) where it is not as it was written */
  readStanding(): Standing;
  /** @throws StoreFault (`damaged`) where it is not as it was written */
  readMeta(name: string): string | undefined;
  writeMeta(name: string, value: string): void;
}

export type StoredUse = Omit<UseRow, 'elsewhere'> & {
  readonly elsewhere: number;
  readonly sum: string;
};
type KeyParameters = [type: string, key: string, direction: string];

/**
 * @param stored a row of the table of uses
 * @returns the use; null where the row is not as it was written
 */
export function readUse({ sum, ...stored }: StoredUse): UseRow | null {
  const { type, key, direction, state, elsewhere, until, at, seq } = stored;
  if (sum !== sumOf(type, key, direction, state, elsewhere, until, at, seq)) return null;
  return { ...stored, elsewhere: elsewhere === 1 };
}

/** The newest record whose uses have reached their table. */
const usesThrough = 'uses-through';
/** What stands, as JSON; a database of an earlier version has none. */
const standingName = 'standing';

/**
 * Prepares every statement that the journal runs, and reads the uses.
 * @param database with its tables
 * @returns functions over them; each throws SQLite's errors
 * @throws StoreFault (`damaged`) where a row's uses are not as they were written
 */
export function sqliteTables(database: Database.Database): SqliteTables {
  const begin = database.prepare<[]>('BEGIN IMMEDIATE');
  const commit = database.prepare<[]>('COMMIT');
  const insertRecord = database.prepare<[number, Uint8Array, Uint8Array, string | null]>(
    'INSERT INTO records (seq, bytes, hash, uses) VALUES (?, ?, ?, ?)',
  );
  const insertSealed = database.prepare<[number, Uint8Array, Uint8Array]>(
    'INSERT INTO sealed (seq, salt, box) VALUES (?, ?, ?)',
  );
  const dropSealed = database.prepare<[number]>('DELETE FROM sealed WHERE seq = ?');
  const lastRecords = database.prepare<[number], ChainRow>(
    'SELECT seq, bytes, hash FROM records ORDER BY seq DESC LIMIT ?',
  );
  const putUse = database.prepare<
    [...KeyParameters, string, number, string, string, number, string]
  >(
    'INSERT OR REPLACE INTO uses (type, key, direction, state, elsewhere, until, at, seq, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const dropUse = database.prepare<KeyParameters>(
    'DELETE FROM uses WHERE type = ? AND key = ? AND direction = ?',
  );
  const newest = database.prepare<[], number | null>('SELECT max(seq) FROM records').pluck();
  const meta = openMeta(database);

  /** as committed */
  const uses = new Map<string, UseRow>();
  /** committed with a record, not yet in their table */
  const behind = new Map<string, UseKey>();
  /** changed by this transaction; null: removed */
  const staged = new Map<string, UseRow | null>();
  /** of these, changed with a record and not in their table */
  const stagedBehind = new Map<string, UseKey>();
  let isSettled = false;

  const findUse = (name: string): UseRow | undefined => {
    const row = staged.get(name);
    return row === undefined ? uses.get(name) : (row ?? undefined);
  };
  const storeUse = ({ type, key, direction }: UseKey, row: UseRow | null): void => {
    if (row === null) dropUse.run(type, key, direction);
    else {
      const { state, elsewhere, until, at, seq } = row;
      const values = [type, key, direction, state, elsewhere ? 1 : 0, until, at, seq] as const;
      putUse.run(...values, sumOf(...values));
    }
  };
  const settleUses = (): void => {
    if (!isSettled) for (const [name, key] of behind) storeUse(key, findUse(name) ?? null);
    for (const [name, key] of stagedBehind) storeUse(key, findUse(name) ?? null);
    stagedBehind.clear();
    meta.write(usesThrough, `${newest.get() ?? 0}`);
    isSettled = true;
  };
  const take = (name: string, row: UseRow | null): void => {
    if (row === null) uses.delete(name);
    else uses.set(name, row);
  };

  for (const stored of database.prepare<[], StoredUse>('SELECT * FROM uses').all()) {
    const row = readUse(stored);
    if (row === null)
      throw new StoreFault('damaged', 'what is known of a paper is not as it was written');
    take(useName(row), row);
  }
  const later = database.prepare<[number], string>(
    'SELECT uses FROM records WHERE seq > ? AND uses IS NOT NULL ORDER BY seq',
  );
  for (const text of later.pluck().iterate(Number(meta.read(usesThrough) ?? 0)))
    for (const { key, row } of unpackUses(text)) {
      take(useName(key), row);
      behind.set(useName(key), key);
    }

  return {
    begin: () => void begin.run(),
    commit() {
      commit.run();
      if (isSettled) behind.clear();
      for (const [name, key] of stagedBehind) behind.set(name, key);
      for (const [name, row] of staged) take(name, row);
      this.discard();
    },
    discard() {
      staged.clear();
      stagedBehind.clear();
      isSettled = false;
    },
    insertRecord({ seq, bytes, hash }, writes) {
      insertRecord.run(seq, bytes, hash, writes.length === 0 ? null : packUses(writes));
      for (const { key, row } of writes) {
        const name = useName(key);
        staged.set(name, row);
        stagedBehind.set(name, key);
      }
    },
    insertSealed(seq, { salt, box }) {
      // Checked when the request was prepared.
      const boxBytes = decodeBase64url(box) ?? new Uint8Array(0);
      insertSealed.run(seq, Buffer.from(salt, 'hex'), boxBytes);
    },
    dropSealed: (seq) => dropSealed.run(seq).changes,
    findUse,
    writeUse({ key, row }: UseWrite) {
      // An older change of the same use, left behind in a record's row, must not come after this.
      if ((behind.size > 0 && !isSettled) || stagedBehind.size > 0) settleUses();
      storeUse(key, row);
      staged.set(useName(key), row);
    },
    writeStanding: (standing) => meta.write(standingName, packStanding(standing)),
    readStanding() {
      const text = meta.read(standingName);
      return text === undefined ? nothingStands : unpackStanding(text);
    },
    allUses: () => uses.values(),
    settleUses,
    lastRecords: (count) => lastRecords.all(count).reverse(),
    readMeta: meta.read,
    writeMeta: meta.write,
  };
}
