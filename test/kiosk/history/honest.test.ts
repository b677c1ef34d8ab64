/** Honest journals hold: whole, purged, exported, in part, and as a collector has them. */
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { exportJournal } from '../../../kiosk/history/export.js';
import { openSources } from '../../../kiosk/history/open-source.js';
import { openDatabaseSource } from '../../../kiosk/journal/database-source.js';
import { openStore } from '../../../kiosk/journal/store.js';
import { journal, keys, makeJournal, names, receiptFor, verify } from './rig.js';

const made = makeJournal({ count: 320, everyRecords: 50 });
const purged = makeJournal({
  count: 320,
  everyRecords: 50,
  purge: { records: 100, parts: 200 },
});
afterAll(() => {
  made.dispose();
  purged.dispose();
});

function exported(file: string, from: number | null = null, to: number | null = null) {
  const target = `${file}-${from}-${to}.jsonl`;
  rmSync(target, { force: true });
  const opened = openDatabaseSource(file);
  if (!opened.ok) throw new Error(opened.detail);
  const done = exportJournal(opened.source, { target, from, to, progress: () => {} });
  opened.source.close();
  return { target, done };
}

test('a whole journal holds, by its chain and by everybody who has signed', () => {
  expect(verify(made.file)).toMatchObject({
    ...{ fault: null, count: 320, first: 1, head: made.head, journal, ...names },
    ...{ beginning: { before: 0, by: 'start' }, signaturesChecked: false },
    ...{ checkpointThrough: 320, vouchedThrough: 0, partsPresent: 45 },
  });
  expect(verify(made.file, { keys, kiosk: names.kiosk, head: made.head })).toMatchObject({
    ...{ fault: null, signaturesChecked: true, checkpoints: 7, vouchedThrough: 320 },
    ...{ witnessedThrough: 320, witnesses: ['collector-1'], unknownWitnesses: 0 },
  });
  expect(verify(made.file, { keys, receipt: receiptFor(made.head) }).fault).toBeNull();
});

test('a journal that was purged holds: the purge says what is gone', () => {
  expect(verify(purged.file, { keys })).toMatchObject({
    ...{ fault: null, count: 220, first: 101, beginning: { before: 100, by: 'purge' } },
    ...{ partsPurged: 14, partsPresent: 17, purges: 1, vouchedThrough: 320 },
  });
});

test.each([
  ['a whole one', () => made, null, null, { first: 1, by: 'start', count: 320 }],
  ['after a purge', () => purged, null, null, { first: 101, by: 'purge', count: 220 }],
  ['behind a checkpoint', () => made, 101, 260, { first: 101, by: 'checkpoint', count: 160 }],
  ['behind any record', () => made, 103, null, { first: 103, by: 'header', count: 218 }],
  ['one record', () => made, 7, 7, { first: 7, by: 'header', count: 1 }],
])('an export holds: %s', (_name, whose, from, to, { first, by, count }) => {
  const { target, done } = exported(whose().file, from, to);
  expect(done).toMatchObject({ ok: true });
  expect(verify(target, { keys })).toMatchObject({
    ...{ fault: null, kind: 'export', of: 'database', ...names, journal, first, count },
    ...{ beginning: { before: first - 1, by } },
  });
});

test('an export of an export is the same bytes', () => {
  const { target } = exported(purged.file);
  const opened = openSources(target, { kiosk: null, journal: null });
  const source = opened.ok ? opened.file.sources[0] : undefined;
  if (source === undefined) throw new Error('no source');
  const again = `${target}.again`;
  const options = { target: again, from: null, to: null, progress: () => {} };
  expect(exportJournal(source, options).ok).toBe(true);
  source.close();
  expect(readFileSync(again, 'utf8')).toBe(readFileSync(target, 'utf8'));
});

test('an export is whole or not there, and never takes the place of another file', () => {
  const { target } = exported(made.file, 7, 20);
  const source = openDatabaseSource(made.file);
  if (!source.ok) throw new Error(source.detail);
  const options = { from: 7, to: 400, progress: () => {} };
  expect(exportJournal(source.source, { ...options, target })).toMatchObject({
    ok: false,
    detail: expect.stringContaining('is not overwritten'),
  });
  const beyond = exportJournal(source.source, { ...options, target: `${target}.beyond` });
  expect(beyond).toEqual({ ok: false, fault: null, detail: 'record 400 is not there' });
  expect(() => readFileSync(`${target}.beyond`)).toThrow();
  expect(() => readFileSync(`${target}.beyond.part`)).toThrow();
  source.source.close();
});

test('a gate’s log beside its database is read too, and a running gate’s database is said to be in use', () => {
  const file = made.copy();
  const options = { file, bootId: 'boot', at: '2020-02-12T09:00:00.000Z', previous: null };
  const opened = openStore({ ...options, newJournalId: journal });
  if (!opened.ok) throw new Error(opened.detail);
  const request = { id: 1, records: [], sealed: [], uses: [], urgent: true, standing: null };
  const record = {
    before: '{"at":"2020-02-12T09:00:00.000Z","bootId":"boot","seq":',
    after: ',"type":"x"}',
  };
  opened.store.commit([{ ...request, records: [record] }]);
  expect(openSources(file, { kiosk: null, journal: null })).toMatchObject({ why: 'locked' });
  opened.store.close();
  expect(verify(file).count).toBe(321);
});
