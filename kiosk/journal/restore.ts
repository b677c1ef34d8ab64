/**
 * Opens the journal's database in one transaction: makes or checks its tables, checks the head of
 * its chain, settles what the last run left open. Runs on the worker's thread.
 */
import type Database from 'better-sqlite3';
import type { Retention } from '../../config/retention.js';
import { bootReason, lastRowsMax, type RunMark } from './boot-reason.js';
import { chainStart, checkChain, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import { type Chain, type OpenOptions, settle, standingAfter } from './ledger.js';
import type { Restored } from './port.js';
import { createTables } from './schema.js';
import { type SqliteTables, sqliteTables } from './tables.js';

/** Records of the head whose chain is checked at open: milliseconds, however long the journal. */
const checkedRows = 64;

export interface StoreOptions extends OpenOptions {
  /** the database; its folder is made */
  readonly file: string;
  /** how long what is kept; null: nothing is purged until that is told; the defaults without it */
  readonly retention?: Retention | null;
  /** found while it was open: it is not to be used again */
  readonly damage?: string;
}

export interface Opened {
  readonly tables: SqliteTables;
  readonly chain: Chain;
  readonly restored: Restored;
  /** made by this opening */
  readonly isNew: boolean;
}

/**
 * Restores a journal or makes a new one.
 * @param database configured
 * @param options see `StoreOptions`
 * @param inherit puts into a new one's tables what an earlier one knew
 * @returns tables, head and what was known
 * @throws StoreFault, or SQLite's errors: closing the database then undoes everything
 */
export function restore(
  database: Database.Database,
  options: StoreOptions,
  inherit: (tables: SqliteTables) => void = () => {},
): Opened {
  const { bootId, machineStart = null } = options;
  database.exec('BEGIN IMMEDIATE');
  const found = createTables(database);
  if (found === 'newer') throw new StoreFault('newer-schema', 'made by a later version');
  const tables = sqliteTables(database);
  if (found === 'new') tables.writeMeta('journal', options.newJournalId);
  const journal = tables.readMeta('journal');
  if (journal === undefined) throw new StoreFault('damaged', 'the journal has lost its id');
  if (found === 'new') inherit(tables);
  const chain = checkedHead(tables);
  if (found === 'known' && chain.seq === 0)
    throw new StoreFault('damaged', 'the journal has lost its records');
  const standing = standingAfter(tables.readStanding(), tables.lastRecords(1)[0]);
  const endedCleanly = found === 'new' || tables.readMeta('ended') === 'cleanly';
  const lastRows = tables.lastRecords(lastRowsMax);
  const last = found === 'new' ? null : { mark: runMark(tables), endedCleanly, lastRows };
  const reason = bootReason(last, machineStart);
  const uses = settle(tables, chain, journal, options, standing.floorMs);
  tables.writeMeta('ended', 'no');
  tables.writeMeta('run', JSON.stringify({ bootId, machineStart } satisfies RunMark));
  tables.commit();
  const head = { seq: chain.seq, hash: toHex(chain.hash) };
  return {
    tables,
    chain,
    restored: { journal, head, uses, standing, endedCleanly, reason },
    isNew: found === 'new',
  };
}

/** The mark of the last run; null where it left none, as runs of earlier versions did. */
function runMark(tables: SqliteTables): RunMark | null {
  const text = tables.readMeta('run');
  if (text === undefined) return null;
  try {
    const { bootId, machineStart } = Object(JSON.parse(text)) as Partial<RunMark>;
    if (typeof bootId !== 'string') return null;
    return { bootId, machineStart: typeof machineStart === 'string' ? machineStart : null };
  } catch {
    // Nothing rests on it but one word of a record.
    return null;
  }
}

/**
 * Reads the head and checks the chain of the records before it.
 * @param tables of the journal
 * @returns the head; the start of the chain in an empty journal
 * @throws StoreFault (`damaged`) naming the first bad record
 */
export function checkedHead(tables: SqliteTables): Chain {
  const rows = [...tables.lastRecords(checkedRows + 1)];
  const last = rows.at(-1);
  if (last === undefined) return { seq: 0, hash: chainStart };
  // The oldest row read is taken as given, unless it is the journal's first.
  const given = rows[0]?.seq === 1 ? undefined : rows.shift();
  const check = checkChain(rows, given);
  if (!check.ok) throw new StoreFault('damaged', `record ${check.seq}: ${check.why}`);
  return { seq: last.seq, hash: last.hash };
}
