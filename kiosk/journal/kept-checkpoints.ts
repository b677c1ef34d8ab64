/**
 * Signed heads kept beside the records that they are of: whoever verifies the journal later finds there
 * what its gate has sworn to, and who has seen it.
 */
import type Database from 'better-sqlite3';
import type { KeptCheckpoint } from './outbox-port.js';

export const keptLimits = {
  /** the newest are all kept: 20,000 records of a busy gate, hours of a quiet one */
  newest: 200,
  /** of the older ones one is kept of so many records, a witnessed one where there is one */
  spanRecords: 1_000,
  /** cosignatures of one: a site has a few collectors */
  witnessesMax: 8,
} as const;

interface Stored {
  readonly seq: number;
  readonly witnesses: string;
}

/**
 * @param database with its tables
 * @returns keeps one: new, or another cosignature of one that is there. Within a transaction; throws
 *   SQLite's errors
 */
export function checkpointKeeper(database: Database.Database): (kept: KeptCheckpoint) => void {
  const find = database.prepare<[number], Stored>(
    'SELECT seq, witnesses FROM checkpoints WHERE seq = ?',
  );
  const insert = database.prepare<[number, string, string]>(
    'INSERT INTO checkpoints (seq, note, witnesses) VALUES (?, ?, ?)',
  );
  const setWitnesses = database.prepare<[string, number]>(
    'UPDATE checkpoints SET witnesses = ? WHERE seq = ?',
  );
  const agedOut = database.prepare<[number], Stored>(
    'SELECT seq, witnesses FROM checkpoints ORDER BY seq DESC LIMIT 1 OFFSET ?',
  );
  const olderInSpan = database.prepare<[number, number], Stored>(
    'SELECT seq, witnesses FROM checkpoints WHERE seq >= ? AND seq < ? ORDER BY seq DESC LIMIT 1',
  );
  const drop = database.prepare<[number]>('DELETE FROM checkpoints WHERE seq = ?');
  // Of records that were purged only the last one's is of use: it vouches for where the chain begins.
  const dropPurged = database.prepare<[]>(
    'DELETE FROM checkpoints WHERE seq < (SELECT min(seq) FROM records) - 1',
  );

  const thin = (): void => {
    dropPurged.run();
    const aged = agedOut.get(keptLimits.newest);
    if (aged === undefined) return;
    const spanStart = aged.seq - (aged.seq % keptLimits.spanRecords);
    const older = olderInSpan.get(spanStart, aged.seq);
    if (older === undefined) return;
    const isBetter = aged.witnesses !== '' || older.witnesses === '';
    drop.run(isBetter ? older.seq : aged.seq);
  };

  return ({ seq, note, witness }) => {
    const stored = find.get(seq);
    if (stored === undefined) {
      insert.run(seq, note, witness ?? '');
      return thin();
    }
    if (witness === null) return;
    const lines = stored.witnesses.split('\n').filter((line) => line !== '');
    if (lines.includes(witness) || lines.length >= keptLimits.witnessesMax) return;
    setWitnesses.run([...lines, witness].join('\n'), seq);
  };
}
