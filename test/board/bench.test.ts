/** The benches on the virtual board, with few rounds: they run, and give figures of both sides. */
import { describe, expect, test } from 'vitest';
import { table } from '../../scripts/bench/harness.js';
import { benchOnBoard } from './bench-board.js';
import { canRun, why } from './kernel.js';

describe.skipIf(!canRun)(`benches on a virtual board${why}`, () => {
  test('an edge, a write, a pulse and a code are measured beside bare calls of the same kernel', async () => {
    const results = await benchOnBoard(3);
    process.stdout.write(`${table(results)}\n`);
    expect(results.map(({ name }) => name)).toEqual([
      'GPIO: edge → input event',
      'GPIO: write → far side',
      'GPIO: a pulse asked of the relay’s worker → far side',
      'HID: a code’s reports through kernel and node-hid → evidence',
    ]);
    for (const { subject, floor } of results)
      for (const microseconds of [subject.p50, floor.p50]) expect(microseconds).toBeGreaterThan(0);
  });
});
