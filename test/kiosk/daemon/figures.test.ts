import { expect, test } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { figuresPeriodMs, logFigures } from '../../../kiosk/daemon/figures.js';
import { openLog } from '../../../kiosk/log.js';

test('what was discarded and refused is logged every hour and once at the end', () => {
  const clock = virtualClock();
  const counts = new Map([['scanner/noise', 1]]);
  const lines: unknown[] = [];
  const log = openLog({ level: 'silent' });
  log.info = (fields: unknown) => void lines.push(fields);
  const end = logFigures({ clock, scheduler: clock, log, counts: () => counts });
  clock.advance(figuresPeriodMs - 1);
  expect(lines).toEqual([]);
  clock.advance(1);
  counts.set('scan/expired', 2);
  clock.advance(figuresPeriodMs);
  end();
  clock.advance(2 * figuresPeriodMs);
  const both = { 'scanner/noise': 1, 'scan/expired': 2 };
  expect(lines).toEqual([{ counts: { 'scanner/noise': 1 } }, { counts: both }, { counts: both }]);
});
