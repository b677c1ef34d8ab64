/**
 * The journal's one SQLite connection: commits requests in groups, and does what can wait when it
 * may. Runs on the worker's thread; every call blocks until it is done. The head lives in memory
 * and follows the database: after any failure it is read again.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Head, toHex } from './chain.js';
import { diskFailure, errorText, type OpenFailure, openFailure } from './failures.js';
import { applyRequest } from './ledger.js';
import { refuseLostDatabase } from './lost-database.js';
import { type Outbox, openOutbox } from './outbox.js';
import type { JournalEvent, Restored } from './port.js';
import type { QueuedRequest } from './record.js';
import { checkedHead, type Opened, restore, type StoreOptions } from './restore.js';
import { configure, presizeLog } from './schema.js';
import { isForgettable, type UseRow, useKey } from './uses.js';

export const storeLimits = {
  /** commits after which an idle moment is used for a checkpoint: about 0.8 MB of log */
  checkpointCommits: 100,
  /** commits after which a checkpoint waits no longer: about 4 MB, as much log as there is room for */
  checkpointCommitsMax: 600,
  /** between two rounds of forgetting uses, by the floor */
  sweepIntervalMs: 3_600_000,
  /** uses looked at in one slice of forgetting: under a millisecond */
  sweepRows: 500,
} as const;

/** Called inside a transaction before it commits; what it throws becomes the failure. For tests. */
export type BeforeCommit = () => void;

export interface Store {
  /**
   * One transaction for all of them: each request whole or not at all.
   * @returns one answer a request, in order
   */
  commit(requests: readonly QueuedRequest[]): readonly JournalEvent[];
  /**
   * Removes sealed parts for good; their records, and so the chain, stay as they are.
   * @returns how many there were. @throws SQLite's errors: then all of them are still there
   */
  purgeSealed(seqs: readonly number[]): number;
  /** What is on its way out; its errors are SQLite's. */
  readonly outbox: Outbox;
  /** The last record. */
  head(): Head;
  /** Does one slice of the work that can wait; true when more is left. */
  housekeep(): boolean;
  /** True when `housekeep` can wait no longer. */
  isOverdue(): boolean;
  /** Leaves the mark of a clean end, empties the log into the database and ends. */
  close(): void;
}

export type StoreResult =
  | { readonly ok: true; readonly store: Store; readonly restored: Restored }
  | { readonly ok: false; readonly why: OpenFailure; readonly detail: string };

/**
 * Opens or makes a journal: checks the head of its chain, turns what was reserved when the power
 * went into `uncertain`, with a record, and forgets what has passed its `until`.
 * @param options see `StoreOptions`
 * @param beforeCommit run inside each of `commit`'s transactions, before its sync
 * @returns the store and what it knew, or why it cannot be used
 */
export function openStore(options: StoreOptions, beforeCommit: BeforeCommit = noop): StoreResult {
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    refuseLostDatabase(options.file);
    // No waiting for others' locks: there are none but a second daemon's, which does not go away.
    database = new Database(options.file, { timeout: 0 });
    configure(database);
    const opened = restore(database, options);
    // From now on the database is known by its id, even if its log should be lost.
    if (opened.isNew) database.pragma('wal_checkpoint(PASSIVE)');
    presizeLog(options.file);
    const store = makeStore(database, opened, beforeCommit);
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

function makeStore(
  database: Database.Database,
  { tables, chain, restored }: Opened,
  beforeCommit: BeforeCommit,
): Store {
  let headKnown = true;
  let commitsSinceCheckpoint = 0;
  /** what time has surely reached */
  let { floorMs } = restored.standing;
  /** the floor by which uses were last forgotten */
  let sweptMs = floorMs ?? Number.NEGATIVE_INFINITY;
  /** the running round of forgetting */
  let sweeping: Iterator<UseRow> | null = null;

  /** Runs one synced transaction; leaves nothing behind when it fails. */
  const transact = <Result>(work: () => Result): Result => {
    try {
      if (!headKnown) Object.assign(chain, checkedHead(tables));
      headKnown = true;
      tables.begin();
      const result = work();
      tables.commit();
      commitsSinceCheckpoint += 1;
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
    }
  };

  const checkpoint = (): void => {
    commitsSinceCheckpoint = 0;
    database.pragma('wal_checkpoint(PASSIVE)');
    // The first commit after a checkpoint starts the log anew and syncs twice: let it be this one.
    transact(() => tables.settleUses());
    commitsSinceCheckpoint = 0;
  };

  const sweep = (): void => {
    sweeping ??= tables.allUses()[Symbol.iterator]();
    const forgotten: UseRow[] = [];
    for (let count = 0; count < storeLimits.sweepRows; count += 1) {
      const { value: row, done } = sweeping.next();
      if (done === true) {
        sweeping = null;
        sweptMs = floorMs ?? sweptMs;
        break;
      }
      if (isForgettable(row, floorMs)) forgotten.push(row);
    }
    if (forgotten.length === 0) return;
    transact(() => {
      for (const row of forgotten) tables.writeUse({ key: useKey(row), row: null });
    });
  };

  const isSweepDue = (): boolean =>
    floorMs !== null && floorMs - sweptMs >= storeLimits.sweepIntervalMs;

  return {
    commit(requests) {
      try {
        return transact(() => {
          const answers = requests.map((request) => applyRequest(tables, chain, request));
          beforeCommit();
          // Where the commit fails after this, time has reached it all the same.
          if (requests.some((it) => 'standing' in it && it.standing !== null))
            ({ floorMs } = tables.readStanding());
          return answers;
        });
      } catch (error) {
        const why = diskFailure(error);
        return requests.map(({ id }) => ({ type: 'failed', id, why }));
      }
    },
    head: () => ({ seq: chain.seq, hash: toHex(chain.hash) }),
    outbox: openOutbox(database, transactUnsynced),
    purgeSealed: (seqs) =>
      transact(() => seqs.reduce((count, seq) => count + tables.dropSealed(seq), 0)),
    isOverdue: () => commitsSinceCheckpoint >= storeLimits.checkpointCommitsMax,
    housekeep() {
      try {
        if (commitsSinceCheckpoint >= storeLimits.checkpointCommits) checkpoint();
        else if (sweeping !== null || isSweepDue()) sweep();
        return sweeping !== null || isSweepDue();
      } catch {
        // A disk that fails here fails the next commit too, which has somebody to tell.
        return false;
      }
    },
    close() {
      try {
        transact(() => {
          tables.settleUses();
          tables.writeMeta('ended', 'cleanly');
        });
      } catch {
        // The next opening finds no mark, and says so.
      }
      database.close();
    },
  };
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
