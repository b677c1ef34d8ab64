import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClockState, Now } from '../../../config/vocabulary.js';
import { timeNeverRunsBack } from '../../../kiosk/core/laws/law-time.js';
import { initialState } from '../../../kiosk/core/state.js';
import {
  clockLimits,
  judgeTime,
  type Time,
  takeFloor,
  unknownTime,
} from '../../../kiosk/core/time/clock.js';
import { takeSigned } from '../../../kiosk/core/time/signed-time.js';
import { code, form, Hands, settings, startWallMs } from './hands.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A machine with a clock of its own, and what the gate makes of it. */
class Machine {
  raw: Now;
  time: Time;
  now: Now;

  /** Starts up; the machine's clock says `wallMs`, the journal has kept `floorMs`. */
  constructor(wallMs: number, floorMs: number | null, clock: ClockState = 'floor') {
    this.raw = { monotonicMs: 5_000, wallMs, clock };
    this.time = takeFloor(unknownTime(this.raw), floorMs);
    this.now = this.look();
  }

  look(change: Partial<Now> = {}): Now {
    this.raw = { ...this.raw, ...change };
    const { time, now } = judgeTime(this.time, this.raw);
    this.time = time;
    this.now = now;
    return now;
  }

  /** Time passes, for the machine's clock too. */
  wait(ms: number, change: Partial<Now> = {}): Now {
    const { monotonicMs, wallMs } = this.raw;
    return this.look({ monotonicMs: monotonicMs + ms, wallMs: wallMs + ms, ...change });
  }

  /** The machine's clock is set, by somebody or something. */
  set(wallMs: number): Now {
    return this.look({ wallMs });
  }
}

const synced = (): Machine => new Machine(startWallMs, startWallMs - hourMs, 'synced');
const seconds = (wallMs: number): number => Math.round((wallMs - startWallMs) / 1000);

describe('a machine that starts', () => {
  test('with a dead battery, in 1970: time goes on from the floor, and the first sync sets it', () => {
    const machine = new Machine(0, startWallMs);
    expect(machine.now).toMatchObject({ wallMs: startWallMs, clock: 'floor' });
    expect(machine.wait(30_000)).toMatchObject({ wallMs: startWallMs + 30_000, clock: 'floor' });
    machine.look({ clock: 'synced', wallMs: startWallMs + 8 * hourMs });
    expect(machine.now).toMatchObject({ wallMs: startWallMs + 8 * hourMs, clock: 'synced' });
  });

  test('with a battery-backed clock hours ahead: not believed, so its sync runs nothing back', () => {
    const machine = new Machine(startWallMs + 8 * hourMs, startWallMs);
    expect(seconds(machine.wait(10_000).wallMs)).toBe(10);
    machine.look({ clock: 'synced', wallMs: startWallMs + hourMs });
    expect(machine.now).toMatchObject({ wallMs: startWallMs + hourMs, clock: 'synced' });
  });

  test('after a long weekend without power is synced at once; after a year it is in conflict', () => {
    const weekend = new Machine(0, startWallMs);
    weekend.look({ clock: 'synced', wallMs: startWallMs + 4 * dayMs });
    expect(weekend.now).toMatchObject({ wallMs: startWallMs + 4 * dayMs, clock: 'synced' });
    const year = new Machine(0, startWallMs);
    year.look({ clock: 'synced', wallMs: startWallMs + 365 * dayMs });
    expect(year.now).toMatchObject({ wallMs: startWallMs, clock: 'conflict' });
  });

  test('that may jump by days may do so once', () => {
    const machine = new Machine(0, startWallMs);
    machine.look({ clock: 'synced', wallMs: startWallMs + 4 * dayMs });
    machine.set(startWallMs + 6 * dayMs);
    expect(machine.now).toMatchObject({ wallMs: startWallMs + 4 * dayMs, clock: 'conflict' });
  });

  test('never synced yet shows its own clock and trusts nothing; the first sync sets any time', () => {
    const machine = new Machine(startWallMs + 900 * dayMs, null);
    expect(machine.now).toMatchObject({ wallMs: startWallMs + 900 * dayMs, clock: 'floor' });
    expect(machine.time.floorMs).toBeNull();
    machine.look({ clock: 'synced', wallMs: startWallMs });
    expect(machine.now).toMatchObject({ wallMs: startWallMs, clock: 'synced' });
    expect(machine.time.floorMs).toBe(startWallMs);
  });
});

describe('a clock that jumps', () => {
  test.each([
    ['23 h ahead by the time service', 23 * hourMs, 'synced', 23 * 3_600],
    ['25 h ahead', 25 * hourMs, 'conflict', 10],
    ['to 2099', Date.parse('2099-01-01') - startWallMs, 'conflict', 10],
    ['beyond all calendars', 1e17, 'conflict', 10],
    ['before all calendars', -1e17, 'conflict', 10],
    ['to no number', Number.NaN, 'conflict', 10],
    ['59 s back: time stands still for it', -59_000, 'synced', 0],
    ['61 s back', -61_000, 'conflict', 0],
    ['an hour back', -hourMs, 'conflict', 0],
  ] as const)('%s', (_what, jumpMs, clock, later) => {
    const machine = synced();
    machine.set(startWallMs + jumpMs);
    expect(machine.now.clock).toBe(clock);
    machine.look({ monotonicMs: machine.raw.monotonicMs + 10_000 });
    expect(seconds(machine.now.wallMs)).toBe(later);
  });

  test('back and forth while it is not synchronised changes nothing: time is reckoned', () => {
    const machine = synced();
    machine.look({ clock: 'holdover' });
    for (const wallMs of [0, Number.NaN, 1e17, startWallMs + hourMs, startWallMs - hourMs])
      machine.wait(1_000, { wallMs });
    expect(machine.now).toMatchObject({ wallMs: startWallMs + 5_000, clock: 'holdover' });
  });

  test('an hour back: time stands still until it has caught up, and never runs back', () => {
    const machine = synced();
    machine.set(startWallMs - hourMs);
    for (let minute = 1; minute < 59; minute += 1)
      expect(machine.wait(60_000)).toMatchObject({ wallMs: startWallMs, clock: 'conflict' });
    expect(machine.wait(60_000).clock).toBe('synced');
    expect(machine.wait(120_000)).toMatchObject({ wallMs: startWallMs + 60_000, clock: 'synced' });
  });

  test('two days back and then right again: what it lagged is no jump', () => {
    const machine = synced();
    machine.set(startWallMs - 2 * dayMs);
    for (let hour = 0; hour < 40; hour += 1) machine.wait(hourMs);
    expect(machine.now).toMatchObject({ wallMs: startWallMs, clock: 'conflict' });
    machine.set(startWallMs + 40 * hourMs);
    expect(machine.now).toMatchObject({ wallMs: startWallMs + 40 * hourMs, clock: 'synced' });
  });

  test('ahead again and again: a day in all, however small the steps; the rest is a conflict', () => {
    for (const jumpMs of [23.9 * hourMs, 5 * hourMs, hourMs, 59_000]) {
      const machine = synced();
      for (let jump = 0; jump < 1_500; jump += 1)
        machine.wait(1_000, { wallMs: machine.now.wallMs + 1_000 + jumpMs });
      expect(machine.now.clock).toBe('conflict');
      const aheadMs = machine.now.wallMs - startWallMs - 1_500_000;
      expect(aheadMs).toBe(Math.floor(dayMs / jumpMs) * jumpMs);
    }
  });

  test('ahead by a day, and then by another one: not before the first is two days old at the most', () => {
    const machine = synced();
    const { monotonicMs } = machine.raw;
    machine.set(startWallMs + 23 * hourMs);
    const clocks = [1, 12, 23, 24, 36, 47, 48].map((hour) => {
      const wallMs = startWallMs + (23 + hour + 23) * hourMs;
      return machine.look({ monotonicMs: monotonicMs + hour * hourMs, wallMs }).clock;
    });
    expect(clocks).toEqual([...Array(6).fill('conflict'), 'synced']);
  });

  test('by minutes, now and then, for a year: it is believed all the time', () => {
    const machine = synced();
    let aheadMs = 0;
    for (let day = 0; day < 365; day += 1) {
      const jumpMs = (day % 7) * 100_000;
      aheadMs += jumpMs;
      expect(machine.wait(dayMs, { wallMs: machine.raw.wallMs + dayMs + jumpMs }).clock).toBe(
        'synced',
      );
    }
    expect(machine.now.wallMs).toBe(startWallMs + 365 * dayMs + aheadMs);
  });

  test('a little to and fro at each look: it sums up to nothing', () => {
    const machine = synced();
    const { monotonicMs } = machine.raw;
    for (let look = 1; look <= 20_000; look += 1) {
      const lapseMs = look * 250;
      const wallMs = startWallMs + lapseMs + (look % 2 === 0 ? 20_000 : -20_000);
      expect(machine.look({ monotonicMs: monotonicMs + lapseMs, wallMs }).clock).toBe('synced');
    }
    expect(machine.time.jumps).toEqual({ thisDayMs: 20_000, dayBeforeMs: 0 });
  });

  test('that has run time ahead for a day, and is right again: conflict for as long as that, no longer', () => {
    const machine = synced();
    machine.set(startWallMs + 23 * hourMs);
    machine.set(startWallMs);
    for (let hour = 1; hour < 23; hour += 1) expect(machine.wait(hourMs).clock).toBe('conflict');
    expect(machine.wait(hourMs)).toMatchObject({ wallMs: startWallMs + 23 * hourMs });
    for (let hour = 0; hour < 60; hour += 1) expect(machine.wait(hourMs).clock).toBe('synced');
  });

  test('what a signature had moved, and time has stood still for, is no lag that could be caught up with', () => {
    const machine = synced();
    machine.set(Date.parse('2099-01-01'));
    machine.time = takeSigned(machine.time, {
      ...{ purpose: 'raise', signed: 'few' },
      atMs: startWallMs + 23 * hourMs,
    }).time;
    machine.set(startWallMs);
    expect(machine.wait(23 * hourMs)).toMatchObject({ clock: 'synced' });
    const { signedMs, lagMs, jumps } = machine.time;
    expect([signedMs, lagMs, jumps.thisDayMs]).toEqual([0, 0, 0]);
    machine.set(machine.now.wallMs + 25 * hourMs);
    expect(machine.now.clock).toBe('conflict');
  });

  test('out of a conflict it comes back where it belongs, and only there', () => {
    const machine = synced();
    machine.set(Date.parse('2099-01-01'));
    machine.wait(dayMs);
    expect(machine.now).toMatchObject({ wallMs: startWallMs + dayMs, clock: 'conflict' });
    machine.set(startWallMs + dayMs + 500);
    expect(machine.now).toMatchObject({ wallMs: startWallMs + dayMs + 500, clock: 'synced' });
  });
});

describe('without the time service', () => {
  test('a clock that was synced holds over for days, until it may err by a minute', () => {
    const machine = synced();
    machine.wait(60_000, { clock: 'holdover' });
    expect(machine.now.clock).toBe('holdover');
    const { errorMsMax, initialErrorMs, driftPartsPerMillion } = clockLimits;
    const lastsMs = ((errorMsMax - initialErrorMs) * 1_000_000) / driftPartsPerMillion;
    expect(Math.floor(lastsMs / dayMs)).toBe(6);
    expect(machine.wait(lastsMs - 60_001).clock).toBe('holdover');
    expect(machine.wait(1).clock).toBe('floor');
    expect(machine.wait(dayMs)).toMatchObject({
      wallMs: startWallMs + lastsMs + dayMs,
      clock: 'floor',
    });
  });

  test('flapping between synced and not is synced or holdover, and time goes on evenly', () => {
    const machine = synced();
    for (let round = 1; round <= 100; round += 1) {
      const clock = round % 2 === 0 ? 'synced' : 'holdover';
      expect(machine.wait(1_000, { clock })).toMatchObject({
        wallMs: startWallMs + round * 1_000,
        clock,
      });
    }
  });

  test.each(['floor', 'conflict'] as const)('a clock that says %s itself is no better', (clock) => {
    expect(synced().look({ clock })).toMatchObject({ wallMs: startWallMs, clock });
  });
});

const rawClock = fc.record({
  passedMs: fc.constantFrom(0, 0.25, 1_000, 10_000, hourMs, 3 * dayMs, -hourMs, Number.NaN, 1e12),
  jumpMs: fc.oneof(
    fc.constantFrom(0, 0, 0, 23 * hourMs, 25 * hourMs, -hourMs, -2 * dayMs, 1e17, -1e17),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 59_000, -59_000),
    fc.integer({ min: -2 * dayMs, max: 2 * dayMs }),
  ),
  clock: fc.constantFrom<ClockState>('synced', 'synced', 'holdover', 'floor', 'conflict'),
});

test('whatever the machine’s clock does, time never runs back, and ahead by no more than it may', () => {
  let moved = 0;
  fc.assert(
    fc.property(
      fc.option(fc.integer({ min: startWallMs - dayMs, max: startWallMs + dayMs })),
      fc.array(rawClock, { maxLength: 60 }),
      (floorMs, clocks) => {
        const state = initialState(settings(), {
          monotonicMs: 0,
          wallMs: startWallMs,
          clock: 'floor',
        });
        let time = takeFloor(state.time, floorMs);
        let latestMs = 0;
        for (const { passedMs, jumpMs, clock } of clocks) {
          const raw: Now = {
            monotonicMs: latestMs + passedMs,
            wallMs: startWallMs + latestMs + (passedMs || 0) + jumpMs,
            clock,
          };
          const before = time;
          const { time: after, now } = judgeTime(before, raw);
          time = after;
          const lapseMs = Math.max(0, raw.monotonicMs - latestMs) || 0;
          latestMs += lapseMs;
          expect(Number.isFinite(now.wallMs)).toBe(true);
          const seen = { input: { type: 'timer' }, effects: [], now, raw } as const;
          const law = { before: { ...state, time: before }, after: { ...state, time }, ...seen };
          expect(timeNeverRunsBack(law)).toBeNull();
          expect(now).toEqual({
            monotonicMs: raw.monotonicMs,
            wallMs: time.wallMs,
            clock: time.clock,
          });
          if (before.floorMs === null) continue;
          expect(time.floorMs).toBe(now.wallMs);
          expect(now.wallMs).toBeGreaterThanOrEqual(before.floorMs);
          const aheadMs = now.wallMs - before.floorMs - lapseMs;
          if (aheadMs <= 1) continue;
          moved += 1;
          expect([raw.clock, now.clock, now.wallMs]).toEqual(['synced', 'synced', raw.wallMs]);
          const daysMax = before.syncedAtMs === null ? 10 : 1;
          expect(aheadMs).toBeLessThanOrEqual(daysMax * dayMs + before.lagMs);
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(moved).toBeGreaterThan(200);
});

/** Synchronisations as hostile as they like: by what is left, by a little less or more, back, after a while. */
const hostile = fc.record({
  passedMs: fc.oneof(
    fc.constantFrom(0, 1, 1_000, 1_000, hourMs, 23 * hourMs, dayMs - 1, dayMs),
    fc.integer({ min: 0, max: 8 * hourMs }),
  ),
  jumpMs: fc.oneof(
    fc.constantFrom(59_000, hourMs, 8 * hourMs, 12 * hourMs, 23.9 * hourMs, dayMs, dayMs + 1),
    fc.constantFrom(10 * dayMs, 10 * dayMs + 1, 365 * dayMs, -59_000, -hourMs),
    fc.integer({ min: -hourMs, max: 2 * dayMs }),
  ),
  clock: fc.constantFrom<ClockState>('synced', 'synced', 'synced', 'synced', 'floor', 'holdover'),
});

test('no sequence of synchronisations runs time ahead by more than a day in any day, the first one’s ten aside', () => {
  let usedUp = 0;
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 10, maxLength: 80 }), (looks) => {
      const machine = new Machine(startWallMs, startWallMs);
      const atStartMs = machine.raw.monotonicMs;
      let hasSynced = false;
      let furthestMs = 0;
      /** how far time has ever been ahead of the monotonic clock, at each moment since the first sync */
      const peaks: { atMs: number; aheadMs: number }[] = [];
      for (const { passedMs, jumpMs, clock } of looks) {
        const monotonicMs = machine.raw.monotonicMs + passedMs;
        const now = machine.look({
          ...{ monotonicMs, clock },
          wallMs: machine.now.wallMs + passedMs + jumpMs,
        });
        const lapseMs = monotonicMs - atStartMs;
        const aheadMs = now.wallMs - startWallMs - lapseMs;
        const days = 10 + Math.floor(lapseMs / dayMs) + 1;
        expect(aheadMs).toBeLessThanOrEqual(days * dayMs);
        furthestMs = Math.max(furthestMs, aheadMs);
        for (const { atMs, aheadMs: before } of peaks)
          if (monotonicMs - atMs <= dayMs)
            expect(furthestMs - before).toBeLessThanOrEqual(clockLimits.jumpMsMax);
        hasSynced ||= now.clock === 'synced';
        if (hasSynced) peaks.push({ atMs: monotonicMs, aheadMs: furthestMs });
        if (hasSynced && now.clock === 'conflict' && jumpMs > 0 && jumpMs < dayMs) usedUp += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(usedUp).toBeGreaterThan(100);
});

describe('in the gate', () => {
  const at = (gate: Hands, type: string) => gate.records.filter((record) => record.type === type);

  test('each step is decided and recorded by the judged time', () => {
    const gate = new Hands();
    gate.now = { ...gate.now, wallMs: Date.parse('2099-01-01') };
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    expect(gate.decision()).toBe('refer clock-untrusted');
    expect(gate.records.every(({ at: dated }) => dated.startsWith('2020-02-12T01:'))).toBe(true);
  });

  test('a conflict is on record with its jump, is an alarm that stays, and ends by itself', () => {
    const gate = new Hands();
    gate.now = { ...gate.now, wallMs: gate.now.wallMs + 25 * hourMs };
    gate.wait(1_000);
    expect(at(gate, 'clock').at(-1)).toMatchObject({
      from: 'synced',
      to: 'conflict',
      jumpSeconds: 25 * 3_600,
    });
    expect(gate.state.alarms.map((alarm) => alarm.code)).toEqual(['clock-conflict']);
    gate.give({ type: 'button', button: 'acknowledge', event: 'pressed' });
    expect(gate.state.alarms).toMatchObject([{ code: 'clock-conflict', acknowledged: true }]);
    gate.wait(1_000);
    expect(at(gate, 'alarm')).toHaveLength(1);
    gate.now = { ...gate.now, wallMs: gate.now.wallMs - 25 * hourMs };
    gate.wait(1_000);
    expect(gate.state.alarms).toEqual([]);
    expect(at(gate, 'clock').at(-1)).toMatchObject({ from: 'conflict', to: 'synced' });
    expect(at(gate, 'alarm-ended')).toMatchObject([{ code: 'clock-conflict' }]);
  });

  test('a clock that is no time at all is on record without a jump', () => {
    const gate = new Hands();
    gate.now = { ...gate.now, wallMs: Number.NaN };
    gate.wait(1_000);
    expect(at(gate, 'clock').at(-1)).toMatchObject({ to: 'conflict', jumpSeconds: null });
  });

  test('a jump that is believed is on record though the state stays', () => {
    const gate = new Hands();
    const before = at(gate, 'clock').length;
    gate.now = { ...gate.now, wallMs: gate.now.wallMs + 30_000 };
    gate.wait(1_000);
    expect(at(gate, 'clock')).toHaveLength(before);
    gate.now = { ...gate.now, wallMs: gate.now.wallMs + 23 * hourMs };
    gate.wait(1_000);
    expect(at(gate, 'clock').slice(before)).toMatchObject([
      { from: 'synced', to: 'synced', jumpSeconds: 23 * 3_600 },
    ]);
  });

  test('a start says how long the gate was off, after its own record', () => {
    const gate = new Hands();
    const at0 = startWallMs - 3 * dayMs;
    gate.state = initialState(settings(), gate.now);
    gate.records.length = 0;
    gate.give({
      type: 'boot',
      uses: [],
      endedCleanly: true,
      reason: 'stopped',
      version: 'test',
      standing: { lockdown: false, floorMs: at0 },
    });
    expect(gate.records.map(({ type }) => type)).toEqual(['boot', 'clock']);
    expect(gate.records[1]).toMatchObject({
      from: 'floor',
      to: 'synced',
      jumpSeconds: 3 * 86_400,
    });
  });

  test('until the first sync after a start an alarm says that nothing is granted', () => {
    const gate = new Hands();
    gate.now = { ...gate.now, clock: 'floor' };
    gate.state = initialState(settings(), gate.now);
    const standing = { lockdown: false, floorMs: startWallMs };
    gate.give({
      type: 'boot',
      uses: [],
      endedCleanly: true,
      reason: 'stopped',
      version: 'test',
      standing,
    });
    expect(gate.state.alarms.map((alarm) => alarm.code)).toEqual(['clock-untrusted']);
    gate.now = { ...gate.now, clock: 'synced' };
    gate.wait(1_000);
    expect(gate.state.alarms).toEqual([]);
  });
});

describe('the law, broken on purpose', () => {
  const raw: Now = { monotonicMs: 2_000, wallMs: startWallMs + 1_000, clock: 'synced' };
  const gate = new Hands();
  const before = gate.state;
  const look = (time: Partial<Time>, clock: Partial<Now> = {}, earlier: Partial<Time> = {}) => {
    const seen = { ...raw, ...clock };
    return timeNeverRunsBack({
      before: { ...before, time: { ...before.time, ...earlier } },
      input: { type: 'timer' },
      after: {
        ...before,
        time: {
          ...before.time,
          atMs: seen.monotonicMs,
          wallMs: time.floorMs ?? startWallMs + 1_000,
          floorMs: startWallMs + 1_000,
          ...time,
        },
      },
      effects: [],
      now: seen,
      raw: seen,
    });
  };

  test.each([
    ['nothing is wrong', null, look({})],
    ['it runs back', 'time runs back', look({ floorMs: startWallMs - 1 })],
    ['it is forgotten', 'what time had reached is forgotten', look({ floorMs: null })],
    [
      'decisions go by another time',
      'decided by another time than the one reached',
      look({ wallMs: startWallMs + 2_000 }),
    ],
    [
      'it follows a clock that is not synced',
      'run ahead without a synced clock',
      look({ floorMs: startWallMs + hourMs, clock: 'holdover' }, { clock: 'holdover' }),
    ],
    [
      'it follows a jump of more than a day',
      'run ahead by more than 1 days',
      look({ floorMs: startWallMs + 25 * hourMs }, { wallMs: startWallMs + 25 * hourMs }),
    ],
    [
      'it follows a jump of weeks after a start',
      'run ahead by more than 10 days',
      look(
        { floorMs: startWallMs + 11 * dayMs },
        { wallMs: startWallMs + 11 * dayMs },
        { syncedAtMs: null },
      ),
    ],
    [
      'it follows jumps that are too many in all',
      'run ahead by more than a day within a day',
      look(
        {
          floorMs: startWallMs + 13 * hourMs,
          jumps: { thisDayMs: 13 * hourMs, dayBeforeMs: 12 * hourMs },
        },
        { wallMs: startWallMs + 13 * hourMs },
        { jumps: { thisDayMs: 0, dayBeforeMs: 12 * hourMs } },
      ),
    ],
    [
      'it follows a jump that is not counted',
      'a jump ahead is not counted',
      look({ floorMs: startWallMs + hourMs }, { wallMs: startWallMs + hourMs }),
    ],
    [
      'a jump is counted by half',
      'a jump ahead is not counted',
      look(
        { floorMs: startWallMs + hourMs, jumps: { thisDayMs: hourMs / 2, dayBeforeMs: 0 } },
        { wallMs: startWallMs + hourMs },
      ),
    ],
    [
      'what it lagged behind is caught up with, and lags still',
      'a jump ahead is not counted',
      look(
        { floorMs: startWallMs + hourMs, lagMs: hourMs },
        { wallMs: startWallMs + hourMs },
        { lagMs: hourMs },
      ),
    ],
    [
      'the jumps of this day are forgotten',
      'jumps ahead are forgotten',
      look({}, {}, { jumps: { thisDayMs: hourMs, dayBeforeMs: 0 } }),
    ],
    [
      'they are taken for those of the day before, and forgotten too early',
      'jumps ahead are forgotten',
      look(
        { jumps: { thisDayMs: 0, dayBeforeMs: hourMs } },
        {},
        { jumps: { thisDayMs: hourMs, dayBeforeMs: 0 } },
      ),
    ],
    [
      'those of yesterday are forgotten',
      'jumps ahead are forgotten',
      look(
        { floorMs: startWallMs + dayMs - 1_000 },
        { monotonicMs: dayMs, wallMs: startWallMs + dayMs },
        { jumps: { thisDayMs: hourMs, dayBeforeMs: 0 } },
      ),
    ],
    [
      'what signatures have moved is forgotten by a synchronisation, and not counted',
      'a jump ahead is not counted',
      look({ signedMs: 0 }, {}, { signedMs: hourMs }),
    ],
    [
      'after two days nothing is wrong any more',
      null,
      look(
        { floorMs: startWallMs + 2 * dayMs - 1_000 },
        { monotonicMs: 2 * dayMs, wallMs: startWallMs + 2 * dayMs },
        { jumps: { thisDayMs: hourMs, dayBeforeMs: hourMs } },
      ),
    ],
    [
      'the first synchronisation is forgotten, so that the next would be it again',
      'a synchronisation is forgotten',
      look({ syncedAtMs: null }),
    ],
    ['a lag is made up', 'a lag that has not been', look({ lagMs: hourMs })],
    [
      'it is synced to another time',
      'synced to another time',
      look({}, { wallMs: startWallMs - hourMs }),
    ],
    [
      'it is synced by a clock that is not',
      'synced by a clock that says holdover',
      look({}, { clock: 'holdover' }),
    ],
    [
      'it holds over what never was synced',
      'holdover of a clock that was never synced',
      look({ clock: 'holdover' }, { clock: 'holdover' }, { syncedAtMs: null }),
    ],
    [
      'it holds over a week',
      'holdover for too long',
      look({ clock: 'holdover' }, { clock: 'holdover', monotonicMs: 7 * dayMs }),
    ],
    [
      'it holds over what says that it is wrong',
      'holdover of a clock conflict',
      look({ clock: 'holdover' }, { clock: 'conflict' }),
    ],
  ])('%s', (_what, expected, found) => {
    expect(found).toBe(expected);
  });
});
