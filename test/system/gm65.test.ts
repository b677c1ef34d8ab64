/** A module of the GM65 family at the far end of a real tty: set up, not worn, unplugged, back. */
import { afterEach, describe, expect, test } from 'vitest';
import { gm65Scanner } from '../../drivers/qr-scanner/gm65/driver.js';
import { type Gm65Twin, gm65Twin } from '../../drivers/qr-scanner/gm65/twin.js';
import { gm65Speeds } from '../../drivers/qr-scanner/kinds.js';
import type { Reading } from '../../drivers/reading.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import { ptyPair, withoutSocat } from './pty.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The module's side of the pair; a pty has no speed of its own, so it is heard at any. */
async function plugIn(twin: Gm65Twin, path: string): Promise<(text: string) => void> {
  const link = serialLink({ path, baudRate: 115_200 });
  cleanups.push(() => link.close());
  await new Promise<void>((resolve, reject) => {
    link.open({
      opened: resolve,
      data(bytes) {
        for (const reply of twin.receive(bytes)) link.write(reply);
      },
      closed: (why) => reject(new Error(why)),
    });
  });
  return (text) => link.write(twin.scan(text));
}

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `a GM65 module on a tty${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('is set up once, scans in between, is in use within 2 s of its return and not written again', async () => {
      const pair = ptyPair();
      cleanups.push(() => pair.close());
      await pair.plug();
      const twin = gm65Twin();
      const before = await plugIn(twin, pair.farPath);

      const clock = systemClock();
      const readings: Reading[] = [];
      let wake = (): void => {};
      const driver = gm65Scanner({
        clock,
        scheduler: systemScheduler(),
        emit(reading) {
          readings.push(reading);
          wake();
        },
        link: serialLink({ path: pair.nearPath, baudRate: 115_200 }),
        speeds: gm65Speeds(115_200),
      });
      cleanups.push(() => driver.stop());
      const next = async (fits: (reading: Reading) => boolean): Promise<Reading> => {
        for (;;) {
          const reading = readings.shift();
          if (reading !== undefined && fits(reading)) return reading;
          if (reading !== undefined) continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      };
      const status = (wanted: string): Promise<Reading> =>
        next((reading) => reading.type === 'device' && reading.status === wanted);
      const isScan = ({ type }: Reading): boolean => type === 'scan';

      driver.start();
      await status('ok');
      const text = `GK1:${'A B'.repeat(100)}`;
      before(text);
      expect(await next(isScan)).toMatchObject({ text });
      while (twin.eepromWrites === 0)
        await new Promise((resolve) =>
          systemScheduler().at(clock.now().monotonicMs + 5, () => resolve(null)),
        );
      expect([twin.baudRate(), twin.zone(0x0000), twin.writes]).toEqual([115_200, 0xd6, 3]);

      await pair.unplug();
      await status('lost');
      twin.restart();
      await pair.plug();
      const after = await plugIn(twin, pair.farPath);
      const backMs = clock.now().monotonicMs;
      await status('ok');
      expect(clock.now().monotonicMs - backMs).toBeLessThan(2_000);
      after('GK1:AGAIN');
      expect(await next(isScan)).toMatchObject({ text: 'GK1:AGAIN' });
      expect([twin.writes, twin.eepromWrites]).toEqual([3, 1]);
    });
  },
);
