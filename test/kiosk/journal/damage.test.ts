/** A damaged journal: kept aside whole, followed by one that names it, and nobody is let in twice. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptAsideMax } from '../../../kiosk/journal/aside.js';
import { headNotePath } from '../../../kiosk/journal/head-note.js';
import { logLoss } from '../../../kiosk/journal/log-check.js';
import type { Restored } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { verifyChain } from '../../../kiosk/journal/verify.js';
import { at, firstId, request, sealedPart, ticket } from './rigs.js';

const secondId = '02'.repeat(16);
const far = '2020-03-12T00:00:00+08:00';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'journal-')), 'state', 'journal.db');
});
afterEach(() => rmSync(dirname(dirname(file)), { recursive: true }));

function open(
  newJournalId: string,
  change: { readonly file?: string; readonly damage?: string } = {},
) {
  const options = { file, bootId: 'boot', at, newJournalId, previous: null, ...change };
  const opened = openStore(options);
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  return opened;
}

/** So many records; ticket `t<n>` is spent with each but for the last, whose grant is under way. */
function fill(count: number, areApart = false): ReturnType<typeof open> {
  const opened = open(firstId);
  const { store } = opened;
  const requests = Array.from({ length: count - 1 }, (_, index) => {
    const id = index + 2;
    const op = id < count ? 'spend' : 'reserve';
    return prepareRequest(request(id, [ticket(op, `t${id}`, 'out', far)]), 'boot');
  });
  if (areApart) for (const each of requests) store.commit([each]);
  else store.commit(requests);
  const standing = { lockdown: true, floorMs: Date.parse(at) + 60_000 };
  store.commit([prepareRequest({ id: 9, records: [], uses: [], urgent: true, standing }, 'boot')]);
  return opened;
}

function makeJournal(count: number): void {
  fill(count).store.close();
}

/** As a power cut leaves it: the files of a journal that is open, each record in its own commit. */
function makeCut(count: number): void {
  const { store } = fill(count, true);
  const folder = dirname(file);
  cpSync(folder, `${folder}-cut`, { recursive: true });
  store.close();
  rmSync(folder, { recursive: true });
  renameSync(`${folder}-cut`, folder);
}

/** @returns how many rows it has changed */
function tamper(sql: string): number {
  const database = new Database(file);
  const { changes } = database.prepare(sql).run();
  database.close();
  return changes;
}

function flip(path: string, offset: number, mask = 0xff): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ mask;
  writeFileSync(path, bytes);
}

const kept = (): readonly string[] =>
  readdirSync(dirname(file)).filter((name) => /\.damaged-[^.]*\.\d{3}Z(-\d)?$/.test(name));
const stateOf = ({ uses }: Restored, key: string) =>
  uses.find(({ entry }) => entry.key === key)?.state;

function recordsOf(path = file): readonly Record<string, unknown>[] {
  const database = new Database(path, { readonly: true });
  const rows = database.prepare<[], Buffer>('SELECT bytes FROM records ORDER BY seq').pluck().all();
  database.close();
  return rows.map((bytes) => JSON.parse(bytes.toString('utf8')));
}

test.each([
  ['a changed record near the head', 'UPDATE records SET hash = zeroblob(32) WHERE seq = 290', 289],
  ['a missing record near the head', 'DELETE FROM records WHERE seq = 290', 289],
  ['no journal id', "DELETE FROM meta WHERE name = 'journal'", 300],
  [
    'something else standing',
    "UPDATE meta SET value = '{\"lockdown\":1}' WHERE name = 'standing'",
    300,
  ],
  ['no JSON standing', "UPDATE meta SET value = 'x' WHERE name = 'standing'", 300],
])(
  'one with %s is kept aside; the next names its last sound record and forgets nothing',
  (_, sql, seq) => {
    makeJournal(300);
    // Without the note the damaged file has to tell by itself.
    const hash = recordHash(seq);
    tamper(sql);
    if (!sql.includes('standing')) rmSync(headNotePath(file));
    const damaged = readFileSync(file);
    const { store, restored } = open(secondId);
    store.close();
    const previous = { journal: firstId, seq, hash };
    expect(restored).toMatchObject({ journal: secondId, endedCleanly: false });
    expect(restored.replaced).toMatchObject({
      cause: 'damaged',
      isWhole: true,
      usesCount: 299,
      previous,
    });
    expect(restored.standing).toEqual({ lockdown: true, floorMs: Date.parse(at) + 60_000 });
    expect(stateOf(restored, 't2')).toBe('spent');
    expect(stateOf(restored, 't299')).toBe('spent');
    expect(stateOf(restored, 't300')).toBe('uncertain');
    expect(recordsOf().slice(0, 2)).toMatchObject([
      { type: 'journal-started', journal: secondId, previous },
      { type: 'journal-damaged', cause: 'damaged', uses: 299, complete: true, kept: kept()[0] },
    ]);
    expect(damaged.equals(readFileSync(join(dirname(file), kept()[0] ?? '')))).toBe(true);
    expect(verifyChain(file)).toMatchObject({ ok: true, journal: secondId });
    // Once: the next opening is an ordinary one, and knows the same.
    const again = open('03'.repeat(16));
    again.store.close();
    expect(again.restored).toMatchObject({ journal: secondId, endedCleanly: true });
    expect(again.restored.replaced).toBeUndefined();
    expect(stateOf(again.restored, 't299')).toBe('spent');
  },
);

function recordHash(seq: number): string {
  const database = new Database(file, { readonly: true });
  const hash = database.prepare<[number], Buffer>('SELECT hash FROM records WHERE seq = ?').pluck();
  const hex = hash.get(seq)?.toString('hex') ?? '';
  database.close();
  return hex;
}

test('of a file that is no database any more the note beside it tells how far it had come', () => {
  makeJournal(20);
  const hash = recordHash(20);
  const content = 'not a database, but long enough to look like one '.repeat(100);
  writeFileSync(file, content);
  const { store, restored } = open(secondId);
  store.close();
  const previous = { journal: firstId, seq: 20, hash };
  expect(restored.replaced).toMatchObject({ usesCount: 0, isWhole: false, previous });
  expect(restored.standing.lockdown).toBe(true);
  expect(recordsOf()[0]).toMatchObject({ previous });
  expect(readFileSync(join(dirname(file), kept()[0] ?? ''), 'utf8')).toBe(content);
});

test('a file that never was a journal is kept aside too, and nothing is named', () => {
  mkdirSync(dirname(file));
  writeFileSync(file, 'x'.repeat(5_000));
  const { store, restored } = open(firstId);
  store.close();
  expect(restored.replaced).toMatchObject({ previous: null, isWhole: false });
  expect(kept()).toHaveLength(1);
});

test('a journal whose file is gone is missed', () => {
  makeJournal(20);
  const hash = recordHash(20);
  rmSync(file);
  const { store, restored } = open(secondId);
  store.close();
  expect(restored.replaced).toMatchObject({
    cause: 'missing',
    kept: null,
    previous: { journal: firstId, seq: 20, hash },
  });
  expect(restored.standing.lockdown).toBe(true);
  expect(kept()).toEqual([]);
});

test('an emptied file is missed as well, and its log is kept', () => {
  makeCut(20);
  writeFileSync(file, '');
  const log = readFileSync(`${file}-wal`);
  const { store, restored } = open(secondId);
  store.close();
  expect(restored.replaced).toMatchObject({ cause: 'damaged' });
  expect(log.equals(readFileSync(`${join(dirname(file), kept()[0] ?? '')}-wal`))).toBe(true);
});

test('open notices go over into the next journal', () => {
  const { store } = fill(20);
  const text = JSON.stringify({ id: 'n', at });
  store.outbox.keepNotices({ through: 5, add: [{ id: 'n', seq: 4, text }], remove: [] });
  store.close();
  tamper('UPDATE records SET hash = zeroblob(32) WHERE seq = 19');
  const next = open(secondId);
  expect(next.store.outbox.reported().notices).toMatchObject([{ id: 'n', text }]);
  next.store.close();
});

test(`no more than ${keptAsideMax} are kept: then no other is begun until somebody has looked`, () => {
  for (let index = 0; index < keptAsideMax; index += 1) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `damaged ${index} `.repeat(500));
    open(firstId).store.close();
  }
  expect(kept()).toHaveLength(keptAsideMax);
  writeFileSync(file, 'the last '.repeat(500));
  const options = { file, bootId: 'boot', at, newJournalId: firstId, previous: null };
  expect(openStore(options)).toMatchObject({ ok: false, why: 'damaged' });
  expect(readFileSync(file, 'utf8')).toBe('the last '.repeat(500));
  expect(kept()).toHaveLength(keptAsideMax);
  rmSync(join(dirname(file), kept()[0] ?? ''));
  expect(openStore(options)).toMatchObject({ ok: true });
});

describe('a power cut while a journal is replaced', () => {
  const aside = (): string => `${file}.damaged-2020-02-10T080000.000Z`;
  /** The journal of `file` damaged, and its successor whole beside it. */
  function prepare(): void {
    makeJournal(20);
    cpSync(dirname(file), `${dirname(file)}-next`, { recursive: true });
    const copy = join(`${dirname(file)}-next`, basename(file));
    open(secondId, { file: copy, damage: 'test' }).store.close();
    cpSync(copy, `${aside()}.next`);
    tamper('UPDATE records SET hash = zeroblob(32) WHERE seq = 19');
  }
  const ends = (restored: Restored): void => {
    expect(restored.journal).toBe(secondId);
    expect(stateOf(restored, 't5')).toBe('spent');
    expect(kept()).toHaveLength(1);
    expect(existsSync(`${aside()}.next`)).toBe(false);
  };

  test('before the first renaming: it is done again', () => {
    prepare();
    const { store, restored } = open(secondId);
    store.close();
    ends(restored);
  });

  test('after the first: it is gone on with, and the damaged one takes its log along', () => {
    prepare();
    renameSync(file, aside());
    writeFileSync(`${file}-wal`, 'its log');
    const { store, restored } = open('03'.repeat(16));
    store.close();
    ends(restored);
    expect(readFileSync(`${aside()}-wal`, 'utf8')).toBe('its log');
  });

  test('after the second', () => {
    prepare();
    renameSync(file, aside());
    const { store, restored } = open('03'.repeat(16));
    store.close();
    ends(restored);
  });
});

describe('the log', () => {
  const log = (): string => `${file}-wal`;
  const frameBytes = 24 + 4_096;

  /** Starts of the frames that end a commit, in the log's present generation. */
  function commitFrames(): readonly number[] {
    const bytes = readFileSync(log());
    const salts = bytes.subarray(16, 24);
    const starts: number[] = [];
    for (let start = 32; start + frameBytes <= bytes.length; start += frameBytes)
      if (bytes.subarray(start + 8, start + 16).equals(salts) && bytes.readUInt32BE(start + 4) > 0)
        starts.push(start);
    return starts;
  }

  test('cut in its last commit is sound: that may never have been synced', () => {
    makeCut(20);
    const last = commitFrames().at(-1) ?? 0;
    flip(log(), last + 100);
    const { store, restored } = open(secondId);
    store.close();
    expect(restored.journal).toBe(firstId);
    expect(restored.replaced).toBeUndefined();
  });

  test('with a changed byte in the middle would lose what was acknowledged: it is damage', () => {
    makeCut(20);
    const middle = commitFrames()[9] ?? 0;
    flip(log(), middle + 100);
    const { store, restored } = open(secondId);
    store.close();
    expect(restored.journal).toBe(secondId);
    expect(restored.replaced).toMatchObject({
      cause: 'damaged',
      detail: expect.stringMatching(/log/),
    });
    // What was committed before it is known.
    expect(stateOf(restored, 't5')).toBe('spent');
    expect(restored.replaced?.previous?.journal).toBe(firstId);
  });

  test('whatever byte of it is changed: seen, or nothing but the last two commits can be missing', () => {
    makeCut(12);
    const whole = readFileSync(log());
    const commits = commitFrames();
    const end = (commits.at(-1) ?? 0) + frameBytes;
    const lastTwo = (commits.at(-3) ?? 0) + frameBytes;
    expect(logLoss(whole)).toBeNull();
    let seen = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: end - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (offset, mask) => {
          const bytes = Buffer.from(whole);
          bytes[offset] = (bytes[offset] ?? 0) ^ mask;
          const loss = logLoss(bytes);
          if (loss !== null) seen += 1;
          if (loss === null) expect(offset).toBeGreaterThanOrEqual(lastTwo);
        },
      ),
      { numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(10);
  });

  test('of any bytes is an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const answer = logLoss(bytes);
        expect(answer === null || answer.length > 0).toBe(true);
      }),
    );
  });
});

test('whatever page of the database is spoilt: a gate comes up, and no used ticket is free unless it says so', () => {
  makeJournal(400);
  const whole = readFileSync(file);
  const pages = whole.length / 4_096;
  let replacedCount = 0;
  let run = 0;
  fc.assert(
    fc.property(fc.nat(pages - 1), fc.constantFrom(0, 0xff, 0x5a), (page, byte) => {
      run += 1;
      const own = join(dirname(file), String(run), 'journal.db');
      mkdirSync(dirname(own));
      const bytes = Buffer.from(whole);
      bytes.fill(byte, page * 4_096, (page + 1) * 4_096);
      writeFileSync(own, bytes);
      cpSync(headNotePath(file), headNotePath(own));
      const { store, restored } = open(secondId, { file: own });
      while (store.housekeep());
      const isSeen = restored.replaced !== undefined || store.damage() !== null;
      store.close();
      expect(verifyChain(own).ok || isSeen).toBe(true);
      const isForgetful = restored.replaced?.isWhole === false;
      if (restored.replaced !== undefined) {
        replacedCount += 1;
        expect(restored.replaced.previous).toMatchObject({ journal: firstId, seq: 400 });
      }
      if (!isForgetful)
        for (let id = 2; id < 400; id += 1) expect(stateOf(restored, `t${id}`)).toBe('spent');
    }),
    { numRuns: 25 },
  );
  expect(replacedCount).toBeGreaterThan(5);
});

test('in a half-read journal a reservation counts as spent, and nothing taken back is free again', () => {
  const { store } = fill(30);
  store.commit([prepareRequest(request(90, [ticket('return', 't30', 'out', far)]), 'boot')]);
  store.close();
  tamper("UPDATE records SET uses = '[{}]' WHERE seq = 10");
  tamper("UPDATE meta SET value = '2' WHERE name = 'uses-through'");
  const { restored, store: next } = open(secondId);
  next.close();
  expect(restored.replaced).toMatchObject({ cause: 'damaged', isWhole: false });
  expect(stateOf(restored, 't30')).toBe('spent');
  expect(stateOf(restored, 't29')).toBe('spent');
});

test.each([
  ['another paper in the table', "UPDATE uses SET key = 't77' WHERE key = 't9'", makeJournal],
  ['another state in the table', "UPDATE uses SET state = 'learned' WHERE key = 't9'", makeJournal],
  ['an earlier end', "UPDATE uses SET until = replace(until, '2020', '2019')", makeJournal],
  ['a cursor', "UPDATE meta SET value = '25' WHERE name = 'uses-through'", makeJournal],
  ['time', "UPDATE meta SET value = replace(value, '15', '16')", makeJournal],
  [
    'another paper beside a record',
    `UPDATE records SET uses = replace(uses, '"t29"', '"t77"') WHERE uses LIKE '%"t29"%'`,
    makeCut,
  ],
])(
  '%s that a disk has changed is damage, and what was read is used all the same',
  (_, sql, make) => {
    make(30);
    expect(tamper(sql)).toBeGreaterThan(0);
    const { restored, store } = open(secondId);
    store.close();
    expect(restored.replaced).toMatchObject({ cause: 'damaged' });
    const hidden = sql.includes('t77') ? ['t9', 't29'] : [];
    for (let id = 2; id <= 30; id += 1)
      if (!hidden.includes(`t${id}`))
        expect(['spent', 'uncertain']).toContain(stateOf(restored, `t${id}`));
    // Where a paper’s name is lost, the gate says that it may have forgotten some.
    if (hidden.length > 0) expect(restored.replaced).toMatchObject({ isWhole: false });
  },
);

describe('the check that follows in slices', () => {
  test('finds a changed record however old, and the journal found so is kept aside', () => {
    makeJournal(900);
    tamper(
      "UPDATE records SET bytes = CAST(replace(bytes, 'granted', 'refused') AS BLOB) WHERE seq = 7",
    );
    const { store, restored } = open(secondId);
    expect(restored.replaced).toBeUndefined();
    while (store.housekeep());
    const damage = store.damage();
    expect(damage).toBe('record 7: hash');
    store.close();
    const next = open(secondId, { damage: damage ?? '' });
    expect(next.restored.replaced).toMatchObject({ cause: 'damaged', detail: 'record 7: hash' });
    expect(stateOf(next.restored, 't899')).toBe('spent');
    next.store.close();
  });

  test('finds a sealed part that is another one', () => {
    const { store } = open(firstId);
    const { hash, salt, box } = sealedPart('first');
    const records = [{ type: 'decision', at, sealed: hash }];
    const sealed = [{ recordIndex: 0, salt, box }];
    store.commit([prepareRequest({ ...request(1), records, sealed }, 'boot')]);
    while (store.housekeep());
    expect(store.damage()).toBeNull();
    store.close();
    tamper('UPDATE sealed SET salt = zeroblob(16)');
    const again = open(firstId);
    while (again.store.housekeep());
    expect(again.store.damage()).toBe('the sealed part of record 2 is another one');
    again.store.close();
  });

  test('of a sound journal finds nothing and comes to an end', () => {
    makeJournal(900);
    const { store } = open(secondId);
    let slices = 0;
    while (store.housekeep()) slices += 1;
    expect(slices).toBeLessThan(20);
    expect(store.damage()).toBeNull();
    store.close();
  });
});

test('a journal that another process has open is not damaged, whatever is read of it meanwhile', () => {
  const { store } = fill(20);
  flip(`${file}-wal`, 32 + 100);
  const options = { file, bootId: 'boot', at, newJournalId: secondId, previous: null };
  expect(openStore(options)).toMatchObject({ ok: false, why: 'locked' });
  expect(kept()).toEqual([]);
  store.close();
});
