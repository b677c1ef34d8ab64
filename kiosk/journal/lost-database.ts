/**
 * A database that is gone beside its log. SQLite takes it for a new one and removes the log: every
 * record, and every used paper, would be forgotten without a word.
 */
import { statSync } from 'node:fs';
import { StoreFault } from './failures.js';

/**
 * @param file of the database, before it is opened
 * @throws StoreFault (`damaged`) where it is missing or empty and its log is not: SQLite syncs a new
 *   database before it begins a log
 */
export function refuseLostDatabase(file: string): void {
  const isLost = lengthOf(file) === 0 && lengthOf(`${file}-wal`) > 0;
  if (isLost) throw new StoreFault('damaged', 'the database is empty, and its log is not');
}

/** 0 where there is no such file. */
function lengthOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
