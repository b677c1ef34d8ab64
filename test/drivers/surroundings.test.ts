/** Door contact, tamper loop and exit button: contacts to what was done; and drivers whose lines go. */
import { expect, test } from 'vitest';
import { doorContact, doorLine, leftOpenMs } from '../../drivers/door-contact/driver.js';
import { exitButton, exitButtonLine } from '../../drivers/exit-button/driver.js';
import { onLines } from '../../drivers/lines-session.js';
import { tamperLine, tamperLoop } from '../../drivers/tamper-loop/driver.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { bench } from './bench.js';

function rig(...active: readonly string[]) {
  const side = bench();
  const lines = simulatedLines(side);
  for (const line of active) lines.drive(line, true);
  const drive = (line: string, isActive: boolean, waitMs: number): void => {
    lines.drive(line, isActive);
    side.clock.advance(waitMs);
  };
  return { ...side, lines, drive, startMs: side.clock.now().monotonicMs };
}

test('a door is opened, left open and shut, each once and with its time', () => {
  const { tools, lines, drive, of, startMs } = rig(doorLine);
  const driver = doorContact({ ...tools, lines });
  driver.start();
  drive(doorLine, false, leftOpenMs - 1);
  drive(doorLine, true, 19);
  drive(doorLine, false, leftOpenMs);
  drive(doorLine, true, 20);
  drive(doorLine, false, leftOpenMs - 1);
  driver.stop();
  drive(doorLine, false, leftOpenMs);
  expect(of('door').map(({ phase, monotonicMs }) => [phase, monotonicMs - startMs])).toEqual([
    ['opened', 0],
    // A flicker just before it is let through first.
    ['left-open', leftOpenMs + 20],
    ['closed', 2 * leftOpenMs + 18],
    ['opened', 2 * leftOpenMs + 38],
  ]);
});

test('a door that is open at the start was opened by nobody, and is left open', () => {
  const { tools, lines, clock, of } = rig();
  doorContact({ ...tools, lines }).start();
  clock.advance(leftOpenMs);
  expect(of('door').map(({ phase }) => phase)).toEqual(['left-open']);
});

test('an exit button is pressed once however long it is held; one held at the start is not', () => {
  const { tools, lines, drive, of } = rig(exitButtonLine);
  exitButton({ ...tools, lines }).start();
  drive(exitButtonLine, false, 50);
  drive(exitButtonLine, true, 5_000);
  drive(exitButtonLine, false, 10);
  drive(exitButtonLine, true, 1_000);
  expect(of('exit-button')).toHaveLength(1);
});

test('an open lid is told at the start, and each change after it', () => {
  const { tools, lines, drive, of } = rig();
  tamperLoop({ ...tools, lines }).start();
  drive(tamperLine, true, 20);
  drive(tamperLine, false, 20);
  expect(of('tamper').map(({ open }) => open)).toEqual([true, false, true]);
});

test('a driver runs while its lines are there; while they are not its device is lost with their word', () => {
  const { tools, lines, drive, of, states } = rig();
  let tell = (_why: string): void => {};
  const gone = {
    ...lines,
    status(listener: (why: string) => void) {
      tell = listener;
      listener('denied');
      return () => {
        tell = () => {};
      };
    },
  };
  const driver = onLines(
    { ...tools, lines: gone, device: 'turnstile' },
    exitButton({ ...tools, lines: gone }),
  );
  driver.start();
  drive(exitButtonLine, true, 50);
  expect([states(), of('exit-button')]).toEqual([['lost denied'], []]);
  drive(exitButtonLine, false, 50);
  tell('');
  drive(exitButtonLine, true, 50);
  expect(of('exit-button')).toHaveLength(1);
  tell('gone');
  drive(exitButtonLine, false, 50);
  drive(exitButtonLine, true, 50);
  expect(of('exit-button')).toHaveLength(1);
  expect(states()).toEqual(['lost denied', 'lost gone']);
  driver.stop();
  tell('');
  drive(exitButtonLine, false, 50);
  drive(exitButtonLine, true, 50);
  expect(of('exit-button')).toHaveLength(1);
});
