import { expect, test } from 'vitest';
import { foreignDetector, type Talker } from '../../drivers/foreign.js';
import { encodeReadData, encodeReply } from '../../drivers/id-card-reader/codec.js';
import { idCardReader } from '../../drivers/id-card-reader/driver.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { thermometer } from '../../drivers/thermometer/driver.js';
import { surfaceTwin } from '../../drivers/thermometer/gy-mcu90614/twin.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { random } from '../../hardware/simulated/random.js';
import { bench, benchWire } from './bench.js';

const seconds = (twin: { frame(): Uint8Array | null }, count: number): Uint8Array =>
  Uint8Array.from(Array.from({ length: 10 * count }, () => [...(twin.frame() ?? [])]).flat());

test('each device is known by its bytes to those whose place it takes, and to itself never', () => {
  const dice = random(3);
  const card = encodeReply([0, 0, 0x90], encodeReadData(dice.bytes(256), dice.bytes(1_024), null));
  const spoken: Readonly<Record<Talker, Uint8Array>> = {
    'gy-614v3': seconds(thermometerTwin({ random: dice }), 2),
    'gy-mcu90614': seconds(surfaceTwin({ random: dice }), 2),
    'sam-v': Uint8Array.from([...card, ...card, ...card]),
    scanner: scannerTwin().scan('GK1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65'),
  };
  const talkers = Object.keys(spoken) as Talker[];
  for (const own of talkers)
    for (const talker of talkers) {
      const detector = foreignDetector([own]);
      const heard = [...spoken[talker]].map((byte) => detector.push(Uint8Array.of(byte)));
      expect([own, talker, heard.includes(true)]).toEqual([own, talker, own !== talker]);
    }
});

test('noise is nobody, and two frames between the right ones are an accident', () => {
  const dice = random(4);
  const twin = surfaceTwin({ random: dice });
  const detector = foreignDetector(['gy-614v3']);
  expect(detector.push(dice.bytes(100_000))).toBe(false);
  for (let round = 0; round < 5; round++) {
    expect(detector.push(Uint8Array.from([...(twin.frame() ?? []), ...(twin.frame() ?? [])]))).toBe(
      false,
    );
    detector.reset();
  }
});

test('a thermometer at the ID-card reader’s path is the wrong device until it has gone', () => {
  const side = bench();
  const { link, far } = benchWire(side);
  idCardReader({ ...side.tools, link, baudRates: [115_200, 9_600] }).start();
  const stop = runThermometer({
    ...side.tools,
    twin: thermometerTwin({ random: random(1) }),
    write: far.write,
  });
  side.clock.advance(60_000);
  expect(side.states()).toEqual(['lost wrong-device']);
  stop();
  far.cut();
  side.clock.advance(3_000);
  expect(side.states()).toEqual(['lost wrong-device', 'lost absent']);
});

test('the older board in the place of the newer one gives no temperature, and is told as such', () => {
  const side = bench();
  const { link, far } = benchWire(side);
  thermometer({ ...side.tools, driver: 'gy-614v3', link }).start();
  runThermometer({ ...side.tools, twin: surfaceTwin({ random: random(1) }), write: far.write });
  side.clock.advance(60_000);
  expect(side.states()).toEqual(['lost wrong-device']);
  expect(side.of('temperature-sample')).toEqual([]);
});
