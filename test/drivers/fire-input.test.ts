import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FireSupervision, fireSupervisions } from '../../config/vocabulary.js';
import { fireInput } from '../../drivers/fire-input/driver.js';
import { runFireLoop } from '../../drivers/twins.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { bench } from './bench.js';

function loopOn(supervision: FireSupervision, before?: (loop: Loop) => void) {
  const side = bench();
  const lines = simulatedLines(side.tools);
  const loop = runFireLoop({ ...side.tools, lines, supervision });
  before?.(loop);
  side.clock.advance(10);
  const driver = fireInput({ ...side.tools, lines, supervision });
  driver.start();
  const fires = () =>
    side.of('fire').map(({ active, monotonicMs }) => `${active ? 'fire' : 'clear'} ${monotonicMs}`);
  return { ...side, lines, loop, driver, fires };
}
type Loop = ReturnType<typeof runFireLoop>;

test.each(fireSupervisions)(
  'a fire is told within 20 ms, and its end after 2 s (%s)',
  (supervision) => {
    const side = loopOn(supervision);
    expect(side.fires()).toEqual(['clear 10']);
    side.clock.advance(990);
    side.loop.alarm(true);
    side.clock.advance(20);
    expect(side.fires()).toEqual(['clear 10', 'fire 1000']);
    side.clock.advance(60_000);
    side.loop.alarm(false);
    side.clock.advance(1_999);
    expect(side.fires()).toHaveLength(2);
    side.clock.advance(60);
    expect(side.of('fire').map(({ active }) => active)).toEqual([false, true, false]);
    expect(side.states()).toEqual(['ok']);
  },
);

test.each(fireSupervisions)(
  'a loop that is open at the start is a fire at once (%s)',
  (supervision) => {
    const side = loopOn(supervision, (loop) => loop.alarm(true));
    expect(side.fires()).toEqual(['fire 10']);
    side.clock.advance(10_000);
    expect(side.fires()).toHaveLength(1);
    expect(side.states()).toEqual(['ok']);
  },
);

test.each([
  ['none', 'cut', true, ''],
  ['none', 'shorted', false, ''],
  ['end-of-line', 'cut', true, 'fire-loop-cut'],
  ['end-of-line', 'shorted', true, 'fire-loop-shorted'],
  ['second-contact', 'cut', true, 'fire-contacts-disagree'],
  ['second-contact', 'shorted', false, ''],
] as const)(
  '%s: wires %s is fire %s and the fault "%s", and both end with it',
  (supervision, wires, fire, why) => {
    const side = loopOn(supervision);
    side.loop.wires(wires);
    side.clock.advance(300);
    expect(side.of('fire').at(-1)?.active).toBe(fire);
    expect(side.states()).toEqual(why === '' ? ['ok'] : ['ok', `degraded ${why}`]);
    side.loop.wires('sound');
    side.clock.advance(3_000);
    expect(side.of('fire').at(-1)?.active).toBe(false);
    expect(side.states().at(-1)).toBe('ok');
  },
);

test.each(['sound', 'cut', 'shorted'] as const)(
  'a second contact tells a fire through wires that are %s',
  (wires) => {
    const side = loopOn('second-contact', (loop) => loop.wires(wires));
    side.loop.alarm(true);
    side.clock.advance(30);
    expect(side.of('fire').at(-1)?.active).toBe(true);
    side.clock.advance(1_000);
    const why = wires === 'shorted' ? 'degraded fire-contacts-disagree' : 'ok';
    expect(side.states().at(-1)).toBe(why);
  },
);

test('wires that are at fault from the start are a fire at once and a fault soon', () => {
  const side = loopOn('end-of-line', (loop) => loop.wires('cut'));
  expect(side.fires()).toEqual(['fire 10']);
  side.clock.advance(300);
  expect(side.states()).toEqual(['ok', 'degraded fire-loop-cut']);
});

test.each([4, 10, 45])('a loop that rattles every %i ms is a fault and a fire', (periodMs) => {
  const side = loopOn('none');
  side.loop.rattle(3_000, periodMs);
  side.clock.advance(600);
  expect(side.of('fire').at(-1)?.active).toBe(true);
  expect(side.states()).toEqual(['ok', 'degraded fire-loop-chatters']);
  side.clock.advance(3_500);
  expect(side.states()).toEqual(['ok', 'degraded fire-loop-chatters', 'ok']);
  expect(side.of('fire').at(-1)?.active).toBe(true);
  side.clock.advance(2_000);
  expect(side.of('fire').map(({ active }) => active)).toEqual([false, true, false]);
});

test('a disturbance shorter than 20 ms is no fire', () => {
  const side = loopOn('end-of-line');
  side.lines.drive('fire-loop', false);
  side.clock.advance(19);
  side.lines.drive('fire-loop', true);
  side.clock.advance(10_000);
  expect(side.fires()).toEqual(['clear 10']);
});

test('a loop that opens again as the fire is about to end goes on being one fire', () => {
  const side = loopOn('none');
  side.loop.alarm(true);
  side.clock.advance(1_000);
  side.loop.alarm(false);
  // 20 ms to settle, 2 s of normal; the new opening has not settled by then.
  side.clock.advance(2_015);
  side.loop.alarm(true);
  side.clock.advance(10_000);
  expect(side.of('fire').map(({ active }) => active)).toEqual([false, true]);
  side.loop.alarm(false);
  side.clock.advance(3_000);
  expect(side.of('fire').map(({ active }) => active)).toEqual([false, true, false]);
});

test('an alarm contact that pulses once a second is one fire', () => {
  const side = loopOn('second-contact');
  for (let atMs = 1_000; atMs < 20_000; atMs += 1_000) {
    side.clock.at(atMs, () => side.loop.alarm(true));
    side.clock.at(atMs + 500, () => side.loop.alarm(false));
  }
  side.clock.advance(30_000);
  expect(side.of('fire').map(({ active }) => active)).toEqual([false, true, false]);
  expect(side.states()).toEqual(['ok']);
});

test('stopped it says nothing and waits for nothing; started anew it says how things are', () => {
  const side = loopOn('end-of-line');
  side.loop.wires('cut');
  side.clock.advance(50);
  side.driver.stop();
  const told = side.readings.length;
  side.loop.wires('sound');
  side.clock.advance(10_000);
  expect([side.readings.length, side.clock.nextDueMs()]).toEqual([told, undefined]);
  side.driver.start();
  expect(side.states()).toEqual(['ok', 'ok']);
  expect(side.of('fire').at(-1)?.active).toBe(false);
});

test('whatever the loop does: open for 20 ms is a fire, and nothing else than 2 s of rest ends one', () => {
  const gapMs = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 100, max: 4_000 }));
  fc.assert(
    fc.property(fc.array(gapMs, { maxLength: 30 }), (gaps) => {
      const side = loopOn('none');
      let isOpen = false;
      /** the end of the last opening that was no mere disturbance */
      let closedAtMs = 0;
      for (const gap of [...gaps, 30_000]) {
        const before = side.of('fire').length;
        side.clock.advance(gap);
        const ended = side
          .of('fire')
          .slice(before)
          .filter(({ active }) => !active);
        for (const { monotonicMs } of ended) {
          expect(isOpen).toBe(false);
          expect(monotonicMs - closedAtMs).toBeGreaterThanOrEqual(2_000);
        }
        if (isOpen && gap >= 20) expect(side.of('fire').at(-1)?.active).toBe(true);
        if (isOpen && gap >= 20) closedAtMs = side.clock.now().monotonicMs;
        isOpen = !isOpen;
        side.lines.drive('fire-loop', !isOpen);
      }
    }),
  );
});
