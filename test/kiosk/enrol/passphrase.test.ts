/** The digits that an operator types at a board: a slip is told, whatever the input method made of it. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePassphrase, readPassphrase } from '../../../kiosk/enrol/passphrase.js';

test('is 25 digits in groups of five, read back with spaces, hyphens, none, or in full width', () => {
  const made = makePassphrase(randomBytes);
  expect(made).toMatch(/^\d{5}( \d{5}){4}$/);
  const digits = made.replaceAll(' ', '');
  const wide = made.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  for (const typed of [made, digits, made.replaceAll(' ', '-'), ` ${made}\r\n`, wide])
    expect(readPassphrase(typed)).toEqual({ ok: true, digits });
});

test('uses every digit alike and throws away what would not', () => {
  const all = (value: number): Uint8Array => new Uint8Array(23).fill(value);
  const rounds = [all(255), all(250), all(249)];
  expect(makePassphrase(() => rounds.shift() ?? all(0))).toMatch(/^(9{5} ){4}9{3}\d\d$/);
});

test('with one wrong digit, or two neighbours exchanged, is mistyped', () => {
  const digits = makePassphrase(randomBytes).replaceAll(' ', '');
  const positions = fc.integer({ min: 0, max: 24 });
  fc.assert(
    fc.property(positions, fc.integer({ min: 1, max: 9 }), (at, by) => {
      const other = String((Number(digits[at]) + by) % 10);
      const typed = digits.slice(0, at) + other + digits.slice(at + 1);
      expect(readPassphrase(typed)).toEqual({ ok: false, why: 'mistyped' });
    }),
  );
  for (let at = 0; at < 24; at += 1) {
    const [first = '', second = ''] = digits.slice(at, at + 2);
    if (first === second) continue;
    const typed = digits.slice(0, at) + second + first + digits.slice(at + 2);
    expect(readPassphrase(typed)).toEqual({ ok: false, why: 'mistyped' });
  }
});

test('of another length, or of letters, is none; nothing throws', () => {
  expect(readPassphrase('12345')).toEqual({ ok: false, why: 'wrong-length' });
  expect(readPassphrase('a'.repeat(25))).toEqual({ ok: false, why: 'mistyped' });
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !readPassphrase(text).ok));
});
