import { expect, test } from 'vitest';
import { guardPanel } from '../../drivers/guard-panel/driver.js';
import { runPanel } from '../../drivers/twins.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { bench } from './bench.js';

function panelOn() {
  const side = bench();
  const lines = simulatedLines(side.tools);
  const hands = runPanel({ ...side.tools, lines });
  const driver = guardPanel({ ...side.tools, lines });
  driver.start();
  const presses = () =>
    side
      .of('button')
      .map(({ button, pressed, monotonicMs }) => `${button} ${pressed} ${monotonicMs}`);
  return { ...side, lines, hands, driver, presses };
}

test('a press and its end are told with the time of the contact, bounces and all', () => {
  const side = panelOn();
  side.hands.press('emergency', 200, true);
  side.clock.advance(500);
  side.hands.press('acknowledge', 100);
  side.clock.advance(500);
  expect(side.presses()).toEqual([
    'emergency true 3',
    'emergency false 203',
    'acknowledge true 500',
    'acknowledge false 600',
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
  const pressed = side.of('button').filter((reading) => reading.pressed).length;
  expect(pressed).toBeLessThanOrEqual(6);
  expect(side.of('button').at(-1)?.pressed).toBe(false);
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

test('acknowledge held for more than ten seconds is stuck until it is let go', () => {
  const side = panelOn();
  side.hands.press('acknowledge', 30_000);
  side.clock.advance(9_999);
  expect(side.states()).toEqual(['ok']);
  side.clock.advance(2);
  expect(side.states()).toEqual(['ok', 'degraded acknowledge-held']);
  side.clock.advance(25_000);
  expect(side.states()).toEqual(['ok', 'degraded acknowledge-held', 'ok']);
  expect(side.presses()).toHaveLength(2);
});

test('emergency held for a minute is somebody who means it', () => {
  const side = panelOn();
  side.hands.press('emergency', 60_000);
  side.clock.advance(70_000);
  expect(side.presses()).toEqual(['emergency true 0', 'emergency false 60000']);
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
