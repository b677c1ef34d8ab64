/** Devices on real ttys that come, go, refuse and misbehave: what is told of them, and that they come back. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { idCardReader } from '../../drivers/id-card-reader/driver.js';
import { idCardReaderTwin } from '../../drivers/id-card-reader/twin.js';
import { qrScanner } from '../../drivers/qr-scanner/driver.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { thermometer } from '../../drivers/thermometer/driver.js';
import { surfaceTwin } from '../../drivers/thermometer/gy-mcu90614/twin.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runIdCardReader, runThermometer } from '../../drivers/twins.js';
import { random } from '../../hardware/simulated/random.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import { withoutSocat } from './pty.js';
import { onPath, tools, ttyRig } from './tty-rig.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { plugged, started, farEnd } = ttyRig(cleanups);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gate-kiosk-plug-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `on ttys${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('a name that comes and goes, and points at something else in between', async () => {
      const name = join(folder(), 'usb-scanner-if00');
      const { state, next } = started((given) => qrScanner({ ...given, link: onPath(name) }));
      expect(await state()).toBe('lost absent');
      for (const text of ['GK1:FIRST', 'GK1:SECOND']) {
        const pair = await plugged();
        symlinkSync(pair.nearPath, name);
        expect(await state()).toBe('ok');
        (await farEnd(pair)).write(scannerTwin().scan(text));
        expect(await next(({ type }) => type === 'scan')).toMatchObject({ text });
        unlinkSync(name);
        // Before it is gone: soon after that it is tried again.
        writeFileSync(`${name}.file`, '');
        symlinkSync(`${name}.file`, name);
        await pair.unplug();
        expect(await state()).toBe('lost gone');
        expect(await state()).toBe('lost wrong-device');
        unlinkSync(name);
        expect(await state()).toBe('lost absent');
      }
    });

    test('no permission, until there is one', async () => {
      const pair = await plugged();
      const isRoot = process.geteuid?.() === 0;
      chmodSync(pair.nearPath, 0o000);
      // Root may open everything: somebody else asks then, as the service's own user would.
      if (isRoot) process.seteuid?.(65_534);
      const { state } = started((given) => qrScanner({ ...given, link: onPath(pair.nearPath) }));
      const denied = await state().finally(() => {
        if (isRoot) process.seteuid?.(0);
      });
      expect(denied).toBe('lost denied');
      chmodSync(pair.nearPath, 0o600);
      expect(await state()).toBe('ok');
    });

    test('another program holds it, until that one ends', async () => {
      const pair = await plugged();
      const other = onPath(pair.nearPath);
      await new Promise<void>((resolve, reject) => {
        other.open({ opened: resolve, data: () => {}, closed: (why) => reject(new Error(why)) });
      });
      const { state } = started((given) => qrScanner({ ...given, link: onPath(pair.nearPath) }));
      expect(await state()).toBe('lost busy');
      other.close();
      expect(await state()).toBe('ok');
    });

    test('a thermometer in the ID-card reader’s place, then the reader itself', async () => {
      const wrong = await plugged();
      const name = join(folder(), 'usb-id-card-reader-if00');
      symlinkSync(wrong.nearPath, name);
      const { state, next } = started((given) =>
        idCardReader({ ...given, link: onPath(name), baudRates: [115_200, 9_600] }),
      );
      const twin = thermometerTwin({ random: random(1) });
      const stop = runThermometer({ ...tools, twin, ...(await farEnd(wrong)) });
      expect(await state()).toBe('lost wrong-device');
      stop();
      const right = await plugged();
      unlinkSync(name);
      symlinkSync(right.nearPath, name);
      const reader = idCardReaderTwin({ random: random(2) });
      cleanups.push(runIdCardReader({ ...tools, twin: reader, ...(await farEnd(right)) }));
      await next((reading) => reading.type === 'device' && reading.status === 'ok');
      const card = sampleCard(random(3));
      reader.place(card);
      expect(await next(({ type }) => type === 'card')).toMatchObject({ card });
    });

    test('a thermometer in the scanner’s place, then the scanner itself', async () => {
      const wrong = await plugged();
      const name = join(folder(), 'usb-scanner-if00');
      symlinkSync(wrong.nearPath, name);
      const { state, next } = started((given) => qrScanner({ ...given, link: onPath(name) }));
      expect(await state()).toBe('ok');
      const twin = thermometerTwin({ random: random(1) });
      const stop = runThermometer({ ...tools, twin, ...(await farEnd(wrong)) });
      expect(await state()).toBe('degraded wrong-device');
      await next((reading) => reading.type === 'discarded' && reading.why === 'noise');
      stop();
      const right = await plugged();
      unlinkSync(name);
      symlinkSync(right.nearPath, name);
      await wrong.unplug();
      expect(await state()).toBe('lost gone');
      expect(await state()).toBe('ok');
      (await farEnd(right)).write(scannerTwin().scan('GK1:RIGHT ONE'));
      expect(await next(({ type }) => type === 'scan')).toMatchObject({ text: 'GK1:RIGHT ONE' });
    });

    test('the reader’s speed is found, and asked for first when the reader is back', async () => {
      const pair = await plugged();
      const name = pair.nearPath;
      const speedNow = (): number =>
        Number(execFileSync('stty', ['-F', name, 'speed'], { encoding: 'utf8' }));
      const { state } = started((given) =>
        idCardReader({ ...given, link: onPath(name), baudRates: [115_200, 57_600, 9_600] }),
      );
      // A tty of this kind carries bytes at any speed: the device hears them only at its own.
      const plugReader = async (): Promise<string[]> => {
        const far = await farEnd(pair);
        const asked: string[] = [];
        const reader = idCardReaderTwin({ random: random(2) });
        cleanups.push(
          runIdCardReader({
            ...tools,
            twin: reader,
            write: far.write,
            onData: (listener) =>
              far.onData((bytes) => {
                const speed = speedNow();
                asked.push(String(speed));
                if (speed === 9_600) listener(bytes);
              }),
          }),
        );
        return asked;
      };
      const first = await plugReader();
      expect(await state()).toBe('ok');
      expect(first).toContain('115200');
      await pair.unplug();
      expect(await state()).toBe('lost gone');
      await pair.plug();
      const second = await plugReader();
      let now = await state();
      if (now === 'lost absent') now = await state();
      expect(now).toBe('ok');
      expect([...new Set(second)]).toEqual(['9600']);
    });

    test('a board that is told to send is told again after it was unplugged', async () => {
      const pair = await plugged();
      const { next, state } = started((given) =>
        thermometer({
          ...given,
          driver: 'gy-mcu90614',
          compensationCentidegrees: 302,
          link: onPath(pair.nearPath),
        }),
      );
      for (let round = 0; round < 2; round++) {
        const twin = surfaceTwin({ random: random(1), sendsByItself: false });
        twin.present(3_350);
        const stop = runThermometer({ ...tools, twin, ...(await farEnd(pair)) });
        await next(({ type }) => type === 'temperature-sample');
        stop();
        await pair.unplug();
        for (let told = ''; told !== 'lost gone'; ) told = await state();
        await pair.plug();
      }
    });

    test('a device that floods its line does not hold up the scanner beside it', async () => {
      const [flooded, sound] = [await plugged(), await plugged()];
      let floodReadings = 0;
      const flood = started((given) =>
        thermometer({
          ...given,
          driver: 'gy-614v3',
          link: onPath(flooded.nearPath),
          emit(reading) {
            floodReadings += 1;
            given.emit(reading);
          },
        }),
      );
      const child: ChildProcess = spawn(
        'sh',
        ['-c', 'exec cat /dev/urandom > "$0"', flooded.farPath],
        {
          stdio: 'ignore',
        },
      );
      cleanups.push(() => void child.kill('SIGKILL'));
      await flood.next(({ type }) => type === 'discarded');

      const { state, next } = started((given) =>
        qrScanner({ ...given, link: onPath(sound.nearPath) }),
      );
      expect(await state()).toBe('ok');
      const far = await farEnd(sound);
      const between: number[] = [];
      for (let count = 0; count < 30; count++) {
        const before = floodReadings;
        far.write(scannerTwin().scan(`GK1:SCAN ${count}`));
        expect(await next(({ type }) => type === 'scan')).toMatchObject({
          text: `GK1:SCAN ${count}`,
        });
        between.push(floodReadings - before);
      }
      expect(floodReadings).toBeGreaterThan(30);
      // One read of the flooded line gives 16 of these: a scan waits for some reads, not for the flood.
      expect(Math.max(...between)).toBeLessThan(1_600);
    });

    test('openings that hang do not hold up the scanner: its scan comes before any of them is over', async () => {
      const place = folder();
      const order: string[] = [];
      const names = ['one', 'two', 'three'].map((name) => join(place, name));
      execFileSync('mkfifo', names);
      // A named pipe without a writer blocks in open(2), as a tty of a broken driver does.
      const hanging = names.map((name) =>
        open(name, 'r').then(async (file) => {
          order.push('opened');
          await file.close();
        }),
      );
      const pair = await plugged();
      const { state, next } = started((given) =>
        qrScanner({ ...given, link: onPath(pair.nearPath) }),
      );
      expect(await state()).toBe('ok');
      (await farEnd(pair)).write(scannerTwin().scan('GK1:BESIDE'));
      await next(({ type }) => type === 'scan');
      order.push('scan');
      for (const name of names) execFileSync('sh', ['-c', ': > "$0"', name]);
      await Promise.all(hanging);
      expect(order).toEqual(['scan', 'opened', 'opened', 'opened']);
    });
  },
);
