import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64url, encodeBase64url } from '../../../config/crypto/base64url.js';

test('every byte string comes back from its text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes);
    }),
  );
});

test('what is accepted is the one text of its bytes', () => {
  const letters = fc.constantFrom(...'ABwxyz0189-_+/= \n');
  fc.assert(
    fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
      const bytes = decodeBase64url(text);
      if (bytes !== null) expect(encodeBase64url(bytes)).toBe(text);
    }),
  );
});

test.each(['AA==', 'AB', 'A', 'AAA B', 'A+A_', 'AA/A', 'AAAA\n', 'AAAé'])(
  '%j is refused',
  (text) => {
    expect(decodeBase64url(text)).toBeNull();
  },
);
