/**
 * Begins a new journal in place of one that is damaged or gone: names the last one known, takes over
 * what must not be forgotten, and keeps the damaged file aside. Runs on the worker's thread, before
 * anything is answered.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { formatRfc3339, parseRfc3339 } from '../../config/rfc3339.js';
import { dropCompanions, dropNext, freeAsidePath, nextPath, swap } from './aside.js';
import { readHeadNote } from './head-note.js';
import { sizeOf } from './integrity.js';
import { openOutbox } from './outbox.js';
import { restore, type StoreOptions } from './restore.js';
import { salvage } from './salvage.js';
import { configure } from './schema.js';
import type { Replaced, Takeover } from './takeover.js';
import { useKey } from './uses.js';

/**
 * @param options of the opening; nobody has the file open
 * @param cause why it cannot be used
 * @param detail for the log and the record
 * @returns what was taken over; the file is a journal now, whole and closed
 * @throws StoreFault (`damaged`) where too many are kept aside already; the file system's errors and
 *   SQLite's: then the damaged one still stands in its place, or the next opening goes on
 */
export function replaceJournal(
  options: StoreOptions,
  cause: Takeover['cause'],
  detail: string,
): Replaced {
  const { file, at } = options;
  const aside = freeAsidePath(file, at);
  const saved = salvage(file, readHeadNote(file), parseRfc3339(at) ?? 0);
  const kept = existsSync(file) || sizeOf(`${file}-wal`) > 0 ? basename(aside) : null;
  if (kept === null) dropCompanions(file);
  const previous = saved.previous ?? options.previous;
  const takeover = { cause, detail, kept, usesCount: saved.uses.length, isWhole: saved.isWhole };
  dropNext(aside);
  const database = new Database(nextPath(aside), { timeout: 0 });
  try {
    configure(database);
    const dated = saved.standing.floorMs === null ? at : formatRfc3339(saved.standing.floorMs);
    restore(database, { ...options, at: dated, previous, takeover }, (tables) => {
      for (const row of saved.uses) tables.writeUse({ key: useKey(row), row });
      tables.writeStanding(saved.standing);
    });
    const { notices: add } = saved;
    openOutbox(database, (work) => work()).keepNotices({ through: 0, add, remove: [] });
  } finally {
    // As the last one on it this empties its log into it.
    database.close();
  }
  swap(file, aside);
  return { ...takeover, previous };
}
