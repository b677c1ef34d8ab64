/** What gates tell each other is one set in the end, whoever heard what first and how often. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KnownEntry } from '../../../../config/vocabulary.js';
import { openSpentSet, usesOfOneMax } from '../../../../kiosk/settings/spent/spent-set.js';
import { anyEntries, union } from './entries.js';

describe('the union', () => {
  test('is the same in any order', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (left, right) => {
        expect(union(left, right)).toEqual(union(right, left));
        expect(union(left.toReversed())).toEqual(union(left));
      }),
    );
  });

  test('is the same however it is grouped, sets among the parts', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, anyEntries, (one, two, three) => {
        const whole = union(one, two, three);
        expect(union(union(one, two), three)).toEqual(whole);
        expect(union(one, union(two, three))).toEqual(whole);
      }),
    );
  });

  test('is the same however often', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (left, right) => {
        const whole = union(left, right);
        expect(union(whole, whole)).toEqual(whole);
        expect(union(whole, left)).toEqual(whole);
      }),
    );
  });

  test('loses no ticket and no code, and ends nothing earlier', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const whole = union(entries);
        for (const entry of entries.filter(({ type }) => type === 'ticket' || type === 'code'))
          expect(
            whole.some(
              ({ type, key, direction, until }) =>
                type === entry.type &&
                key === entry.key &&
                direction === entry.direction &&
                until >= entry.until,
            ) ||
              whole.filter(({ key, type }) => key === entry.key && type === entry.type).length >=
                usesOfOneMax,
          ).toBe(true);
      }),
    );
  });

  test('of many uses of one ticket keeps the earliest, in any order', () => {
    const uses = Array.from({ length: usesOfOneMax + 3 }, (_, index) => use(`1${index}`));
    const whole = union(uses);
    expect(whole.map(({ at }) => at)).toEqual(uses.slice(0, usesOfOneMax).map(({ at }) => at));
    for (const [index] of uses.entries())
      expect(union(uses.slice(index), uses.slice(0, index))).toEqual(whole);
  });
});

function use(hour: string, change: Partial<KnownEntry> = {}): KnownEntry {
  const at = `2020-02-10T${hour}:00:00.000Z`;
  return {
    type: 'ticket',
    key: 'aa',
    direction: 'out',
    until: '2020-02-13T00:00:00.000Z',
    at,
    ...change,
  };
}

test('lists what was added last first, and counts what was news', () => {
  const set = openSpentSet();
  expect(set.add([use('10'), use('11', { key: 'bb' })])).toBe(2);
  expect(set.add([use('11', { key: 'bb' })])).toBe(0);
  expect(set.list().map(({ key }) => key)).toEqual(['bb', 'aa']);
  // A second use of a paper is news of it.
  expect(set.add([use('12')])).toBe(1);
  expect(set.list().map(({ key, at }) => [key, at.slice(11, 13)])).toEqual([
    ['aa', '10'],
    ['aa', '12'],
    ['bb', '11'],
  ]);
  set.drop(use('12'));
  expect(set.list()).toEqual([use('11', { key: 'bb' })]);
});
