/** The collector's database for those beside the daemon: questions, a backup, and who may be alone. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { errorText, openFailure } from '../journal/failures.js';
import { busyMs, whoseDatabase } from './schema.js';

export type Beside =
  | { readonly ok: true; readonly database: Database.Database }
  | { readonly ok: false; readonly detail: string };

/**
 * Opens a collector's database that is there; the daemon may run meanwhile.
 * @param file of the database
 * @param mode `write`: for a note of one row; what else is written is the daemon's
 * @returns the connection, or why there is none in words
 */
export function openBeside(file: string, mode: 'read' | 'write'): Beside {
  if (!existsSync(file)) return { ok: false, detail: 'there is no such file' };
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: mode === 'read', timeout: busyMs });
    const whose = whoseDatabase(database);
    if (whose === 'ours') {
      database.pragma('synchronous = FULL');
      return { ok: true, database };
    }
    database.close();
    return { ok: false, detail: whoseWords[whose] };
  } catch (error) {
    database?.close();
    return { ok: false, detail: `${openFailure(error)}: ${errorText(error)}` };
  }
}

const whoseWords = {
  newer: 'a later version of this software has made it',
  older: 'an earlier version of this software has made it: start the collector on it once',
  empty: 'this is no collector’s database',
  foreign: 'this is no collector’s database',
} as const;

/**
 * Takes the place of the one collector on a database, until `release` or the end of the process, however
 * that ends: the lock is the system's, on a file beside the database.
 * @param file of the database
 * @returns what gives it back; null: another process has it
 * @throws where the file beside cannot be made
 */
export function holdAlone(file: string): (() => void) | null {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return () => void lock.close();
  } catch (error) {
    lock.close();
    if (openFailure(error) === 'locked') return null;
    throw error;
  }
}
