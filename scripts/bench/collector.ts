/** The collector's way from a message to the disk: read strictly, checked, stored in one transaction. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { configure } from '../../kiosk/collector/schema.js';
import { openCollectorStore } from '../../kiosk/collector/store.js';
import { takeBatch } from '../../kiosk/collector/take.js';
import { linkHash, toHex } from '../../kiosk/journal/chain.js';
import { type OutboxRow, packPage } from '../../kiosk/journal/outbox-page.js';
import { type PreparedRecord, prepareRecord, recordBytes } from '../../kiosk/journal/record.js';
import { encodeBatch, pageBytesMax, parseBatch } from '../../kiosk/report/batch.js';
import type { Bench } from './harness.js';
import { grant } from './journal.js';

/** As many grants as one message holds. */
const fullRows = 110;
const gateCount = 32;

/**
 * @param folder for the files, on the disk to be measured
 * @returns one gate that has much to send, by full messages; and many gates with a record each
 */
export async function collectorBenches(folder: string): Promise<readonly Bench[]> {
  return [
    collectorBench(folder, `a message of ${fullRows} records`, 1, fullRows),
    collectorBench(folder, `${gateCount} gates, a record each`, gateCount, 1),
  ];
}

interface Message {
  readonly kiosk: string;
  readonly bytes: Uint8Array;
  readonly rows: readonly HashedRow[];
}

function collectorBench(folder: string, name: string, gates: number, rowCount: number): Bench {
  const nameOfFile = `collector-${gates}`;
  const opened = openCollectorStore({
    file: join(folder, `${nameOfFile}.db`),
    site: 'bench',
    cosign: null,
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { store } = opened;
  const plain = new Database(join(folder, `${nameOfFile}-plain.db`));
  configure(plain);
  plain.exec(
    'CREATE TABLE records (journal INTEGER, seq INTEGER, hash BLOB, bytes BLOB, PRIMARY KEY (journal, seq)) STRICT, WITHOUT ROWID',
  );
  const insert = plain.prepare<[number, number, Uint8Array, Uint8Array]>(
    'INSERT INTO records (journal, seq, hash, bytes) VALUES (?, ?, ?, ?)',
  );
  const sources = Array.from({ length: gates }, (_, index) => madeGate(index));
  let messages: readonly Message[] = [];
  return {
    name: `collector: ${name}`,
    floorName: 'the same bytes by plain SQL, one synced transaction',
    rounds: 400,
    itemsPerRound: gates * rowCount,
    async prepare() {
      messages = sources.map((next) => next(rowCount));
    },
    async subject() {
      const parsed = messages.map(({ kiosk, bytes }) => ({ kiosk, read: parseBatch(bytes) }));
      const added = store.transact(() =>
        parsed.map(({ kiosk, read }) =>
          read.ok ? takeBatch(store, kiosk, read.batch, 0).added : 0,
        ),
      );
      if (added.some((count) => count !== rowCount)) throw new Error('not all is stored');
    },
    async floor() {
      plain.transaction(() => {
        for (const [index, { rows }] of messages.entries())
          for (const { seq, bytes, hash } of rows)
            insert.run(index, seq, Buffer.from(hash, 'hex'), bytes);
      })();
    },
    async close() {
      store.close();
      plain.close();
    },
  };
}

interface HashedRow extends OutboxRow {
  /** hex */
  readonly hash: string;
}

/** @returns the next message of a gate that grants and grants */
function madeGate(index: number): (count: number) => Message {
  const kiosk = `gate-${index}`;
  const journal = index.toString(16).padStart(32, '0');
  const started = { type: 'journal-started', at, journal, previous: null };
  const first = prepared(prepareRecord(started, 'bench'));
  const other = prepared(prepareRecord(grant(1), 'bench'));
  let seq = 0;
  let hash: Uint8Array = new Uint8Array(32);
  return (count) => {
    const prevHash = toHex(hash);
    const rows = Array.from({ length: count }, (): HashedRow => {
      seq += 1;
      const bytes = recordBytes(seq === 1 ? first : other, seq);
      hash = linkHash(hash, bytes);
      return { seq, bytes, hash: toHex(hash), sealed: null };
    });
    const limits = { bytesMax: pageBytesMax, rowsMax: count, through: seq };
    const page = packPage(prevHash, rows, limits);
    if (page.last !== seq) throw new Error('too much for one message');
    return { kiosk, bytes: encodeBatch(journal, page, false), rows };
  };
}

const at = '2020-02-10T08:00:00.000Z';

function prepared(record: PreparedRecord | null): PreparedRecord {
  if (record === null) throw new Error('the bench has a bad record');
  return record;
}
