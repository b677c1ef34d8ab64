/** Long revocation lists: in a table, found as in a set, read as the long way reads them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../../hardware/simulated/random.js';
import {
  buildIdTable,
  openIdTable,
  wordsOf,
  wordsPerId,
} from '../../../kiosk/credential/id-table.js';
import { parseRevocations, parseRevocationsBytes } from '../../../kiosk/credential/revocations.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Few different bytes: ids that collide, repeat and begin alike. */
const byte = fc.constantFrom(0, 1, 255);
const ids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hex);
const closeIds = fc
  .array(byte, { minLength: 16, maxLength: 16 })
  .map((it) => hex(Uint8Array.from(it)));
const tableOf = (list: readonly string[]) =>
  openIdTable(buildIdTable(Uint32Array.from(list.flatMap(wordsOf))));

test('holds what a set holds, and nothing else', () => {
  const lists = fc.array(fc.oneof(ids, closeIds), { maxLength: 300 });
  fc.assert(
    fc.property(lists, fc.array(fc.oneof(ids, closeIds)), (list, others) => {
      const table = tableOf(list);
      const set = new Set(list);
      expect(table.size).toBe(set.size);
      expect(new Set(table.values())).toEqual(set);
      for (const id of [...list, ...others]) expect(table.has(id)).toBe(set.has(id));
    }),
  );
});

test('what is no id is not in it', () => {
  const zero = '0'.repeat(32);
  const table = tableOf([zero, 'ab'.repeat(16)]);
  expect(table.has(zero)).toBe(true);
  for (const text of ['', 'ab'.repeat(15), 'AB'.repeat(16), `${zero}0`, 'xy'.repeat(16)])
    expect(table.has(text)).toBe(false);
});

describe('a long list', () => {
  const dice = random(7);
  const many = Array.from({ length: 3_000 }, () => hex(dice.bytes(16)));
  const others = {
    holders: [{ space: 'campus-id', token: 'ab'.repeat(16) }],
    issuers: [{ kid: 'cd'.repeat(8), from: '2020-02-10T08:00:00Z' }],
    kinds: [{ kid: 'cd'.repeat(8), kind: 3, issuedBefore: '2020-02-10T08:00:00Z' }],
  };
  const changes: readonly (readonly [string, string])[] = [
    ['alone', JSON.stringify({ credentials: many })],
    ['with others behind', JSON.stringify({ credentials: many, ...others })],
    ['with others before', JSON.stringify({ ...others, credentials: many })],
    ['in capitals', JSON.stringify({ credentials: many.map((id) => id.toUpperCase()) })],
    ['twice', JSON.stringify({ credentials: [...many, ...many] })],
    ['with white space', JSON.stringify({ credentials: many }, null, 1)],
    [
      'one digit short',
      JSON.stringify({ credentials: many }).replace('"]', '"]').replace('f"', '"'),
    ],
    ['a foreign letter', JSON.stringify({ credentials: many }).replace('a', 'g')],
    ['a number', JSON.stringify({ credentials: [...many, 1] })],
    ['not closed', JSON.stringify({ credentials: many }).slice(0, -1)],
    ['more behind', `${JSON.stringify({ credentials: many })} {}`],
    ['a comma too many', JSON.stringify({ credentials: many }).replace(']}', '],}')],
    ['doubled', JSON.stringify({ credentials: many }).replace(']}', '],"credentials":[]}')],
    ['an unknown member', JSON.stringify({ credentials: many, more: 1 })],
    ['a bad member', JSON.stringify({ credentials: many, holders: [1] })],
    ['another opening', JSON.stringify({ credentials: many }).replace('{', '{"kinds":[],')],
  ];
  test.each(changes)('%s, is read as the long way reads it', (_, text) => {
    const quick = parseRevocationsBytes(Buffer.from(text));
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      expect(quick.ok).toBe(false);
      return;
    }
    // JSON.parse keeps the last of two equal members; the strict reader refuses them.
    if (text.includes('"credentials":[]')) return expect(quick.ok).toBe(false);
    const long = parseRevocations(value);
    expect(quick.ok).toBe(long.ok);
    if (!quick.ok || !long.ok) return;
    const { credentials, ...rest } = quick.revocations;
    const { credentials: wanted, ...others } = long.revocations;
    expect(rest).toEqual(others);
    expect(new Set(credentials.values())).toEqual(new Set(wanted.values()));
  });

  test('that begins with its ids is kept in a table', () => {
    const read = parseRevocationsBytes(Buffer.from(JSON.stringify({ credentials: many })));
    expect(read.ok && read.revocations.credentials instanceof Set).toBe(false);
    expect(wordsPerId).toBe(4);
  });
});
