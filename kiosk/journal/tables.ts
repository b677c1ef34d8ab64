/** The journal's tables behind prepared statements, and rows as the rules know them. No rules. */
import type Database from 'better-sqlite3';
import type { ChainRow } from './chain.js';
import type { Tables } from './ledger.js';
import { type UseRow, useName } from './uses.js';

export interface SqliteTables extends Tables {
  begin(): void;
  /** Synced when it returns. */
  commit(): void;
  /** Forgets what a transaction that failed has staged. */
  discard(): void;
  /** The newest records, oldest of them first. */
  lastRecords(count: number): readonly ChainRow[];
  readMeta(name: string): string | undefined;
  writeMeta(name: string, value: string): void;
}

type StoredUse = Omit<UseRow, 'elsewhere'> & { readonly elsewhere: number };
type KeyParameters = [type: string, key: string, direction: string];

/**
 * Prepares every statement that the journal runs.
 * @param database with its tables
 * @returns functions over them; each throws SQLite's errors
 */
export function sqliteTables(database: Database.Database): SqliteTables {
  const begin = database.prepare<[]>('BEGIN IMMEDIATE');
  const commit = database.prepare<[]>('COMMIT');
  const insertRecord = database.prepare<[number, Uint8Array, Uint8Array]>(
    'INSERT INTO records (seq, bytes, hash) VALUES (?, ?, ?)',
  );
  const lastRecords = database.prepare<[number], ChainRow>(
    'SELECT seq, bytes, hash FROM records ORDER BY seq DESC LIMIT ?',
  );
  const putUse = database.prepare<[...KeyParameters, string, number, string, string, number]>(
    'INSERT OR REPLACE INTO uses (type, key, direction, state, elsewhere, until, at, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const dropUse = database.prepare<KeyParameters>(
    'DELETE FROM uses WHERE type = ? AND key = ? AND direction = ?',
  );
  const readMeta = database.prepare<[string], { readonly value: string }>(
    'SELECT value FROM meta WHERE name = ?',
  );
  const writeMeta = database.prepare<[string, string]>(
    'INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)',
  );

  /** Every use as committed; a lookup in the database costs 10 µs on the way to each grant. */
  const uses = new Map<string, UseRow>();
  for (const stored of database.prepare<[], StoredUse>('SELECT * FROM uses').all()) {
    const row = useRow(stored);
    uses.set(useName(row), row);
  }
  const staged = new Map<string, UseRow | null>();

  return {
    begin: () => void begin.run(),
    commit() {
      commit.run();
      for (const [name, row] of staged)
        if (row === null) uses.delete(name);
        else uses.set(name, row);
      staged.clear();
    },
    discard: () => staged.clear(),
    insertRecord: ({ seq, bytes, hash }) => void insertRecord.run(seq, bytes, hash),
    lastRecords: (count) => lastRecords.all(count).reverse(),
    findUse(key) {
      const name = useName(key);
      const row = staged.get(name);
      return row === undefined ? uses.get(name) : (row ?? undefined);
    },
    writeUse({ key, row }) {
      const { type, key: text, direction } = key;
      if (row === null) dropUse.run(type, text, direction);
      else {
        const { state, elsewhere, until, at, seq } = row;
        putUse.run(type, text, direction, state, elsewhere ? 1 : 0, until, at, seq);
      }
      staged.set(useName(key), row);
    },
    allUses: () => uses.values(),
    readMeta: (name) => readMeta.get(name)?.value,
    writeMeta: (name, value) => void writeMeta.run(name, value),
  };
}

function useRow(stored: StoredUse): UseRow {
  return { ...stored, elsewhere: stored.elsewhere === 1 };
}
