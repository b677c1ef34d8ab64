/**
 * A small file beside the database, `journal.db.head`: how far the journal had come, and what stood.
 * Written now and then, whole or not at all; read only when the database itself cannot tell.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { hashByteCount } from './chain.js';
import type { PreviousJournal } from './own-records.js';
import type { Standing } from './port.js';
import { isGoodStanding } from './record.js';

export interface HeadNote extends PreviousJournal {
  readonly standing: Standing;
}

const hexOf = (byteCount: number): RegExp => new RegExp(`^[0-9a-f]{${2 * byteCount}}$`);
const journalShape = hexOf(16);
const hashShape = hexOf(hashByteCount);

/** @returns the file's name beside a database */
export function headNotePath(file: string): string {
  return `${file}.head`;
}

/**
 * Replaces the note; a disk that does not take it keeps the old one.
 * @param file of the database
 */
export function writeHeadNote(file: string, { journal, seq, hash, standing }: HeadNote): void {
  const path = headNotePath(file);
  const { lockdown, floorMs } = standing;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(`${path}.tmp`, 'w', 0o600);
    writeSync(descriptor, `${JSON.stringify({ journal, seq, hash, lockdown, floorMs })}\n`);
    fsyncSync(descriptor);
    renameSync(`${path}.tmp`, path);
  } catch {
    // It is the second source; the first one's failures have somebody to tell.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * @param file of the database
 * @returns the note, or null where there is none that is as it was written
 */
export function readHeadNote(file: string): HeadNote | null {
  try {
    const value: unknown = JSON.parse(readFileSync(headNotePath(file), 'utf8'));
    const { journal, seq, hash, lockdown, floorMs } = Object(value) as Record<string, unknown>;
    if (typeof journal !== 'string' || !journalShape.test(journal)) return null;
    if (typeof hash !== 'string' || !hashShape.test(hash)) return null;
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return null;
    if (!isGoodStanding({ lockdown, floorMs })) return null;
    const standing = { lockdown, floorMs } as Standing;
    return { journal, seq, hash, standing };
  } catch {
    return null;
  }
}
