/**
 * The journal's one SQLite connection: commits requests in groups, and does what can wait when it
 * may. Runs on the worker's thread; every call blocks until it is done. The head lives in memory
 * and follows the database: after any failure it is read again.
 */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Retention, retentionOf } from '../../config/retention.js';
import { finishSwap } from './aside.js';
import { type Head, toHex } from './chain.js';
import { diskFailure, errorText, type OpenFailure, openFailure } from './failures.js';
import { type Housekeeping, startHousekeeping } from './housekeeping.js';
import { findDamage, isMissing } from './integrity.js';
import { applyRequest } from './ledger.js';
import { type Outbox, openOutbox } from './outbox.js';
import type { JournalEvent, Restored } from './port.js';
import { openPurge, type Purge } from './purge.js';
import type { QueuedRequest } from './record.js';
import { replaceJournal } from './replace.js';
import { checkedHead, type Opened, restore, type StoreOptions } from './restore.js';
import { configure, presizeLog } from './schema.js';
import { startScrub } from './scrub.js';
import type { Replaced } from './takeover.js';

/** Called inside a transaction before it commits; what it throws becomes the failure. For tests. */
export type BeforeCommit = () => void;

export interface Store {
  /**
   * One transaction for all of them: each request whole or not at all.
   * @returns one answer a request, in order
   */
  commit(requests: readonly QueuedRequest[]): readonly JournalEvent[];
  /** What is on its way out; its errors are SQLite's. */
  readonly outbox: Outbox;
  /** From the next purge on it goes by these. */
  retain(retention: Retention): void;
  /** The last record. */
  head(): Head;
  /** Does one slice of the work that can wait; true when more is left. */
  housekeep(): boolean;
  /** `soon`: it is to be done when nobody waits, idle or not; `now`: it can wait no longer. */
  overdue(): 'soon' | 'now' | null;
  /** what `housekeep` has found damaged, for the log; null: nothing so far */
  damage(): string | null;
  /** what is undelivered comes near to the cap */
  isFilling(): boolean;
  /** Leaves the mark of a clean end, empties the log into the database and ends. */
  close(): void;
}

export type StoreResult =
  | { readonly ok: true; readonly store: Store; readonly restored: Restored }
  | { readonly ok: false; readonly why: OpenFailure; readonly detail: string };

/**
 * Opens or makes a journal: checks the head of its chain, turns what was reserved when the power
 * went into `uncertain`, with a record, and forgets what has passed its `until`. One that is damaged
 * is kept aside, and a new one begun in its place.
 * @param options see `StoreOptions`
 * @param beforeCommit run inside each of `commit`'s transactions, before its sync
 * @returns the store and what it knew, or why it cannot be used
 */
export function openStore(options: StoreOptions, beforeCommit: BeforeCommit = noop): StoreResult {
  try {
    const { file } = options;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    finishSwap(file);
    const replaced = replaceUnusable(options);
    const found = openFile(options, beforeCommit);
    if (found.ok) return withReplaced(found, replaced);
    if (found.why !== 'damaged' || replaced !== null) return found;
    // What only the opening itself comes upon: the head of the chain, or what stands.
    const late = replaceJournal(options, 'damaged', found.detail);
    return withReplaced(openFile(options, beforeCommit), late);
  } catch (error) {
    return { ok: false, why: openFailure(error), detail: errorText(error) };
  }
}

/** @returns what was replaced before the opening; null: nothing had to be */
function replaceUnusable(options: StoreOptions): Replaced | null {
  const damage = options.damage ?? findDamage(options.file);
  if (damage !== null) return replaceJournal(options, 'damaged', damage);
  if (!isMissing(options.file)) return null;
  return replaceJournal(options, 'missing', 'its file is gone');
}

function withReplaced(found: StoreResult, replaced: Replaced | null): StoreResult {
  if (!found.ok || replaced === null) return found;
  return { ...found, restored: { ...found.restored, replaced } };
}

function openFile(options: StoreOptions, beforeCommit: BeforeCommit): StoreResult {
  let database: Database.Database | undefined;
  try {
    makePrivate(options.file);
    // No waiting for others' locks: there are none but a second daemon's, which does not go away.
    database = new Database(options.file, { timeout: 0 });
    configure(database);
    const opened = restore(database, options);
    // From now on the database is known by its id, even if its log should be lost.
    if (opened.isNew) database.pragma('wal_checkpoint(PASSIVE)');
    presizeLog(options.file);
    const store = makeStore(database, opened, options, beforeCommit);
    return { ok: true, restored: opened.restored, store };
  } catch (error) {
    try {
      database?.close();
    } catch {
      // The first error is the one to tell.
    }
    return { ok: false, why: openFailure(error), detail: errorText(error) };
  }
}

/** The file and its log, which takes its mode from it, hold who passed and when. */
function makePrivate(file: string): void {
  const names = [file, `${file}-wal`, `${file}-shm`];
  const steps = [
    () => closeSync(openSync(file, 'a', 0o600)),
    ...names.map((name) => () => chmodSync(name, 0o600)),
  ];
  for (const step of steps) {
    try {
      step();
    } catch {
      // It is not there, or another account's: the opening tells what is wrong with it.
    }
  }
}

function makeStore(
  database: Database.Database,
  { tables, chain, restored }: Opened,
  { file, bootId, retention }: StoreOptions,
  beforeCommit: BeforeCommit,
): Store {
  let headKnown = true;
  let { standing } = restored;

  /** Runs one synced transaction; leaves nothing behind when it fails. */
  const transact = <Result>(work: () => Result): Result => {
    try {
      if (!headKnown) Object.assign(chain, checkedHead(tables));
      headKnown = true;
      tables.begin();
      const result = work();
      tables.commit();
      return result;
    } catch (error) {
      headKnown = false;
      tables.discard();
      rollBack(database);
      throw error;
    }
  };

  /**
   * What can be made anew after a power cut waits for no disk, and nobody waits for it: it is on the
   * disk with the next commit that is synced.
   */
  const transactUnsynced = <Result>(work: () => Result): Result => {
    database.pragma('synchronous = NORMAL');
    try {
      return transact(work);
    } finally {
      database.pragma('synchronous = FULL');
      chores.committed(small);
    }
  };

  const outbox = openOutbox(database, transactUnsynced, () => purge.purged());
  const purge: Purge = openPurge({
    database,
    tables,
    chain,
    bootId,
    retention: retention === undefined ? retentionOf() : retention,
    floorMs: () => standing.floorMs,
    coveredThrough: outbox.coveredThrough,
    transact: (work) => transact(() => work(chain)),
  });
  const chores: Housekeeping = startHousekeeping({
    ...{ database, file, tables, chain, purge, transact },
    journal: restored.journal,
    scrub: startScrub(database, chain.seq, purge.purged),
    standing: () => standing,
  });

  return {
    commit(requests) {
      try {
        const before = standing;
        const answers = transact(() => {
          const done = requests.map((request) => applyRequest(tables, chain, request));
          beforeCommit();
          // Where the commit fails after this, time has reached it all the same.
          if (requests.some((it) => 'standing' in it && it.standing !== null))
            standing = tables.readStanding();
          return done;
        });
        const byteCount = requests.reduce((sum, it) => sum + byteCountOf(it), 0);
        chores.committed({ byteCount, isNoteDue: before.lockdown !== standing.lockdown });
        return answers;
      } catch (error) {
        const why = diskFailure(error);
        return requests.map(({ id }) => ({ type: 'failed', id, why }));
      }
    },
    retain(next) {
      purge.retain(next);
      chores.look();
    },
    head: () => ({ seq: chain.seq, hash: toHex(chain.hash) }),
    outbox: {
      ...outbox,
      release(receipt) {
        const answer = outbox.release(receipt);
        if (answer === 'moved') chores.look();
        return answer;
      },
    },
    overdue: chores.overdue,
    housekeep: chores.slice,
    damage: chores.damage,
    isFilling: chores.isFilling,
    close() {
      try {
        transact(() => {
          tables.settleUses();
          tables.writeMeta('ended', 'cleanly');
        });
        chores.writeNote();
      } catch {
        // The next opening finds no mark, and says so.
      }
      database.close();
    },
  };
}

const small = { byteCount: 0, isNoteDue: false } as const;

function byteCountOf(request: QueuedRequest): number {
  if ('refused' in request) return 0;
  const { records, sealed } = request;
  const ofRecords = records.reduce(
    (sum, { before, after }) => sum + before.length + after.length,
    0,
  );
  return sealed.reduce((sum, { box }) => sum + box.length, ofRecords);
}

/** SQLite has rolled back by itself after some errors, not after others. */
function rollBack(database: Database.Database): void {
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
  } catch {
    // The transaction's own error is the one to tell.
  }
}

function noop(): void {}
