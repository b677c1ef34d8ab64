import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import { parseKioskConfig } from '../../../config/kiosk-config-schema.js';
import { gateDrivers } from '../../../drivers/registry.js';
import { openLines } from '../../../kiosk/daemon/board-lines.js';
import { configuredDevices } from '../../../kiosk/daemon/devices.js';
import { type Bench, bench } from '../../drivers/bench.js';

function shippedExample() {
  const file = new URL('../../../config/kiosk.example.json', import.meta.url);
  const parsed = parseKioskConfig(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.ok) throw new Error('the example is refused');
  return parsed.config;
}

function linesOf(config: KioskConfig, { tools }: Bench) {
  const opened = openLines(config, null, { ...tools, log: pino({ level: 'silent' }) });
  if (!opened.ok) throw new Error(opened.problem);
  return opened.lines;
}

test('the shipped example has every device, and without a board its fire loop is closed', () => {
  const side = bench();
  const devices = configuredDevices(shippedExample(), linesOf(shippedExample(), side), () => {});
  expect(devices.panel).toMatchObject({ covers: ['emergency', 'lockdown'] });
  expect(devices.idCardReader).toMatchObject({ driver: 'sam-v', readCommand: '30 01' });
  expect(devices.turnstile).toMatchObject({ driver: 'contact', reverseSensor: true });
  const { fire, signals } = devices;
  if (fire === undefined || signals === undefined) throw new Error('a device is missing');
  const drivers = gateDrivers({ fire, signals }, side.tools);
  drivers.start();
  side.clock.advance(60_000);
  expect(side.of('fire').map(({ active }) => active)).toEqual([false]);
  expect(side.states()).toEqual(['ok', 'ok']);
  drivers.stop();
});

test('what the configuration leaves out is not there', () => {
  const config = shippedExample();
  const { scanner, thermometer } = config.devices;
  const turnstile = { pulseMs: 500, passageSensor: true };
  const devices = { scanner, thermometer, turnstile, panel: {} };
  const made = configuredDevices({ ...config, devices }, linesOf(config, bench()), () => {});
  expect(Object.keys(made).sort()).toEqual(['panel', 'scanner', 'thermometer', 'turnstile']);
  expect(made.turnstile).not.toHaveProperty('reverseSensor');
});

test('each kind of scanner is made with its link, and a module of the GM65 family with its speeds', () => {
  const config = shippedExample();
  const made = (scanner: (typeof config.devices)['scanner']) =>
    configuredDevices(
      { ...config, devices: { ...config.devices, scanner } },
      linesOf(config, bench()),
      () => {},
    ).scanner;
  const path = '/dev/ttyS0';
  expect(made({ driver: 'line', link: { path, baudRate: 9_600 }, idleMs: 90 })).toMatchObject({
    driver: 'line',
    idleMs: 90,
  });
  expect(made({ driver: 'hid-pos', hid: { vendorId: '0c2e' } })).toMatchObject({
    driver: 'hid-pos',
    link: { reportDescriptor: expect.any(Function) },
  });
  const tty = made({ driver: 'gm65', link: { path, baudRate: 57_600 }, mode: 'sense', idleMs: 90 });
  const speeds = [57_600, 9_600, 115_200];
  expect(tty).toMatchObject({ speeds, settings: { mode: 'sense' }, idleMs: 90 });
  const far = made({ driver: 'gm65', link: { path: 'tcp://127.0.0.1:4001' } });
  expect(far).toMatchObject({ speeds: [] });
});
