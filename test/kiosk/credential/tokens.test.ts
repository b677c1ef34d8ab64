import { expect, test } from 'vitest';
import { holderTag, isHolder, personToken } from '../../../kiosk/credential/tokens.js';

const pepper = Uint8Array.from({ length: 32 }, (_, index) => index);
/** A made-up number; the values were computed with Python's hmac. */
const idNumber = '11010119900307001X';

test('a token is the first half of HMAC-SHA-256 over the space and the id', () => {
  expect(personToken(pepper, 'campus-id', '2009120045')).toBe('73389d3d074edd7179e9593c545eb69b');
  expect(personToken(pepper, 'id-number', idNumber)).toBe('258c7d35c93da2d89f5ec36e45b229f2');
});

test('a holder tag is the same over the cti and the ID number, whichever case its X has', () => {
  const expected = 'e5e82a61f320d42eb006499534fcc72a';
  expect(holderTag(pepper, '0011223344556677', idNumber)).toBe(expected);
  expect(holderTag(pepper, '0011223344556677', idNumber.toLowerCase())).toBe(expected);
  expect(holderTag(pepper, '0011223344556678', idNumber)).not.toBe(expected);
});

test('a person has another token in every space and under every pepper', () => {
  const other = new Uint8Array(32);
  const tokens = [
    personToken(pepper, 'campus-id', '1'),
    personToken(pepper, 'household', '1'),
    personToken(other, 'campus-id', '1'),
  ];
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(() => personToken(new Uint8Array(31), 'campus-id', '1')).toThrow(RangeError);
});

test('a holder is known by a tag under any of the site’s peppers; a tag of another form is nobody’s', () => {
  const cti = '0011223344556677';
  const older = new Uint8Array(32);
  const holder = holderTag(older, cti, idNumber);
  expect(isHolder([pepper, older], { cti, holder }, idNumber)).toBe(true);
  expect(isHolder([older, pepper], { cti, holder }, idNumber.toLowerCase())).toBe(true);
  expect(isHolder([pepper], { cti, holder }, idNumber)).toBe(false);
  expect(isHolder([older], { cti: 'ff'.repeat(8), holder }, idNumber)).toBe(false);
  for (const tag of ['', holder.slice(2), `${holder}00`, 'zz'.repeat(16)])
    expect(isHolder([older], { cti, holder: tag }, idNumber)).toBe(false);
});
