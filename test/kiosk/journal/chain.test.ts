import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChainRow, chainStart, checkChain, linkHash } from '../../../kiosk/journal/chain.js';

function chainOf(records: readonly Uint8Array[]): ChainRow[] {
  let hash = chainStart;
  return records.map((bytes, index) => {
    hash = linkHash(hash, bytes);
    return { seq: index + 1, bytes, hash };
  });
}

const record = fc.uint8Array({ minLength: 1, maxLength: 80 });
const journal = fc.array(record, { minLength: 2, maxLength: 12 }).map(chainOf);
/** A journal and two different places in it. */
const placed = journal.chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    first: fc.nat(rows.length - 2),
    bit: fc.nat(7),
    offset: fc.nat(79),
  }),
);

test('the hash of a record is SHA-256 of a zero byte, the hash before and its bytes', () => {
  const bytes = Buffer.from('{"seq":1}');
  const expected = createHash('sha256').update(Buffer.alloc(33)).update(bytes).digest('hex');
  expect(Buffer.from(linkHash(chainStart, bytes)).toString('hex')).toBe(expected);
});

test('an untouched journal holds, whole and from any place in it', () => {
  fc.assert(
    fc.property(placed, ({ rows, first }) => {
      const head = checkChain(rows);
      expect(head).toMatchObject({ ok: true, count: rows.length });
      const [given, ...rest] = rows.slice(first);
      expect(checkChain(rest, given)).toMatchObject({
        ok: true,
        head: head.ok && head.head,
      });
    }),
  );
});

test('any changed bit of a record or hash is found at its place', () => {
  fc.assert(
    fc.property(placed, fc.constantFrom('bytes', 'hash'), ({ rows, first, bit, offset }, part) => {
      const broken = rows.map((row, index) => {
        if (index !== first) return row;
        const copy = Uint8Array.from(row[part]);
        const place = offset % copy.length;
        copy[place] = (copy[place] ?? 0) ^ (1 << bit);
        return { ...row, [part]: copy };
      });
      expect(checkChain(broken)).toEqual({ ok: false, why: 'hash', seq: first + 1 });
    }),
  );
});

test('a dropped record is found, also when the rest is numbered anew', () => {
  fc.assert(
    fc.property(placed, ({ rows, first }) => {
      const rest = rows.filter((_row, index) => index !== first);
      expect(checkChain(rest)).toEqual({ ok: false, why: 'gap', seq: first + 1 });
      const renumbered = rest.map((row, index) => ({ ...row, seq: index + 1 }));
      expect(checkChain(renumbered)).toEqual({ ok: false, why: 'hash', seq: first + 1 });
    }),
  );
});

test('swapped records are found, also when they swap their numbers', () => {
  fc.assert(
    fc.property(placed, ({ rows, first }) => {
      const [left, right] = rows.slice(first, first + 2);
      if (left === undefined || right === undefined) throw new Error('too short');
      const swapped = rows.with(first, right).with(first + 1, left);
      expect(checkChain(swapped)).toEqual({ ok: false, why: 'gap', seq: first + 1 });
      const disguised = swapped.map((row, index) => ({ ...row, seq: index + 1 }));
      expect(checkChain(disguised)).toEqual({ ok: false, why: 'hash', seq: first + 1 });
    }),
  );
});

test('records cut off at the end are found by whoever knows a later head', () => {
  fc.assert(
    fc.property(placed, ({ rows, first }) => {
      const whole = checkChain(rows);
      if (!whole.ok) throw new Error('broken from the start');
      const cut = rows.slice(0, first + 1);
      expect(checkChain(cut).ok).toBe(true);
      expect(checkChain(cut, undefined, whole.head)).toEqual({
        ok: false,
        why: 'head',
        seq: first + 2,
      });
      const other = { ...whole.head, hash: '00'.repeat(32) };
      expect(checkChain(rows, undefined, other)).toMatchObject({ ok: false, why: 'head' });
    }),
  );
});

test('the worked example in RECORDS.md is true', () => {
  const page = readFileSync(join(process.cwd(), 'kiosk/journal/RECORDS.md'), 'utf8');
  const record = page.split('\n').find((line) => line.startsWith('{"at"')) ?? '';
  const hash = Buffer.from(linkHash(chainStart, Buffer.from(record))).toString('hex');
  expect(page).toContain(`\`${hash}\``);
});
