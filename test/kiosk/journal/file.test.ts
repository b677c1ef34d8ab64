import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queueLimits } from '../../../kiosk/journal/handoff.js';
import { storeLimits } from '../../../kiosk/journal/housekeeping.js';
import { openJournal } from '../../../kiosk/journal/journal.js';
import { memoryDisk, memoryJournal } from '../../../kiosk/journal/memory.js';
import { nothingStands, type Restored, type UseChange } from '../../../kiosk/journal/port.js';
import { prepareRequest } from '../../../kiosk/journal/record.js';
import { schemaVersion } from '../../../kiosk/journal/schema.js';
import { readSealed } from '../../../kiosk/journal/sealed.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { verifyChain } from '../../../kiosk/journal/verify.js';
import { at, firstId, request, sealedPart, ticket } from './rigs.js';
import { virtualTime } from './virtual-time.js';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'journal-')), 'state', 'journal.db');
});
afterEach(() => rmSync(dirname(dirname(file)), { recursive: true }));

const options = () => ({ file, bootId: 'boot', at, newJournalId: firstId, previous: null });

function open() {
  const opened = openStore(options());
  if (!opened.ok) throw new Error(opened.why);
  return opened;
}

/** A closed journal of so many records. */
function makeJournal(count: number): void {
  const { store } = open();
  store.commit(Array.from({ length: count - 1 }, (_, id) => prepareRequest(request(id), 'boot')));
  store.close();
}

function tamper(sql: string, ...values: readonly unknown[]): void {
  const database = new Database(file);
  database.prepare(sql).run(...values);
  database.close();
}

/** Transactions in the write-ahead log: frames that carry the database's size and the log's salts. */
function commitsInLog(): number {
  const log = readFileSync(`${file}-wal`);
  const frameLength = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let start = 32; start + frameLength <= log.length; start += frameLength) {
    const isCurrent = log.subarray(start + 8, start + 16).equals(log.subarray(16, 24));
    if (isCurrent && log.readUInt32BE(start + 4) > 0) commits += 1;
  }
  return commits;
}

test('the file and its log are for nobody else’s eyes, also those of an earlier version', () => {
  const modes = () => [file, `${file}-wal`].map((name) => statSync(name).mode & 0o777);
  const { store } = open();
  expect(modes()).toEqual([0o600, 0o600]);
  store.close();
  chmodSync(file, 0o644);
  const again = open();
  expect(modes()).toEqual([0o600, 0o600]);
  again.store.close();
});

test('64 requests that queue up behind a slow commit share one transaction', async () => {
  const opened = await openJournal({ ...options(), faults: true });
  if (!opened.ok || opened.faults === null) throw new Error('not opened');
  const { journal, faults } = opened;
  let answers = 0;
  const all = new Promise<void>((resolve) => {
    journal.subscribe(() => {
      answers += 1;
      if (answers === 65) resolve();
    });
  });
  const before = commitsInLog();
  faults.stall(Number.POSITIVE_INFINITY, 1);
  journal.append(request(0));
  for (let id = 1; id <= 64; id += 1) journal.append(request(id));
  faults.heal();
  await all;
  // The first commit may have begun with the first request alone, or with some of the others.
  expect(commitsInLog() - before).toBeLessThanOrEqual(3);
  await journal.close();
  expect(verifyChain(file)).toMatchObject({ ok: true, count: 66, journal: firstId });
});

test('what nobody waits for goes with the next that somebody waits for', async () => {
  const opened = await openJournal(options());
  if (!opened.ok) throw new Error(opened.why);
  const { journal } = opened;
  const committed = new Promise<void>((resolve) => {
    journal.subscribe(({ id }) => id === 20 && resolve());
  });
  const before = commitsInLog();
  const beganMs = performance.now();
  for (let id = 1; id <= 19; id += 1) {
    journal.append(request(id, [], false));
    // Long enough for a commit, were there one.
    commitsInLog();
  }
  journal.append(request(20));
  await committed;
  const waits = Math.floor((performance.now() - beganMs) / queueLimits.patienceMs);
  expect(commitsInLog() - before).toBeLessThanOrEqual(1 + waits);
  await journal.close();
});

test('a journal is one process’s: a second opening is refused and changes nothing', async () => {
  const { store } = open();
  store.commit([prepareRequest(request(1, [ticket('reserve', 'aa')]), 'boot')]);
  expect(await openJournal(options())).toMatchObject({ ok: false, why: 'locked' });
  store.commit([prepareRequest(request(2, [ticket('spend', 'aa')]), 'boot')]);
  store.close();
  expect(open().restored.uses.map(({ state }) => state)).toEqual(['spent']);
});

test('verification names the first record that is not as it was written', () => {
  makeJournal(300);
  expect(verifyChain(file)).toMatchObject({ ok: true, count: 300 });
  tamper(
    "UPDATE records SET bytes = CAST(replace(bytes, 'granted', 'refused') AS BLOB) WHERE seq = 7",
  );
  expect(verifyChain(file)).toEqual({ ok: false, why: 'hash', seq: 7 });
  tamper('DELETE FROM records WHERE seq = 5');
  expect(verifyChain(file)).toEqual({ ok: false, why: 'gap', seq: 5 });
});

test('verification of what is no journal is an answer', () => {
  mkdirSync(dirname(file));
  writeFileSync(file, 'not a database, but long enough to look like one '.repeat(100));
  expect(verifyChain(file)).toMatchObject({ ok: false, why: 'unreadable', seq: null });
  expect(verifyChain(`${file}.missing`)).toMatchObject({ ok: false, why: 'unreadable' });
});

test('a journal of a later version does not open', async () => {
  makeJournal(2);
  const database = new Database(file);
  database.pragma('user_version = 99');
  database.close();
  expect(await openJournal(options())).toMatchObject({ ok: false, why: 'newer-schema' });
});

test('a journal of the version before sealed parts opens, and takes them from then on', () => {
  makeJournal(3);
  tamper('DROP TABLE sealed');
  tamper('DROP TABLE notices');
  tamper('DROP TABLE checkpoints');
  tamper('ALTER TABLE meta DROP COLUMN sum');
  tamper('ALTER TABLE uses DROP COLUMN sum');
  tamper("UPDATE records SET uses = substr(uses, 1, instr(uses, '#') - 1)");
  const old = new Database(file);
  old.pragma('user_version = 1');
  old.close();
  expect(readSealed(file, 2)).toMatchObject({ ok: false, why: 'none' });
  const { store, restored } = open();
  expect(restored).toMatchObject({ journal: firstId, endedCleanly: true, head: { seq: 3 } });
  // It knew of nothing that stands, either.
  expect(restored.standing).toEqual(nothingStands);
  const { hash, salt, box } = sealedPart('first');
  const records = [{ type: 'decision', at, sealed: hash }];
  const sealed = [{ recordIndex: 0, salt, box }];
  store.commit([prepareRequest({ ...request(1), records, sealed }, 'boot')]);
  store.close();
  expect(readSealed(file, 4)).toEqual({ ok: true, part: { salt, box } });
  expect(verifyChain(file)).toMatchObject({ ok: true, count: 4 });
  const again = new Database(file);
  expect(again.pragma('user_version', { simple: true })).toBe(schemaVersion);
  again.close();
});

test('a sealed part is read only if it is the one that its record names', () => {
  const { store } = open();
  const { hash, salt, box } = sealedPart('first');
  const records = [{ type: 'decision', at, sealed: hash }];
  const sealed = [{ recordIndex: 0, salt, box }];
  for (const id of [1, 2])
    store.commit([prepareRequest({ ...request(id), records, sealed }, 'boot')]);
  store.close();
  tamper('UPDATE sealed SET salt = zeroblob(16) WHERE seq = 2');
  expect(readSealed(file, 1)).toEqual({ ok: false, why: 'none' });
  expect(readSealed(file, 2)).toEqual({ ok: false, why: 'changed' });
  expect(readSealed(file, 3)).toEqual({ ok: true, part: { salt, box } });
  expect(readSealed(file, 4)).toEqual({ ok: false, why: 'no-record' });
  expect(readSealed(`${file}.missing`, 2)).toMatchObject({ ok: false, why: 'unreadable' });
});

test.each([
  ['time', { at: 'today' }],
  ['journal id', { newJournalId: 'abc' }],
])('wrong options are refused and leave no journal behind: %s', async (_what, wrong) => {
  expect(await openJournal({ ...options(), ...wrong })).toMatchObject({
    ok: false,
    why: 'bad-record',
  });
  expect(open().restored.head.seq).toBe(1);
});

test('a new journal names the one before it', () => {
  const previous = { journal: '02'.repeat(16), seq: 9, hash: '03'.repeat(32) };
  const opened = openStore({ ...options(), previous });
  if (!opened.ok) throw new Error(opened.why);
  opened.store.close();
  const database = new Database(file);
  const bytes = database.prepare<[], Buffer>('SELECT bytes FROM records').pluck().get();
  database.close();
  expect(JSON.parse(String(bytes))).toMatchObject({ type: 'journal-started', previous });
});

test('passed uses are forgotten while the gate runs, others and running grants are not', () => {
  const { store } = open();
  const soon = '2020-02-10T09:00:00Z';
  store.commit([
    prepareRequest(
      request(1, [
        ticket('spend', 'aa', 'in', soon),
        ticket('reserve', 'bb', 'in', soon),
        ticket('spend', 'cc'),
      ]),
      'boot',
    ),
  ]);
  const later = { type: 'granted', at: '2020-02-10T09:30:00.000Z' };
  store.commit([prepareRequest({ ...request(2), records: [later] }, 'boot')]);
  while (store.housekeep());
  const standing = { lockdown: false, floorMs: Date.parse(later.at) };
  store.commit([prepareRequest({ ...request(3), standing }, 'boot')]);
  while (store.housekeep());
  store.close();
  const database = new Database(file);
  expect(database.prepare('SELECT key FROM uses ORDER BY key').pluck().all()).toEqual(['bb', 'cc']);
  database.close();
});

const op = fc.constantFrom<UseChange['op'][]>('reserve', 'spend', 'return', 'uncertain', 'learn');
const change = fc
  .tuple(op, fc.constantFrom('aa', 'bb', 'cc'), fc.constantFrom('in', 'out'))
  .map(([verb, key, direction]) => ticket(verb, key, direction));
const anyStanding = fc.record({
  lockdown: fc.boolean(),
  floorMs: fc.constantFrom(null, Date.parse(at), Date.parse('2020-02-13T00:00:00Z')),
});
const anyRequest = fc
  .tuple(fc.array(change, { maxLength: 3 }), fc.nat(2), fc.option(anyStanding))
  .map(([uses, count, standing]) => ({
    ...request(1, uses),
    records: Array(count).fill({ type: 'x', at }),
    ...(standing === null ? {} : { standing }),
  }));
const groups = fc.array(fc.array(anyRequest, { minLength: 1, maxLength: 4 }), { maxLength: 12 });

test('a power cut at any point leaves what the rules say, records and uses alike', () => {
  let run = 0;
  fc.assert(
    fc.property(groups, (requests) => {
      run += 1;
      const folder = join(dirname(file), String(run));
      const opened = openStore({ ...options(), file: join(folder, 'journal.db') });
      if (!opened.ok) throw new Error(opened.detail);
      const twin = memoryDisk();
      const time = virtualTime();
      const world = { ...options(), disk: twin, scheduler: time, clock: time, latencyMs: () => 1 };
      const { journal, cutPower } = memoryJournal(world);
      for (const group of requests) {
        opened.store.commit(group.map((each) => prepareRequest(each, 'boot')));
        for (const each of group) journal.append(each);
        while (time.next());
      }
      cutPower();
      cpSync(folder, `${folder}-cut`, { recursive: true });
      opened.store.close();
      const reopened = openStore({ ...options(), file: join(`${folder}-cut`, 'journal.db') });
      if (!reopened.ok) throw new Error(reopened.detail);
      reopened.store.close();
      const expected = memoryJournal(world).restored;
      const sorted = (restored: Restored) => ({
        ...restored,
        uses: restored.uses.map((use) => JSON.stringify(use)).sort(),
      });
      expect(sorted(reopened.restored)).toEqual(sorted(expected));
      const again = openStore({ ...options(), file: join(`${folder}-cut`, 'journal.db') });
      if (!again.ok) throw new Error(again.detail);
      again.store.close();
      const ended = { endedCleanly: true, reason: 'stopped' };
      expect(sorted(again.restored)).toEqual({ ...sorted(expected), ...ended });
    }),
    { numRuns: 40 },
  );
});

test('the log is emptied into the database in idle moments and does not grow', () => {
  const { store } = open();
  const before = readFileSync(`${file}-wal`).length;
  for (let id = 0; id < 5 * storeLimits.checkpointCommits; id += 1) {
    store.commit([prepareRequest(request(id), 'boot')]);
    store.housekeep();
  }
  expect(readFileSync(`${file}-wal`).length).toBe(before);
  expect(commitsInLog()).toBeLessThanOrEqual(storeLimits.checkpointCommits + 2);
  store.close();
});

test('a journal whose log is lost is still that journal', () => {
  const { store } = open();
  store.commit([prepareRequest(request(1), 'boot')]);
  const copy = join(dirname(file), 'copy.db');
  cpSync(file, copy);
  store.close();
  const opened = openStore({ ...options(), file: copy, newJournalId: '02'.repeat(16) });
  if (!opened.ok) throw new Error(opened.why);
  expect(opened.restored).toMatchObject({ journal: firstId, head: { seq: 1 } });
  opened.store.close();
});

test('where the lane is never idle the log is emptied all the same, and cut back to its room', () => {
  const { store } = open();
  const record = { type: 'x', at, pad: 'x'.repeat(50_000) };
  const seen = new Set<string | null>();
  let longest = 0;
  for (let id = 1; id <= 260; id += 1) {
    store.commit([prepareRequest({ ...request(id), records: Array(4).fill(record) }, 'boot')]);
    // As the worker does while somebody waits at every moment.
    const overdue = store.overdue();
    seen.add(overdue);
    if (overdue === 'now') store.housekeep();
    longest = Math.max(longest, readFileSync(`${file}-wal`).length);
  }
  expect([...seen].sort()).toEqual([null, 'now', 'soon'].sort());
  expect(longest).toBeLessThan(24 * 1024 * 1024);
  while (store.housekeep());
  store.commit([prepareRequest(request(999), 'boot')]);
  expect(readFileSync(`${file}-wal`).length).toBeLessThanOrEqual(4 * 1024 * 1024);
  store.close();
});
