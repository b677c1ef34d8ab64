import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseKioskConfig } from '../../../config/kiosk-config-schema.js';
import { gateDrivers } from '../../../drivers/registry.js';
import { configuredDevices } from '../../../kiosk/daemon/devices.js';
import { bench } from '../../drivers/bench.js';

function shippedExample() {
  const file = new URL('../../../config/kiosk.example.json', import.meta.url);
  const parsed = parseKioskConfig(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.ok) throw new Error('the example is refused');
  return parsed.config;
}

test('the shipped example has every device, and without a board its fire loop is closed', () => {
  const side = bench();
  const devices = configuredDevices(shippedExample(), side.tools);
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
  const made = configuredDevices({ ...config, devices }, bench().tools);
  expect(Object.keys(made).sort()).toEqual(['panel', 'scanner', 'thermometer', 'turnstile']);
  expect(made.turnstile).not.toHaveProperty('reverseSensor');
});
