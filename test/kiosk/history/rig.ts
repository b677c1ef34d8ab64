/** A gate's journal on a real file, with sealed parts and signed, witnessed checkpoints; made to be spoilt. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import { registryPublicKey, sealer } from '../../../kiosk/evidence/seal.js';
import type { Keys, Known } from '../../../kiosk/history/marks.js';
import { openSources } from '../../../kiosk/history/open-source.js';
import { type JournalCheck, verifyJournal } from '../../../kiosk/history/verify.js';
import { chainStart, type Head, linkHash, toHex } from '../../../kiosk/journal/chain.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { openStore, type Store } from '../../../kiosk/journal/store.js';
import { signReceipt } from '../../../kiosk/report/receipt.js';
import { cosign, signCheckpoint } from '../../../kiosk/report/signed-note.js';

export const names = { site: 'main-campus', kiosk: 'north-gate-in-1' };
export const journal = '5a'.repeat(16);
export const deviceKey = generatePrivateKey();
export const witness = { name: 'collector-1', key: generatePrivateKey() };
export const registryKey = randomBytes(32);
export const keys: Keys = {
  kiosks: [{ id: names.kiosk, key: deviceKey.publicKey }],
  collectors: [{ name: witness.name, key: witness.key.publicKey }],
};
export const origin = `gk/1/${names.site}/${names.kiosk}/${journal}`;

const startMs = Date.parse('2020-02-12T08:00:00+08:00');
const seal = sealer(registryPublicKey(registryKey), randomBytes);

/** What every seventh record has beside it. */
const sealedDrafts = [
  { type: 'decision', outcome: 'grant', contents: { type: 'id-card', name: '王小明' } },
  { type: 'decision', outcome: 'refer', contents: { type: 'temperature', bodyCentidegrees: 3815 } },
  { type: 'details', fields: ['phone'], contents: { type: 'details', phone: '0451-0000' } },
] as const;

function atOf(index: number): string {
  return formatRfc3339(startMs + 1_000 * index);
}

function commit(store: Store, index: number, draft: RecordDraft, contents?: object): Head {
  const part = contents === undefined ? null : seal(contents as Parameters<typeof seal>[0]);
  const records = [part === null ? draft : { ...draft, sealed: part.hash }];
  const sealed = part === null ? [] : [{ recordIndex: 0, salt: part.salt, box: part.box }];
  const request = { id: index, records, uses: [], sealed, urgent: true };
  const [answer] = store.commit([prepareRequest(request, 'boot')]);
  if (answer?.type !== 'committed') throw new Error(answer?.why);
  return { seq: answer.lastSeq, hash: answer.hash };
}

/** Signs a head, as the gate does, and lets the witness see it. */
export function signed(head: Head): { readonly note: string; readonly line: string } {
  const checkpoint = { origin, head };
  return {
    note: signCheckpoint(deviceKey, checkpoint),
    line: cosign(witness, checkpoint, Math.floor(startMs / 1_000) + head.seq),
  };
}

export interface MadeFile {
  readonly file: string;
  readonly head: Head;
  /** another copy of it, to be spoilt */
  copy(): string;
  dispose(): void;
}

export interface Wishes {
  readonly count: number;
  /** records between two checkpoints */
  readonly everyRecords: number;
  /** how many of the last records no checkpoint reaches */
  readonly unsigned?: number;
  /** removes everything up to this record, and all parts up to `partsThrough`, with a purge record */
  readonly purge?: { readonly records: number | null; readonly parts: number };
}

/** @returns a closed journal: a `journal-started` and these */
export function makeJournal({ count, everyRecords, unsigned = 0, purge }: Wishes): MadeFile {
  const folder = mkdtempSync(join(tmpdir(), 'history-'));
  const file = join(folder, 'journal.db');
  const at = atOf(0);
  const opened = openStore({ file, bootId: 'boot', at, newJournalId: journal, previous: null });
  if (!opened.ok) throw new Error(opened.detail);
  const { store } = opened;
  let head: Head = { seq: 1, hash: '' };
  let copies = 0;
  const hashes: string[] = [];
  for (let seq = 2; seq <= count; seq += 1) {
    const made = sealedDrafts[(seq / 7) % sealedDrafts.length];
    const draft = { type: 'panel', at: atOf(seq), button: 'next', attempt: Math.floor(seq / 5) };
    if (seq % 7 !== 0 || made === undefined) head = commit(store, seq, draft);
    else {
      const { contents, ...rest } = made;
      head = commit(store, seq, { ...draft, ...rest, fields: ['phone'] }, contents);
    }
    hashes[seq] = head.hash;
    if (purge !== undefined && seq === count - 1) {
      const records =
        purge.records === null
          ? null
          : { through: purge.records, hash: hashes[purge.records] ?? '' };
      const parts = ['id-card', 'temperature', 'details'].map((kind) => ({
        kind,
        through: purge.parts,
      }));
      head = commit(store, seq + 1, { type: 'purge', at: atOf(seq), why: 'cap', parts, records });
      seq += 1;
    }
    const isLast = seq === count;
    if (seq > count - unsigned || (seq % everyRecords !== 0 && !isLast)) continue;
    const { note, line } = signed(head);
    store.outbox.keepCheckpoint({ seq: head.seq, note, witness: null });
    store.outbox.keepCheckpoint({ seq: head.seq, note, witness: line });
  }
  store.close();
  if (purge !== undefined) {
    change(file, 'DELETE FROM sealed WHERE seq <= ?', purge.parts);
    if (purge.records !== null) {
      change(file, 'DELETE FROM records WHERE seq <= ?', purge.records);
      change(file, 'DELETE FROM sealed WHERE seq <= ?', purge.records);
    }
  }
  return {
    file,
    head,
    copy() {
      copies += 1;
      const copy = join(folder, `copy-${copies}.db`);
      cpSync(file, copy);
      return copy;
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

/** No power cut is to be outlived. */
function unsynced(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('synchronous = OFF');
  return database;
}

/** Changes a file behind the gate's back. */
export function change(file: string, sql: string, ...values: readonly unknown[]): void {
  const database = unsynced(file);
  database.prepare(sql).run(...values);
  database.close();
}

export interface Row {
  readonly seq: number;
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

/** Rewrites the records of a file, hashed anew from `from` on, as somebody who has the file can. */
export function rewrite(file: string, from: number, edit: (rows: Row[]) => Row[]): Head {
  const database = unsynced(file);
  const rows = database.prepare<[], Row>('SELECT seq, bytes, hash FROM records ORDER BY seq').all();
  const edited = edit(rows);
  let previous: Uint8Array = rows.find(({ seq }) => seq === from - 1)?.hash ?? chainStart;
  database.exec('BEGIN');
  database.exec('DELETE FROM records');
  const insert = database.prepare('INSERT INTO records (seq, bytes, hash) VALUES (?, ?, ?)');
  let head: Head = { seq: 0, hash: '' };
  for (const { seq, bytes, hash } of edited) {
    const linked = seq < from ? hash : linkHash(previous, bytes);
    previous = linked;
    insert.run(seq, bytes, linked);
    head = { seq, hash: toHex(linked) };
  }
  database.exec('COMMIT');
  database.close();
  return head;
}

/** Verifies the one journal of a file. */
export function verify(file: string, known: Partial<Known> = {}): JournalCheck {
  const opened = openSources(file, { kiosk: null, journal: null });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const [source, ...more] = opened.file.sources;
  if (source === undefined || more.length > 0) throw new Error('not one journal');
  try {
    return verifyJournal(source, {
      ...{ keys: null, site: null, kiosk: null, head: null, receipt: null, progress: () => {} },
      ...known,
    });
  } finally {
    opened.file.close();
  }
}

/** The witness's receipt for a head. */
export function receiptFor(head: Head) {
  return signReceipt(witness.key, names, { journal, ...head }, { collector: witness.name });
}
