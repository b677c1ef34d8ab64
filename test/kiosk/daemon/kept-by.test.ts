/** What a journal keeps while another retention is on trial: all that either keeps. */
import { expect, test } from 'vitest';
import { retentionDefaults, retentionOf } from '../../../config/retention.js';
import { keptBy } from '../../../kiosk/daemon/kept-by.js';

const of = (retention: object) => ({ journal: { retention } });

test.each([
  ['without a trial what is in force', of({ idCardDays: 2 }), undefined, { idCardDays: 2 }],
  ['of a file that says nothing the defaults', {}, undefined, {}],
  ['a shorter one on trial: what was before', of({ idCardDays: 2 }), {}, {}],
  [
    'a longer one on trial: at once',
    of({ idCardDays: 90 }),
    of({ idCardDays: 20 }),
    { idCardDays: 90 },
  ],
  [
    'one that keeps more of one and less of another: the more of each',
    of({ idCardDays: 3, recordDays: 400 }),
    of({ idCardDays: 9, recordDays: 100 }),
    { idCardDays: 9, recordDays: 400 },
  ],
])('%s', (_name, config, before, expected) => {
  expect(keptBy(config, before)).toEqual(retentionOf({ ...retentionDefaults, ...expected }));
});
