/** Checkpoints beside the records: the newest are all there, of the older ones some, and none without end. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { checkpointKeeper, keptLimits } from '../../../kiosk/journal/kept-checkpoints.js';
import { createTables } from '../../../kiosk/journal/schema.js';

const { newest, spanRecords, witnessesMax } = keptLimits;

function made() {
  const database = new Database(':memory:');
  createTables(database);
  const all = database
    .prepare<[], readonly [number, string]>('SELECT seq, witnesses FROM checkpoints ORDER BY seq')
    .raw();
  return { database, keep: checkpointKeeper(database), all: () => all.all() };
}

test('of older ones one of a thousand records stays, a witnessed one where there is one', () => {
  const { keep, all } = made();
  const step = 100;
  const count = newest + 10 * (spanRecords / step);
  for (let index = 1; index <= count; index += 1) {
    const seq = step * index;
    keep({ seq, note: `note ${seq}`, witness: null });
    if (seq % spanRecords === 300) keep({ seq, note: '', witness: `line ${seq}` });
  }
  const kept = all();
  const recent = kept.slice(-newest).map(([seq]) => seq);
  expect(recent).toEqual(
    Array.from({ length: newest }, (_, it) => step * (count - newest + 1 + it)),
  );
  const older = kept.slice(0, -newest);
  const [, ...spans] = older.slice(0, -1);
  expect(older.length).toBeLessThanOrEqual(11);
  expect(spans.length).toBeGreaterThan(7);
  for (const [seq, witnesses] of spans) {
    expect(seq % spanRecords).toBe(300);
    expect(witnesses).toBe(`line ${seq}`);
  }
});

test('a note is kept as it was first signed; each cosignature once, and not without end', () => {
  const { keep, all, database } = made();
  keep({ seq: 5, note: 'first', witness: null });
  keep({ seq: 5, note: 'second', witness: 'a' });
  keep({ seq: 5, note: 'third', witness: 'a' });
  keep({ seq: 5, note: 'third', witness: null });
  expect(all()).toEqual([[5, 'a']]);
  expect(database.prepare('SELECT note FROM checkpoints').pluck().get()).toBe('first');
  for (let index = 0; index < 20; index += 1) keep({ seq: 5, note: '', witness: `b${index}` });
  expect(all()[0]?.[1].split('\n')).toHaveLength(witnessesMax);
});

test('those of purged records go, but for the one of the last of them', () => {
  const { keep, all, database } = made();
  const insert = database.prepare(
    "INSERT INTO records (seq, bytes, hash) VALUES (?, x'00', x'00')",
  );
  for (const seq of [1, 2, 3, 4]) {
    insert.run(seq);
    keep({ seq, note: '', witness: null });
  }
  database.exec('DELETE FROM records WHERE seq <= 3');
  insert.run(5);
  keep({ seq: 5, note: '', witness: null });
  expect(all().map(([seq]) => seq)).toEqual([3, 4, 5]);
});
