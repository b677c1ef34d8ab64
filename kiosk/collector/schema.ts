/**
 * The collector's tables, and how a connection to them is set up. Several processes may use one file
 * at a time (the daemon writes, queries read beside it), so nothing is held in memory that another
 * could have changed.
 */
import type { Database } from 'better-sqlite3';

/** Grows with every change of the tables; a database of a later one is refused. */
const schemaVersion = 2;
/** What tells a collector's database from any other of SQLite's: "GKCo". */
const applicationId = 0x474b436f;
/** A query or a backup beside us never holds a write for long. */
export const busyMs = 10_000;

/**
 * Records by (journal's row, seq): one tree, in which each journal grows at its own end. A gate's
 * current journal is the one that its state names, or else the last that came up.
 */
const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE gates (
    kiosk TEXT PRIMARY KEY,
    heardMs INTEGER,
    online INTEGER,
    session TEXT,
    stateMs INTEGER,
    state TEXT,
    journal TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE journals (
    id INTEGER PRIMARY KEY,
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    first INTEGER NOT NULL,
    head INTEGER NOT NULL,
    hash BLOB NOT NULL,
    zone TEXT,
    lastMs INTEGER,
    previous TEXT,
    previousSeq INTEGER,
    previousHash TEXT,
    restoredHead INTEGER,
    UNIQUE (kiosk, journal)
  ) STRICT;
  CREATE INDEX journalsById ON journals (journal);
  CREATE VIEW currentJournals (kiosk, id) AS
    SELECT kiosk, ifnull(
      (SELECT id FROM journals WHERE journals.kiosk = gates.kiosk AND journals.journal = gates.journal),
      (SELECT max(id) FROM journals WHERE journals.kiosk = gates.kiosk))
    FROM gates;
  CREATE TABLE records (
    journal INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    atMs INTEGER,
    zone TEXT,
    grantSeq INTEGER,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (journal, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX passagesByZone ON records (zone, atMs) WHERE type = 'passage';
  CREATE INDEX passagesByGrant ON records (journal, grantSeq) WHERE type = 'passage';
  CREATE INDEX decisionsByTime ON records (atMs) WHERE type = 'decision';
  CREATE TABLE parts (
    journal INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    bootId TEXT,
    attempt INTEGER,
    salt BLOB NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (journal, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX partsByAttempt ON parts (journal, attempt);
  CREATE TABLE permits (
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    fromSeq INTEGER NOT NULL,
    PRIMARY KEY (kiosk, journal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE losses (
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    fromSeq INTEGER NOT NULL,
    toSeq INTEGER NOT NULL,
    atMs INTEGER NOT NULL,
    PRIMARY KEY (kiosk, journal, fromSeq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE checkpoints (
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    note TEXT NOT NULL,
    witness TEXT,
    atMs INTEGER NOT NULL,
    PRIMARY KEY (kiosk, journal, state)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE faults (
    id INTEGER PRIMARY KEY,
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    kind TEXT NOT NULL,
    seq INTEGER NOT NULL,
    theirs TEXT NOT NULL,
    ours TEXT,
    toSeq INTEGER,
    evidence BLOB,
    firstMs INTEGER NOT NULL,
    lastMs INTEGER NOT NULL,
    count INTEGER NOT NULL,
    closedMs INTEGER,
    UNIQUE (kiosk, journal, kind, seq, theirs)
  ) STRICT;
  CREATE TABLE notices (
    kiosk TEXT NOT NULL,
    id TEXT NOT NULL,
    party TEXT NOT NULL,
    kind TEXT NOT NULL,
    atMs INTEGER NOT NULL,
    rule TEXT,
    masked TEXT,
    journal TEXT,
    seq INTEGER,
    ackParty TEXT,
    ackAt TEXT,
    PRIMARY KEY (kiosk, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    atMs INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL
  ) STRICT;
`;

/**
 * `unseenMs`: the gate has cleared a notice while nobody listened. `hash` of a loss: what stands before
 * the record behind it. Every checkpoint is kept. A journal that another one names as its previous is
 * closed: no gate writes it any more, whatever its last state says.
 */
const second = `
  ALTER TABLE notices ADD COLUMN unseenMs INTEGER;
  ALTER TABLE losses ADD COLUMN hash TEXT;
  ALTER TABLE losses ADD COLUMN why TEXT NOT NULL DEFAULT 'accepted';
  CREATE TABLE purges (
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    through INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (kiosk, journal)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE checkpoints RENAME TO newestCheckpoints;
  CREATE TABLE checkpoints (
    kiosk TEXT NOT NULL,
    journal TEXT NOT NULL,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    note TEXT NOT NULL,
    witness TEXT,
    atMs INTEGER NOT NULL,
    PRIMARY KEY (kiosk, journal, state, seq)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO checkpoints SELECT * FROM newestCheckpoints;
  DROP TABLE newestCheckpoints;
  CREATE VIEW openJournals (kiosk, id, journal) AS
    SELECT kiosk, id, journal FROM journals WHERE NOT EXISTS
      (SELECT 1 FROM journals AS next
       WHERE next.kiosk = journals.kiosk AND next.previous = journals.journal AND next.id <> journals.id);
  DROP VIEW currentJournals;
  CREATE VIEW currentJournals (kiosk, id) AS
    SELECT kiosk, ifnull(
      (SELECT id FROM openJournals AS own WHERE own.kiosk = gates.kiosk AND own.journal = gates.journal),
      (SELECT max(id) FROM openJournals AS own WHERE own.kiosk = gates.kiosk))
    FROM gates;
`;
/** What each version added to the one before it, from version 1 on. */
const versions = [tables, second] as const satisfies { length: typeof schemaVersion };

/**
 * Sets a connection up for durable commits: in WAL mode with FULL a commit returns after one sync of
 * the log, and survives a power cut.
 * @throws SQLite's errors
 */
export function configure(database: Database): void {
  database.pragma(`busy_timeout = ${busyMs}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // What is purged is overwritten, not only unlinked.
  database.pragma('secure_delete = ON');
}

/**
 * @param database just opened
 * @returns whose it is: `ours`; `older`: ours, to be brought up to this version; `empty`; `newer` than
 *   this software; `foreign`, of something else
 */
export function whoseDatabase(
  database: Database,
): 'ours' | 'older' | 'empty' | 'newer' | 'foreign' {
  const id = database.pragma('application_id', { simple: true });
  if (id === applicationId) {
    const version = versionOf(database);
    if (version === schemaVersion) return 'ours';
    return version > schemaVersion ? 'newer' : 'older';
  }
  const count = database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get();
  return count === 0 ? 'empty' : 'foreign';
}

/** Makes the tables in an empty database, or what an older one lacks; within a transaction. */
export function createTables(database: Database): void {
  for (const added of versions.slice(versionOf(database))) database.exec(added);
  database.pragma(`application_id = ${applicationId}`);
  database.pragma(`user_version = ${schemaVersion}`);
}

function versionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}
