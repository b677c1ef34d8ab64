import { rfc8949EncodeOptions, decode as theirDecode, encode as theirEncode } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CborValue,
  cborBytesMax,
  decodeCbor,
  encodeCbor,
} from '../../../kiosk/credential/cbor.js';
import { join } from '../../vectors/raw.js';

const safe = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const big = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
);
const text = fc.string({ unit: 'binary', maxLength: 12 });
const scalar: fc.Arbitrary<CborValue> = fc.oneof(
  fc.integer(),
  fc.integer(safe),
  big,
  text,
  fc.uint8Array({ maxLength: 12 }),
  fc.boolean(),
  fc.constant(null),
);
/** Keys that a Map tells apart just as the encoding does. */
const key = fc.oneof(fc.integer({ min: -70_000, max: 70_000 }), text);
const level = (inner: fc.Arbitrary<CborValue>): fc.Arbitrary<CborValue> =>
  fc.oneof(
    scalar,
    fc.array(inner, { maxLength: 4 }),
    fc.array(fc.tuple(key, inner), { maxLength: 4 }).map((entries) => new Map(entries)),
  );
const values = level(level(level(scalar)));

test('every value comes back, and its encoding is that of cborg', () => {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = encodeCbor(value);
      fc.pre(bytes.length <= cborBytesMax);
      expect(bytes).toEqual(new Uint8Array(theirEncode(value, rfc8949EncodeOptions)));
      expect(decodeCbor(bytes)).toEqual({ ok: true, value });
      expect(theirDecode(bytes, { useMaps: true, strict: true })).toEqual(value);
    }),
  );
});

test('any bytes end in a value with exactly this encoding, or in a fault', () => {
  const heads = fc.constantFrom(
    ...join('00171818195900a0a1a281828384d2404161606180f4f6f7f9fbff9fbf5f7f'),
  );
  const near = fc.array(fc.oneof(heads, fc.integer({ min: 0, max: 255 })), { maxLength: 24 });
  fc.assert(
    fc.property(near, (numbers) => {
      const bytes = Uint8Array.from(numbers);
      const result = decodeCbor(bytes);
      if (result.ok) expect(encodeCbor(result.value)).toEqual(bytes);
    }),
    { numRuns: 5_000 },
  );
});

test('no changed byte of a valid document is accepted as another form of the same', () => {
  fc.assert(
    fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
      const bytes = encodeCbor(value).slice(0, cborBytesMax);
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ change;
      const result = decodeCbor(bytes);
      if (result.ok) expect(encodeCbor(result.value)).toEqual(bytes);
    }),
  );
});

test.each([
  ['', 'truncated'],
  ['18', 'truncated'],
  ['1817', 'not-minimal'],
  ['1900ff', 'not-minimal'],
  ['1a0000ffff', 'not-minimal'],
  ['1b00000000ffffffff', 'not-minimal'],
  ['5801ff', 'not-minimal'],
  ['b80100', 'not-minimal'],
  ['1c', 'unsupported'],
  ['f818', 'unsupported'],
  ['f7', 'unsupported'],
  ['f90000', 'unsupported'],
  ['fa00000000', 'unsupported'],
  ['fb0000000000000000', 'unsupported'],
  ['5f4100ff', 'indefinite'],
  ['7f6161ff', 'indefinite'],
  ['9fff', 'indefinite'],
  ['bfff', 'indefinite'],
  ['ff', 'indefinite'],
  ['0000', 'trailing-bytes'],
  ['420000ff', 'trailing-bytes'],
  ['4200', 'truncated'],
  ['5bffffffffffffffff', 'truncated'],
  ['9bffffffffffffffff', 'truncated'],
  ['bbffffffffffffffff', 'truncated'],
  ['8200', 'truncated'],
  ['a100', 'truncated'],
  ['a201000100', 'duplicate-key'],
  ['a202000100', 'unsorted-keys'],
  ['a2616100186400', 'unsorted-keys'],
  ['61ff', 'bad-utf8'],
  ['62c080', 'bad-utf8'],
  ['63eda080', 'bad-utf8'],
  ['64f4908080', 'bad-utf8'],
  ['8181818180', 'too-deep'],
  ['a100a100a100a100a0', 'too-deep'],
  ['d2d2d2d2d200', 'too-deep'],
] as const)('%s is refused: %s', (hex, fault) => {
  expect(decodeCbor(join(hex))).toEqual({ ok: false, fault });
});

test('depth 4 and 512 bytes are read, 513 and a bomb are not', () => {
  expect(decodeCbor(join('8181818100')).ok).toBe(true);
  expect(decodeCbor(encodeCbor(new Uint8Array(509))).ok).toBe(true);
  expect(decodeCbor(encodeCbor(new Uint8Array(510)))).toEqual({ ok: false, fault: 'too-long' });
  expect(decodeCbor(new Uint8Array(500).fill(0x81))).toEqual({ ok: false, fault: 'too-deep' });
  expect(decodeCbor(new Uint8Array(100_000).fill(0x81))).toEqual({ ok: false, fault: 'too-long' });
});

test('a byte order mark in a text is kept', () => {
  expect(decodeCbor(join('63efbbbf'))).toEqual({ ok: true, value: '\uFEFF' });
});

test('what has no encoding is the caller’s mistake', () => {
  for (const value of [1.5, Number.NaN, 2 ** 53, 2n ** 64n, '\uD800'])
    expect(() => encodeCbor(value)).toThrow(RangeError);
});
