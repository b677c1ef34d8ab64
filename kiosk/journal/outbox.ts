/**
 * The journal as an outbox: records stay until a collector's receipt covers them, and what parties
 * are told stays until they have acknowledged it. Reads and small writes of the journal's one
 * connection; each call blocks until it is done.
 */
import type Database from 'better-sqlite3';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { type ChainRow, type Head, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import type {
  KeptNotice,
  NoticeChange,
  OutboxPage,
  OutboxRow,
  ReleaseAnswer,
  Reported,
} from './outbox-port.js';

export interface Outbox {
  reported(): Reported;
  /**
   * @param after the record before the first one wanted
   * @param bytesMax of records and sealed parts together; one row comes whatever its size
   */
  read(after: number, bytesMax: number, rowsMax: number): OutboxPage;
  /** Keeps how far a receipt reaches, where its hash is the record's own. */
  release(receipt: Head): ReleaseAnswer;
  keepNotices(change: NoticeChange): void;
}

const releasedName = 'released';
const noticedName = 'noticed-through';
const zeroHash = '0'.repeat(64);

interface StoredRow extends ChainRow {
  readonly salt: Uint8Array | null;
  readonly box: Uint8Array | null;
}

/**
 * @param database with its tables
 * @param transact runs one synced transaction of the journal's connection
 * @returns functions over it; each throws SQLite's errors
 */
export function openOutbox(
  database: Database.Database,
  transact: <Result>(work: () => Result) => Result,
): Outbox {
  const rowsAfter = database.prepare<[number, number], StoredRow>(
    'SELECT records.seq, bytes, hash, salt, box FROM records LEFT JOIN sealed USING (seq) WHERE records.seq > ? ORDER BY records.seq LIMIT ?',
  );
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

  return {
    reported: () => ({
      released: released(),
      noticedThrough: Number(readMeta.get(noticedName) ?? 0),
      notices: allNotices.all(),
    }),
    read(after, bytesMax, rowsMax) {
      const rows: OutboxRow[] = [];
      let bytesLeft = bytesMax;
      for (const { seq, bytes, hash, salt, box } of rowsAfter.iterate(after, rowsMax)) {
        const sealed =
          salt === null || box === null ? null : { salt: toHex(salt), box: encodeBase64url(box) };
        bytesLeft -= bytes.length + (sealed === null ? 0 : sealed.box.length + sealed.salt.length);
        if (bytesLeft < 0 && rows.length > 0) break;
        rows.push({ seq, bytes, hash: toHex(hash), sealed });
      }
      return { prevHash: after === 0 ? zeroHash : (hexAt(after) ?? zeroHash), rows };
    },
    release({ seq, hash }) {
      const known = hexAt(seq);
      if (known === null) return 'ahead';
      if (known !== hash) return 'other-hash';
      if (seq <= Number(readMeta.get(releasedName) ?? 0)) return 'behind';
      transact(() => writeMeta.run(releasedName, `${seq}`));
      return 'moved';
    },
    keepNotices({ through, add, remove }) {
      transact(() => {
        for (const { id, seq, text } of add) putNotice.run(id, seq, text);
        for (const id of remove) dropNotice.run(id);
        writeMeta.run(noticedName, `${through}`);
      });
    },
  };
}
