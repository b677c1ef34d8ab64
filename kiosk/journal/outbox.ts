/**
 * The journal as an outbox: records stay until a collector's receipt covers them, and what parties
 * are told stays until they have acknowledged it. Reads and small writes of the journal's one
 * connection; each call blocks until it is done.
 */
import type Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { type Head, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import { checkpointKeeper } from './kept-checkpoints.js';
import { openMeta } from './meta.js';
import { type OutboxRow, packPage } from './outbox-page.js';
import type {
  KeptCheckpoint,
  KeptNotice,
  NoticeChange,
  OutboxPage,
  PageLimits,
  ReleaseAnswer,
  Reported,
} from './outbox-port.js';
import { nothingPurged, type Purged } from './purged.js';
import type { SealedPart } from './sealed-part.js';

export interface Outbox {
  reported(): Reported;
  /** @param after the record before the first one wanted */
  read(after: number, limits: PageLimits): OutboxPage;
  /** Keeps how far a receipt reaches, where its hash is the record's own. */
  release(receipt: Head): ReleaseAnswer;
  keepNotices(change: NoticeChange): void;
  keepCheckpoint(kept: KeptCheckpoint): void;
  /** Up to which record nobody away from the gate waits for anything; the last one acknowledged stays. */
  coveredThrough(): number;
}

const releasedName = 'released';
const noticedName = 'noticed-through';
const zeroHash = '0'.repeat(64);

interface Range {
  readonly last: number;
  readonly records: Uint8Array;
}

type StoredPart = readonly [seq: number, salt: Uint8Array, box: Uint8Array];

/**
 * @param database with its tables
 * @param transact runs one transaction of the journal's connection; it need not be synced
 * @param purged what is not there any more
 * @returns functions over it; each throws SQLite's errors
 */
export function openOutbox(
  database: Database.Database,
  transact: <Result>(work: () => Result) => Result,
  purged: () => Pick<Purged, 'records'> = () => nothingPurged,
): Outbox {
  const recordsAfter = database
    .prepare<[number, number], readonly [seq: number, bytes: Uint8Array]>(
      'SELECT seq, bytes FROM records WHERE seq > ? ORDER BY seq LIMIT ?',
    )
    .raw();
  /** A range of records by SQLite itself, in the order of its key: a fifth of the time of going through rows. */
  const rangeOf = database
    .prepare<[number, number], readonly [last: number | null, records: Uint8Array | null]>(
      `SELECT max(seq), CAST(group_concat(CAST(bytes AS TEXT), ',') AS BLOB)
       FROM records WHERE seq > ? AND seq <= ?`,
    )
    .raw();
  const partsAfter = database
    .prepare<[number, number], StoredPart>(
      'SELECT seq, salt, box FROM sealed WHERE seq > ? AND seq <= ?',
    )
    .raw();
  const hashOf = database
    .prepare<[number], Uint8Array>('SELECT hash FROM records WHERE seq = ?')
    .pluck();
  const meta = openMeta(database);
  const allNotices = database.prepare<[], KeptNotice>(
    'SELECT id, seq, text FROM notices ORDER BY seq, id',
  );
  const putNotice = database.prepare<[string, number, string]>(
    'INSERT OR REPLACE INTO notices (id, seq, text) VALUES (?, ?, ?)',
  );
  const keepCheckpoint = checkpointKeeper(database);
  const dropNotice = database.prepare<[string]>('DELETE FROM notices WHERE id = ?');

  const hexAt = (seq: number): string | null => {
    const hash = hashOf.get(seq);
    return hash === undefined ? null : toHex(hash);
  };
  const released = (): Head | null => {
    const text = meta.read(releasedName);
    if (text === undefined) return null;
    const seq = Number(text);
    const hash = hexAt(seq);
    if (hash === null) throw new StoreFault('damaged', 'more was acknowledged than is there');
    return { seq, hash };
  };

  /** Most records have no part: asked for apart, those that there are cost next to nothing. */
  function* rowsFrom(after: number, rowsMax: number): Iterable<OutboxRow> {
    const parts = new Map<number, SealedPart>();
    for (const [seq, salt, box] of partsAfter.iterate(after, after + rowsMax))
      parts.set(seq, { salt: toHex(salt), box: encodeBase64url(box) });
    for (const [seq, bytes] of recordsAfter.iterate(after, rowsMax))
      yield { seq, bytes, sealed: parts.get(seq) ?? null };
  }

  /** bytes of a record with its comma, as the last page had them: how many fit is tried, not counted */
  let recordBytes = 256;
  const plainRange = (after: number, until: number, bytesMax: number): Range | null => {
    for (let count = Math.min(until - after, Math.floor(bytesMax / recordBytes)); count > 0; ) {
      const [last, records] = rangeOf.get(after, after + count) ?? [null, null];
      if (last === null || records === null) return null;
      recordBytes = Math.ceil((records.length + 1) / (last - after));
      if (records.length < bytesMax) return { last, records };
      count = Math.min(count - 1, Math.floor(bytesMax / recordBytes));
    }
    return null;
  };

  return {
    reported: () => ({
      released: released(),
      noticedThrough: Number(meta.read(noticedName) ?? 0),
      notices: allNotices.all(),
    }),
    read(asked, limits) {
      const gone = purged().records;
      const isGone = gone !== null && asked <= gone.through;
      const after = isGone ? gone.through : asked;
      const prevHash = isGone ? gone.hash : (hexAt(after) ?? zeroHash);
      const until = Math.min(after + limits.rowsMax, limits.through);
      const hasParts = partsAfter.get(after, until) !== undefined;
      const range = hasParts ? null : plainRange(after, until, limits.bytesMax);
      // With sealed parts beside, or of one record that is larger than a page, or of none.
      if (range === null) return packPage(prevHash, rowsFrom(after, limits.rowsMax), limits);
      const { last, records } = range;
      const count = last - after;
      return { prevHash, first: after + 1, last, count, records, sealed: '' };
    },
    release({ seq, hash }) {
      // Acknowledged before it was purged: only a collector that has forgotten says so again.
      if (seq <= (purged().records?.through ?? 0)) return 'behind';
      const known = hexAt(seq);
      if (known === null) return 'ahead';
      if (known !== hash) return 'other-hash';
      if (seq <= Number(meta.read(releasedName) ?? 0)) return 'behind';
      try {
        transact(() => meta.write(releasedName, `${seq}`));
        return 'moved';
      } catch {
        // The next commit fails too, and has somebody to tell.
        return 'unkept';
      }
    },
    keepNotices({ through, add, remove }) {
      transact(() => {
        for (const { id, seq, text } of add) putNotice.run(id, seq, text);
        for (const id of remove) dropNotice.run(id);
        meta.write(noticedName, `${through}`);
      });
    },
    keepCheckpoint: (kept) => transact(() => keepCheckpoint(kept)),
    coveredThrough() {
      const releasedSeq = Number(meta.read(releasedName) ?? 0);
      return Math.max(0, Math.min(releasedSeq - 1, Number(meta.read(noticedName) ?? 0)));
    },
  };
}
