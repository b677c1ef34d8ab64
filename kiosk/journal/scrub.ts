/**
 * The whole check of a journal, in slices while the gate works: every record against the chain, every
 * sealed part against its record. SQLite's own check sees pages; this sees a changed byte in a record,
 * however old. Once after each opening.
 */
import type Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { type ChainRow, chainStart, checkChain, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import type { Purged } from './purged.js';
import { sealedMember } from './sealed.js';
import { partHash } from './sealed-part.js';

export const scrubLimits = {
  /** records of one slice: a millisecond or two */
  rowsMax: 200,
} as const;

export interface Scrub {
  /**
   * Looks at the next slice.
   * @returns whether more is left
   * @throws StoreFault (`damaged`) naming the first bad record; SQLite's errors
   */
  slice(): boolean;
}

type StoredPart = readonly [seq: number, salt: Uint8Array, box: Uint8Array];

/**
 * @param database with its tables
 * @param through the head at the opening: what is written later was hashed by this run
 * @param purged what has been purged by now
 * @returns a walk over all that was there
 */
export function startScrub(
  database: Database.Database,
  through: number,
  purged: () => Purged,
): Scrub {
  const rowsAfter = database.prepare<[number, number, number], ChainRow>(
    'SELECT seq, bytes, hash FROM records WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
  );
  const partsIn = database
    .prepare<[number, number], StoredPart>(
      'SELECT seq, salt, box FROM sealed WHERE seq > ? AND seq <= ?',
    )
    .raw();
  let after: { readonly seq: number; readonly hash: Uint8Array } = { seq: 0, hash: chainStart };

  return {
    slice() {
      const { records: gone } = purged();
      if (gone !== null && gone.through > after.seq)
        after = { seq: gone.through, hash: Buffer.from(gone.hash, 'hex') };
      if (after.seq >= through) return false;
      const rows = rowsAfter.all(after.seq, through, scrubLimits.rowsMax);
      const last = rows.at(-1);
      const check = checkChain(rows, after);
      if (!check.ok) throw new StoreFault('damaged', `record ${check.seq}: ${check.why}`);
      if (last === undefined) throw new StoreFault('damaged', `record ${after.seq + 1}: gap`);
      const named = new Map(rows.map(({ seq, bytes }) => [seq, bytes]));
      for (const [seq, salt, box] of partsIn.iterate(after.seq, last.seq)) {
        const hash = partHash({ salt: toHex(salt), box: encodeBase64url(box) });
        const bytes = named.get(seq);
        if (bytes === undefined || hash === null || sealedMember(bytes) !== hash)
          throw new StoreFault('damaged', `the sealed part of record ${seq} is another one`);
      }
      after = last;
      return last.seq < through;
    },
  };
}
