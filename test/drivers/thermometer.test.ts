import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeTemperature } from '../../drivers/thermometer/codec.js';
import { thermometer } from '../../drivers/thermometer/driver.js';
import { thermometerHealth } from '../../drivers/thermometer/health.js';
import { chilledSkinOf, skinOf, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { random } from '../../hardware/simulated/random.js';
import { noFaults, type WireFaults } from '../../hardware/simulated/wire.js';
import { bench, benchWire } from './bench.js';

function thermometerOn(seed = 1, faults: Partial<WireFaults> = {}) {
  const side = bench();
  const { link, far } = benchWire(side, seed, faults);
  const twin = thermometerTwin({ random: random(seed + 1) });
  thermometer({ ...side.tools, driver: 'gy-614v3', link }).start();
  runThermometer({ ...side.tools, twin, write: far.write });
  const samples = () => side.of('temperature-sample');
  const lastBody = (): number => samples().at(-1)?.bodyCentidegrees ?? Number.NaN;
  return { ...side, far, twin, samples, lastBody };
}

test('ten samples a second come as the sensor measured them', () => {
  const side = thermometerOn();
  side.clock.advance(1_050);
  side.readings.length = 0;
  side.twin.present(skinOf(3_660));
  side.twin.setAmbient(1_800);
  side.clock.advance(2_000);
  expect(side.samples()).toHaveLength(20);
  for (const { bodyCentidegrees, ambientCentidegrees, objectCentidegrees } of side.samples()) {
    expect(Math.abs(bodyCentidegrees - 3_660)).toBeLessThanOrEqual(5);
    expect(Math.abs(ambientCentidegrees - 1_800)).toBeLessThanOrEqual(2);
    expect(bodyCentidegrees - objectCentidegrees).toBe(302);
  }
  expect(side.states()).toEqual([]);
});

test('people come, stay and go for ten minutes, and the sensor stays sound', () => {
  const side = thermometerOn();
  const people = random(99);
  for (let index = 0; index < 60; index++) {
    side.twin.present(chilledSkinOf(3_600 + people.int(200), -2_000 + people.int(5_000)));
    side.clock.advance(2_000 + people.int(3_000));
    side.twin.clear();
    side.clock.advance(300 + people.int(10_000));
  }
  expect(side.states()).toEqual(['ok']);
});

test('in the frost a healthy wrist from outside reads as no person at all', () => {
  const side = thermometerOn();
  side.twin.present(chilledSkinOf(3_660, -2_000));
  side.clock.advance(1_000);
  expect(side.lastBody()).toBeLessThan(3_500);
  side.twin.clear();
  side.clock.advance(1_000);
  expect(side.lastBody()).toBeLessThan(3_000);
});

test('a silent sensor is lost after two seconds, and in use within two when it speaks again', () => {
  const side = thermometerOn();
  side.clock.advance(5_050);
  side.twin.setFault('silent');
  side.clock.advance(1_900);
  expect(side.states()).toEqual(['ok']);
  side.clock.advance(200);
  expect(side.states()).toEqual(['ok', 'lost silent']);
  side.clock.advance(600_000);
  side.twin.setFault('none');
  side.clock.advance(2_000);
  expect(side.states()).toEqual(['ok', 'lost silent', 'ok']);
});

test('a frozen sensor is degraded after ten seconds, sound with its next true sample', () => {
  const side = thermometerOn();
  side.clock.advance(1_000);
  side.twin.setFault('frozen');
  side.clock.advance(9_800);
  expect(side.states()).toEqual(['ok']);
  side.clock.advance(400);
  expect(side.states()).toEqual(['ok', 'degraded frozen']);
  side.clock.advance(60_000);
  side.twin.setFault('none');
  side.clock.advance(300);
  expect(side.states()).toEqual(['ok', 'degraded frozen', 'ok']);
});

test('a jumping sensor is degraded within a second, sound two seconds after its last jump', () => {
  const side = thermometerOn();
  side.clock.advance(1_000);
  side.twin.setFault('jumping');
  side.clock.advance(1_000);
  expect(side.states()).toEqual(['ok', 'degraded jumping']);
  side.clock.advance(30_000);
  side.twin.setFault('none');
  side.clock.advance(2_500);
  expect(side.states()).toEqual(['ok', 'degraded jumping', 'ok']);
});

test('an echoed frame is discarded and counts as no second measurement', () => {
  const side = thermometerOn(1, { duplicateChunk: 1 });
  side.clock.advance(1_050);
  expect(side.samples()).toHaveLength(10);
  expect(side.of('discarded')).toHaveLength(10);
  expect(side.of('discarded')[0]).toMatchObject({ device: 'thermometer', byteCount: 12 });
});

test('a wrong checksum is discarded, and the samples around it come through', () => {
  const side = bench();
  const { link, far } = benchWire(side);
  thermometer({ ...side.tools, driver: 'gy-614v3', link }).start();
  side.clock.advance(10);
  const frame = (bodyCentidegrees: number): Uint8Array =>
    encodeTemperature({
      emissivityPercent: 97,
      objectCentidegrees: bodyCentidegrees - 302,
      ambientCentidegrees: 2_200,
      bodyCentidegrees,
    });
  const broken = frame(3_990);
  broken[10] = (broken[10] ?? 0) ^ 1;
  for (const bytes of [frame(3_650), broken, frame(3_651)]) {
    far.write(bytes);
    side.clock.advance(100);
  }
  expect(side.of('temperature-sample').map((sample) => sample.bodyCentidegrees)).toEqual([
    3_650, 3_651,
  ]);
  expect(side.of('discarded')).toMatchObject([{ why: 'checksum', byteCount: 12 }]);
});

test('bytes that are no frames, as at a wrong speed, are not taken for a sensor', () => {
  const side = bench();
  const { link, far } = benchWire(side);
  thermometer({ ...side.tools, driver: 'gy-614v3', link }).start();
  side.clock.advance(10);
  const garbage = random(5);
  for (let index = 0; index < 25; index++) {
    far.write(garbage.bytes(12));
    side.clock.advance(100);
  }
  expect(side.states()).toEqual(['lost garbled']);
  expect(side.of('temperature-sample')).toEqual([]);
});

test('with every fault in the wire only true samples come out, and without them all is well', () => {
  const faults: WireFaults = {
    corruptByte: 0.02,
    dropByte: 0.02,
    duplicateChunk: 0.1,
    insertNoise: 0.2,
    splitChunk: 0.5,
  };
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const side = thermometerOn(seed, faults);
      side.twin.present(skinOf(3_650));
      side.clock.advance(20_000);
      side.far.cut();
      side.clock.advance(3_000);
      side.far.mend();
      side.clock.advance(10_000);
      expect(side.samples().length).toBeGreaterThan(50);
      // An eight-bit sum lets about one broken frame in 256 through; no more than that is doubted.
      const odd = side.samples().filter((sample) => Math.abs(sample.bodyCentidegrees - 3_650) > 5);
      expect(odd.length).toBeLessThanOrEqual(4);
      side.far.setFaults(noFaults);
      side.clock.advance(2_500);
      side.readings.length = 0;
      side.clock.advance(1_000);
      expect(side.samples()).toHaveLength(10);
      expect(side.readings).toHaveLength(10);
      expect(Math.abs(side.lastBody() - 3_650)).toBeLessThanOrEqual(5);
    }),
    { numRuns: 25 },
  );
});

describe('health', () => {
  /** The verdicts on samples of these surface temperatures, ten a second. */
  const verdicts = (surface: readonly number[]): (string | null)[] => {
    const health = thermometerHealth();
    return surface.map((objectCentidegrees, index) =>
      health.judge({
        objectCentidegrees,
        ambientCentidegrees: 2_200,
        bodyCentidegrees: objectCentidegrees + 302,
        monotonicMs: index * 100,
      }),
    );
  };

  test('a wrist that is waved twice within two seconds is a wrist', () => {
    const waved = [22, 22, 33, 33, 33, 22, 22, 33, 33, 22, 22, 22].map((degrees) => degrees * 100);
    expect(new Set(verdicts(waved))).toEqual(new Set([null]));
  });

  test('a sensor that has jumped is doubted until it has been calm for two seconds', () => {
    const jumps = Array.from({ length: 8 }, (_, index) => 3_000 + (index % 2) * 900);
    const calm = Array.from({ length: 30 }, (_, index) => 3_900 + (index % 3));
    const seen = verdicts([...jumps, ...calm]);
    // The last turn is the eighth sample: the doubt ends with the first one 2 s after it.
    expect(seen.lastIndexOf('jumping')).toBe(7 + 19);
  });

  test('swings of three degrees are noise of a draught, larger ones a fault', () => {
    const swings = (size: number): number[] =>
      Array.from({ length: 20 }, (_, index) => 3_000 + (index % 2) * size);
    expect(new Set(verdicts(swings(300)))).toEqual(new Set([null]));
    expect(verdicts(swings(301)).at(-1)).toBe('jumping');
  });

  test('a slow climb of many degrees is no jump', () => {
    const climb = Array.from({ length: 100 }, (_, index) => 1_000 + index * 299);
    expect(new Set(verdicts(climb))).toEqual(new Set([null]));
  });

  test('a gap is forgotten: what was equal before it does not count after it', () => {
    const health = thermometerHealth(1_000);
    const same = { objectCentidegrees: 1, ambientCentidegrees: 1, bodyCentidegrees: 1 };
    expect(health.judge({ ...same, monotonicMs: 0 })).toBeNull();
    health.reset();
    expect(health.judge({ ...same, monotonicMs: 5_000 })).toBeNull();
    expect(health.judge({ ...same, monotonicMs: 5_999 })).toBeNull();
    expect(health.judge({ ...same, monotonicMs: 6_000 })).toBe('frozen');
  });
});
