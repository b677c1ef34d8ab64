import { expect, test } from 'vitest';
import type { GuardedButton } from '../../config/vocabulary.js';
import { buttonNames } from '../../drivers/guard-panel/buttons.js';
import { guardPanel } from '../../drivers/guard-panel/driver.js';
import { runPanel } from '../../drivers/twins.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { bench } from './bench.js';

function panelOn(covers: readonly GuardedButton[] = []) {
  const side = bench();
  const lines = simulatedLines(side.tools);
  const hands = runPanel({ ...side.tools, lines });
  const driver = guardPanel({ ...side.tools, lines, covers });
  driver.start();
  const presses = () =>
    side.of('button').map(({ button, event, monotonicMs }) => `${button} ${event} ${monotonicMs}`);
  return { ...side, lines, hands, driver, presses };
}

test('a press and its end are told with the time of the contact, bounces and all', () => {
  const side = panelOn();
  side.hands.press('emergency', 200, true);
  side.clock.advance(500);
  side.hands.press('acknowledge', 100);
  side.clock.advance(500);
  expect(side.presses()).toEqual([
    'emergency pressed 3',
    'emergency released 203',
    'acknowledge pressed 500',
    'acknowledge released 600',
  ]);
  expect(side.states()).toEqual(['ok']);
});

test('a touch shorter than 20 ms is no press', () => {
  const side = panelOn();
  side.hands.press('emergency', 19);
  side.clock.advance(1_000);
  expect(side.presses()).toEqual([]);
});

test.each(['emergency', 'acknowledge'] as const)(
  'a chattering %s is a fault and no press, and works again once it has rested',
  (button) => {
    const side = panelOn();
    side.hands.chatter(button, 3_000);
    side.clock.advance(3_500);
    expect(side.presses()).toEqual([]);
    expect(side.states()).toEqual(['ok', `degraded ${button}-chatters`]);
    side.clock.advance(1_000);
    expect(side.states()).toEqual(['ok', `degraded ${button}-chatters`, 'ok']);
    side.hands.press(button);
    side.clock.advance(500);
    expect(side.presses()).toHaveLength(2);
  },
);

test('a slow chatter presses no more once it is known for what it is', () => {
  const side = panelOn();
  side.hands.chatter('acknowledge', 3_000, 45);
  side.clock.advance(2_900);
  const pressed = side.of('button').filter(({ event }) => event === 'pressed').length;
  expect(pressed).toBeLessThanOrEqual(6);
  expect(side.of('button').at(-1)?.event).toBe('released');
  expect(side.states().at(-1)).toBe('degraded acknowledge-chatters');
  const told = side.of('button').length;
  side.clock.advance(5_000);
  expect(side.of('button')).toHaveLength(told);
  expect(side.states().at(-1)).toBe('ok');
});

test('emergency can be pressed four times in a second by a shaking hand', () => {
  const side = panelOn();
  for (const atMs of [0, 250, 500, 750])
    side.clock.at(atMs, () => side.hands.press('emergency', 100));
  side.clock.advance(2_000);
  expect(side.presses()).toHaveLength(8);
  expect(side.states()).toEqual(['ok']);
});

test.each([
  ['open', 10_000],
  ['refuse', 10_000],
  ['confirm', 10_000],
  ['next', 30_000],
  ['lockdown', 10_000],
  ['acknowledge', 10_000],
] as const)(
  '%s held for more than %i ms is stuck and no longer held, until it is let go',
  (button, heldMs) => {
    const side = panelOn();
    side.hands.press(button, heldMs + 20_000);
    side.clock.advance(heldMs - 1);
    expect(side.states()).toEqual(['ok']);
    side.clock.advance(1);
    expect(side.states()).toEqual(['ok', `degraded ${button}-held`]);
    expect(side.presses().at(-1)).toBe(`${button} released ${heldMs}`);
    const told = side.presses().length;
    side.clock.advance(20_100);
    expect(side.states()).toEqual(['ok', `degraded ${button}-held`, 'ok']);
    expect(side.presses()).toHaveLength(told);
    side.hands.press(button);
    side.clock.advance(300);
    expect(side.presses()).toHaveLength(told + 2);
  },
);

test('emergency held for more than a minute is a fault, and a press to its end', () => {
  const side = panelOn();
  side.hands.press('emergency', 70_000);
  side.clock.advance(59_999);
  expect(side.states()).toEqual(['ok']);
  side.clock.advance(20_000);
  expect(side.presses()).toEqual(['emergency pressed 0', 'emergency released 70000']);
  expect(side.states()).toEqual(['ok', 'degraded emergency-held', 'ok']);
});

test.each(buttonNames)(
  '%s is told as pressed and released, long where it means something',
  (button) => {
    const side = panelOn();
    side.hands.press(button, 2_000, true);
    side.clock.advance(3_000);
    const long = ['next', 'lockdown', 'acknowledge'].includes(button)
      ? [`${button} long 1003`]
      : [];
    expect(side.presses()).toEqual([`${button} pressed 3`, ...long, `${button} released 2003`]);
    side.hands.press(button, 999);
    side.clock.advance(2_000);
    expect(side.presses().slice(2 + long.length)).toEqual([
      `${button} pressed 3000`,
      `${button} released 3999`,
    ]);
  },
);

test('NEXT is held for as long as a badge takes: pressed at its beginning, released at its end', () => {
  const side = panelOn();
  side.hands.press('next', 25_000);
  side.clock.advance(24_000);
  expect(side.presses()).toEqual(['next pressed 0', 'next long 1000']);
  side.clock.advance(2_000);
  expect(side.presses().at(-1)).toBe('next released 25000');
  expect(side.states()).toEqual(['ok']);
});

test('a bounce at any moment of a press or of its end makes no second press', () => {
  for (let bounceMs = 1; bounceMs < 300; bounceMs += 1) {
    const side = panelOn();
    side.hands.press('open', 200);
    // The contact leaves its level for 1 ms.
    side.clock.at(bounceMs, () => side.lines.drive('open', bounceMs >= 200));
    side.clock.at(bounceMs + 1, () => side.lines.drive('open', bounceMs + 1 < 200));
    side.clock.advance(1_000);
    expect(side.presses(), `${bounceMs}`).toHaveLength(2);
    expect(side.states(), `${bounceMs}`).toEqual(['ok']);
  }
});

test('five bad presses in a second are five presses', () => {
  const side = panelOn();
  for (const atMs of [0, 200, 400, 600, 800])
    side.clock.at(atMs, () => side.hands.press('next', 100, true));
  side.clock.advance(2_000);
  expect(side.presses()).toHaveLength(10);
  expect(side.states()).toEqual(['ok']);
});

test('a chattering contact that is held at last is pressed, and sound after a second of rest', () => {
  const side = panelOn();
  side.hands.chatter('open', 1_000);
  side.clock.at(1_000, () => side.hands.press('open', 1_500));
  side.clock.advance(4_000);
  expect(side.presses()).toEqual(['open pressed 1000', 'open released 2500']);
  expect(side.states()).toEqual(['ok', 'degraded open-chatters', 'ok']);
});

test('a press under a closed cover is a fault; it counts for EMERGENCY and not for LOCKDOWN', () => {
  const side = panelOn(['emergency', 'lockdown']);
  side.hands.press('lockdown', 2_000);
  side.clock.advance(5_000);
  side.hands.press('emergency', 300);
  side.clock.advance(1_000);
  expect(side.presses()).toEqual(['emergency pressed 5000', 'emergency released 5300']);
  expect(side.states()).toEqual([
    'ok',
    'degraded lockdown-under-cover',
    'ok',
    'degraded emergency-under-cover',
    'ok',
  ]);
});

test('under a lifted cover both are presses, and a cover lifted afterwards makes none', () => {
  const side = panelOn(['emergency', 'lockdown']);
  side.hands.press('lockdown', 3_000);
  side.clock.advance(1_000);
  side.hands.cover('lockdown', true);
  side.hands.cover('emergency', true);
  side.clock.advance(4_000);
  expect(side.presses()).toEqual([]);
  side.hands.press('lockdown', 300);
  side.hands.press('emergency', 300);
  side.clock.advance(1_000);
  expect(side.presses()).toHaveLength(4);
  side.hands.cover('lockdown', false);
  side.clock.advance(100);
  side.hands.press('lockdown', 300);
  side.clock.advance(1_000);
  expect(side.presses()).toHaveLength(4);
  expect(side.states()).toEqual([
    'ok',
    'degraded lockdown-under-cover',
    'ok',
    'degraded lockdown-under-cover',
    'ok',
  ]);
});

test("covers without a contact are nobody's business", () => {
  const side = panelOn(['emergency']);
  side.hands.press('lockdown', 300);
  side.clock.advance(1_000);
  expect(side.presses()).toHaveLength(2);
  expect(side.states()).toEqual(['ok']);
});

test('a button that is down when the gate starts is not pressed', () => {
  const side = bench();
  const lines = simulatedLines(side.tools);
  lines.drive('emergency', true);
  lines.drive('acknowledge', true);
  const driver = guardPanel({ ...side.tools, lines });
  driver.start();
  side.clock.advance(11_000);
  expect(side.of('button')).toEqual([]);
  expect(side.states()).toEqual(['ok', 'degraded acknowledge-held']);
  lines.drive('emergency', false);
  lines.drive('acknowledge', false);
  side.clock.advance(100);
  expect(side.of('button')).toEqual([]);
  expect(side.states().at(-1)).toBe('ok');
  driver.stop();
  expect(side.clock.nextDueMs()).toBeUndefined();
});

test('two faults are told together, each with its own end', () => {
  const side = panelOn();
  side.hands.press('acknowledge', 20_000);
  side.clock.at(12_000, () => side.hands.chatter('emergency', 1_000));
  side.clock.advance(30_000);
  expect(side.states()).toEqual([
    'ok',
    'degraded acknowledge-held',
    'degraded emergency-chatters acknowledge-held',
    'degraded acknowledge-held',
    'ok',
  ]);
});
