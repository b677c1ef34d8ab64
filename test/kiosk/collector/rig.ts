/** A collector's database in a temporary folder, and gates' journals made up in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { type CollectorStore, openCollectorStore } from '../../../kiosk/collector/store.js';
import { type Taken, takeBatch } from '../../../kiosk/collector/take.js';
import { canonicalJson } from '../../../kiosk/journal/canonical.js';
import { linkHash, toHex } from '../../../kiosk/journal/chain.js';
import { type OutboxRow, packPage } from '../../../kiosk/journal/outbox-page.js';
import { partHash, type SealedPart } from '../../../kiosk/journal/sealed-part.js';
import { type Batch, batchBytesMax, encodeBatch, parseBatch } from '../../../kiosk/report/batch.js';
import { cosign } from '../../../kiosk/report/signed-note.js';

export const site = 'main-campus';
export const kiosk = 'north-gate-in-1';
export const startMs = Date.parse('2020-02-12T00:00:00.000Z');
export const collectorKey = generatePrivateKey();
export const collectorName = 'collector-1';

/** A record without what the journal adds; `sealed` is the part beside it. */
export interface MadeRecord {
  readonly type: string;
  readonly atMs?: number;
  readonly part?: SealedPart;
  readonly [name: string]: unknown;
}

export interface MadeRow extends OutboxRow {
  /** hex */
  readonly hash: string;
}

export interface MadeJournal {
  readonly id: string;
  readonly rows: readonly MadeRow[];
  /** the rows from `first` to `last` as one message */
  bytes(first: number, last?: number): Uint8Array;
  batch(first: number, last?: number): Batch;
  hashAt(seq: number): string;
}

const zeroHash = '0'.repeat(64);

/** A journal of a `journal-started` record and these; the n-th is a second after the one before. */
export function madeJournal(
  id: string,
  records: readonly MadeRecord[],
  previous: unknown = null,
): MadeJournal {
  let hash: Uint8Array = new Uint8Array(32);
  const started: MadeRecord = { type: 'journal-started', journal: id, previous };
  const rows = [started, ...records].map((record, index): MadeRow => {
    const { atMs = startMs + 1_000 * index, part, ...fields } = record;
    const at = new Date(atMs).toISOString();
    const seq = index + 1;
    const sealed = part === undefined ? {} : { sealed: partHash(part) };
    const text = canonicalJson({ at, bootId: 'boot', seq, ...fields, ...sealed });
    if (!text.ok) throw new Error(text.why);
    const bytes = Buffer.from(text.text, 'utf8');
    hash = linkHash(hash, bytes);
    return { seq, bytes, hash: toHex(hash), sealed: part ?? null };
  });
  const hashAt = (seq: number): string => rows[seq - 1]?.hash ?? zeroHash;
  const bytes = (first: number, last = rows.length): Uint8Array => {
    const limits = { bytesMax: batchBytesMax, rowsMax: rows.length, through: last };
    return encodeBatch(id, packPage(hashAt(first - 1), rows.slice(first - 1), limits), false);
  };
  return {
    id,
    rows,
    bytes,
    hashAt,
    batch(first, last) {
      const parsed = parseBatch(bytes(first, last));
      if (!parsed.ok) throw new Error(parsed.why);
      return parsed.batch;
    },
  };
}

/** A journal's id from a number. */
export function journalId(serial: number): string {
  return serial.toString(16).padStart(32, '0');
}

/** So many records of no meaning; another `flavour` makes another history. */
export function plain(count: number, flavour = 'a'): readonly MadeRecord[] {
  return Array.from({ length: count }, (_, index) => ({ type: 'panel', flavour, index }));
}

export interface StoreRig {
  readonly folder: string;
  readonly file: string;
  readonly store: CollectorStore;
  take(batch: Batch, whose?: string): Taken;
  /** Closes the database and opens it again. */
  reopen(): void;
  /** what is stored of a journal: seq and hash */
  held(journal: string, whose?: string): readonly { seq: number; hash: string }[];
  /** kind, seq and whether it is open */
  faults(): readonly string[];
  dispose(): void;
}

/** Opens a new database. */
export function storeRig(): StoreRig {
  const folder = mkdtempSync(join(tmpdir(), 'collector-'));
  const file = join(folder, 'collector.db');
  let store = openStore(file);
  return {
    folder,
    file,
    get store() {
      return store;
    },
    take: (batch, whose = kiosk) => store.transact(() => takeBatch(store, whose, batch, startMs)),
    reopen() {
      if (store.database.open) store.close();
      store = openStore(file);
    },
    held: (journal, whose = kiosk) =>
      store.database
        .prepare<[string, string], { seq: number; hash: string }>(
          `SELECT records.seq, lower(hex(records.hash)) AS hash FROM records
           JOIN journals ON journals.id = records.journal
           WHERE journals.kiosk = ? AND journals.journal = ? ORDER BY records.seq`,
        )
        .all(whose, journal),
    faults: () =>
      store.database
        .prepare<[], { kind: string; seq: number; closedMs: number | null }>(
          'SELECT kind, seq, closedMs FROM faults ORDER BY id',
        )
        .all()
        .map(({ kind, seq, closedMs }) => `${kind} ${seq}${closedMs === null ? '' : ' closed'}`),
    dispose() {
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function openStore(file: string): CollectorStore {
  const witness = { name: collectorName, key: collectorKey };
  const opened = openCollectorStore({
    file,
    site,
    cosign: (checkpoint, nowMs) => cosign(witness, checkpoint, Math.floor(nowMs / 1_000)),
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  return opened.store;
}
