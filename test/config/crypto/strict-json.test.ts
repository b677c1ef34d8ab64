import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStrictJson, parseStrictJsonBytes } from '../../../config/crypto/strict-json.js';

test('any JSON value with white space comes back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 2);
      expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test('every member that is there twice is named with its place', () => {
  const text =
    '{"a": [{"b": 1}, {"b": 1, "c": {"x y": 1, "x y": 2}, "b": 2}], "\\u0061": "{\\"a\\":1}"}';
  expect(parseStrictJson(text)).toEqual({
    ok: false,
    problems: ['a[1].c["x y"]', 'a[1].b', 'a'].map((place) => ({
      place,
      problem: 'this member is there twice',
    })),
  });
});

test('equal names in different objects and equal texts in arrays are no duplicates', () => {
  expect(parseStrictJson('[{"a":1},{"a":{"a":["a","a"]}}]').ok).toBe(true);
});

test.each(['', '{', '{"a":1,}', '\uFEFF{}', '{} {}', "{'a':1}", '01', 'NaN'])(
  '%j is refused as a whole',
  (text) => {
    expect(parseStrictJson(text)).toMatchObject({ ok: false, problems: [{ place: '' }] });
  },
);

test('bytes that are no UTF-8 and files beyond the limit are refused', () => {
  const limit = 10;
  expect(parseStrictJsonBytes(new Uint8Array([0x22, 0xff, 0x22]), limit).ok).toBe(false);
  expect(parseStrictJsonBytes(Buffer.from('"12345678"'), limit).ok).toBe(true);
  expect(parseStrictJsonBytes(Buffer.from('"123456789"'), limit).ok).toBe(false);
});

test('a deep document neither overflows nor passes for another', () => {
  const deep = '['.repeat(5_000) + ']'.repeat(5_000);
  expect(parseStrictJson(deep).ok).toBe(true);
});
