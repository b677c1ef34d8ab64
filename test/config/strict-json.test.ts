import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  jsonCharactersMax,
  jsonDepthMax,
  parseStrictJson,
  parseStrictJsonBytes,
} from '../../config/strict-json.js';

function refusal(text: string) {
  const parsed = parseStrictJson(text);
  if (parsed.ok) throw new Error(`accepted: ${text.slice(0, 80)}`);
  return parsed.problems[0];
}

const wellFormedJson = fc.json({ stringUnit: 'grapheme', maxDepth: 6 });

describe('strict JSON', () => {
  it('agrees with JSON.parse on every valid text', () => {
    fc.assert(
      fc.property(wellFormedJson, fc.constantFrom(0, 1, 2, 7), (text, indent) => {
        const expected = JSON.parse(text) as unknown;
        fc.pre(!text.includes('__proto__') && hasExactNumbers(expected));
        const parsed = parseStrictJson(JSON.stringify(expected, null, indent));
        expect(parsed.ok && JSON.stringify(parsed.value)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 500 },
    );
  });

  it('reads every escape as JSON.parse does', () => {
    const text = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\u2028 中"';
    const parsed = parseStrictJson(text);
    expect(parsed).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });

  it('never throws, and never accepts what JSON.parse refuses', () => {
    const nearlyJson = fc
      .tuple(wellFormedJson, fc.nat(), fc.nat(3), fc.string({ maxLength: 3, unit: 'binary' }))
      .map(([text, at, drop, insert]) => {
        const offset = at % (text.length + 1);
        return text.slice(0, offset) + insert + text.slice(offset + drop);
      });
    const soup = fc
      .array(fc.constantFrom(...'{}[]:,"\\u0e-+.1 \ntruefalsn\ud800\ufeff'), { maxLength: 40 })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.oneof(nearlyJson, soup, fc.string({ unit: 'binary', maxLength: 60 })),
        (text) => {
          const parsed = parseStrictJson(text);
          if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(text));
          else {
            expect(parsed.problems[0].problem).toMatch(/\(line [1-9]\d*, column [1-9]\d*\)$/);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('refuses equal keys in one object, however they are written, at the second one', () => {
    expect(refusal('{\n  "a": 1,\n  "\\u0061": 2\n}')).toEqual({
      problem: 'this key stands twice in one object (line 3, column 3)',
      place: 'a',
    });
    expect(refusal('{"a": [1, {"x y": 1, "x y": 2}]}').place).toBe('a[1]["x y"]');
    expect(parseStrictJson('{"a":{"a":1},"b":{"a":2}}').ok).toBe(true);
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.json(), (key, one, two) => {
        fc.pre(key !== '__proto__');
        const name = JSON.stringify(key);
        expect(parseStrictJson(`{${name}:${one},${name}:${two}}`).ok).toBe(false);
      }),
    );
  });

  it('refuses the key __proto__ at any depth and answers no inherited name', () => {
    expect(refusal('[{"__proto__": {"polluted": true}}]').place).toMatch(/__proto__/);
    expect(refusal('{"\\u005f_proto__": 1}').place).toMatch(/__proto__/);
    const parsed = parseStrictJson('{"hasOwnProperty": 1}');
    if (!parsed.ok) throw new Error(parsed.problems[0].problem);
    const value = parsed.value as Record<string, unknown>;
    expect(value['hasOwnProperty']).toBe(1);
    expect(value['constructor']).toBeUndefined();
    expect('toString' in value).toBe(false);
  });

  it.each([
    ['', 1, 1],
    ['{"a": 1,}', 1, 9],
    ['{"a" 1}', 1, 6],
    ["{'a': 1}", 1, 2],
    ['[1\n2]', 2, 1],
    ['{"a": 1}\r\n}', 2, 1],
    ['\ufeff{}', 1, 1],
    ['[01]', 1, 2],
    ['[1.]', 1, 2],
    ['[+1]', 1, 2],
    ['[.5]', 1, 2],
    ['[0x10]', 1, 2],
    ['[NaN]', 1, 2],
    ['[nulll]', 1, 6],
    ['["a\nb"]', 1, 4],
    ['["\\x"]', 1, 3],
    ['["\\u12g4"]', 1, 3],
    ['["abc', 1, 2],
    ['["\\ud800"]', 1, 2],
    ['[9007199254740993]', 1, 2],
    ['[1e400]', 1, 2],
    ['// comment\n{}', 1, 1],
  ])('refuses %j with its line and column', (text, line, column) => {
    expect(refusal(text).problem).toContain(`(line ${line}, column ${column})`);
  });

  it('refuses texts above its bounds and accepts them at the bounds', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseStrictJson(nested(jsonDepthMax + 1)).ok).toBe(true);
    expect(refusal(nested(jsonDepthMax + 2)).problem).toMatch(/nested/);
    expect(refusal('['.repeat(500_000)).problem).toMatch(/nested/);
    const text = (length: number) => `"${'a'.repeat(length - 2)}"`;
    expect(parseStrictJson(text(jsonCharactersMax)).ok).toBe(true);
    expect(refusal(text(jsonCharactersMax + 1)).problem).toMatch(/longer/);
    expect(parseStrictJson(text(jsonCharactersMax + 1), jsonCharactersMax + 1).ok).toBe(true);
  });

  it('refuses bytes that are no UTF-8, begin with a mark or are too many', () => {
    const read = (bytes: Uint8Array) => parseStrictJsonBytes(bytes, 10);
    expect(read(Buffer.from('"12345678"')).ok).toBe(true);
    expect(read(Buffer.from('"123456789"'))).toMatchObject({
      problems: [{ place: '', problem: 'longer than 10 bytes' }],
    });
    expect(read(new Uint8Array([0x22, 0xff, 0x22])).ok).toBe(false);
    expect(read(new Uint8Array([0xef, 0xbb, 0xbf, 0x31])).ok).toBe(false);
  });

  it('reads a list of some megabytes about as it reads a small one: each byte once', () => {
    const list = {
      credentials: Array.from({ length: 60_000 }, (_, index) => `${index}`.padStart(32)),
    };
    const text = JSON.stringify(list, null, 1);
    expect(parseStrictJson(text, text.length)).toEqual({ ok: true, value: list });
  });
});

function hasExactNumbers(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value === 'object' && value !== null)
    return Object.values(value).every(hasExactNumbers);
  return true;
}
