/** Retention that is told to an open journal: from the next purge on, and nothing goes by what was not told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Retention, retentionOf } from '../../../config/retention.js';
import { openJournal } from '../../../kiosk/journal/journal.js';
import { ownRecordsId } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { readSealed } from '../../../kiosk/journal/sealed.js';
import { openStore, type Store } from '../../../kiosk/journal/store.js';
import { at, firstId, sealedPart } from './rigs.js';

const dayMs = 86_400_000;
const dateOf = (day: number): string => new Date(Date.parse(at) + day * dayMs).toISOString();
const long = retentionOf({ idCardDays: 30, temperatureDays: 5 });
const short = retentionOf({ idCardDays: 2, temperatureDays: 5 });
/** A card's part beside record 2, a fever's beside record 3; the last record stays undelivered. */
const [card, fever, last] = [2, 3, 4];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retain-'));
  file = join(folder, 'journal.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const common = { bootId: 'boot', at, newJournalId: firstId, previous: null } as const;
const limits = { bytesMax: 1_000_000, rowsMax: 100, through: Number.MAX_SAFE_INTEGER } as const;
/** What both are given, and that time has reached the tenth day. */
function firstDay() {
  const parts = ['card', 'fever'].map(sealedPart);
  const kinds = [
    { type: 'decision', outcome: 'grant' },
    { type: 'decision', outcome: 'refer' },
  ];
  const records = kinds.map((kind, index) => ({
    ...kind,
    at,
    sealed: parts[index]?.hash ?? '',
  }));
  const sealed = parts.map(({ salt, box }, recordIndex) => ({ recordIndex, salt, box }));
  const standing = { lockdown: false, floorMs: Date.parse(dateOf(10)) };
  return {
    ...{ id: 1, uses: [], urgent: true, sealed, standing },
    records: [...records, { type: 'panel', at: dateOf(10) }],
  };
}
const has = (seq: number | undefined): boolean => readSealed(file, seq ?? 0).ok;

/** The records of purges, of a journal that nobody has open. */
function purges(): readonly unknown[] {
  const database = new Database(file, { readonly: true });
  const rows = database
    .prepare<[], { bytes: Uint8Array }>('SELECT bytes FROM records ORDER BY seq')
    .all();
  database.close();
  return rows
    .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')))
    .filter(({ type }) => type === 'purge');
}

function open(retention: Retention | null): Store {
  const opened = openStore({ ...common, file, retention });
  if (!opened.ok) throw new Error(opened.detail);
  const { store } = opened;
  expect(store.commit([prepareRequest(firstDay(), 'boot')])).toMatchObject([{ type: 'committed' }]);
  const { prevHash } = store.outbox.read(last ?? 0, limits);
  expect(store.outbox.release({ seq: last ?? 0, hash: prevHash })).toBe('moved');
  store.outbox.keepNotices({ through: last ?? 0, add: [], remove: [] });
  return store;
}
function idle(store: Store): void {
  for (let slices = 0; store.housekeep(); slices += 1)
    if (slices > 2_000) throw new Error('no end of it');
}

test('before it is told a journal purges nothing, however old; then what it was told', () => {
  const store = open(null);
  idle(store);
  expect(store.head().seq).toBe(last);
  expect(store.isFilling()).toBe(false);
  store.retain(long);
  idle(store);
  store.close();
  expect([has(card), has(fever)]).toEqual([true, false]);
});

test('a longer one that comes before the purge keeps what the shorter would have purged', () => {
  const store = open(short);
  store.retain(long);
  idle(store);
  expect(store.head().seq).toBe((last ?? 0) + 1);
  store.close();
  expect([has(card), has(fever)]).toEqual([true, false]);
});

test('a shorter one begins a round of its own; one that says the same begins none', () => {
  const store = open(long);
  idle(store);
  const { seq } = store.head();
  store.retain({ ...long });
  expect(store.housekeep()).toBe(false);
  expect(store.head().seq).toBe(seq);
  store.retain(short);
  idle(store);
  store.close();
  expect([has(card), has(fever)]).toEqual([false, false]);
});

test('a cap that is told lets the oldest delivered give way, and undelivered ones tell that it is near', () => {
  const store = open(long);
  idle(store);
  const panel = { type: 'panel', at: dateOf(10) };
  const more = { id: 2, records: Array(20).fill(panel), uses: [], urgent: true };
  store.commit([prepareRequest(more, 'boot')]);
  store.retain({ ...long, recordsMax: 20 });
  idle(store);
  expect(store.isFilling()).toBe(true);
  // Up to the record before the one that the receipt names.
  expect(store.outbox.read(0, limits).first).toBe(last);
  store.retain(long);
  idle(store);
  expect(store.isFilling()).toBe(false);
  store.close();
});

test('the thread of an open journal goes by what it is told, and by nothing before', async () => {
  const opened = await openJournal({ ...common, file, retention: null });
  if (!opened.ok) throw new Error(opened.detail);
  const { journal, outbox } = opened;
  /** A purge writes a record of the journal's own. */
  let heard: () => void = () => undefined;
  const purged = () =>
    new Promise<void>((resolve) => {
      heard = resolve;
    });
  let committed: (hash: string) => void = () => undefined;
  journal.subscribe((event) => {
    if (event.type === 'failed') throw new Error(event.why);
    if (event.id === ownRecordsId) heard();
    else committed(event.hash);
  });
  const hash = await new Promise<string>((resolve) => {
    committed = resolve;
    journal.append(firstDay());
  });
  await outbox.keepNotices({ through: last ?? 0, add: [], remove: [] });
  expect(await outbox.release({ seq: last ?? 0, hash })).toEqual({ ok: true, result: 'moved' });
  const first = purged();
  journal.retain(long);
  await first;
  const second = purged();
  journal.retain(short);
  // Beside what nobody waits for: neither holds up the other.
  journal.append({ id: 2, records: [{ type: 'panel', at }], uses: [], urgent: false });
  await second;
  await journal.close();
  // The first, which was over before it was told, has left what is told of in the second.
  expect(purges()).toMatchObject([
    { parts: [{ kind: 'temperature', through: fever }] },
    { parts: [{ kind: 'id-card', through: fever }] },
  ]);
  expect([has(card), has(fever)]).toEqual([false, false]);
  // After its end it is told nothing any more, and that is no fault.
  journal.retain(long);
});
