/** A journal's records as a judge reads them: every row, checked against the chain, and parsed. */
import Database from 'better-sqlite3';
import { type ChainCheck, type ChainRow, checkChain, toHex } from '../../kiosk/journal/chain.js';

/** Any record; fields by their names in RECORDS.md. */
export interface JudgedRecord {
  readonly seq: number;
  readonly bootId: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface JudgedRows {
  /** SQLite's own words: `ok`, or what is wrong */
  readonly integrity: string;
  readonly chain: ChainCheck;
  readonly records: readonly JudgedRecord[];
  /** hex, by number */
  readonly hashes: ReadonlyMap<number, string>;
}

/**
 * @param file of the database; where none was made yet, or nothing is in it, there are no records
 * @throws SQLite's errors where it cannot be read
 */
export function readRows(file: string): JudgedRows {
  const database = new Database(file);
  try {
    const integrity = String(database.pragma('integrity_check', { simple: true }));
    const isMade = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'records'").get();
    if (isMade === undefined)
      return { integrity, chain: checkChain([]), records: [], hashes: new Map() };
    const rows = database
      .prepare<[], ChainRow>('SELECT seq, bytes, hash FROM records ORDER BY seq')
      .all();
    const records = rows.map(
      ({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as JudgedRecord,
    );
    const hashes = new Map(rows.map(({ seq, hash }) => [seq, toHex(hash)]));
    return { integrity, chain: checkChain(rows), records, hashes };
  } finally {
    database.close();
  }
}
