/** Retention: what is old or too much goes for good, on record, and never before it is delivered. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Retention, retentionOf } from '../../../config/retention.js';
import { type ChainRow, chainStart, checkChain, toHex } from '../../../kiosk/journal/chain.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { purgeLimits } from '../../../kiosk/journal/purge.js';
import { prepareRequest, recordLimits } from '../../../kiosk/journal/record.js';
import { readSealed } from '../../../kiosk/journal/sealed.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { at, firstId, request, sealedPart, ticket } from './rigs.js';

const dayMs = 86_400_000;
const startMs = Date.parse(at);
const dateOf = (day: number): string => new Date(startMs + day * dayMs).toISOString();

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purge-'));
  file = join(folder, 'state', 'journal.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const usual = retentionOf({
  idCardDays: 14,
  temperatureDays: 5,
  detailsDays: 30,
  recordDays: 60,
  recordsMax: 10_000,
});

function open(retention: Retention = usual, path = file) {
  const options = {
    file: path,
    bootId: 'boot',
    at,
    newJournalId: firstId,
    previous: null,
    retention,
  };
  const opened = openStore(options);
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { store } = opened;
  let id = 0;
  const self = {
    ...opened,
    store,
    /** One transaction of records of a day; what is a part's stands beside them only. */
    write(day: number, drafts: readonly Draft[]): void {
      const requests = [];
      for (let start = 0; start < drafts.length; start += recordLimits.recordsMax) {
        const own = drafts.slice(start, start + recordLimits.recordsMax);
        const records = own.map(({ content, ...draft }) => ({ ...draft, at: dateOf(day) }));
        const sealed = own.flatMap(({ content }, recordIndex) => {
          if (content === undefined) return [];
          const { salt, box } = sealedPart(content);
          return [{ recordIndex, salt, box }];
        });
        id += 1;
        requests.push(prepareRequest({ id, records, uses: [], sealed, urgent: true }, 'boot'));
      }
      expect(store.commit(requests).every(({ type }) => type === 'committed')).toBe(true);
    },
    /** Time has surely reached the beginning of that day. */
    reach(day: number): void {
      id += 1;
      const standing = { lockdown: false, floorMs: startMs + day * dayMs };
      const own = prepareRequest({ id, records: [], uses: [], standing, urgent: true }, 'boot');
      expect(store.commit([own])).toMatchObject([{ type: 'committed' }]);
    },
    /** A receipt and the notices have come so far. */
    deliver(seq: number): void {
      const { prevHash } = store.outbox.read(seq, limits);
      expect(store.outbox.release({ seq, hash: prevHash })).toBe('moved');
      store.outbox.keepNotices({ through: seq, add: [], remove: [] });
    },
    idle(): void {
      for (let slices = 0; store.housekeep(); slices += 1)
        if (slices > 2_000) throw new Error('no end of it');
    },
  };
  return self;
}

const limits = { bytesMax: 1_000_000, rowsMax: 10_000, through: Number.MAX_SAFE_INTEGER } as const;

interface Draft {
  readonly type: string;
  readonly outcome?: string;
  readonly day?: number;
  readonly pad?: string;
  readonly sealed?: string;
  /** of its part */
  readonly content?: string;
}

/** A record with a part beside it, of each kind in its usual place. */
function part(kind: 'id-card' | 'temperature' | 'details', content: string): Draft {
  const { hash } = sealedPart(content);
  const ofKind = {
    'id-card': { type: 'decision', outcome: 'grant' },
    temperature: { type: 'decision', outcome: 'refer' },
    details: { type: 'details' },
  };
  return { ...ofKind[kind], content, sealed: hash };
}

interface Left {
  readonly rows: readonly ChainRow[];
  readonly records: readonly (RecordDraft & { readonly seq: number })[];
  readonly purges: readonly Readonly<Record<string, unknown>>[];
}

/** What stands in a journal that nobody has open. */
function look(path = file): Left {
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare<[], ChainRow>('SELECT seq, bytes, hash FROM records ORDER BY seq')
    .all();
  database.close();
  const records = rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')));
  return { rows, records, purges: records.filter(({ type }) => type === 'purge') };
}

/** As a verifier does: what is missing at the beginning must be covered by a purge still in the chain. */
function expectWhole({ rows, purges }: Left): void {
  const begins = purges.map(({ records }) => records).findLast((it) => it !== null);
  const { through, hash } = (begins ?? { through: 0, hash: toHex(chainStart) }) as {
    through: number;
    hash: string;
  };
  const after = { seq: through, hash: Buffer.from(hash, 'hex') };
  expect(checkChain(rows, after)).toMatchObject({ ok: true });
}

test('parts go by their kind and age, each slice with a record; the records and the chain stay', () => {
  const gate = open();
  for (const day of [0, 10, 20])
    gate.write(day, [
      part('id-card', `card of day ${day}`),
      part('temperature', `fever of day ${day}`),
      part('details', `details of day ${day}`),
    ]);
  gate.write(20, [{ type: 'x' }, { type: 'x' }]);
  gate.deliver(12);
  gate.reach(25);
  gate.idle();
  gate.store.close();
  const has = (seq: number): boolean => readSealed(file, seq).ok;
  // Records 2 to 4 are of day 0, 5 to 7 of day 10, 8 to 10 of day 20.
  expect([2, 5, 8].map(has)).toEqual([false, false, true]);
  expect([3, 6, 9].map(has)).toEqual([false, false, false]);
  expect([4, 7, 10].map(has)).toEqual([true, true, true]);
  const left = look();
  expect(left.purges).toEqual([
    expect.objectContaining({
      why: 'retention',
      records: null,
      at: dateOf(25),
      parts: [
        { kind: 'id-card', through: 7 },
        { kind: 'temperature', through: 11 },
      ],
    }),
  ]);
  expectWhole(left);
  expect(left.rows[0]?.seq).toBe(1);
});

test('a time that was set back holds up nothing: what is dated later than now goes by what follows it', () => {
  const gate = open();
  const card = (day: number) => part('id-card', `card of day ${day} and more`);
  gate.reach(0);
  gate.write(0, [card(0)]);
  // Forty years too far, and a round by that time; then two admins have set it back.
  gate.reach(14_600);
  gate.write(
    14_600,
    Array.from({ length: 20 }, (_, index) => card(14_600 + index)),
  );
  gate.idle();
  gate.reach(1);
  gate.idle();
  gate.write(
    1,
    Array.from({ length: 20 }, (_, index) => card(1 + index / 100)),
  );
  gate.write(20, [card(20)]);
  gate.deliver(43);
  gate.reach(14);
  gate.idle();
  gate.store.close();
  const has = (seq: number): boolean => readSealed(file, seq).ok;
  // Record 1 begins the journal; 2 is of day 0, 3 to 22 of the wrong time, 23 to 42 of day 1, 43 of day 20.
  expect([2, 3, 22, 42, 43].map(has)).toEqual([false, true, true, true, true]);
  const later = open();
  later.reach(16);
  later.idle();
  later.store.close();
  expect([2, 3, 22, 42, 43].map(has)).toEqual([false, false, false, false, true]);
  expectWhole(look());
});

test('nothing undelivered goes, however old; what has no date goes by none', () => {
  const gate = open();
  gate.write(0, [part('temperature', 'fever'), part('temperature', 'another'), { type: 'x' }]);
  gate.idle();
  gate.reach(300);
  gate.idle();
  expect(look(copy()).purges).toEqual([]);
  gate.deliver(3);
  gate.reach(301);
  gate.idle();
  gate.store.close();
  const left = look();
  // The receipt's own record stays: what comes next continues its hash.
  expect(left.records[0]?.seq).toBe(3);
  expect(readSealed(file, 3).ok).toBe(true);
  expectWhole(left);
});

let copies = 0;
function copy(): string {
  copies += 1;
  const target = join(folder, `copy-${copies}`);
  cpSync(dirname(file), target, { recursive: true });
  return join(target, 'journal.db');
}

test('a clock that is not known to be right purges nothing', () => {
  const gate = open();
  gate.write(0, [part('temperature', 'fever'), { type: 'x' }, { type: 'x' }]);
  gate.deliver(4);
  // A record of far ahead alone says nothing of the time.
  gate.write(400, [{ type: 'x' }]);
  gate.idle();
  gate.store.close();
  expect(look().purges).toEqual([]);
});

test('old records go from the front, and the journal goes on: opened, read, sent', () => {
  const gate = open();
  for (const day of [0, 1, 70]) gate.write(day, Array(300).fill({ type: 'x', day }));
  gate.deliver(901);
  gate.reach(90);
  gate.idle();
  const begins = gate.store.outbox.read(0, limits);
  expect(begins.first).toBe(602);
  gate.store.close();
  const left = look();
  expect(left.records[0]).toMatchObject({ seq: 602, day: 70 });
  // 601 records in slices of 250.
  expect(
    left.purges.map(({ why, records }) => [why, (records as { through: number }).through]),
  ).toEqual([
    ['retention', 250],
    ['retention', 500],
    ['retention', 601],
  ]);
  expect(left.purges.at(-1)).toMatchObject({ records: { hash: begins.prevHash } });
  expectWhole(left);
  const again = open();
  expect(again.restored).toMatchObject({ journal: firstId, endedCleanly: true });
  expect(again.restored.replaced).toBeUndefined();
  // A collector that has forgotten is sent what there is, and is no forger.
  expect(again.store.outbox.release({ seq: 40, hash: 'ab'.repeat(32) })).toBe('behind');
  expect(again.store.outbox.read(40, limits)).toMatchObject({
    first: 602,
    prevHash: begins.prevHash,
  });
  again.idle();
  expect(again.store.damage()).toBeNull();
  again.store.close();
});

test('what records had done to papers is remembered when they are gone', () => {
  const gate = open();
  const far = '2021-02-12T00:00:00+08:00';
  gate.store.commit([prepareRequest(request(1, [ticket('spend', 'aa', 'out', far)]), 'boot')]);
  gate.write(0, Array(20).fill({ type: 'x' }));
  gate.deliver(20);
  gate.reach(90);
  gate.idle();
  gate.store.close();
  expect(look().records[0]?.seq).toBe(20);
  const again = open();
  expect(again.restored.uses).toMatchObject([{ entry: { key: 'aa' }, state: 'spent' }]);
  again.store.close();
});

describe('the cap', () => {
  const capped: Retention = { ...usual, recordsMax: 1_000 };

  test('the oldest delivered records give way, a hundredth more than must', () => {
    const gate = open(capped);
    gate.write(0, Array(999).fill({ type: 'x' }));
    gate.deliver(1_000);
    gate.idle();
    expect(look(copy()).purges).toEqual([]);
    gate.write(0, Array(50).fill({ type: 'x' }));
    gate.idle();
    gate.store.close();
    const left = look();
    expect(left.purges).toMatchObject([{ why: 'cap', parts: [], records: { through: 60 } }]);
    expect(left.rows.length).toBeLessThanOrEqual(1_000);
    expectWhole(left);
  });

  test('undelivered ones never: it is told at 90 %, and again when they have been delivered', () => {
    const gate = open(capped);
    gate.write(0, Array(880).fill({ type: 'x' }));
    gate.idle();
    expect(gate.store.isFilling()).toBe(false);
    gate.write(0, Array(500).fill({ type: 'x' }));
    // The look comes with a checkpoint, which so many bytes bring about.
    for (let more = 0; more < 100; more += 1)
      gate.write(0, [{ type: 'x', pad: 'x'.repeat(9_000) }]);
    gate.idle();
    expect(gate.store.isFilling()).toBe(true);
    expect(look(copy()).rows).toHaveLength(1_481);
    gate.deliver(1_400);
    gate.idle();
    expect(gate.store.isFilling()).toBe(false);
    gate.store.close();
    const left = look();
    expect(left.rows.length).toBeLessThanOrEqual(1_000);
    expect(left.records.at(-1)).toMatchObject({ type: 'purge', why: 'cap' });
    expectWhole(left);
  });

  test('of bytes: what is free in the file does not count', () => {
    const gate = open({ ...usual, megabytesMax: 1 });
    for (let count = 0; count < 4; count += 1)
      gate.write(0, Array(10).fill({ type: 'x', pad: 'x'.repeat(40_000) }));
    gate.deliver(41);
    gate.idle();
    gate.store.close();
    const left = look();
    expect(left.purges).toMatchObject([{ why: 'cap' }]);
    expectWhole(left);
  });
});

test('of what was purged no byte is left in the files, while the gate goes on', () => {
  const gate = open();
  const secret = 'a box that nobody can open, but that is to be gone all the same';
  const holds = (): boolean[] =>
    [file, `${file}-wal`].map((path) => readFileSync(path).includes(Buffer.from(secret)));
  const parts = Array.from({ length: 40 }, (_, index) => part('temperature', `${secret} ${index}`));
  gate.write(0, [...parts, { type: 'x' }, { type: 'x' }]);
  expect(holds()).toContain(true);
  gate.deliver(43);
  gate.reach(30);
  gate.idle();
  expect(holds()).toEqual([false, false]);
  // The log has its room again, so that commits stay as quick as they were.
  expect(readFileSync(`${file}-wal`).length).toBe(4 * 1024 * 1024);
  gate.store.close();
  expect(look().purges).toHaveLength(1);
});

test('many parts go in slices that are small each, and each kind counts its own', () => {
  const gate = open();
  const kinds = ['temperature', 'id-card'] as const;
  gate.write(
    0,
    Array.from({ length: 250 }, (_, index) => part(kinds[index % 2] ?? 'details', `part ${index}`)),
  );
  gate.write(
    0,
    Array.from({ length: 250 }, (_, index) => part('temperature', `more ${index}`)),
  );
  gate.deliver(501);
  gate.reach(10);
  gate.idle();
  gate.store.close();
  const { purges } = look();
  expect(purges.every(({ parts }) => (parts as object[]).length === 1)).toBe(true);
  expect(purges.length).toBeGreaterThanOrEqual(Math.floor(375 / purgeLimits.partsMax));
  expect(readSealed(file, 3).ok).toBe(true);
  expect([2, 4, 400, 500].map((seq) => readSealed(file, seq).ok)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('a power cut between any two slices leaves a whole journal, and the purge goes on', () => {
  const anyDay = fc.integer({ min: 0, max: 100 });
  const batch = fc.tuple(anyDay, fc.integer({ min: 1, max: 200 }));
  let run = 0;
  let purgedRuns = 0;
  fc.assert(
    fc.property(
      fc.array(batch, { minLength: 1, maxLength: 5 }),
      fc.nat(100),
      fc.nat(12),
      (batches, percent, cutAfter) => {
        run += 1;
        file = join(folder, String(run), 'journal.db');
        const gate = open();
        let head = 1;
        for (const [day, count] of batches.toSorted(([one], [other]) => one - other)) {
          gate.write(
            day,
            Array.from({ length: count }, (_, index) => part('id-card', `${day} ${index}`)),
          );
          head += count;
        }
        const delivered = Math.max(1, Math.floor((head * percent) / 100));
        gate.deliver(delivered);
        gate.reach(120);
        for (let slice = 0; slice < cutAfter; slice += 1) gate.store.housekeep();
        const cut = copy();
        gate.store.close();
        const after = open(usual, cut);
        expect(after.restored.replaced).toBeUndefined();
        after.idle();
        expect(after.store.damage()).toBeNull();
        after.store.close();
        const left = look(cut);
        expectWhole(left);
        expect(left.records[0]?.seq).toBeLessThanOrEqual(delivered);
        for (const { seq, sealed } of left.records)
          if (typeof sealed === 'string' && seq >= delivered)
            expect(readSealed(cut, seq).ok).toBe(true);
        if (left.purges.length > 0) purgedRuns += 1;
      },
    ),
    { numRuns: 10 },
  );
  expect(purgedRuns).toBeGreaterThan(2);
});
