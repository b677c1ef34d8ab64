import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import type { Clock } from '../../hardware/ports.js';
import { type SkippingClock, skippingClock, virtualClock } from '../../hardware/simulated/clock.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});
const realClock = (): SkippingClock => {
  const clock = skippingClock();
  cleanups.push(() => clock.close());
  return clock;
};

test('virtual tasks run at their own time, in order, ties as they were asked for', () => {
  const clock = virtualClock();
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.now().monotonicMs}`);
  clock.at(30, note('c'));
  clock.at(10, note('a1'));
  clock.at(10, note('a2'));
  clock.at(20, () => {
    note('b')();
    clock.at(5, note('past'));
    clock.at(20, note('same'));
    clock.at(25, note('later'));
  });
  clock.advance(25);
  expect(ran).toEqual(['a1@10', 'a2@10', 'b@20', 'past@20', 'same@20', 'later@25']);
  expect(clock.now().monotonicMs).toBe(25);
  expect(clock.nextDueMs()).toBe(30);
});

test('a cancelled virtual task never runs, also when cancelled by a task of the same instant', () => {
  const clock = virtualClock();
  let ran = 0;
  const cancels = [1, 2, 3].map(() => clock.at(10, () => ran++));
  clock.at(5, () => cancels[1]?.());
  cancels[0]?.();
  cancels[0]?.();
  clock.advance(100);
  expect(ran).toBe(1);
});

test('a thousand tasks in any order run sorted', () => {
  const clock = virtualClock();
  const ran: number[] = [];
  for (let index = 0; index < 1_000; index++) {
    const dueMs = (index * 7_919) % 1_009;
    const cancel = clock.at(dueMs, () => ran.push(dueMs));
    if (index % 5 === 0) cancel();
  }
  clock.advance(2_000);
  expect(ran).toHaveLength(800);
  expect(ran).toEqual([...ran].sort((one, other) => one - other));
});

test('the wall clock can jump without moving durations', () => {
  const clock = virtualClock({ wallMs: 1_000_000 });
  clock.advance(500);
  clock.jumpWall(-3_600_000);
  clock.setClockState('conflict');
  expect(clock.now()).toEqual({ monotonicMs: 500, wallMs: -2_599_500, clock: 'conflict' });
});

test('virtual time that is moved from inside a task is refused', () => {
  const clock = virtualClock();
  clock.at(1, () => clock.advance(1));
  expect(() => clock.advance(2)).toThrow(/already being moved/);
});

test('a task that keeps asking for now is found out instead of stopping time for ever', () => {
  const clock = virtualClock();
  const again = (): void => void clock.at(0, again);
  again();
  expect(() => clock.advance(1)).toThrow(/stands still/);
});

test('skipping runs what falls due in order, each at its own time, and tells how far', () => {
  const clock = realClock();
  const startMs = clock.now().monotonicMs;
  const wallMs = clock.now().wallMs;
  const ran: number[] = [];
  const skips: number[] = [];
  clock.onSkip((ms) => skips.push(ms));
  const tick = (count: number) => (): void => {
    ran.push(Math.round(clock.now().monotonicMs - startMs));
    if (count > 1) clock.at(clock.now().monotonicMs + 10_000, tick(count - 1));
  };
  clock.at(startMs + 10_000, tick(3));
  clock.skip(60_000);
  expect(ran).toEqual([10_000, 20_000, 30_000]);
  expect(skips).toEqual([60_000]);
  expect(clock.now().monotonicMs).toBeGreaterThanOrEqual(startMs + 60_000);
  expect(clock.now().wallMs).toBeGreaterThanOrEqual(wallMs + 60_000);
});

test('between skips the skipping clock runs tasks with real time', async () => {
  const clock = realClock();
  clock.skip(5_000);
  const dueMs = clock.now().monotonicMs + 5;
  const ranAtMs = await new Promise<number>((resolve) => {
    clock.at(dueMs, () => resolve(clock.now().monotonicMs));
  });
  expect(ranAtMs).toBeGreaterThanOrEqual(dueMs);
});

test('a closed skipping clock runs nothing, even where it is skipped', () => {
  const clock = realClock();
  let ran = 0;
  clock.at(clock.now().monotonicMs + 10, () => ran++);
  clock.close();
  clock.skip(100);
  expect(ran).toBe(0);
});

test('the real scheduler never runs a task early, and a cancelled one not at all', async () => {
  const scheduler = systemScheduler();
  const dueMs = monotonicNowMs() + 5;
  let cancelledRan = false;
  scheduler.at(dueMs - 1, () => {
    cancelledRan = true;
  })();
  scheduler.at(0, () => {
    cancelledRan = true;
  })();
  const lateMs = await new Promise<number>((resolve) => {
    scheduler.at(dueMs, () => resolve(monotonicNowMs() - dueMs));
  });
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(cancelledRan).toBe(false);
});

test('a delay beyond 31 bits of milliseconds does not fire at once', async () => {
  const scheduler = systemScheduler();
  let fired = false;
  const cancel = scheduler.at(monotonicNowMs() + 2 ** 32, () => {
    fired = true;
  });
  await new Promise<void>((resolve) => {
    scheduler.at(monotonicNowMs() + 10, resolve);
  });
  cancel();
  expect(fired).toBe(false);
});

describe('the system clock by the time service’s mark', () => {
  let markFile: string;
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-clock-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    markFile = join(folder, 'synchronized');
  });
  const stateOf = (clock: Clock): string => clock.now().clock;
  const touch = (agoMs: number): void => {
    writeFileSync(markFile, '');
    const seconds = (Date.now() - agoMs) / 1000;
    utimesSync(markFile, seconds, seconds);
  };

  test('is floor without one, synced from the first on, and holds over when it is gone', () => {
    const clock = systemClock({ markFile, markCheckMs: 0 });
    const patient = systemClock({ markFile, markCheckMs: 3_600_000 });
    expect([stateOf(clock), stateOf(patient)]).toEqual(['floor', 'floor']);
    touch(0);
    expect([stateOf(clock), stateOf(patient)]).toEqual(['synced', 'floor']);
    rmSync(markFile);
    expect(stateOf(clock)).toBe('holdover');
  });

  test('holds over when it has not been touched for more than 75 minutes, until it is again', () => {
    touch(76 * 60_000);
    const clock = systemClock({ markFile, markCheckMs: 0 });
    expect(stateOf(clock)).toBe('holdover');
    touch(74 * 60_000);
    expect(stateOf(clock)).toBe('synced');
    expect(stateOf(systemClock({ markFile }))).toBe('synced');
  });

  test('counts the age of a mark that it has seen touched by no clock that can be set', () => {
    touch(0);
    const clock = systemClock({ markFile, markCheckMs: 0, markAgeMsMax: 0 });
    stateOf(clock);
    // A time stamp in the future, of before the system clock was set back, stays young for no longer.
    touch(-86_400_000);
    expect(stateOf(clock)).toBe('synced');
    const beganMs = monotonicNowMs();
    while (monotonicNowMs() - beganMs < 1);
    expect(stateOf(clock)).toBe('holdover');
  });

  test('is floor where the mark cannot be looked at', () => {
    mkdirSync(markFile);
    expect(stateOf(systemClock({ markFile: join(markFile, 'x'.repeat(300)) }))).toBe('floor');
  });
});
