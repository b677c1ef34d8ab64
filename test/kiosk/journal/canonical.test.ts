import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isCanonical } from '../../../kiosk/journal/canonical.js';

/** Another way to the same text: sort by code units one by one, let JSON.stringify write. */
function reference(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const names = Object.keys(member).sort((left, right) => {
      for (let index = 0; index < Math.min(left.length, right.length); index += 1)
        if (left.charCodeAt(index) !== right.charCodeAt(index))
          return left.charCodeAt(index) - right.charCodeAt(index);
      return left.length - right.length;
    });
    // No integer-like names in the generated values: objects would reorder those.
    return Object.fromEntries(names.map((name) => [name, Reflect.get(member, name)]));
  });
}

const text = fc.string({ unit: 'binary' });
const name = text.filter((key) => !/^\d+$/.test(key) && key !== '__proto__');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree')),
    fc.dictionary(name, tie('tree')),
  ),
}));

test('canonical JSON is what sorting by UTF-16 code units and JSON.stringify give', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(canonicalJson(value)).toEqual({ ok: true, text: reference(value) });
    }),
  );
});

test('canonical JSON can be read back and written again to the same text', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const first = canonicalJson(value);
      expect(first.ok && canonicalJson(JSON.parse(first.text))).toEqual(first);
    }),
  );
});

test('members are ordered as in RFC 8785 section 3.2.3', () => {
  const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
  const value = Object.fromEntries(names.map((key, index) => [key, index]));
  const written = canonicalJson(value);
  expect(written.ok && Object.keys(JSON.parse(`${written.text}`))).toHaveLength(7);
  expect(written).toEqual({
    ok: true,
    text: '{"\\r":1,"1":3,"\u0080":5,"\u00f6":6,"\u20ac":0,"\ud83d\ude00":4,"\ufb33":2}',
  });
});

test('strings are escaped as in RFC 8785 section 3.2.2.2', () => {
  expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/\u007f\b\t\f')).toEqual({
    ok: true,
    text: '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\\b\\t\\f"',
  });
});

test('a member named __proto__ is a member', () => {
  expect(canonicalJson(JSON.parse('{"z":1,"__proto__":{"a":2}}'))).toEqual({
    ok: true,
    text: '{"__proto__":{"a":2},"z":1}',
  });
});

const cycle: unknown[] = [];
cycle.push(cycle);
test.each([
  ['not-integer', 0.5],
  ['not-integer', Number.NaN],
  ['not-integer', Number.POSITIVE_INFINITY],
  ['not-integer', 2 ** 53],
  ['lone-surrogate', '\ud800'],
  ['lone-surrogate', '\udc00\ud800'],
  ['lone-surrogate', { '\udfff': 1 }],
  ['not-json', undefined],
  ['not-json', { a: undefined }],
  ['not-json', new Array(2)],
  ['not-json', 1n],
  ['not-json', () => 1],
  ['not-json', new Date(0)],
  ['not-json', new Map()],
  ['not-json', Buffer.from('a')],
  ['too-deep', cycle],
])('%s: %s has no canonical form', (why, value) => {
  for (const nested of [value, [1, value], { a: { b: value } }])
    expect(canonicalJson(nested)).toEqual({ ok: false, why });
});

test('minus zero is zero', () => {
  expect(canonicalJson(-0)).toEqual({ ok: true, text: '0' });
});

test('a text is canonical where writing its value anew gives it, and not otherwise', () => {
  const judged = (text: string): boolean => {
    const value: unknown = JSON.parse(text);
    const written = canonicalJson(value);
    const expected = written.ok && written.text === text;
    expect(isCanonical(text, value)).toBe(expected);
    return expected;
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, isSorted) => {
      const written = canonicalJson(value);
      judged(isSorted && written.ok ? written.text : JSON.stringify(value));
    }),
  );
  const texts = ['{"10":1,"9":2}', '{"9":1,"10":2}', '{"a":1,"a":1}', '{"b":1,"a":1}', '1.0', '-0'];
  const more = ['"\\ud800"', '"\\ud83d\\ude00"', '"😀"', '"\\u0041"', '{"a": 1}', '1.5', '1e3'];
  const deep = [`${'['.repeat(32)}1${']'.repeat(32)}`, `${'['.repeat(33)}1${']'.repeat(33)}`];
  const good = [...texts, ...more, ...deep].filter(judged);
  expect(good).toEqual(['{"10":1,"9":2}', '"😀"', deep[0]]);
});
