/** Thermometers beside the GY-614V3: what they are told, what comes of their frames, how they come back. */
import { describe, expect, test } from 'vitest';
import type { FrameLayout, PollConfig } from '../../config/frame-layout.js';
import { thermometer } from '../../drivers/thermometer/driver.js';
import { configuredTwin } from '../../drivers/thermometer/frames/twin.js';
import { surfaceTwin } from '../../drivers/thermometer/gy-mcu90614/twin.js';
import type { HeadOptions } from '../../drivers/thermometer/heads.js';
import type { ThermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { random } from '../../hardware/simulated/random.js';
import { bench, benchWire } from './bench.js';

const skin = 3_350;

function headOn(options: HeadOptions, twin: ThermometerTwin) {
  const side = bench();
  const { link, far } = benchWire(side);
  let told = 0;
  far.onData(() => told++);
  thermometer({ ...side.tools, ...options, link }).start();
  runThermometer({ ...side.tools, twin, onData: far.onData, write: far.write });
  twin.present(skin);
  return { ...side, far, twin, told: () => told };
}

describe('GY-MCU90614', () => {
  const options: HeadOptions = { driver: 'gy-mcu90614', compensationCentidegrees: 302 };

  test('its surface and the configured compensation are the body', () => {
    const side = headOn(options, surfaceTwin({ random: random(1) }));
    side.clock.advance(1_000);
    expect(side.states()).toEqual(['ok']);
    const samples = side.of('temperature-sample').slice(1);
    expect(samples.length).toBeGreaterThan(7);
    for (const { objectCentidegrees, bodyCentidegrees } of samples) {
      expect(Math.abs(objectCentidegrees - skin)).toBeLessThanOrEqual(5);
      expect(bodyCentidegrees - objectCentidegrees).toBe(302);
    }
  });

  test('a board that is silent at power-up is told to send, again after each loss of power', () => {
    const side = headOn(options, surfaceTwin({ random: random(1), sendsByItself: false }));
    side.clock.advance(500);
    expect(side.states()).toEqual(['ok']);
    side.clock.advance(10_000);
    expect(side.told()).toBe(1);
    for (let round = 0; round < 5; round++) {
      side.twin.restart();
      side.readings.length = 0;
      side.clock.advance(1_200);
      expect(side.of('temperature-sample').length).toBeGreaterThan(0);
      side.clock.advance(round * 217);
    }
    expect(side.states()).toEqual([]);
  });
});

describe('frames by configuration', () => {
  const frame: FrameLayout = {
    header: 'F0 4F',
    terminator: 'EF EE',
    lengthMax: 24,
    fields: {
      object: { offset: 2, bytes: 2, endian: 'little', centidegreesPerUnit: 10 },
      body: { offset: 4, bytes: 2, endian: 'little', centidegreesPerUnit: 10 },
      ambient: { offset: 6, bytes: 1, signed: true, centidegreesPerUnit: 100 },
    },
    checksum: { kind: 'crc16-modbus' },
  };
  const poll: PollConfig = { command: 'F0 01 EF EE', everyMs: 200 };

  test('a head that must be asked is asked, and its values come out in hundredths', () => {
    const side = headOn(
      { driver: 'frames', frame, poll },
      configuredTwin({ random: random(1), frame, poll }),
    );
    side.clock.advance(5_000);
    expect(side.states()).toEqual(['ok']);
    const samples = side.of('temperature-sample').slice(1);
    expect(samples.length).toBeGreaterThan(20);
    for (const sample of samples) {
      expect(Math.abs(sample.objectCentidegrees - skin)).toBeLessThanOrEqual(10);
      expect(Math.abs(sample.bodyCentidegrees - skin - 302)).toBeLessThanOrEqual(10);
      expect(sample.ambientCentidegrees).toBe(2_200);
    }
  });

  test('one that falls silent is lost, and in use within two seconds of its return', () => {
    const side = headOn({ driver: 'frames', frame }, configuredTwin({ random: random(1), frame }));
    for (const silentMs of [3_000, 4_321, 60_000]) {
      side.clock.advance(1_000);
      side.twin.setFault('silent');
      side.clock.advance(silentMs);
      expect(side.states().at(-1)).toBe('lost silent');
      side.twin.setFault('none');
      side.clock.advance(2_000);
      expect(side.states().at(-1)).toBe('ok');
    }
  });

  test('a layout that does not fit what comes gives no temperature, and garbled', () => {
    const other: FrameLayout = { ...frame, checksum: { kind: 'xor8' } };
    const side = headOn(
      { driver: 'frames', frame: other },
      configuredTwin({ random: random(1), frame }),
    );
    side.clock.advance(20_000);
    expect(side.of('temperature-sample')).toEqual([]);
    expect(side.states()).toEqual(['lost garbled']);
  });
});
