/** Of two settings of how long what is kept, what keeps everything that either keeps. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  longerRetention,
  type Retention,
  retentionOf,
  retentionRanges,
} from '../../config/retention.js';

const days = fc.integer(retentionRanges.days);
const anyRetention = fc
  .record({
    idCardDays: days,
    temperatureDays: days,
    detailsDays: days,
    recordDays: days,
    recordsMax: fc.integer(retentionRanges.recordsMax),
    megabytesMax: fc.integer(retentionRanges.megabytesMax),
  })
  .map(retentionOf);
const numbersOf = ({ days: ofKinds, recordsMax, megabytesMax }: Retention): readonly number[] => [
  ...Object.values(ofKinds),
  recordsMax,
  megabytesMax,
];

test('each number of it is that of the one which keeps more, whichever is named first', () => {
  fc.assert(
    fc.property(anyRetention, anyRetention, (one, other) => {
      const both = longerRetention(one, other);
      const others = numbersOf(other);
      expect(numbersOf(both)).toEqual(
        numbersOf(one).map((own, at) => Math.max(own, others[at] ?? 0)),
      );
      expect(longerRetention(other, one)).toEqual(both);
    }),
  );
});
