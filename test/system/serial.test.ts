/** Drivers and the real serial link on a real tty, the twins at the far end of it. */
import { afterEach, describe, expect, test } from 'vitest';
import { qrScanner } from '../../drivers/qr-scanner/driver.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import type { Driver, Reading } from '../../drivers/reading.js';
import type { DriverTools } from '../../drivers/session.js';
import { thermometer } from '../../drivers/thermometer/driver.js';
import { skinOf, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { Link } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { ptyPair, withoutSocat } from './pty.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A driver on the near tty and an open link to the far one; readings are awaited one by one. */
async function onTty(make: (tools: DriverTools, link: Link) => Driver) {
  const pair = ptyPair();
  cleanups.push(() => pair.close());
  await pair.plug();
  const clock = systemClock();
  const scheduler = systemScheduler();
  const readings: Reading[] = [];
  let wake = (): void => {};
  const emit = (reading: Reading): void => {
    readings.push(reading);
    wake();
  };
  const driver = make(
    { clock, scheduler, emit },
    serialLink({ path: pair.nearPath, baudRate: 115_200 }),
  );
  driver.start();
  cleanups.push(() => driver.stop());

  /** Waits for the next reading that fits; readings before it are passed over. */
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
  return { pair, clock, scheduler, next, status };
}

/** Opens the device's side of the pair. */
async function farEnd(path: string): Promise<Link> {
  const link = serialLink({ path, baudRate: 115_200 });
  cleanups.push(() => link.close());
  await new Promise<void>((resolve, reject) => {
    link.open({ opened: resolve, data: () => {}, closed: (why) => reject(new Error(why)) });
  });
  return link;
}

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `on a tty${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('a scan comes through, the cable is pulled, and a device that is back is in use', async () => {
      const side = await onTty((tools, link) => qrScanner({ ...tools, link }));
      const twin = scannerTwin('crlf');
      await side.status('ok');
      const before = await farEnd(side.pair.farPath);
      const long = `GK1:${'A B'.repeat(390)}`;
      for (const text of ['GK1:HELLO WORLD ', '校园卡认证二维码', long]) {
        before.write(twin.scan(text));
        expect(await side.next(({ type }) => type === 'scan')).toMatchObject({ text });
      }

      before.write(new TextEncoder().encode('half'));
      await side.pair.unplug();
      expect(await side.status('lost')).toMatchObject({ device: 'scanner' });
      expect(await side.status('lost')).toMatchObject({
        why: 'absent',
      });

      await side.pair.plug();
      await side.status('ok');
      const after = await farEnd(side.pair.farPath);
      after.write(twin.scan('GK1:AGAIN'));
      expect(await side.next(({ type }) => type === 'scan')).toMatchObject({ text: 'GK1:AGAIN' });
    });

    test('a second program that wants the tty is told that it is in use', async () => {
      const side = await onTty((tools, link) => qrScanner({ ...tools, link }));
      await side.status('ok');
      const second = serialLink({ path: side.pair.nearPath, baudRate: 115_200 });
      const why = await new Promise<string>((resolve) => {
        second.open({ opened: () => resolve('opened'), data: () => {}, closed: resolve });
      });
      expect(why).toBe('busy');
    });

    test('a link that is closed while it opens lets go of the tty', async () => {
      const pair = ptyPair();
      cleanups.push(() => pair.close());
      await pair.plug();
      const heard: string[] = [];
      const link = serialLink({ path: pair.nearPath, baudRate: 115_200 });
      const listen = (name: string, opened = (): void => {}) => ({
        opened() {
          heard.push(`${name} opened`);
          opened();
        },
        data: () => {},
        closed: (why: string) => void heard.push(`${name} ${why}`),
      });
      for (const name of ['first', 'second', 'third']) {
        link.open(listen(name));
        link.close();
      }
      await new Promise<void>((resolve) => link.open(listen('last', resolve)));
      link.close();
      expect(heard).toEqual(['last opened']);
    });

    test('samples come through, and a pulled sensor is back in use', async () => {
      const side = await onTty((tools, link) =>
        thermometer({ ...tools, driver: 'gy-614v3', link }),
      );
      const twin = thermometerTwin({ random: random(1) });
      twin.present(skinOf(3_650));
      const run = async (): Promise<() => void> => {
        const far = await farEnd(side.pair.farPath);
        const cancel = runThermometer({ ...side, twin, write: far.write });
        cleanups.push(cancel);
        return cancel;
      };
      const stop = await run();
      await side.status('ok');
      for (let count = 0; count < 5; count++) {
        const sample = await side.next(({ type }) => type === 'temperature-sample');
        if (sample.type === 'temperature-sample')
          expect(Math.abs(sample.bodyCentidegrees - 3_650)).toBeLessThanOrEqual(5);
      }
      stop();
      await side.pair.unplug();
      await side.status('lost');
      await side.pair.plug();
      await run();
      await side.status('ok');
      await side.next(({ type }) => type === 'temperature-sample');
    });
  },
);
