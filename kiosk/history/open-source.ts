/** Finds out what a file is, and opens the journals in it. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { openBeside } from '../collector/beside.js';
import { collectorSource, storedJournals } from '../collector/journal-source.js';
import { openDatabaseSource } from '../journal/database-source.js';
import { errorText } from '../journal/failures.js';
import type { JournalSource, SourceKind, SourceRefusal, SourceResult } from '../journal/source.js';
import { openExportSource } from './export-source.js';

export interface SourceFile {
  readonly kind: SourceKind;
  /** one; of a collector all that were asked for */
  readonly sources: readonly JournalSource[];
  close(): void;
}

/** Which journals of a collector; null: all. */
export interface Wanted {
  readonly kiosk: string | null;
  readonly journal: string | null;
}

export type SourceFileResult = { readonly ok: true; readonly file: SourceFile } | SourceRefusal;

/** SQLite's file format, section 1.3. */
const databaseStart = 'SQLite format 3\0';
/** Every export begins so, and no database. */
const exportStart = '{';

/**
 * @param name a gate's database, an export, or a collector's database
 * @param wanted of a collector's journals; of another file's one the caller compares
 * @returns the journals in it; `none` where there are none such
 */
export function openSources(name: string, wanted: Wanted): SourceFileResult {
  const start = readStart(name);
  if (typeof start !== 'string') return start;
  if (start === exportStart) return single(openExportSource(name));
  if (!mayBeDatabase(name)) return { ok: false, why: 'none', detail: notOurs };
  const opened = openDatabaseSource(name);
  return opened.ok || opened.why !== 'none' ? single(opened) : openCollector(name, wanted);
}

function single(opened: SourceResult): SourceFileResult {
  if (!opened.ok) return opened;
  const { source } = opened;
  return { ok: true, file: { kind: source.kind, sources: [source], close: source.close } };
}

function openCollector(name: string, { kiosk, journal }: Wanted): SourceFileResult {
  const opened = openBeside(name, 'read');
  if (!opened.ok)
    return {
      ok: false,
      why: 'none',
      detail: notOurs,
    };
  const { database } = opened;
  const close = (): void => void database.close();
  try {
    // One moment of it, while the daemon goes on.
    database.exec('BEGIN');
    const sources = storedJournals(database)
      .filter((it) => kiosk === null || it.kiosk === kiosk)
      .filter((it) => journal === null || it.journal === journal)
      .flatMap((it) => collectorSource(database, it) ?? []);
    if (sources.length > 0) return { ok: true, file: { kind: 'collector', sources, close } };
    close();
    return { ok: false, why: 'none', detail: 'no such journal is stored' };
  } catch (error) {
    close();
    return { ok: false, why: 'damaged', detail: errorText(error) };
  }
}

const notOurs = 'neither a gate’s journal, an export nor a collector’s database';

/** A database has whole pages (of 512 bytes at least), also where its first bytes are spoilt. */
function mayBeDatabase(name: string): boolean {
  const start = Buffer.alloc(databaseStart.length);
  const descriptor = openSync(name, 'r');
  try {
    readSync(descriptor, start);
    return start.toString('latin1') === databaseStart || fstatSync(descriptor).size % 512 === 0;
  } finally {
    closeSync(descriptor);
  }
}

function unreadableWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'this account may not read it' : errorText(error);
}

/** Its first byte, as a letter. */
function readStart(name: string): string | SourceRefusal {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(name, 'r');
    const bytes = Buffer.alloc(1);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes));
  } catch (error) {
    return { ok: false, why: 'unreadable', detail: unreadableWords(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
