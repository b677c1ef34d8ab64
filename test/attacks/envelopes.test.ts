/**
 * Signed envelopes that somebody has changed on the way: none is taken for what nobody has signed. The
 * long run takes a million; `FUZZ_SEED=N` makes the same again.
 */
import { expect, test } from 'vitest';
import { random } from '../../hardware/simulated/random.js';
import { fuzzMs, fuzzSeed, timedFuzz } from '../timed-fuzz.js';
import { fuzzEnvelopes } from './fuzzed-envelopes.js';

test(
  'no changed envelope is taken, done, or thrown at',
  async () => {
    const counts = await timedFuzz(
      'envelopes',
      'of steps, commands, spent sets, times',
      5_000,
      (count, told) => fuzzEnvelopes(random(fuzzSeed), count, told),
    );
    expect(counts).toMatchObject({ wrong: 0, first: null });
    expect(counts.untouched).toBeGreaterThan(counts.messages / 100);
    expect(counts.refused).toBeGreaterThan(counts.messages / 2);
  },
  fuzzMs,
);
