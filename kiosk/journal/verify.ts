/** Checks the chain of a gate's own file, and nothing else; `kiosk/history` verifies all of a journal. */
import Database from 'better-sqlite3';
import { type ChainCheck, type ChainFault, type ChainRow, checkChain, type Head } from './chain.js';
import { errorText, openFailure } from './failures.js';

export type FileCheck =
  | { readonly ok: true; readonly journal: string; readonly count: number; readonly head: Head }
  | { readonly ok: false; readonly why: ChainFault; readonly seq: number }
  /** no journal, damaged below the records, or in use by a running gate */
  | { readonly ok: false; readonly why: 'unreadable'; readonly seq: null; readonly detail: string };

/**
 * Checks every record of a journal against its chain, without changing the file.
 * @param file of the database
 * @param expected a head known from elsewhere (a receipt, a checkpoint); without it a journal that
 *   lost its last records cannot be told from a shorter one
 * @returns the journal's id, count of records and head; or the first bad seq
 */
export function verifyChain(file: string, expected?: Head): FileCheck {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    const meta = database
      .prepare<[], { readonly value: string }>("SELECT value FROM meta WHERE name = 'journal'")
      .get();
    const rows = database
      .prepare<[], ChainRow>('SELECT seq, bytes, hash FROM records ORDER BY seq')
      .iterate();
    const check: ChainCheck = checkChain(rows, undefined, expected);
    return check.ok ? { ...check, journal: meta?.value ?? '' } : check;
  } catch (error) {
    return { ok: false, why: 'unreadable', seq: null, detail: errorText(error) };
  } finally {
    database?.close();
  }
}

export type NewestCheck =
  | { readonly ok: true; readonly count: number; readonly head: Head }
  | { readonly ok: false; readonly why: ChainFault; readonly seq: number }
  | {
      readonly ok: false;
      readonly why: 'unreadable';
      readonly detail: string;
      /** a gate has it open */
      readonly isLocked: boolean;
    };

/**
 * Checks the newest records of a journal against its chain, without changing the file.
 * @param file of the database
 * @param countMax records to look at; the one before them is taken as it stands
 * @returns their count and the head; or the first of them that is not as it was written
 */
export function verifyNewest(file: string, countMax: number): NewestCheck {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
    const last = database.prepare<[], number | null>('SELECT max(seq) FROM records').pluck().get();
    const [before, ...rows] = database
      .prepare<[number], ChainRow>(
        'SELECT seq, bytes, hash FROM records WHERE seq >= ? ORDER BY seq',
      )
      .all((last ?? 0) - countMax);
    if (before === undefined) return { ok: true, count: 0, head: { seq: 0, hash: '' } };
    return before.seq === 1 ? checkChain([before, ...rows]) : checkChain(rows, before);
  } catch (error) {
    const isLocked = openFailure(error) === 'locked';
    return { ok: false, why: 'unreadable', detail: errorText(error), isLocked };
  } finally {
    database?.close();
  }
}
