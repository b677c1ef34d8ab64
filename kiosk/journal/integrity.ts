/**
 * Looks at a journal's file before it is opened for writing, and changes nothing: SQLite's own check,
 * and whether the log has lost what was synced. Bounded in time: of a large journal only the small
 * tables are checked here; its records and sealed parts follow in slices while the gate works
 * (`scrub.ts`), which finds changed contents too.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { errorText, openFailure } from './failures.js';
import { readHeadNote } from './head-note.js';
import { logLoss } from './log-check.js';

export const integrityLimits = {
  /** up to here the whole file is checked: about 60,000 records, a second on a slow card */
  wholeBytesMax: 32 * 1024 * 1024,
  /** a log is a few MB; one beyond this is not what this software writes, and is left to SQLite */
  logBytesMax: 64 * 1024 * 1024,
} as const;

/** What everything else rests on; small, whatever the journal's age. */
const smallTables = ['meta', 'uses', 'notices'] as const;

/**
 * @param file of the database; it need not be there
 * @returns what is damaged, for the log; null: nothing found, or nothing can be told (in use, no
 *   rights), which the opening will tell
 */
export function findDamage(file: string): string | null {
  try {
    const size = sizeOf(file);
    const logBytes = sizeOf(`${file}-wal`);
    // SQLite would take it for a new one, and throw its log away.
    if (size === 0) return logBytes === 0 ? null : 'its file is gone, its log is there';
    const hadIndex = existsSync(`${file}-shm`);
    if (isInUse(file)) return null;
    const isLogRead = logBytes > 0 && logBytes <= integrityLimits.logBytesMax;
    const ofLog = isLogRead ? logLoss(readFileSync(`${file}-wal`)) : null;
    const damage = ofLog ?? checkPages(file, size <= integrityLimits.wholeBytesMax);
    // A reader that may not write leaves its index behind; the gate itself has none.
    if (!hadIndex) rmSync(`${file}-shm`, { force: true });
    return damage;
  } catch {
    return null;
  }
}

/** @returns whether a journal is known to have been here that is not here any more */
export function isMissing(file: string): boolean {
  return sizeOf(file) === 0 && readHeadNote(file) !== null;
}

/**
 * @param file any
 * @returns its length in bytes; 0 where there is none
 */
export function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

/** Another process writes it: whatever is read meanwhile says nothing. */
function isInUse(file: string): boolean {
  const answer = reading(file, (database) => {
    database.pragma('schema_version');
    return null;
  });
  return answer === 'in-use';
}

function checkPages(file: string, isWhole: boolean): string | null {
  const answer = reading(file, (database) => {
    const found = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    const small = ['sqlite_schema', ...smallTables.filter((name) => found.includes(name))];
    const checks = isWhole ? ['quick_check(1)'] : small.map((name) => `quick_check('${name}')`);
    for (const check of checks) {
      const said = String(database.pragma(check, { simple: true }));
      if (said !== 'ok') return said.split('\n', 2).join(' ');
    }
    return null;
  });
  return answer === 'in-use' ? null : answer;
}

/** Read-only: the last writer's closing would empty the log into the file. */
function reading(
  file: string,
  work: (database: Database.Database) => string | null,
): string | null {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
    return work(database);
  } catch (error) {
    const why = openFailure(error);
    if (why === 'locked') return 'in-use';
    return why === 'damaged' ? errorText(error) : null;
  } finally {
    database?.close();
  }
}
