import { decode as theirDecode, encode as theirEncode } from 'base45';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../kiosk/credential/base45.js';

const bytes = fc.uint8Array({ maxLength: 200 });
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

test('every byte string comes back from its text, and the text is that of the package', () => {
  fc.assert(
    fc.property(bytes, (original) => {
      const text = encodeBase45(original);
      expect(decodeBase45(text)).toEqual(original);
      expect(text).toBe(theirEncode(original));
      expect(new Uint8Array(theirDecode(text))).toEqual(original);
      expect(decodeBase45(`skip${text}`, 4)).toEqual(original);
    }),
  );
});

test('what is accepted is the one text of its bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 }), (text) => {
      const decoded = decodeBase45(text);
      if (decoded === null) expect(text === encodeBase45(theirDecode(text))).toBe(false);
      else expect(encodeBase45(decoded)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('the examples of RFC 9285 hold', () => {
  const text = (encoded: string) => Buffer.from(decodeBase45(encoded) ?? []).toString();
  expect(text('BB8')).toBe('AB');
  expect(text('%69 VD92EX0')).toBe('Hello!!');
  expect(text('UJCLQE7W581')).toBe('base-45');
  expect(text('QED8WEX0')).toBe('ietf!');
});

test.each([':::', 'HGW', '::', 'V5', '0', '0000', 'bb8', 'BB8\n', 'B\u0000', 'ＢＢ８', '😀', 'é0'])(
  '%j is refused',
  (text) => {
    expect(decodeBase45(text)).toBeNull();
  },
);

test('the largest groups are still read', () => {
  expect(decodeBase45('FGW')).toEqual(new Uint8Array([0xff, 0xff]));
  expect(decodeBase45('U5')).toEqual(new Uint8Array([0xff]));
});
