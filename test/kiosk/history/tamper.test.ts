/** Whatever is done to a journal by somebody who has its file, the first record that it touches is named. */
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { exportJournal } from '../../../kiosk/history/export.js';
import { openSources } from '../../../kiosk/history/open-source.js';
import type { JournalCheck } from '../../../kiosk/history/verify.js';
import { unvouchedMax } from '../../../kiosk/history/walk.js';
import { canonicalJson } from '../../../kiosk/journal/canonical.js';
import { openDatabaseSource } from '../../../kiosk/journal/database-source.js';
import { cosign, signCheckpoint } from '../../../kiosk/report/signed-note.js';
import {
  change,
  keys,
  type MadeFile,
  makeJournal,
  names,
  origin,
  type Row,
  receiptFor,
  rewrite,
  signed,
  verify,
  witness,
} from './rig.js';

const count = 320;
const made = makeJournal({ count, everyRecords: 50 });
const purged = makeJournal({ count, everyRecords: 50, purge: { records: 100, parts: 200 } });
afterAll(() => {
  made.dispose();
  purged.dispose();
});

const anySeq = fc.integer({ min: 1, max: count });
const laterSeq = fc.integer({ min: 2, max: count });
/** A record with a part beside it. */
const sealedSeq = fc.integer({ min: 1, max: Math.floor(count / 7) }).map((index) => 7 * index);
const isTrusting = fc.constantFrom({}, { keys });
const runs = { numRuns: 30 };

function found(check: JournalCheck) {
  const { what, seq } = check.fault ?? { what: 'nothing', seq: 0 };
  return { what, seq };
}

/** Where only a stretch is known, the record is in it. */
function expectNamed({ fault }: JournalCheck, seq: number): void {
  expect(fault).not.toBeNull();
  expect(fault?.seq).toBeLessThanOrEqual(seq);
  expect(fault?.through ?? fault?.seq).toBeGreaterThanOrEqual(seq);
}

function flip(bytes: Uint8Array, place: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = place % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

function read<Result>(file: string, sql: string, ...values: readonly unknown[]): Result {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(sql).get(...values) as Result;
  } finally {
    database.close();
  }
}

test('a changed bit of any record or hash', () => {
  fc.assert(
    fc.property(
      anySeq,
      fc.constantFrom('bytes', 'hash'),
      fc.nat(),
      fc.nat(7),
      isTrusting,
      (seq, column, place, bit, known) => {
        const file = made.copy();
        const row = read<Row>(file, 'SELECT * FROM records WHERE seq = ?', seq);
        const changed = flip(row[column as 'bytes'], place, bit);
        change(file, `UPDATE records SET ${column} = ? WHERE seq = ?`, changed, seq);
        expect(found(verify(file, known))).toEqual({ what: 'hash', seq });
      },
    ),
    runs,
  );
});

test('a dropped record', () => {
  fc.assert(
    fc.property(anySeq, isTrusting, (seq, known) => {
      const file = made.copy();
      change(file, 'DELETE FROM records WHERE seq = ?', seq);
      const what = seq === 1 ? 'beginning' : seq === count ? 'end' : 'gap';
      expect(found(verify(file, known))).toEqual({ what, seq });
    }),
    runs,
  );
});

test('two records that have changed places, and one that stands in the place of another', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anySeq, { minLength: 2, maxLength: 2 }), (pair) => {
      const [low = 0, high = 0] = pair.sort((left, right) => left - right);
      const swapped = made.copy();
      change(swapped, 'UPDATE records SET seq = -1 WHERE seq = ?', low);
      change(swapped, 'UPDATE records SET seq = ? WHERE seq = ?', low, high);
      change(swapped, 'UPDATE records SET seq = ? WHERE seq = -1', high);
      expect(found(verify(swapped))).toEqual({ what: 'hash', seq: low });
      const repeated = made.copy();
      change(
        repeated,
        `UPDATE records SET (bytes, hash) = (SELECT bytes, hash FROM records WHERE seq = ?) WHERE seq = ?`,
        ...[low, high],
      );
      expect(found(verify(repeated))).toEqual({ what: 'hash', seq: high });
    }),
    runs,
  );
});

/** Replaces a record by another that reads well, and hashes all after it anew. */
function replace(file: string, seq: number) {
  return rewrite(file, seq, (rows) =>
    rows.map((row) => {
      if (row.seq !== seq) return row;
      const record = JSON.parse(row.bytes.toString('utf8')) as Record<string, unknown>;
      const text = canonicalJson({ ...record, forged: true });
      if (!text.ok) throw new Error(text.why);
      return { ...row, bytes: Buffer.from(text.text, 'utf8') };
    }),
  );
}

test('a record replaced by another one, all after it hashed anew: a checkpoint tells', () => {
  fc.assert(
    fc.property(anySeq, isTrusting, (seq, known) => {
      const file = made.copy();
      replace(file, seq);
      const check = verify(file, known);
      expect(check.fault?.what).toBe('checkpoint-differs');
      expectNamed(check, seq);
    }),
    runs,
  );
});

test('likewise with the checkpoints taken out, or signed anew by another key', () => {
  fc.assert(
    fc.property(laterSeq, (seq) => {
      const file = made.copy();
      const head = replace(file, seq);
      change(file, 'DELETE FROM checkpoints');
      for (const known of [
        { head: made.head },
        { keys, ...names, receipt: receiptFor(made.head) },
      ]) {
        const check = verify(file, known);
        expect(check.fault?.what).toBe('head-differs');
        expectNamed(check, seq);
      }
      const forged = signCheckpoint(generatePrivateKey(), { origin, head });
      change(file, 'INSERT INTO checkpoints VALUES (?, ?, ?)', count, forged, '');
      expect(found(verify(file, { keys }))).toEqual({ what: 'checkpoint', seq: count });
      // The gate's own key has signed the forgery; its witness has not.
      const { note } = signed(head);
      const seen = signed(made.head).line;
      change(file, 'UPDATE checkpoints SET note = ?, witnesses = ?', note, seen);
      expect(found(verify(file, { keys }))).toEqual({ what: 'witness', seq: count });
    }),
    { numRuns: 10 },
  );
});

test('an end that was cut off', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: count - 1 }), (last) => {
      const file = made.copy();
      change(file, 'DELETE FROM records WHERE seq > ?', last);
      change(file, 'DELETE FROM sealed WHERE seq > ?', last);
      const cut = { what: 'end', seq: last + 1 };
      expect(found(verify(file))).toEqual(cut);
      change(file, 'DELETE FROM checkpoints WHERE seq > ?', last);
      expect(found(verify(file, { head: made.head }))).toEqual(cut);
      expect(found(verify(file, { keys, ...names, receipt: receiptFor(made.head) }))).toEqual(cut);
      // Nothing but what somebody knows from elsewhere can tell.
      expect(verify(file, { keys }).fault).toBeNull();
    }),
    { numRuns: 15 },
  );
});

test('a sealed part that was changed, exchanged, taken out or laid beside another record', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(sealedSeq, { minLength: 2, maxLength: 2 }),
      fc.nat(),
      fc.nat(7),
      (pair, place, bit) => {
        const [low = 0, high = 0] = pair.sort((left, right) => left - right);
        const changed = made.copy();
        const { box } = read<{ box: Buffer }>(changed, 'SELECT box FROM sealed WHERE seq = ?', low);
        change(changed, 'UPDATE sealed SET box = ? WHERE seq = ?', flip(box, place, bit), low);
        expect(found(verify(changed))).toEqual({ what: 'part-changed', seq: low });
        const swapped = made.copy();
        change(swapped, 'UPDATE sealed SET seq = -1 WHERE seq = ?', low);
        change(swapped, 'UPDATE sealed SET seq = ? WHERE seq = ?', low, high);
        change(swapped, 'UPDATE sealed SET seq = ? WHERE seq = -1', high);
        expect(found(verify(swapped))).toEqual({ what: 'part-changed', seq: low });
        const missing = made.copy();
        change(missing, 'DELETE FROM sealed WHERE seq IN (?, ?)', low, high);
        expect(found(verify(missing))).toEqual({ what: 'part-missing', seq: low });
        const moved = made.copy();
        change(moved, 'UPDATE sealed SET seq = ? WHERE seq = ?', low + 1, low);
        expect(found(verify(moved))).toEqual({ what: 'part-missing', seq: low });
        const added = made.copy();
        const again = 'INSERT INTO sealed SELECT ?, salt, box FROM sealed WHERE seq = ?';
        change(added, again, low + 1, low);
        expect(found(verify(added))).toEqual({ what: 'part-stray', seq: low + 1 });
        const stray = made.copy();
        change(stray, 'UPDATE sealed SET seq = ? WHERE seq = ?', count + 9, high);
        expect(verify(stray).fault?.seq).toBe(high);
      },
    ),
    { numRuns: 10 },
  );
});

test('a checkpoint or a cosignature of which any letter was changed', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(50, 200, 320),
      fc.nat(),
      fc.constantFrom('A', 'b', '7', ' ', '\n'),
      (seq, place, letter) => {
        const file = made.copy();
        const kept = read<{ note: string; witnesses: string }>(
          file,
          'SELECT * FROM checkpoints WHERE seq = ?',
          seq,
        );
        const put = (text: string): string => {
          const at = place % text.length;
          return text.slice(0, at) + letter + text.slice(at + 1);
        };
        const note = put(kept.note);
        const line = put(kept.witnesses);
        fc.pre(note !== kept.note && line !== kept.witnesses);
        change(file, 'UPDATE checkpoints SET note = ? WHERE seq = ?', note, seq);
        expect(verify(file, { keys }).fault).not.toBeNull();
        change(
          file,
          'UPDATE checkpoints SET note = ?, witnesses = ? WHERE seq = ?',
          kept.note,
          line,
          seq,
        );
        const { fault, unknownWitnesses } = verify(file, { keys });
        // Under a name that the list does not have it counts for nothing, and is said to.
        if (fault === null) expect(unknownWitnesses).toBeGreaterThan(0);
        else expect([fault.what, fault.seq]).toEqual(['witness', seq]);
      },
    ),
    runs,
  );
});

test('a witness whose key another one has', () => {
  const file = made.copy();
  const other = { name: witness.name, key: generatePrivateKey() };
  const line = cosign(other, { origin, head: made.head }, 1_581_500_000);
  change(file, 'UPDATE checkpoints SET witnesses = ? WHERE seq = ?', line, count);
  expect(found(verify(file, { keys }))).toEqual({ what: 'witness', seq: count });
});

/** Adds a record behind the last one, hashed as it must be. */
function append(file: string, fields: Readonly<Record<string, unknown>>): number {
  let seq = 0;
  const { seq: last } = read<{ seq: number }>(file, 'SELECT max(seq) AS seq FROM records');
  rewrite(file, last + 1, (rows) => {
    seq = last + 1;
    const at = '2020-02-12T02:00:00.000Z';
    const text = canonicalJson({ at, bootId: 'boot', seq, type: 'purge', why: 'cap', ...fields });
    if (!text.ok) throw new Error(text.why);
    return [...rows, { seq, bytes: Buffer.from(text.text, 'utf8'), hash: Buffer.alloc(0) }];
  });
  return seq;
}

test('a purge that never was: records, or parts, taken out with a purge record made up for them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: count - 1 }), (through) => {
      const records = made.copy();
      const { hash } = read<Row>(records, 'SELECT * FROM records WHERE seq = ?', through);
      change(records, 'DELETE FROM records WHERE seq <= ?', through);
      change(records, 'DELETE FROM sealed WHERE seq <= ?', through);
      expect(found(verify(records))).toEqual({ what: 'beginning', seq: 1 });
      const seq = append(records, { parts: [], records: { through, hash: hash.toString('hex') } });
      expect(found(verify(records, { keys }))).toEqual({ what: 'purge-unvouched', seq });
      const parts = made.copy();
      change(parts, `DELETE FROM sealed WHERE seq <= ?`, through);
      const kinds = ['id-card', 'temperature', 'details'].map((kind) => ({ kind, through }));
      append(parts, { parts: kinds, records: null });
      expect(found(verify(parts, { keys }))).toEqual({ what: 'purge-unvouched', seq });
    }),
    { numRuns: 10 },
  );
});

test('a purge that cannot have been: of what is there, of another past, of what is to come', () => {
  const tries = [
    [{ parts: [], records: { through: 50, hash: 'ab'.repeat(32) } }, 'purge', 321],
    [{ parts: [{ kind: 'details', through: 300 }], records: null }, 'part-kept', 14],
    [{ parts: [{ kind: 'details', through: 321 }], records: null }, 'purge', 321],
    [{ parts: [{ kind: 'all', through: 3 }], records: null }, 'purge', 321],
    [{ parts: null, records: null }, 'purge', 321],
  ] as const;
  for (const [fields, what, seq] of tries) {
    const file = made.copy();
    append(file, fields);
    expect(found(verify(file))).toEqual({ what, seq });
  }
  const other = purged.copy();
  append(other, { parts: [], records: { through: 100, hash: 'ab'.repeat(32) } });
  expect(found(verify(other))).toEqual({ what: 'purge', seq: 321 });
  const more = purged.copy();
  change(more, 'DELETE FROM records WHERE seq <= 101');
  expect(found(verify(more))).toEqual({ what: 'beginning', seq: 1 });
});

test('a journal of a thousand records and more that nobody has signed', () => {
  const long = makeJournal({ count: unvouchedMax + 200, everyRecords: 100 });
  expect(verify(long.file, { keys }).fault).toBeNull();
  const file = long.copy();
  change(file, 'DELETE FROM checkpoints WHERE seq > 100');
  expect(found(verify(file, { keys }))).toEqual({ what: 'unvouched', seq: 101 });
  expect(verify(file).fault).toBeNull();
  long.dispose();
});

test('another gate’s journal; one of a gate that the trust list does not name is not checked', () => {
  const { file } = made;
  expect(found(verify(file, { kiosk: 'south-gate' }))).toEqual({ what: 'gate', seq: 1 });
  const others = { ...keys, kiosks: [] };
  expect(verify(file, { keys: others })).toMatchObject({
    ...{ fault: null, signaturesChecked: false, isGateUnknown: true, vouchedThrough: 0 },
    checkpointThrough: made.head.seq,
  });
  const stranger = generatePrivateKey().publicKey;
  const wrong = { ...keys, kiosks: [{ id: names.kiosk, key: stranger }] };
  expect(found(verify(file, { keys: wrong }))).toMatchObject({ what: 'checkpoint' });
  const renamed = made.copy();
  change(renamed, "UPDATE meta SET value = ? WHERE name = 'journal'", '6b'.repeat(16));
  change(renamed, 'DELETE FROM checkpoints');
  expect(found(verify(renamed))).toEqual({ what: 'start', seq: 1 });
});

function exportOf({ copy }: MadeFile): string {
  const file = copy();
  const opened = openDatabaseSource(file);
  if (!opened.ok) throw new Error(opened.detail);
  const target = `${file}.jsonl`;
  const options = { target, from: null, to: null, progress: () => {} };
  if (!exportJournal(opened.source, options).ok) throw new Error('not exported');
  opened.source.close();
  return target;
}

test('any byte of an export', () => {
  for (const whose of [made, purged]) {
    const file = exportOf(whose);
    const bytes = readFileSync(file);
    const spoilt = `${file}.spoilt`;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (place, bit) => {
        writeFileSync(spoilt, flip(bytes, place, bit));
        const opened = openSources(spoilt, { kiosk: null, journal: null });
        if (!opened.ok) return;
        opened.file.close();
        const { fault, unknownWitnesses } = verify(spoilt, { keys });
        expect(fault !== null || unknownWitnesses > 0).toBe(true);
      }),
      { numRuns: 80 },
    );
  }
});

test('lines of an export that are missing, doubled, in another order, or cut off', () => {
  const file = exportOf(made);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const start = lines.findIndex((line) => line.startsWith('{"seq":1,'));
  const spoilt = `${file}.spoilt`;
  const verdict = (changed: readonly string[]) => {
    writeFileSync(spoilt, `${changed.join('\n')}\n`);
    return found(verify(spoilt, { keys }));
  };
  fc.assert(
    fc.property(fc.integer({ min: 2, max: count - 1 }), (seq) => {
      const at = start + seq - 1;
      const line = lines[at] ?? '';
      expect(verdict(lines.toSpliced(at, 1))).toEqual({ what: 'gap', seq });
      expect(verdict(lines.toSpliced(at, 0, line))).toEqual({ what: 'order', seq });
      const next = lines[at + 1] ?? '';
      expect(verdict(lines.toSpliced(at, 2, next, line))).toEqual({ what: 'gap', seq });
      expect(verdict(lines.slice(0, at))).toEqual({ what: 'cut', seq });
      expect(verdict([...lines.slice(0, at), ...lines.slice(-1)])).toEqual({ what: 'cut', seq });
    }),
    { numRuns: 10 },
  );
});

test('a damaged database is a fault of its first record that cannot be read, and no exception', () => {
  const bytes = readFileSync(made.file);
  const file = `${made.file}.damaged`;
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 6_000 }), (start, length) => {
      const spoilt = Buffer.from(bytes);
      spoilt.fill(0x5a, start, Math.min(start + length, bytes.length));
      writeFileSync(file, spoilt);
      const opened = openSources(file, { kiosk: null, journal: null });
      if (!opened.ok) return;
      opened.file.close();
      const { fault } = verify(file, { keys });
      // What SQLite does not read again, pages without content and the table of uses, is no evidence.
      if (fault !== null) expect(fault.seq).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 40 },
  );
});

test('of several faults the first is named, also where only a later purge could have told', () => {
  const file = made.copy();
  change(file, 'DELETE FROM sealed WHERE seq = 21');
  change(file, 'DELETE FROM records WHERE seq = 200');
  expect(found(verify(file))).toEqual({ what: 'part-missing', seq: 21 });
  const covered = purged.copy();
  change(covered, 'DELETE FROM records WHERE seq = 250');
  expect(found(verify(covered))).toEqual({ what: 'gap', seq: 250 });
});
