/**
 * A gate's own database as a source: a copy, or that of a gate that does not run, with its `-wal`
 * where there is one. Nothing in it is changed.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { errorText, openFailure, StoreFault } from './failures.js';
import { schemaVersion } from './schema.js';
import type { JournalSource, SourceCheckpoint, SourceRefusal, SourceResult } from './source.js';
import { pagedRows, type StoredPart, type StoredRow } from './source-rows.js';

/**
 * @param file of the database
 * @returns the source, or why there is none: `none` for a file of something else, `locked` where a
 *   gate runs on it
 */
export function openDatabaseSource(file: string): SourceResult {
  if (!existsSync(file)) return { ok: false, why: 'unreadable', detail: 'there is no such file' };
  const found = openAt(file, () => {});
  return found ?? openCopy(file);
}

/** Where the folder cannot be written, SQLite cannot read a database in WAL mode: a copy can be. */
function openCopy(file: string): SourceResult {
  let folder: string | null = null;
  const drop = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  try {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    const copy = join(folder, 'journal.db');
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    const found = openAt(copy, drop);
    if (found?.ok !== true) drop();
    return found ?? { ok: false, why: 'unreadable', detail: 'its folder cannot be written' };
  } catch (error) {
    drop();
    return { ok: false, why: 'unreadable', detail: errorText(error) };
  }
}

/** @returns null where its folder would have to be written */
function openAt(file: string, closed: () => void): SourceResult | null {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
    const source = sourceOf(database, closed);
    return { ok: true, source };
  } catch (error) {
    database?.close();
    if (isFolders(error)) return null;
    return refusal(error);
  }
}

function isFolders(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return code === 'SQLITE_READONLY_DIRECTORY' || code === 'SQLITE_READONLY_CANTINIT';
}

function refusal(error: unknown): SourceRefusal {
  const why = openFailure(error);
  const known = why === 'damaged' || why === 'locked' || why === 'newer-schema';
  const detail = errorText(error);
  if (error instanceof StoreFault && why === 'bad-record')
    return { ok: false, why: 'none', detail };
  return { ok: false, why: known ? why : 'unreadable', detail };
}

function sourceOf(database: Database.Database, closed: () => void): JournalSource {
  // One moment of it, whatever others do meanwhile.
  database.exec('BEGIN');
  const tables = new Set(
    database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all(),
  );
  if (!tables.has('records') || !tables.has('meta') || tables.has('journals'))
    throw new StoreFault('bad-record', 'this is no gate’s journal');
  if (Number(database.pragma('user_version', { simple: true })) > schemaVersion)
    throw new StoreFault('newer-schema', 'a later version of this software has made it');
  const records = database
    .prepare<[number, number], StoredRow>(
      'SELECT seq, bytes, hash FROM records WHERE seq > ? ORDER BY seq LIMIT ?',
    )
    .raw();
  const parts = tables.has('sealed')
    ? database
        .prepare<[number, number], StoredPart>(
          'SELECT seq, salt, box FROM sealed WHERE seq > ? AND seq <= ?',
        )
        .raw()
    : null;
  const journal = database
    .prepare<[], unknown>("SELECT value FROM meta WHERE name = 'journal'")
    .pluck()
    .get();
  return {
    ...{ kind: 'database', of: 'database', site: null, kiosk: null },
    ...{ before: null, end: null, losses: [] },
    journal: typeof journal === 'string' ? journal : '',
    rows: (after = 0) => pagedRows(records, parts, after),
    checkpoints: tables.has('checkpoints') ? keptCheckpoints(database) : [],
    strayPart: parts === null ? null : strayPart(database),
    close() {
      database.close();
      closed();
    },
  };
}

function keptCheckpoints(database: Database.Database): readonly SourceCheckpoint[] {
  return database
    .prepare<[], readonly [note: unknown, witnesses: unknown]>(
      'SELECT note, witnesses FROM checkpoints ORDER BY seq',
    )
    .raw()
    .all()
    .map(([note, witnesses]) => ({
      note: String(note),
      witnesses: String(witnesses)
        .split('\n')
        .filter((line) => line !== ''),
    }));
}

function strayPart(database: Database.Database): number | null {
  const seq = database
    .prepare<[], unknown>(
      'SELECT min(seq) FROM sealed WHERE NOT EXISTS (SELECT 1 FROM records WHERE records.seq = sealed.seq)',
    )
    .pluck()
    .get();
  return typeof seq === 'number' ? seq : null;
}
