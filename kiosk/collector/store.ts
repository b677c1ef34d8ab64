/**
 * The collector's database: one connection that writes. Everything from one message is in one
 * transaction, and a receipt is computed in the transaction that stores what it is for.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { errorText, type OpenFailure, openFailure, StoreFault } from '../journal/failures.js';
import { type Checkpoints, type Cosign, openCheckpoints } from './checkpoints.js';
import { type Faults, openFaults } from './faults.js';
import { type Gates, openGates } from './gates.js';
import { type Journals, openJournals } from './journals.js';
import { type Notices, openNotices } from './notices.js';
import { configure, createTables, whoseDatabase } from './schema.js';

export interface CollectorStore {
  readonly journals: Journals;
  readonly checkpoints: Checkpoints;
  readonly faults: Faults;
  readonly gates: Gates;
  readonly notices: Notices;
  /** For questions; what they read is as of their own moment. */
  readonly database: Database.Database;
  /** Runs one transaction: synced when it returns. @throws SQLite's errors: then nothing is changed */
  transact<Result>(work: () => Result): Result;
  close(): void;
}

export interface CollectorStoreOptions {
  readonly file: string;
  readonly site: string;
  /** null: for whoever may not cosign, a command beside the daemon */
  readonly cosign: Cosign | null;
}

export type CollectorStoreResult =
  | { readonly ok: true; readonly store: CollectorStore }
  | {
      readonly ok: false;
      readonly why: OpenFailure | 'other-site' | 'foreign';
      readonly detail: string;
    };

/**
 * Opens the database, or makes it.
 * @param options its file (the folder is made), the site that it is of, and what cosigns checkpoints
 * @returns the store, or a code and a text: `other-site`, `foreign` (no collector's database)
 */
export function openCollectorStore(options: CollectorStoreOptions): CollectorStoreResult {
  const { file, site, cosign } = options;
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    database = new Database(file);
    const found = whoseDatabase(database);
    if (found === 'newer') throw new StoreFault('newer-schema', 'made by a later version');
    if (found === 'foreign') {
      database.close();
      return { ok: false, why: 'foreign', detail: 'this is no collector’s database' };
    }
    // Whoever reads it reads who went where.
    chmodSync(file, 0o600);
    configure(database);
    if (found === 'empty') makeTables(database, site);
    if (found === 'older') bringUp(database);
    const ofSite = siteOf(database);
    if (ofSite !== site) {
      database.close();
      return { ok: false, why: 'other-site', detail: `it is of the site ${ofSite}` };
    }
    return { ok: true, store: makeStore(database, site, cosign) };
  } catch (error) {
    database?.close();
    return { ok: false, why: openFailure(error), detail: errorText(error) };
  }
}

/** @returns the site that a collector's database is of */
export function siteOf(database: Database.Database): string {
  const site = database
    .prepare<[], string>("SELECT value FROM meta WHERE name = 'site'")
    .pluck()
    .get();
  return site ?? '';
}

function makeTables(database: Database.Database, site: string): void {
  database.transaction(() => {
    createTables(database);
    database.prepare("INSERT INTO meta (name, value) VALUES ('site', ?)").run(site);
  })();
}

/** Brings a database of an earlier version up to this one. @throws SQLite's errors */
export function bringUp(database: Database.Database): void {
  // Another process may have done it meanwhile.
  database.transaction(() => {
    if (whoseDatabase(database) === 'older') createTables(database);
  })();
}

function makeStore(
  database: Database.Database,
  site: string,
  cosign: Cosign | null,
): CollectorStore {
  const journals = openJournals(database);
  return {
    database,
    journals,
    faults: openFaults(database),
    checkpoints: openCheckpoints(database, site, journals, cosign),
    gates: openGates(database),
    notices: openNotices(database),
    // IMMEDIATE: who reads first and writes then could find that another has written in between.
    transact: (work) => database.transaction(work).immediate(),
    close: () => void database.close(),
  };
}
