/**
 * The database's tables and how a connection to it is set up. Facts about durability stand here;
 * what is read and written stands in `store.ts`.
 */
import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { sumOf, withSum } from './checksum.js';

/** Grows with every change of the tables; a database of a later one is refused. */
export const schemaVersion = 5;

/** The write-ahead log's size from the start: what it reaches before a checkpoint that cannot wait. */
const logByteCount = 4 * 1024 * 1024;

const tables = `
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    uses TEXT
  ) STRICT;
  CREATE TABLE uses (
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    elsewhere INTEGER NOT NULL,
    until TEXT NOT NULL,
    at TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (type, key, direction)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
/** Sealed parts, beside the records that name their hashes: a part can go, its record stays. */
const sealedTable = `
  CREATE TABLE sealed (seq INTEGER PRIMARY KEY, salt BLOB NOT NULL, box BLOB NOT NULL) STRICT;
`;
/** What parties are told and have not acknowledged yet. */
const noticesTable = `
  CREATE TABLE notices (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
/** The gate's own signed heads, and what witnesses said of them, a line each. */
const checkpointsTable = `
  CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, note TEXT NOT NULL, witnesses TEXT NOT NULL) STRICT;
`;
/** Checksums of the working state; what is there is taken as it stands. */
const checksums = `
  ALTER TABLE meta ADD COLUMN sum TEXT NOT NULL DEFAULT '';
  UPDATE meta SET sum = sum_of(name, value);
  ALTER TABLE uses ADD COLUMN sum TEXT NOT NULL DEFAULT '';
  UPDATE uses SET sum = sum_of(type, key, direction, state, elsewhere, until, at, seq);
  UPDATE records SET uses = with_sum(uses) WHERE uses IS NOT NULL;
`;
/** What each version added to the one before it, from version 1 on. */
const versions = [
  tables,
  sealedTable,
  noticesTable,
  checkpointsTable,
  checksums,
] as const satisfies {
  length: typeof schemaVersion;
};

/**
 * Sets a connection up for durable commits: in WAL mode with FULL a commit returns after one
 * fdatasync of the log, and survives a power cut.
 * @param database just opened
 * @throws SQLite's errors; `SQLITE_BUSY` where another process has it
 */
export function configure(database: Database): void {
  // Held from the first write to the end: a second daemon on the same file would fork the chain.
  // It also saves the locks and the shared memory of each transaction.
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // Checkpoints are done when the lane is idle, not inside somebody's commit.
  database.pragma('wal_autocheckpoint = 0');
  // After a burst it is cut back to this when it begins anew.
  database.pragma(`journal_size_limit = ${logByteCount}`);
  // What is purged is overwritten, not only unlinked.
  database.pragma('secure_delete = ON');
}

/**
 * @param database within a transaction
 * @returns what is in it: `new` (tables made now), `known` (one of an earlier version has been brought
 *   up to this one), or `newer` than this software
 */
export function createTables(database: Database): 'new' | 'known' | 'newer' {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > schemaVersion) return 'newer';
  if (version === schemaVersion) return 'known';
  database.function('sum_of', { varargs: true }, (...parts) => sumOf(...(parts as string[])));
  database.function('with_sum', (text) => withSum(String(text)));
  for (const added of versions.slice(version)) database.exec(added);
  database.pragma(`user_version = ${schemaVersion}`);
  return version === 0 ? 'new' : 'known';
}

/**
 * Fills the log file up with zeros behind its last frame, so that a commit overwrites instead of
 * growing it: growth makes each fdatasync commit the file's metadata as well (a third of a commit's
 * time on ext4). SQLite itself leaves old bytes behind the last frame; zeros are no valid frame.
 * @param file of the database; its log exists, so something has been written since the opening
 * @param byteCountMax written in this call: all that is missing, or a slice of it
 * @returns whether some is missing still
 */
export function presizeLog(file: string, byteCountMax = logByteCount): boolean {
  let descriptor: number | undefined;
  try {
    // Closing this drops no lock of SQLite's: those are on the database file.
    descriptor = openSync(`${file}-wal`, 'r+');
    const { size } = fstatSync(descriptor);
    const missing = Math.max(0, logByteCount - size);
    const count = Math.min(missing, byteCountMax);
    if (count > 0) writeSync(descriptor, new Uint8Array(count), 0, null, size);
    fdatasyncSync(descriptor);
    return missing > count;
  } catch {
    // Only speed is lost: a full disk shows itself at the next commit.
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
