import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRfc3339 } from '../../config/rfc3339.js';

test('every instant that JavaScript writes is read back', () => {
  const dates = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      expect(parseRfc3339(date.toISOString())).toBe(date.getTime());
    }),
  );
});

test.each([
  ['2020-02-10T08:00:00+08:00', '2020-02-10T00:00:00Z'],
  ['2020-02-10t00:30:00.25-05:30', '2020-02-10T06:00:00.250Z'],
  ['2020-02-29T23:59:59.999999999z', '2020-02-29T23:59:59.999Z'],
])('%s is %s', (text, same) => {
  expect(parseRfc3339(text)).toBe(Date.parse(same));
});

test.each([
  '2020-02-10',
  '2020-02-10T00:00:00',
  '2020-02-10 00:00:00Z',
  '2020-02-30T00:00:00Z',
  '2019-02-29T00:00:00Z',
  '2020-13-01T00:00:00Z',
  '2020-00-10T00:00:00Z',
  '2020-02-00T00:00:00Z',
  '2020-02-10T24:00:00Z',
  '2020-02-10T00:60:00Z',
  '2020-02-10T00:00:60Z',
  '2020-02-10T00:00:00+24:00',
  '2020-02-10T00:00:00+08',
  '2020-02-10T00:00:00.Z',
  '1581292800',
  '',
])('%j is refused', (text) => {
  expect(parseRfc3339(text)).toBeNull();
});
