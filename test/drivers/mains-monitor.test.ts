import { expect, test } from 'vitest';
import { backMs, mainsLine, mainsMonitor } from '../../drivers/mains-monitor/driver.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';

function rig(isThere: boolean) {
  const clock = virtualClock({ wallMs: 0 });
  const lines = simulatedLines({ clock });
  lines.drive(mainsLine, isThere);
  const said: string[] = [];
  const driver = mainsMonitor({
    clock,
    scheduler: clock,
    lines,
    emit(reading) {
      if (reading.type === 'power') said.push(`${reading.mains} ${reading.monotonicMs}`);
    },
  });
  driver.start();
  const drive = (isActive: boolean, waitMs: number): void => {
    lines.drive(mainsLine, isActive);
    clock.advance(waitMs);
  };
  return { clock, driver, drive, said, startMs: clock.now().monotonicMs };
}

test('says at the start what it finds', () => {
  expect(rig(true).said).toEqual([expect.stringMatching(/^true/)]);
  expect(rig(false).said).toEqual([expect.stringMatching(/^false/)]);
});

test('a loss is told when it has settled, with its time; a flicker of the contact is none', () => {
  const { drive, said, startMs } = rig(true);
  drive(false, 10);
  drive(true, 100);
  expect(said).toHaveLength(1);
  drive(false, 19);
  expect(said).toHaveLength(1);
  drive(false, 1);
  expect(said.slice(1)).toEqual([`false ${startMs + 110}`]);
});

test('power that comes and goes is one loss, until it stays', () => {
  const { drive, said } = rig(true);
  drive(false, 1_000);
  for (let times = 0; times < 50; times += 1) {
    drive(true, backMs - 100);
    drive(false, 1_000);
  }
  expect(said).toHaveLength(2);
  drive(true, backMs + 20);
  expect(said).toHaveLength(3);
  expect(said[2]).toMatch(/^true/);
});

test('after the stop nothing is said, and a new start begins anew', () => {
  const { drive, driver, said } = rig(true);
  drive(false, 1_000);
  drive(true, 100);
  driver.stop();
  drive(true, 2 * backMs);
  expect(said).toHaveLength(2);
  driver.start();
  driver.start();
  expect(said).toHaveLength(3);
});
