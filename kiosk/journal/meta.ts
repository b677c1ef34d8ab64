/** The journal's single values: its id, cursors, what stands. Each with its checksum. */
import type Database from 'better-sqlite3';
import { sumOf } from './checksum.js';
import { StoreFault } from './failures.js';

/** @throws StoreFault (`damaged`) where the value is not as it was written */
export type ReadMeta = (name: string) => string | undefined;

export interface Meta {
  readonly read: ReadMeta;
  write(name: string, value: string): void;
}

interface Row {
  readonly value: string;
  /** not there in a database of an earlier version */
  readonly sum?: string;
}

/**
 * @param database with its tables, of this version or an earlier one
 * @returns a function over it; it throws SQLite's errors, too
 */
export function metaReader(database: Database.Database): ReadMeta {
  const read = database.prepare<[string], Row>('SELECT * FROM meta WHERE name = ?');
  return (name) => {
    const row = read.get(name);
    if (row?.sum !== undefined && row.sum !== sumOf(name, row.value))
      throw new StoreFault('damaged', `the value of ${name} is not as it was written`);
    return row?.value;
  };
}

/**
 * @param database with its tables, to be written
 * @returns functions over it; each throws SQLite's errors, too
 */
export function openMeta(database: Database.Database): Meta {
  const write = database.prepare<[string, string, string]>(
    'INSERT OR REPLACE INTO meta (name, value, sum) VALUES (?, ?, ?)',
  );
  return {
    read: metaReader(database),
    write: (name, value) => void write.run(name, value, sumOf(name, value)),
  };
}
