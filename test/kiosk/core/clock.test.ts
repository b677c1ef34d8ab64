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
