import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TurnstileMode } from '../../config/vocabulary.js';
import { debounce } from '../../drivers/debounce.js';
import { turnstile } from '../../drivers/turnstile/driver.js';
import { turnstileTwin, unlockedMs } from '../../drivers/turnstile/twin.js';
import { runTurnstile } from '../../drivers/twins.js';
import type { InputLines, LineEdge } from '../../hardware/ports.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import { bench } from './bench.js';

function turnstileOn(reverseSensor = false, mode: TurnstileMode = 'pulse') {
  const side = bench();
  const lines = simulatedLines(side.tools);
  const gate = runTurnstile({ ...side.tools, twin: turnstileTwin(mode), lines });
  const relay = simulatedRelay({ ...side.tools, mode, lines: (line, on) => gate.relay(line, on) });
  const driver = turnstile({ ...side.tools, lines, reverseSensor });
  driver.start();
  const phases = () => side.of('passage').map(({ phase }) => phase);
  return { ...side, lines, gate, relay, driver, phases };
}

test('one pulse lets one person through, and the passage is sensed from its true beginning', () => {
  const side = turnstileOn();
  expect(side.gate.walk()).toBe('blocked');
  side.relay.pulse(1, 300);
  side.clock.advance(2_000);
  expect(side.gate.walk()).toBe('passes');
  side.clock.advance(2_000);
  expect(side.gate.walk()).toBe('blocked');
  side.clock.advance(2_000);
  const [entered, left, ...more] = side.of('passage');
  expect([entered?.phase, left?.phase, more]).toEqual(['entered', 'left', []]);
  expect((left?.monotonicMs ?? 0) - (entered?.monotonicMs ?? 0)).toBeGreaterThanOrEqual(250);
});

test('a pulse nobody uses ends by itself after five seconds', () => {
  const side = turnstileOn();
  side.relay.pulse(1, 300);
  side.clock.advance(unlockedMs - 1);
  expect(side.gate.isUnlocked()).toBe(true);
  side.clock.advance(1);
  expect(side.gate.walk()).toBe('blocked');
  side.clock.advance(1_000);
  expect(side.phases()).toEqual([]);
});

test('a level lets through whoever comes while it lasts, and nobody afterwards', () => {
  const side = turnstileOn(false, 'level');
  side.relay.pulse(1, 60_000);
  for (let person = 0; person < 2; person += 1) {
    expect(side.gate.walk()).toBe('passes');
    side.clock.advance(1_000);
  }
  side.relay.drop(1);
  expect(side.gate.walk()).toBe('blocked');
  side.clock.advance(1_000);
  expect(side.phases()).toEqual(['entered', 'left', 'entered', 'left']);
});

test('a second person close behind is sensed as a second passage, a third one later is blocked', () => {
  const side = turnstileOn();
  side.relay.pulse(1, 300);
  side.gate.walk();
  side.clock.advance(300);
  expect(side.gate.walk()).toBe('passes');
  side.clock.advance(3_000);
  expect(side.gate.walk()).toBe('blocked');
  expect(side.phases()).toEqual(['entered', 'left', 'entered', 'left']);
});

test('a forced arm and a released one are sensed like any passage', () => {
  const side = turnstileOn();
  side.gate.force();
  side.clock.advance(1_000);
  side.relay.release(true, side.clock.now().monotonicMs + 10_000);
  expect(side.gate.walk()).toBe('passes');
  side.clock.advance(2_000);
  expect(side.gate.walk()).toBe('passes');
  side.clock.advance(20_000);
  expect(side.gate.walk()).toBe('blocked');
  expect(side.phases()).toHaveLength(6);
});

test('bounces and short disturbances are no passage', () => {
  const side = turnstileOn();
  for (const [atMs, active] of [
    [100, true],
    [119, false],
    [200, true],
    [205, false],
    [210, true],
    [500, false],
    [503, true],
    [507, false],
  ] as const)
    side.clock.at(atMs, () => side.lines.drive('passage', active));
  side.clock.advance(1_000);
  expect(side.of('passage').map(({ phase, monotonicMs }) => [phase, monotonicMs])).toEqual([
    ['entered', 210],
    ['left', 507],
  ]);
});

test('a contact that stays active is a fault until it rests', () => {
  const side = turnstileOn();
  side.gate.jam(true);
  side.clock.advance(29_000);
  expect(side.states()).toEqual(['ok']);
  side.clock.advance(2_000);
  expect(side.states()).toEqual(['ok', 'degraded passage-stuck']);
  side.gate.jam(false);
  side.clock.advance(100);
  expect(side.states()).toEqual(['ok', 'degraded passage-stuck', 'ok']);
  expect(side.phases()).toEqual(['entered', 'left']);
});

test('a contact that has opened again when its time is up is not stuck', () => {
  const side = turnstileOn();
  side.lines.drive('passage', true);
  side.clock.advance(29_990);
  side.lines.drive('passage', false);
  side.clock.advance(60_000);
  expect(side.states()).toEqual(['ok']);
});

test('a contact that only rattles when its time is up is stuck all the same', () => {
  const side = turnstileOn();
  side.lines.drive('passage', true);
  side.clock.advance(29_995);
  side.lines.drive('passage', false);
  side.clock.advance(10);
  side.lines.drive('passage', true);
  side.clock.advance(100);
  expect(side.states()).toEqual(['ok', 'degraded passage-stuck']);
  expect(side.phases()).toEqual(['entered']);
});

test('stopped while its contact is stuck, it starts sound and finds the contact stuck again', () => {
  const side = turnstileOn(true);
  side.gate.jam(true);
  side.clock.advance(31_000);
  side.driver.stop();
  side.driver.start();
  side.clock.advance(31_000);
  expect(side.states()).toEqual(['ok', 'degraded passage-stuck', 'ok', 'degraded passage-stuck']);
  side.gate.jam(false);
  side.clock.advance(100);
  expect(side.states().at(-1)).toBe('ok');
  expect(side.phases()).toEqual(['entered']);
});

test('a body against the direction is told as soon as its contact has closed, once', () => {
  const side = turnstileOn(true);
  side.clock.advance(1_000);
  side.gate.walkBack();
  side.clock.advance(100);
  expect(side.of('passage').map(({ phase, monotonicMs }) => [phase, monotonicMs])).toEqual([
    ['reversed', 1_050],
  ]);
  side.clock.advance(2_000);
  expect(side.phases()).toEqual(['reversed']);
  side.gate.walkBack();
  side.clock.advance(2_000);
  expect(side.phases()).toEqual(['reversed', 'reversed']);
});

test('who turns back in the arm is told before the arm comes to rest', () => {
  const side = turnstileOn(true);
  side.relay.pulse(1, 300);
  side.gate.walk();
  side.clock.advance(200);
  side.gate.walkBack();
  side.clock.advance(3_000);
  expect(side.phases()).toEqual(['entered', 'reversed', 'left']);
  // The permission has let nobody through: it lasts as long as it would have.
  expect(side.gate.walk()).toBe('passes');
  side.clock.advance(3_000);
  expect(side.phases()).toEqual(['entered', 'reversed', 'left', 'entered', 'left']);
  expect(side.gate.walk()).toBe('blocked');
});

test('who turns back and stays away leaves the arm locked at the end of the window', () => {
  const side = turnstileOn(true);
  side.relay.pulse(1, 300);
  side.gate.walk();
  side.clock.advance(200);
  side.gate.walkBack();
  side.clock.advance(4_900);
  expect(side.gate.walk()).toBe('blocked');
});

test('who turns back behind another one has no permission of their own', () => {
  const side = turnstileOn(true);
  side.relay.pulse(1, 300);
  side.gate.walk();
  side.clock.advance(300);
  expect(side.gate.walk()).toBe('passes');
  side.clock.advance(400);
  side.gate.walkBack();
  side.clock.advance(1_500);
  expect(side.gate.walk()).toBe('blocked');
});

test('a bouncing contact against the direction is one body, and a short disturbance none', () => {
  const side = turnstileOn(true);
  for (const [atMs, active] of [
    [100, true],
    [119, false],
    [200, true],
    [203, false],
    [206, true],
    [500, false],
    [504, true],
    [508, false],
  ] as const)
    side.clock.at(atMs, () => side.lines.drive('passage-reverse', active));
  side.clock.advance(1_000);
  expect(side.of('passage').map(({ phase, monotonicMs }) => [phase, monotonicMs])).toEqual([
    ['reversed', 206],
  ]);
});

test('a second contact that stays active is a fault of its own, and both are told together', () => {
  const side = turnstileOn(true);
  side.gate.jam(true, 'reverse');
  side.clock.advance(10_000);
  side.gate.jam(true);
  side.clock.advance(50_000);
  side.gate.jam(false, 'reverse');
  side.clock.advance(100);
  side.gate.jam(false);
  side.clock.advance(100);
  expect(side.states()).toEqual([
    'ok',
    'degraded reverse-stuck',
    'degraded passage-stuck reverse-stuck',
    'degraded passage-stuck',
    'ok',
  ]);
});

test('without a second contact its line is nobody’s business', () => {
  const side = turnstileOn();
  side.lines.drive('passage-reverse', true);
  side.clock.advance(60_000);
  expect([side.phases(), side.states()]).toEqual([[], ['ok']]);
});

test('a second contact that is active at the start tells of nobody, and a stop ends its watch', () => {
  const side = bench();
  const lines = simulatedLines(side.tools);
  lines.drive('passage-reverse', true);
  const driver = turnstile({ ...side.tools, lines, reverseSensor: true });
  driver.start();
  side.clock.advance(31_000);
  expect([side.of('passage'), side.states()]).toEqual([[], ['ok', 'degraded reverse-stuck']]);
  driver.stop();
  lines.drive('passage-reverse', false);
  lines.drive('passage-reverse', true);
  side.clock.advance(60_000);
  expect([side.readings.length, side.clock.nextDueMs()]).toEqual([2, undefined]);
});

test('a contact that is active at the start begins no passage and ends none', () => {
  const side = bench();
  const lines = simulatedLines(side.tools);
  lines.drive('passage', true);
  const driver = turnstile({ ...side.tools, lines });
  driver.start();
  side.clock.advance(31_000);
  lines.drive('passage', false);
  side.clock.advance(100);
  expect(side.of('passage')).toEqual([]);
  expect(side.states()).toEqual(['ok', 'degraded passage-stuck', 'ok']);
  driver.stop();
  lines.drive('passage', true);
  side.clock.advance(60_000);
  expect([side.readings.length, side.clock.nextDueMs()]).toEqual([3, undefined]);
});

test('a whole passage that is read late, in one batch, is still a passage', () => {
  const side = bench();
  let deliver = (_edge: LineEdge): void => {};
  const lines: InputLines = {
    isActive: () => false,
    subscribe(listener) {
      deliver = listener;
      return () => {};
    },
  };
  turnstile({ ...side.tools, lines }).start();
  side.clock.advance(5_000);
  for (const [monotonicMs, active] of [
    [4_000, true],
    [4_300, false],
  ] as const)
    deliver({ line: 'passage', active, monotonicMs });
  side.clock.advance(50);
  expect(side.of('passage').map(({ phase, monotonicMs }) => [phase, monotonicMs])).toEqual([
    ['entered', 4_000],
    ['left', 4_300],
  ]);
});

test('a disturbance whose end lies unread while the process is held up is no passage', () => {
  const side = bench();
  const { clock, emit } = side.tools;
  // Timers run 40 ms late here, as where the event loop was stuck; the edge comes right behind.
  const scheduler = { at: (dueMs: number, task: () => void) => clock.at(dueMs + 40, task) };
  let deliver = (_edge: LineEdge): void => {};
  const lines: InputLines = {
    isActive: () => false,
    subscribe(listener) {
      deliver = listener;
      return () => {};
    },
  };
  turnstile({ clock, scheduler, emit, lines }).start();
  deliver({ line: 'passage', active: true, monotonicMs: 0 });
  clock.at(61, () => deliver({ line: 'passage', active: false, monotonicMs: 3 }));
  clock.advance(1_000);
  expect(side.of('passage')).toEqual([]);
});

test('a level counts exactly when it has rested, however the edges are timed and read', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
  fc.assert(
    fc.property(gaps, (waits) => {
      const late = debounce(20, false);
      const prompt = debounce(20, false);
      const fromLate: unknown[] = [];
      const fromPrompt: unknown[] = [];
      let atMs = 0;
      let active = false;
      for (const wait of waits) {
        for (let tickMs = atMs; tickMs < atMs + wait; tickMs++)
          fromPrompt.push(prompt.tick(tickMs));
        atMs += wait;
        active = !active;
        fromPrompt.push(prompt.edge(active, atMs));
        fromLate.push(late.edge(active, atMs));
      }
      fromLate.push(late.tick(atMs + 100));
      fromPrompt.push(prompt.tick(atMs + 100));
      const news = fromLate.filter((level) => level !== null);
      expect(news).toEqual(fromPrompt.filter((level) => level !== null));
    }),
  );
});
