/**
 * What the journal's connection does when the lane is idle, a slice at a time, so that nobody waits for
 * more than one: emptying the log into the database, forgetting what is over, purging, checking what
 * was there at the opening. Which slice is next stands here; what it does stands elsewhere.
 */
import type Database from 'better-sqlite3';
import { toHex } from './chain.js';
import { diskFailure, errorText } from './failures.js';
import { writeHeadNote } from './head-note.js';
import type { Chain } from './ledger.js';
import type { Standing } from './port.js';
import type { Purge } from './purge.js';
import { presizeLog } from './schema.js';
import type { Scrub } from './scrub.js';
import type { SqliteTables } from './tables.js';
import { isForgettable, type UseRow, useKey } from './uses.js';

export const storeLimits = {
  /** commits after which an idle moment is used for a checkpoint: about 0.8 MB of log */
  checkpointCommits: 100,
  /** commits after which any moment without an urgent request is: about 4 MB, the log's own room */
  checkpointCommitsSoon: 600,
  /** commits after which it waits for nothing: the log is twice its room then */
  checkpointCommitsMax: 1_200,
  /** of one commit so many bytes are as much log as a usual commit makes */
  commitBytes: 8_192,
  /** a purged slice is as much log as so many commits */
  purgeCommits: 30,
  /** between two rounds of forgetting uses, by the floor */
  sweepIntervalMs: 3_600_000,
  /** uses looked at in one slice of forgetting: under a millisecond */
  sweepRows: 500,
  /** zeros put behind the log in one slice, after it was cut: some 20 ms on a slow card */
  presizeBytes: 262_144,
} as const;

export interface HousekeepingOptions {
  readonly database: Database.Database;
  readonly file: string;
  readonly journal: string;
  readonly tables: SqliteTables;
  readonly chain: Readonly<Chain>;
  readonly purge: Purge;
  readonly scrub: Scrub;
  standing(): Standing;
  transact<Result>(work: () => Result): Result;
}

export interface Housekeeping {
  /** Does one slice; true when more is left. Throws nothing. */
  slice(): boolean;
  /** Whether a checkpoint is due that idle moments have not brought: then `slice` does it first. */
  overdue(): 'soon' | 'now' | null;
  /** Something was committed. */
  committed(change: { readonly byteCount: number; readonly isNoteDue: boolean }): void;
  /** A receipt has come, or what is kept is other than before: it is to be seen anew whether the cap is near. */
  look(): void;
  /** what was found damaged; null: nothing so far */
  damage(): string | null;
  /** what is undelivered comes near to the cap */
  isFilling(): boolean;
  /** Puts down beside the database how far it has come. */
  writeNote(): void;
}

/** @param options of an open journal */
export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { database, file, journal, tables, chain, purge, scrub, standing, transact } = options;
  let commitsSinceCheckpoint = 0;
  let isNoteDue = true;
  /** the floor by which uses were last forgotten */
  let sweptMs = standing().floorMs ?? Number.NEGATIVE_INFINITY;
  /** the running round of forgetting */
  let sweeping: Iterator<UseRow> | null = null;
  /** what was purged may stand in the log still */
  let isCutDue = false;
  let isPresizing = false;
  let isScrubbing = true;
  let isLookDue = true;
  let isFilling = false;
  let damage: string | null = null;

  const writeNote = (): void => {
    isNoteDue = false;
    writeHeadNote(file, {
      journal,
      seq: chain.seq,
      hash: toHex(chain.hash),
      standing: standing(),
    });
  };
  /** The first commit after a checkpoint starts the log anew and syncs twice: let it be this one. */
  const checkpoint = (how: 'PASSIVE' | 'TRUNCATE'): void => {
    commitsSinceCheckpoint = 0;
    database.pragma(`wal_checkpoint(${how})`);
    transact(() => tables.settleUses());
    isNoteDue = true;
    isLookDue = true;
  };
  const cut = (): void => {
    isCutDue = false;
    checkpoint('TRUNCATE');
    isPresizing = true;
  };

  const sweep = (): void => {
    const { floorMs } = standing();
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
  const isSweepDue = (): boolean => {
    const { floorMs } = standing();
    if (sweeping !== null || floorMs === null) return sweeping !== null;
    // Earlier than last time: admins have set it back, and rounds are counted from there.
    return floorMs < sweptMs || floorMs - sweptMs >= storeLimits.sweepIntervalMs;
  };

  const purgeSlice = (): void => {
    const { seq } = chain;
    purge.slice();
    if (chain.seq === seq) return;
    commitsSinceCheckpoint += storeLimits.purgeCommits;
    isCutDue = true;
    isLookDue = true;
  };

  const work = (): void => {
    if (commitsSinceCheckpoint >= storeLimits.checkpointCommits) checkpoint('PASSIVE');
    else if (isNoteDue) writeNote();
    else if (isLookDue) {
      isLookDue = false;
      isFilling = purge.isFilling();
    } else if (isSweepDue()) sweep();
    else if (purge.isDue()) purgeSlice();
    else if (isCutDue) cut();
    else if (isPresizing) isPresizing = presizeLog(file, storeLimits.presizeBytes);
    else if (isScrubbing) isScrubbing = scrub.slice();
  };
  const isLeft = (): boolean =>
    isNoteDue ||
    isLookDue ||
    isSweepDue() ||
    purge.isDue() ||
    isCutDue ||
    isPresizing ||
    isScrubbing;

  return {
    slice() {
      try {
        work();
        return isLeft();
      } catch (error) {
        // Another failure fails the next commit too, which has somebody to tell.
        if (diskFailure(error) === 'damaged') {
          damage ??= errorText(error);
          isScrubbing = false;
        }
        return false;
      }
    },
    overdue() {
      if (commitsSinceCheckpoint >= storeLimits.checkpointCommitsMax) return 'now';
      return commitsSinceCheckpoint >= storeLimits.checkpointCommitsSoon ? 'soon' : null;
    },
    committed(change) {
      commitsSinceCheckpoint += Math.max(1, Math.ceil(change.byteCount / storeLimits.commitBytes));
      isNoteDue ||= change.isNoteDue;
    },
    look() {
      isLookDue = true;
    },
    damage: () => damage,
    isFilling: () => isFilling,
    writeNote,
  };
}
