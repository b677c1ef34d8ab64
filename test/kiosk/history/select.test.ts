/** Records looked up by their time: by halves, with gaps, as if every one had been read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstSince, newestMs, recordsBetween } from '../../../kiosk/history/select.js';
import type { JournalSource, SourceRow } from '../../../kiosk/journal/source.js';

/** @param asked told how many records were looked at */
function sourceOf(
  records: readonly { readonly seq: number; readonly ms: number }[],
  hasEnd: boolean,
  asked: () => void = () => {},
): JournalSource {
  const rows = records.map(({ seq, ms }): SourceRow => {
    const text = JSON.stringify({ at: new Date(ms).toISOString() });
    const bytes = Buffer.from(text, 'utf8');
    return { ...{ is: 'row', seq, bytes, hash: new Uint8Array(32), sealed: null } };
  });
  const last = records.at(-1)?.seq ?? 0;
  return {
    ...{ kind: 'collector', of: 'collector', site: null, kiosk: null, journal: '', before: null },
    ...{ end: hasEnd ? { seq: last, hash: '' } : null, checkpoints: [], losses: [] },
    *rows(after = 0) {
      for (const row of rows)
        if (row.seq > after) {
          asked();
          yield row;
        }
    },
    ...{ strayPart: null, close: () => {} },
  };
}

/** Numbers and times that grow, with gaps and with equal times. */
const journals = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), {
    maxLength: 40,
  })
  .map((steps) => {
    let [seq, ms] = [0, 1_000];
    return steps.map(([numbers, later]) => {
      seq += numbers;
      ms += later;
      return { seq, ms };
    });
  });

test('the first record since a time is the one that reading all of them finds', () => {
  fc.assert(
    fc.property(
      journals,
      fc.boolean(),
      fc.integer({ min: 990, max: 1_130 }),
      (made, hasEnd, ms) => {
        const source = sourceOf(made, hasEnd);
        const expected = recordsBetween(source, ms, null)?.from ?? null;
        const found = firstSince(source, ms);
        // A number in a gap stands for the record behind it.
        const behind = made.find(({ seq }) => found !== null && seq >= found)?.seq ?? null;
        expect(behind).toBe(expected);
        expect(newestMs(source)).toBe(made.at(-1)?.ms ?? null);
      },
    ),
  );
});

test('of a year of records a few are looked at', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({ seq: index + 1, ms: index }));
  let count = 0;
  const source = sourceOf(many, true, () => {
    count += 1;
  });
  expect(firstSince(source, 77_777)).toBe(77_778);
  expect(firstSince(source, 100_000)).toBeNull();
  expect(newestMs(source)).toBe(99_999);
  expect(count).toBeLessThan(50);
});
