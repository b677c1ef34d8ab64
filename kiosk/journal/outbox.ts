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
  const lengthsAfter = database
    .prepare<[number, number], number>(
      'SELECT length(bytes) FROM records WHERE seq > ? AND seq <= ? ORDER BY seq',
    )
    .pluck();
  /** The whole page by SQLite itself: half the time of going through its rows, lengths included. */
  const plainPage = database
    .prepare<[number, number], readonly [last: number, records: Uint8Array]>(
      `SELECT max(seq), CAST(group_concat(text, ',') AS BLOB) FROM (
         SELECT seq, CAST(bytes AS TEXT) AS text FROM records WHERE seq > ? ORDER BY seq LIMIT ?
       )`,
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
  const readMeta = database
    .prepare<[string], string>('SELECT value FROM meta WHERE name = ?')
    .pluck();
  const writeMeta = database.prepare<[string, string]>(
    'INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)',
  );
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
    const text = readMeta.get(releasedName);
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

  return {
    reported: () => ({
      released: released(),
      noticedThrough: Number(readMeta.get(noticedName) ?? 0),
      notices: allNotices.all(),
    }),
    read(asked, limits) {
      const gone = purged().records;
      const isGone = gone !== null && asked <= gone.through;
      const after = isGone ? gone.through : asked;
      const prevHash = isGone ? gone.hash : (hexAt(after) ?? zeroHash);
      const until = Math.min(after + limits.rowsMax, limits.through);
      const hasParts = partsAfter.get(after, until) !== undefined;
      const count = hasParts ? 0 : fitting(lengthsAfter.all(after, until), limits.bytesMax);
      const page = count === 0 ? undefined : plainPage.get(after, count);
      // With sealed parts beside, or of one record that is larger than a page, or of none.
      if (page === undefined) return packPage(prevHash, rowsFrom(after, limits.rowsMax), limits);
      const [last, records] = page;
      return { prevHash, first: after + 1, last, count, records, sealed: '' };
    },
    release({ seq, hash }) {
      // Acknowledged before it was purged: only a collector that has forgotten says so again.
      if (seq <= (purged().records?.through ?? 0)) return 'behind';
      const known = hexAt(seq);
      if (known === null) return 'ahead';
      if (known !== hash) return 'other-hash';
      if (seq <= Number(readMeta.get(releasedName) ?? 0)) return 'behind';
      try {
        transact(() => writeMeta.run(releasedName, `${seq}`));
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
        writeMeta.run(noticedName, `${through}`);
      });
    },
    keepCheckpoint: (kept) => transact(() => keepCheckpoint(kept)),
    coveredThrough() {
      const releasedSeq = Number(readMeta.get(releasedName) ?? 0);
      return Math.max(0, Math.min(releasedSeq - 1, Number(readMeta.get(noticedName) ?? 0)));
    },
  };
}

/** @returns how many of the records are within the limit, a comma behind each */
function fitting(lengths: readonly number[], bytesMax: number): number {
  let left = bytesMax;
  for (const [index, length] of lengths.entries()) {
    left -= length + 1;
    if (left < 0) return index;
  }
  return lengths.length;
}
