/** The clock (law 6) on the whole core: what a board's clock, its time service and admins can say, in one table. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClockState, Now } from '../../../config/vocabulary.js';
import { timeNeverRunsBack } from '../../../kiosk/core/laws/law-time.js';
import type { Effect, Input } from '../../../kiosk/core/messages.js';
import { initialState } from '../../../kiosk/core/state.js';
import { judgeTime, type Time, takeFloor, unknownTime } from '../../../kiosk/core/time/clock.js';
import { signedTimeLimits, takeSigned } from '../../../kiosk/core/time/signed-time.js';
import { allDevices, code, form, Hands, settings, startWallMs } from './hands.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const yearMs = 365 * dayMs;
const in2099 = Date.parse('2099-01-01') - startWallMs;
const in1970 = -startWallMs;

type Given = Omit<Extract<Input, { type: 'signed-time' }>, 'type'>;

/** @param agoMs of the moment that is said, before the start of the tests; negative: ahead of it */
const said = (purpose: Given['purpose'], aheadMs: number, admins: readonly string[]): Given => ({
  ...{ purpose, atMs: startWallMs + aheadMs, admins, services: [], omitted: 0 },
  signed: admins.length >= 2 ? 'all' : 'few',
});
const byOne = (aheadMs: number): Given => said('raise', aheadMs, ['ann']);
const byTwo = (aheadMs: number): Given => said('raise', aheadMs, ['ann', 'ben']);
const setByTwo = (aheadMs: number): Given => said('set', aheadMs, ['ann', 'ben']);

/** Starts a board whose clock shows so much more than the tests' start, and whose journal kept a floor. */
function start(shownMs: number, floorMs: number | null, clock: ClockState = 'floor'): Hands {
  const gate = new Hands();
  gate.now = { monotonicMs: 5_000, wallMs: startWallMs + shownMs, clock };
  gate.state = initialState(settings(), gate.now);
  gate.records.length = 0;
  gate.effects.length = 0;
  gate.give({
    ...{ type: 'boot', uses: [], endedCleanly: true, reason: 'stopped', version: 'test' },
    standing: { lockdown: false, floorMs: floorMs === null ? null : startWallMs + floorMs },
  });
  for (const device of allDevices) gate.give({ type: 'device', device, status: 'ok', why: 'test' });
  gate.give({ type: 'registry', key: 'current', keyId: '00' });
  gate.give({ type: 'others', reachable: true });
  return gate;
}

type Event = (gate: Hands) => void;
/** The time service says what it is, in the tests' own time. */
const sync =
  (aheadMs: number): Event =>
  (gate) => {
    gate.now = { ...gate.now, wallMs: startWallMs + aheadMs, clock: 'synced' };
    gate.give({ type: 'timer' });
  };
/** The time service says so much more than the gate has. */
const further =
  (aheadMs: number): Event =>
  (gate) =>
    sync(gate.state.time.wallMs + aheadMs - startWallMs)(gate);
/** A single admin does. */
const signsFurther: Event = (gate) =>
  hears(byOne(gate.state.time.wallMs + 23 * hourMs - startWallMs))(gate);
const lost: Event = (gate) => {
  gate.now = { ...gate.now, clock: 'holdover' };
  gate.give({ type: 'timer' });
};
const waits =
  (ms: number): Event =>
  (gate) =>
    gate.wait(ms);
const hears =
  (given: Given): Event =>
  (gate) => {
    gate.give({ type: 'signed-time', ...given });
  };

/** Somebody comes with papers that are good by the gate's own time. @returns the decision */
function comes(gate: Hands): string {
  const fromSeconds = Math.floor(gate.state.time.wallMs / 1000) - 60;
  const dates = { issuedSeconds: fromSeconds, expiresSeconds: fromSeconds + 600 };
  gate.show(form('a', dates));
  gate.show({ ...code('a'), ...dates });
  gate.measure(3650);
  return gate.decision();
}

const alarmsOf = ({ state }: Hands): readonly string[] =>
  state.alarms.map((alarm) => alarm.code).filter((alarm) => alarm.startsWith('clock-'));
const floorOf = ({ state }: Hands): number | null =>
  state.time.floorMs === null ? null : state.time.floorMs - startWallMs;

const grants = 'grant duty-staff';
const refers = 'refer clock-untrusted';

/** What the board is, what happens; clock, floor, alarms and a passer's decision after it. */
const table: readonly (readonly [
  what: string,
  gate: () => Hands,
  events: readonly Event[],
  clock: ClockState,
  floorMs: number | null,
  alarms: readonly string[],
  decision: string,
])[] = [
  [
    'a board whose clock has a battery, before its time service has answered',
    () => start(0, -hourMs),
    [],
    'floor',
    -hourMs,
    ['clock-untrusted'],
    refers,
  ],
  ['… and when it has', () => start(0, -hourMs), [sync(0)], 'synced', 0, [], grants],
  [
    'a dead battery: 1970',
    () => start(in1970, -hourMs),
    [waits(minuteMs)],
    'floor',
    -hourMs + minuteMs,
    ['clock-untrusted'],
    refers,
  ],
  ['… then synchronised', () => start(in1970, -hourMs), [sync(0)], 'synced', 0, [], grants],
  [
    'a wrong battery-backed clock: 2099',
    () => start(in2099, -hourMs),
    [waits(minuteMs)],
    'floor',
    -hourMs + minuteMs,
    ['clock-untrusted'],
    refers,
  ],
  ['… then synchronised', () => start(in2099, -hourMs), [sync(0)], 'synced', 0, [], grants],
  [
    'a time service that says 2099',
    () => start(0, -hourMs),
    [sync(in2099)],
    'conflict',
    -hourMs,
    ['clock-conflict'],
    refers,
  ],
  [
    'no battery at all: the clock goes on from a file of the last shutdown',
    () => start(-2 * dayMs - minuteMs, -2 * dayMs),
    [waits(minuteMs)],
    'floor',
    -2 * dayMs + minuteMs,
    ['clock-untrusted'],
    refers,
  ],
  ['… then synchronised', () => start(-2 * dayMs, -2 * dayMs), [sync(0)], 'synced', 0, [], grants],
  [
    'never synchronised for a week',
    () => start(0, null),
    [waits(7 * dayMs)],
    'floor',
    null,
    ['clock-untrusted'],
    refers,
  ],
  [
    'a step ahead of minutes',
    () => start(0, -hourMs),
    [sync(0), sync(5 * minuteMs)],
    'synced',
    5 * minuteMs,
    [],
    grants,
  ],
  [
    'a step ahead of 23 h',
    () => start(0, -hourMs),
    [sync(0), sync(23 * hourMs)],
    'synced',
    23 * hourMs,
    [],
    grants,
  ],
  [
    'a step ahead of 25 h',
    () => start(0, -hourMs),
    [sync(0), sync(25 * hourMs)],
    'conflict',
    0,
    ['clock-conflict'],
    refers,
  ],
  [
    'a step back of an hour',
    () => start(0, -hourMs),
    [sync(0), sync(-hourMs)],
    'conflict',
    0,
    ['clock-conflict'],
    refers,
  ],
  [
    'a forged time service that says 23 h more, once a second',
    () => start(0, -hourMs),
    [sync(0), ...Array.from({ length: 15 }, () => [waits(1_000), further(23 * hourMs)]).flat()],
    'conflict',
    23 * hourMs + 15_000,
    ['clock-conflict'],
    refers,
  ],
  [
    '… a minute less, each second',
    () => start(0, -hourMs),
    [sync(0), ...Array.from({ length: 1_500 }, () => [waits(1_000), further(59_000)]).flat()],
    'conflict',
    1_464 * 59_000 + 1_500_000,
    ['clock-conflict'],
    refers,
  ],
  [
    '… and the right one is believed again when it has caught up',
    () => start(0, -hourMs),
    [sync(0), further(23 * hourMs), further(23 * hourMs), sync(0), waits(23 * hourMs)],
    'synced',
    23 * hourMs,
    [],
    grants,
  ],
  [
    '… or when two admins have said what time it is',
    () => start(0, -hourMs),
    [
      ...[sync(0), further(23 * hourMs), further(23 * hourMs), hears(setByTwo(0))],
      ...[sync(minuteMs), waits(hourMs)],
    ],
    'synced',
    hourMs + minuteMs,
    ['clock-lowered'],
    grants,
  ],
  [
    'a forged one and a stolen key in turn: each has its day, and neither gives the other a new one',
    () => start(0, -hourMs),
    [sync(0), ...Array.from({ length: 6 }, () => [sync(in2099), signsFurther, further(0)]).flat()],
    'conflict',
    46 * hourMs,
    ['clock-conflict', 'clock-signed-refused'],
    refers,
  ],
  [
    'a set by two gives both anew',
    () => start(0, -hourMs),
    [
      ...[sync(0), further(23 * hourMs), sync(in2099), signsFurther, hears(setByTwo(0))],
      ...[signsFurther, sync(22 * hourMs), further(hourMs)],
    ],
    'synced',
    24 * hourMs,
    ['clock-lowered'],
    grants,
  ],
  [
    'the time service is lost for an hour',
    () => start(0, -hourMs),
    [sync(0), lost, waits(hourMs)],
    'holdover',
    hourMs,
    [],
    grants,
  ],
  [
    'the time service is lost for a week',
    () => start(0, -hourMs),
    [sync(0), lost, waits(7 * dayMs)],
    'floor',
    7 * dayMs,
    ['clock-untrusted'],
    refers,
  ],
  [
    'never synchronised, and one admin says what time it is',
    () => start(-hourMs, null),
    [hears(byOne(0))],
    'floor',
    0,
    ['clock-untrusted'],
    refers,
  ],
  [
    'never synchronised, in 2099 by its battery: what is said is sure, what it shows is not',
    () => start(in2099, null),
    [hears(byOne(0))],
    'floor',
    0,
    ['clock-untrusted'],
    refers,
  ],
  [
    '… and its first synchronisation sets the time all the same, however old what it has heard is',
    () => start(-minuteMs, null),
    [hears(byOne(-90 * dayMs)), waits(minuteMs), sync(0)],
    'synced',
    0,
    [],
    grants,
  ],
  [
    '… but one that is behind what was said is in conflict',
    () => start(-minuteMs, null),
    [hears(byOne(0)), sync(-hourMs)],
    'conflict',
    0,
    ['clock-conflict'],
    'refer clock-untrusted',
  ],
  [
    '… and from then on a day is the most',
    () => start(-minuteMs, null),
    [hears(byOne(-90 * dayMs)), sync(0), sync(2 * dayMs)],
    'conflict',
    0,
    ['clock-conflict'],
    'refer clock-untrusted',
  ],
  [
    'never synchronised, in 1970: one is not enough for fifty years',
    () => start(in1970, null),
    [hears(byOne(0))],
    'floor',
    null,
    ['clock-untrusted', 'clock-signed-refused'],
    refers,
  ],
  [
    '… two are',
    () => start(in1970, null),
    [hears(byTwo(0)), waits(minuteMs)],
    'floor',
    minuteMs,
    ['clock-untrusted'],
    refers,
  ],
  [
    '… and its first synchronisation goes on from there',
    () => start(in1970, null),
    [hears(byTwo(0)), sync(hourMs)],
    'synced',
    hourMs,
    [],
    grants,
  ],
  [
    'a message of last week, sent again',
    () => start(0, -hourMs),
    [hears(byOne(-7 * dayMs)), hears(byTwo(-7 * dayMs))],
    'floor',
    -hourMs,
    ['clock-untrusted'],
    refers,
  ],
  [
    'one stolen key says a year ahead',
    () => start(0, -hourMs),
    [hears(byOne(yearMs))],
    'floor',
    -hourMs,
    ['clock-untrusted', 'clock-signed-refused'],
    refers,
  ],
  [
    'one stolen key says 23 h ahead, again and again',
    () => start(0, -hourMs),
    [1, 2, 3, 4].map((day) => hears(byOne(day * 22 * hourMs))),
    'floor',
    22 * hourMs,
    ['clock-untrusted', 'clock-signed-refused'],
    refers,
  ],
  [
    '… the time service closes nothing for longer than that',
    () => start(0, -hourMs),
    [hears(byOne(22 * hourMs)), sync(0), waits(22 * hourMs)],
    'synced',
    22 * hourMs,
    [],
    grants,
  ],
  [
    'two admins say a year ahead',
    () => start(0, -hourMs),
    [hears(byTwo(yearMs))],
    'floor',
    yearMs,
    ['clock-untrusted'],
    refers,
  ],
  [
    'a gate that was off for a year: its time service is not believed, but after two admins',
    () => start(in1970, -yearMs),
    [sync(0), hears(byTwo(-minuteMs)), sync(0)],
    'synced',
    0,
    [],
    grants,
  ],
  [
    'while the clock is trusted a signed time moves nothing',
    () => start(0, -hourMs),
    [sync(0), hears(byOne(4 * minuteMs)), hears(byTwo(4 * minuteMs))],
    'synced',
    0,
    [],
    grants,
  ],
  [
    '… and one that contradicts it is an alarm',
    () => start(0, -hourMs),
    [sync(0), hears(byOne(6 * minuteMs))],
    'synced',
    0,
    ['clock-signed-refused'],
    grants,
  ],
  [
    'two admins turn a floor back that a wrong time service has poisoned',
    () => start(0, -hourMs),
    [sync(9 * dayMs), lost, hears(setByTwo(0))],
    'floor',
    0,
    ['clock-lowered', 'clock-untrusted'],
    refers,
  ],
  [
    '… and the right one is believed then',
    () => start(0, -hourMs),
    [sync(9 * dayMs), lost, hears(setByTwo(0)), sync(minuteMs)],
    'synced',
    minuteMs,
    ['clock-lowered'],
    grants,
  ],
  [
    '… and the wrong one is not: how long the power was off is known',
    () => start(0, -hourMs),
    [sync(9 * dayMs), lost, hears(setByTwo(0)), sync(9 * dayMs)],
    'conflict',
    0,
    ['clock-lowered', 'clock-conflict'],
    refers,
  ],
  [
    'one admin alone turns nothing back',
    () => start(0, -hourMs),
    [sync(9 * dayMs), hears(said('set', 0, ['ann']))],
    'synced',
    9 * dayMs,
    ['clock-signed-refused'],
    grants,
  ],
  [
    'what is no time at all',
    () => start(0, -hourMs),
    [Number.NaN, 1e17, -1e17].flatMap((ms) => [hears(byTwo(ms)), hears(setByTwo(ms))]),
    'floor',
    -hourMs,
    ['clock-untrusted', 'clock-signed-refused'],
    refers,
  ],
];

test.each(table)('%s', (_what, begin, events, clock, floorMs, alarms, decision) => {
  const gate = begin();
  for (const event of events) event(gate);
  expect([gate.state.time.clock, floorOf(gate)]).toEqual([clock, floorMs]);
  expect(alarmsOf(gate).toSorted()).toEqual(alarms.toSorted());
  expect(comes(gate)).toBe(decision);
});

test('what is over by a signed time is over, though the gate’s own clock shows an earlier one', () => {
  const expired = form('a', { expiresSeconds: startWallMs / 1000 + 3_600 });
  const decisions = [0, 2 * hourMs].map((aheadMs) => {
    const gate = start(0, -hourMs);
    hears(byOne(aheadMs))(gate);
    gate.show(expired);
    return gate.decision();
  });
  expect(decisions).toEqual(['none', 'deny expired']);
});

describe('a time that two admins have set', () => {
  const poisoned = (): Hands => {
    const gate = start(0, -hourMs);
    sync(9 * dayMs)(gate);
    return gate;
  };

  test('is on record with who has signed it and kept for the next run, though it is earlier', () => {
    const gate = poisoned();
    gate.effects.length = 0;
    gate.records.length = 0;
    hears(setByTwo(0))(gate);
    const at = '2020-02-12T01:00:00.000Z';
    expect(gate.records.find(({ type }) => type === 'time-set')).toEqual({
      ...{ type: 'time-set', at, purpose: 'set', from: '2020-02-21T01:00:00.000Z', to: at },
      ...{ admins: ['ann', 'ben'], services: [] },
    });
    expect(gate.records.every((record) => record.at === at)).toBe(true);
    const kept = gate.effects.filter((it): it is Extract<Effect, { type: 'append' }> => {
      return it.type === 'append' && it.standing !== undefined;
    });
    expect(kept).toMatchObject([{ standing: { floorMs: startWallMs } }]);
  });

  test('ends an attempt, whose papers were verified by another one, and a grant that is not open yet', () => {
    const gate = poisoned();
    expect(comes(gate)).toBe(grants);
    expect(gate.state.lane.name).toBe('committing');
    hears(setByTwo(0))(gate);
    expect(gate.state.attempt).toBeNull();
    // The disk's answer comes late, and opens nothing.
    gate.wait(10);
    for (const { id } of gate.state.late) gate.give({ type: 'committed', id, lastSeq: 77 });
    expect([gate.state.lane.name, gate.pulses()]).toEqual(['locked', 0]);
    sync(0)(gate);
    expect(comes(gate)).toBe(grants);
  });

  test('is a later word than a journal’s that comes back in the middle of the run', () => {
    const gate = poisoned();
    hears(setByTwo(0))(gate);
    gate.give({
      ...{ type: 'boot', uses: [], endedCleanly: false, reason: 'killed', version: 'test' },
      standing: { lockdown: false, floorMs: startWallMs + 9 * dayMs },
    });
    expect([gate.state.time.clock, floorOf(gate)]).toEqual(['conflict', 0]);
  });

  test('leaves used what was used: a paper’s own date says how long, not the gate’s', () => {
    const gate = poisoned();
    const dates = { issuedSeconds: startWallMs / 1000 + 9 * 86_400 - 60 };
    const once = { ...code('a'), ...dates, expiresSeconds: dates.issuedSeconds + 600 };
    gate.show(once);
    gate.press('refuse');
    hears(setByTwo(9 * dayMs - 30_000))(gate);
    sync(9 * dayMs)(gate);
    gate.show(once);
    expect(gate.decision()).toBe('deny already-used');
  });
});

const happening = fc.oneof(
  fc.record({
    passedMs: fc.constantFrom(0, 1_000, hourMs, 3 * dayMs, -hourMs),
    jumpMs: fc.oneof(
      fc.constantFrom(0, 0, 23 * hourMs, 25 * hourMs, -hourMs, 1e17, Number.NaN),
      fc.integer({ min: -2 * dayMs, max: 2 * dayMs }),
    ),
    clock: fc.constantFrom<ClockState>('synced', 'holdover', 'floor', 'floor', 'conflict'),
  }),
  fc.record({
    atMs: fc.oneof(
      fc.constantFrom(0, 22 * hourMs, 30 * dayMs, yearMs, Number.NaN),
      fc.integer({ min: -dayMs, max: 3 * dayMs }),
    ),
    purpose: fc.constantFrom('raise' as const, 'raise' as const, 'set' as const),
  }),
);

test('whatever clocks and single signatures say, time never runs back, nor by them ahead of a day', () => {
  let raised = 0;
  fc.assert(
    fc.property(fc.option(fc.constant(0)), fc.array(happening, { maxLength: 40 }), (kept, all) => {
      const gate = start(0, kept);
      let bySignaturesMs = 0;
      for (const it of all) {
        const before = gate.state.time;
        if ('passedMs' in it) {
          const { monotonicMs } = gate.now;
          const wallMs = startWallMs + monotonicMs + it.passedMs + it.jumpMs;
          gate.now = { monotonicMs: monotonicMs + it.passedMs, wallMs, clock: it.clock };
          gate.give({ type: 'timer' });
          // Time is sure again: what may be moved is counted anew.
          if (gate.state.time.clock === 'synced') bySignaturesMs = 0;
        } else {
          gate.give({ type: 'signed-time', ...said(it.purpose, it.atMs, ['ann']) });
          const movedMs = gate.state.time.wallMs - before.wallMs;
          if (gate.state.time.clock !== 'synced') bySignaturesMs += movedMs;
          if (movedMs > 0) raised += 1;
        }
        const { floorMs } = gate.state.time;
        if (before.floorMs !== null) expect(floorMs).toBeGreaterThanOrEqual(before.floorMs);
        expect(bySignaturesMs).toBeLessThanOrEqual(signedTimeLimits.aheadMsMax);
      }
    }),
    { numRuns: 600 },
  );
  expect(raised).toBeGreaterThan(50);
});

/** A forged time service and a stolen key, which know what the gate has: the worst they can say. */
const forged = fc.record({
  by: fc.constantFrom('clock' as const, 'clock' as const, 'key' as const, 'far' as const),
  passedMs: fc.constantFrom(0, 1_000, 1_000, hourMs, 11 * hourMs, 23 * hourMs),
  aheadMs: fc.oneof(
    fc.constantFrom(0, minuteMs, hourMs, 12 * hourMs, 23 * hourMs, dayMs, 9 * dayMs, -hourMs),
    fc.integer({ min: 0, max: dayMs }),
  ),
});

test('a forged time service and a stolen key together move time by what each may, no more', () => {
  let both = 0;
  fc.assert(
    fc.property(fc.array(forged, { minLength: 10, maxLength: 80 }), (all) => {
      const raw: Now = { monotonicMs: 0, wallMs: startWallMs, clock: 'synced' };
      let { time } = judgeTime(takeFloor(unknownTime(raw), startWallMs), raw);
      let monotonicMs = 0;
      let bySignatures = 0;
      const peaks: { atMs: number; aheadMs: number }[] = [];
      let furthestMs = 0;
      for (const { by, passedMs, aheadMs } of all) {
        monotonicMs += passedMs;
        const wallMs = by === 'clock' ? time.wallMs + passedMs + aheadMs : startWallMs + in2099;
        time = judgeTime(time, { monotonicMs, wallMs, clock: 'synced' }).time;
        if (by === 'key') {
          const { wallMs: fromMs } = time;
          const given = takeSigned(time, byOne(fromMs + aheadMs - startWallMs));
          if (given.result === 'raised') bySignatures += 1;
          time = given.time;
        }
        furthestMs = Math.max(furthestMs, time.wallMs - startWallMs - monotonicMs);
        for (const { atMs, aheadMs: before } of peaks)
          if (monotonicMs - atMs <= dayMs)
            expect(furthestMs - before).toBeLessThanOrEqual(2 * dayMs);
        expect(furthestMs).toBeLessThanOrEqual((2 + Math.floor(monotonicMs / dayMs)) * dayMs);
        peaks.push({ atMs: monotonicMs, aheadMs: furthestMs });
      }
      if (bySignatures > 0 && furthestMs > 1.5 * dayMs) both += 1;
      // The right clock heals it as soon as it has caught up, by itself.
      const right = (passedMs: number): void => {
        monotonicMs += passedMs;
        const wallMs = startWallMs + monotonicMs;
        time = judgeTime(time, { monotonicMs, wallMs, clock: 'synced' }).time;
      };
      right(0);
      while (time.wallMs > startWallMs + monotonicMs)
        right(Math.min(hourMs, time.wallMs - startWallMs - monotonicMs));
      expect(time).toMatchObject({ clock: 'synced', wallMs: startWallMs + monotonicMs });
    }),
    { numRuns: 300 },
  );
  expect(both).toBeGreaterThan(100);
});

describe('the law, broken on purpose', () => {
  const raw: Now = { monotonicMs: 5_000, wallMs: startWallMs, clock: 'floor' };
  const before = takeFloor(unknownTime(raw), startWallMs);
  const { state } = new Hands();
  const look = (given: Given, after: Partial<Time>, earlier: Partial<Time> = {}) =>
    timeNeverRunsBack({
      ...{ before: { ...state, time: { ...before, ...earlier } }, effects: [], now: raw, raw },
      input: { type: 'signed-time', ...given },
      after: {
        ...state,
        time: { ...before, ...earlier, wallMs: after.floorMs ?? before.wallMs, ...after },
      },
    });
  const at = (aheadMs: number, signedMs = 0) => ({ floorMs: startWallMs + aheadMs, signedMs });

  test.each([
    ['nothing is wrong: a day by one', null, look(byOne(dayMs), at(dayMs, dayMs))],
    ['a year by two', null, look(byTwo(yearMs), at(yearMs))],
    ['back by two', null, look(setByTwo(-yearMs), at(-yearMs))],
    ['back by one', 'time runs back', look(said('set', -hourMs, ['ann']), at(-hourMs))],
    [
      'back by one whom somebody has taken for two',
      'time runs back',
      look({ ...said('set', -hourMs, ['ann']), signed: 'all' }, at(-hourMs)),
    ],
    ['back by a raise', 'time runs back', look(byTwo(-hourMs), at(-hourMs))],
    ['back to another moment', 'time runs back', look(setByTwo(-hourMs), at(-2 * hourMs))],
    [
      'more than a day by one',
      'run ahead by single signatures',
      look(byOne(dayMs + 1), at(dayMs + 1, dayMs + 1)),
    ],
    [
      'a day more by one',
      'run ahead by single signatures',
      look(byOne(dayMs), at(dayMs, 2 * dayMs), { signedMs: dayMs }),
    ],
    [
      'moved and not counted',
      'what a single signature has moved is not counted',
      look(byOne(hourMs), at(hourMs, 0)),
    ],
    [
      'what was moved is forgotten',
      'what a single signature has moved is not counted',
      look(byOne(-hourMs), { floorMs: startWallMs, signedMs: 0 }, { signedMs: hourMs }),
    ],
    [
      'ahead to another moment than was said',
      'run ahead without a synced clock',
      look(byOne(hourMs), at(2 * hourMs, 2 * hourMs)),
    ],
    [
      'trusted for a signature',
      'holdover by what admins say',
      look(setByTwo(-hourMs), { ...at(-hourMs), clock: 'holdover' }),
    ],
  ])('%s', (_what, expected, found) => {
    expect(found).toBe(expected);
  });

  test('the function does what the law asks, and nothing of what it forbids', () => {
    expect(takeSigned(before, byOne(dayMs)).result).toBe('raised');
    expect(takeSigned(before, byOne(dayMs + 1))).toEqual({ time: before, result: 'too-far' });
    expect(takeSigned(before, byOne(59_999))).toEqual({ time: before, result: 'not-later' });
  });
});
