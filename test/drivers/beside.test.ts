/** One device's failure is nobody else's: what one does to its own line leaves no mark beside it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idCardReaderTwin } from '../../drivers/id-card-reader/twin.js';
import { staleMsMax } from '../../drivers/qr-scanner/late-scans.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import type { Reading } from '../../drivers/reading.js';
import { gateDrivers } from '../../drivers/registry.js';
import { runIdCardReader } from '../../drivers/twins.js';
import type { Link } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import { bench, benchWire } from './bench.js';

/** What a thermometer's line does in place of a thermometer. */
const troubles = ['hangs', 'is absent', 'floods', 'flaps', 'is silent'] as const;

/** Scans and cards of one minute beside a line in trouble, each with its time. */
function minuteBeside(trouble: (typeof troubles)[number] | null): string[] {
  const side = bench();
  const scanner = benchWire(side, 1);
  const reader = benchWire(side, 2);
  const beside = benchWire(side, 3);
  const hanging: Link = { open: () => {}, write: () => {}, close: () => {} };
  const link = trouble === 'hangs' ? hanging : beside.link;
  const drivers = gateDrivers(
    {
      scanner: { driver: 'line', link: scanner.link },
      idCardReader: { driver: 'sam-v', link: reader.link, baudRates: [115_200, 9_600] },
      ...(trouble !== null && { thermometer: { driver: 'gy-614v3', link } }),
    },
    side.tools,
  );
  const twin = idCardReaderTwin({ random: random(5) });
  runIdCardReader({ ...side.tools, twin, onData: reader.far.onData, write: reader.far.write });
  drivers.start();
  side.clock.advance(staleMsMax);
  if (trouble === 'is absent') beside.far.cut();
  const dice = random(6);
  for (let second = 0; second < 60; second++) {
    scanner.far.write(scannerTwin().scan(`GK1:${second}`));
    if (second % 10 === 5) twin.place(sampleCard(random(second)));
    if (second % 10 === 9) twin.remove();
    for (let tenth = 0; tenth < 10; tenth++) {
      if (trouble === 'floods') beside.far.write(dice.bytes(1_100));
      if (trouble === 'flaps') tenth % 2 === 0 ? beside.far.cut() : beside.far.mend();
      side.clock.advance(100);
    }
  }
  drivers.stop();
  const isOthers = (reading: Reading): boolean =>
    !('device' in reading) || reading.device !== 'thermometer';
  return side.readings.filter(isOthers).map((reading) => JSON.stringify(reading));
}

test.each(troubles)(
  'a line that %s changes nothing of what its neighbours say, nor when',
  (trouble) => {
    const alone = minuteBeside(null);
    expect(alone.filter((reading) => reading.includes('"scan"'))).toHaveLength(60);
    expect(alone.filter((reading) => reading.includes('"card"'))).toHaveLength(6);
    expect(minuteBeside(trouble)).toEqual(alone);
  },
);

test('whatever was wrong with it and for how long, a reader is in use 2 s after it is well', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('absent', 'denied', 'busy', 'wrong-device', 'refused', 'failed', 'deaf'),
      fc.constantFrom(115_200, 57_600, 9_600),
      fc.integer({ min: 1, max: 20_000 }),
      (why, baudRate, illMs) => {
        const side = bench();
        const { link, far } = benchWire(side, illMs);
        far.setBaudRate(baudRate);
        const twin = idCardReaderTwin({ random: random(1) });
        runIdCardReader({ ...side.tools, twin, onData: far.onData, write: far.write });
        const baudRates = [115_200, 57_600, 38_400, 19_200, 9_600];
        gateDrivers({ idCardReader: { driver: 'sam-v', link, baudRates } }, side.tools).start();
        side.clock.advance(15_000);
        expect(side.states().at(-1)).toBe('ok');
        if (why === 'deaf') twin.setFault({ type: 'deaf' });
        else far.cut(why);
        side.clock.advance(illMs);
        if (illMs > 5_000)
          expect(side.states().at(-1)).toBe(why === 'deaf' ? 'lost silent' : `lost ${why}`);
        twin.setFault({ type: 'none' });
        far.mend();
        side.clock.advance(2_000);
        expect(side.states().at(-1)).toBe('ok');
      },
    ),
    { numRuns: 150 },
  );
});

test('a search says what it found at the end of each round, and no more', () => {
  const side = bench();
  const { link, far } = benchWire(side);
  far.setBaudRate(1_200);
  const twin = idCardReaderTwin({ random: random(1) });
  runIdCardReader({ ...side.tools, twin, onData: far.onData, write: far.write });
  gateDrivers(
    { idCardReader: { driver: 'sam-v', link, baudRates: [115_200, 9_600] } },
    side.tools,
  ).start();
  side.clock.advance(600_000);
  expect(side.states()).toEqual(['lost silent']);
});
