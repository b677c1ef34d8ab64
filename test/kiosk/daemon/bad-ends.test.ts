/** Three bad ends in ten minutes are out of service; a person's stop, a quiet time and a restart of the machine are not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  badEndsMax,
  badEndsWithinMs,
  begun,
  countEnds,
  type Ends,
  ended,
  isOutOfService,
  noEnds,
} from '../../../kiosk/daemon/bad-ends.js';
import { exitCodes } from '../../../kiosk/daemon/exit-codes.js';

describe('the count', () => {
  /** Runs that last `lastsMs` each, one after the other; returns what the next run finds. */
  const foundAfter = (bad: readonly boolean[], lastsMs: number, startMs = 0): Ends => {
    let ends = noEnds;
    let nowMs = startMs;
    for (const isBad of bad) {
      ends = begun(ends, nowMs);
      nowMs += lastsMs;
      ends = ended(ends, isBad, nowMs);
    }
    return begun(ends, nowMs);
  };

  it('serves after two bad ends and not after three', () => {
    expect(isOutOfService(foundAfter([true, true], 1_000))).toBe(false);
    expect(isOutOfService(foundAfter([true, true, true], 1_000))).toBe(true);
  });

  it('forgets at a clean end, and what was long ago', () => {
    expect(isOutOfService(foundAfter([true, true, false, true], 1_000))).toBe(false);
    expect(isOutOfService(foundAfter([true, true, true], badEndsWithinMs / 2 + 1))).toBe(false);
    expect(isOutOfService(foundAfter([true, true, true], badEndsWithinMs / 2))).toBe(true);
  });

  it('takes a run that left no end for a bad one', () => {
    let ends = noEnds;
    for (let start = 0; start <= badEndsMax; start += 1) {
      expect(isOutOfService(ends)).toBe(false);
      ends = begun(ends, start * 1_000);
    }
    expect(isOutOfService(ends)).toBe(true);
  });

  it('goes by any order of ends: out of service exactly with three bad ones in the window', () => {
    const run = fc.record({ isBad: fc.boolean(), lastsMs: fc.nat(badEndsWithinMs) });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        let ends = noEnds;
        let nowMs = 0;
        let bad: number[] = [];
        for (const { isBad, lastsMs } of runs) {
          ends = begun(ends, nowMs);
          nowMs += lastsMs;
          ends = ended(ends, isBad, nowMs);
          bad = isBad ? [...bad, nowMs] : [];
        }
        const expected = bad.filter((ms) => nowMs - ms <= badEndsWithinMs).length >= badEndsMax;
        expect(isOutOfService(begun(ends, nowMs))).toBe(expected);
      }),
    );
  });
});

describe('kept in the runtime directory', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-ends-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('counts over processes by their exit codes; 1 and 2 are for a person to mend', () => {
    const run = (code: (typeof exitCodes)[keyof typeof exitCodes]): boolean => {
      const count = countEnds(folder, () => 5_000);
      count.ended(code);
      return count.isOutOfService;
    };
    const { fault, partLost, cannotStart, fine } = exitCodes;
    expect([fault, partLost, fault, fault, fine, fault].map(run)).toEqual([
      ...[false, false, false, true, true, false],
    ]);
    expect([cannotStart, fault, fault].map(run)).toEqual([false, false, false]);
  });

  it.each(['', '{', '[]', '{"badMs": 3, "isRunning": true}', '{"badMs": ["x"], "isRunning": 1}'])(
    'takes a file that is none (%s) for no ends',
    (text) => {
      writeFileSync(join(folder, 'ends.json'), text);
      expect(countEnds(folder, () => 1).isOutOfService).toBe(false);
    },
  );

  it('counts nothing without a folder, or in one that is gone', () => {
    for (const folders of [undefined, join(folder, 'gone')])
      for (let time = 0; time < 5; time += 1) {
        const count = countEnds(folders, () => 1);
        expect(count.isOutOfService).toBe(false);
        count.ended(exitCodes.fault);
      }
  });
});
