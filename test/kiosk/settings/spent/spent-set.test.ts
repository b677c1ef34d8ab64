/** What gates tell each other is one set in the end, whoever heard what first and how often. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KnownEntry } from '../../../../config/vocabulary.js';
import {
  doubleUses,
  mergeSpent,
  stillSpent,
  usesOfOneMax,
} from '../../../../kiosk/settings/spent/spent-set.js';
import { anyEntries } from './entries.js';

describe('the union', () => {
  test('is the same in any order', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (left, right) => {
        expect(mergeSpent(left, right)).toEqual(mergeSpent(right, left));
        expect(mergeSpent(left.toReversed())).toEqual(mergeSpent(left));
      }),
    );
  });

  test('is the same however it is grouped, sets among the parts', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, anyEntries, (one, two, three) => {
        const whole = mergeSpent(one, two, three);
        expect(mergeSpent(mergeSpent(one, two), three)).toEqual(whole);
        expect(mergeSpent(one, mergeSpent(two, three))).toEqual(whole);
      }),
    );
  });

  test('is the same however often', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (left, right) => {
        const whole = mergeSpent(left, right);
        expect(mergeSpent(whole, whole)).toEqual(whole);
        expect(mergeSpent(whole, left)).toEqual(whole);
      }),
    );
  });

  test('loses no ticket and no code, and ends nothing earlier', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const whole = mergeSpent(entries);
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
    const whole = mergeSpent(uses);
    expect(whole.map(({ at }) => at)).toEqual(uses.slice(0, usesOfOneMax).map(({ at }) => at));
    for (const [index] of uses.entries())
      expect(mergeSpent(uses.slice(index), uses.slice(0, index))).toEqual(whole);
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

describe('a paper that two gates let somebody through on', () => {
  test('is found, by its times; one that went out and came in again is not, nor one told twice', () => {
    const set = mergeSpent([use('10'), use('11'), use('10'), use('12', { direction: 'in' })]);
    expect(doubleUses(set)).toEqual([
      { type: 'ticket', key: 'aa', direction: 'out', times: [use('10').at, use('11').at] },
    ]);
  });

  test('is found of a code, too; passages, isolations and windows are no uses', () => {
    const { direction: _, ...code } = use('10', { type: 'code' });
    const later = { ...code, at: '2020-02-10T11:00:00.000Z' };
    expect(doubleUses(mergeSpent([code], [later]))).toMatchObject([
      { type: 'code', direction: null },
    ]);
    const passages = [use('10', { type: 'passage' }), use('11', { type: 'passage' })];
    expect(doubleUses(mergeSpent(passages))).toEqual([]);
  });
});

test('what is over is left out, to the millisecond; a time that is none ends nothing', () => {
  const entry = use('10');
  const untilMs = Date.parse(entry.until);
  expect(stillSpent([entry], untilMs - 1)).toEqual([entry]);
  expect(stillSpent([entry], untilMs)).toEqual([]);
  expect(stillSpent([entry], Number.NaN)).toEqual([entry]);
});
