import fc from 'fast-check';
import { expect, test } from 'vitest';
import { qrScanner } from '../../drivers/qr-scanner/driver.js';
import { staleMsMax } from '../../drivers/qr-scanner/late-scans.js';
import { type ScannerFraming, scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { surfaceTwin } from '../../drivers/thermometer/gy-mcu90614/twin.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import type { Link } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import type { WireFaults } from '../../hardware/simulated/wire.js';
import { bench, benchWire } from './bench.js';

function scannerOn(seed = 1, faults: Partial<WireFaults> = {}) {
  const side = bench();
  const { link, far } = benchWire(side, seed, faults);
  const driver = qrScanner({ ...side.tools, link });
  driver.start();
  side.clock.advance(staleMsMax + 10);
  return { ...side, far, driver, texts: () => side.of('scan').map(({ text }) => text) };
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each<ScannerFraming>(['cr', 'lf', 'crlf', 'stx-etx', 'none'])(
  'a scanner that frames with %s gives each text once, as it stands in the code',
  (framing) => {
    const side = scannerOn();
    const twin = scannerTwin(framing);
    for (const text of ['GK1:A B', ' padded ', '校园卡']) {
      side.far.write(twin.scan(text));
      side.clock.advance(200);
    }
    expect(side.texts()).toEqual(['GK1:A B', ' padded ', '校园卡']);
    expect(side.of('discarded')).toEqual([]);
    expect(side.states()).toEqual(['ok']);
  },
);

test('an ended line is given at once; a line without an end when the scanner falls silent', () => {
  const side = scannerOn();
  side.far.write(bytes('A\r'));
  side.clock.advance(1);
  expect(side.texts()).toEqual(['A']);
  side.far.write(bytes('B'));
  side.clock.advance(50);
  side.far.write(bytes('C'));
  side.clock.advance(59);
  expect(side.texts()).toEqual(['A']);
  side.clock.advance(2);
  expect(side.texts()).toEqual(['A', 'BC']);
});

test('a CRLF in two pieces, even with silence between them, is one scan', () => {
  const side = scannerOn();
  side.far.write(bytes('A\r'));
  side.clock.advance(500);
  side.far.write(bytes('\n'));
  side.clock.advance(500);
  expect(side.texts()).toEqual(['A']);
  expect(side.of('discarded')).toEqual([]);
});

test('a flood without an end gives one refusable scan and is ready for the next person', () => {
  const side = scannerOn();
  side.far.write(new Uint8Array(10_000).fill(0x41));
  side.clock.advance(2_000);
  side.far.write(bytes('next\r'));
  side.clock.advance(10);
  const [flood, next, ...more] = side.texts();
  expect([flood?.length, next, more]).toEqual([4_096, 'next', []]);
  expect(side.of('discarded')).toMatchObject([
    { device: 'scanner', why: 'oversized', byteCount: 10_000 - 4_096 },
  ]);
});

test('what was scanned before the gate could read is nobody’s any more, its rest included', () => {
  const waited = (pieces: readonly [text: string, atMs: number][]) => {
    const side = bench();
    const { link, far } = benchWire(side);
    qrScanner({ ...side.tools, link }).start();
    side.clock.advance(1);
    const startMs = side.clock.now().monotonicMs;
    for (const [text, atMs] of pieces) {
      side.clock.advance(startMs + atMs - side.clock.now().monotonicMs);
      far.write(bytes(text));
    }
    side.clock.advance(200);
    return { texts: side.of('scan').map(({ text }) => text), late: side.of('discarded') };
  };
  const why = { device: 'scanner', why: 'late' };
  expect(waited([['GK1:GONE\r', 5]])).toMatchObject({ texts: [], late: [why] });
  // A slow line: its last byte comes when the others would be believed.
  const slow = waited([
    ['GK1:GO', staleMsMax - 20],
    ['NE\r', staleMsMax + 20],
    ['GK1:HERE\r', staleMsMax + 100],
  ]);
  expect(slow).toMatchObject({ texts: ['GK1:HERE'], late: [why, why] });
  const unended = waited([
    ['GK1:GONE', staleMsMax - 20],
    ['GK1:HERE\r', staleMsMax + 100],
  ]);
  expect(unended).toMatchObject({ texts: ['GK1:HERE'], late: [why] });
});

test('it is ready when what had waited is over, and not where it is gone again by then', () => {
  const side = bench();
  const { link, far } = benchWire(side);
  const told = () => side.of('device').map(({ status, why }) => `${status} ${why}`.trim());
  qrScanner({ ...side.tools, link }).start();
  side.clock.advance(staleMsMax - 10);
  expect(told()).toEqual([]);
  far.cut();
  side.clock.advance(20);
  expect(told()).toEqual(['lost gone']);
  far.mend();
  side.clock.advance(250 + staleMsMax - 40);
  expect(told()).toEqual(['lost gone']);
  side.clock.advance(40);
  expect(told()).toEqual(['lost gone', 'ok']);
});

test('half a line before the cable was pulled does not stick to the next scan', () => {
  const side = scannerOn();
  side.far.write(bytes('half'));
  side.clock.advance(20);
  side.far.cut();
  side.far.mend();
  // Opened again after its pause; what comes at once had waited.
  side.clock.advance(300 + staleMsMax);
  side.far.write(bytes('whole\r'));
  side.clock.advance(100);
  expect(side.texts()).toEqual(['whole']);
  expect(side.of('discarded')).toMatchObject([{ why: 'incomplete', byteCount: 4 }]);
  expect(side.states()).toEqual(['ok', 'lost gone', 'ok']);
});

test.each([
  ['GY-614V3', () => thermometerTwin({ random: random(1) })],
  ['GY-MCU90614', () => surfaceTwin({ random: random(1) })],
])('a %s on the scanner’s line is the wrong device, until a scanner speaks', (_, twinOf) => {
  const side = scannerOn();
  const stop = runThermometer({ ...side.tools, twin: twinOf(), write: side.far.write });
  side.clock.advance(1_000);
  const { length: before } = side.texts();
  side.clock.advance(60_000);
  expect(side.states()).toEqual(['ok', 'degraded wrong-device']);
  // What came before it was known is told; then no more of it, ten times a second, to nobody.
  expect(side.texts()).toHaveLength(before);
  expect(before).toBeLessThanOrEqual(6);
  expect(side.of('discarded').at(-1)).toMatchObject({ device: 'scanner', why: 'noise' });
  stop();
  side.clock.advance(1_000);
  side.far.write(scannerTwin().scan('GK1:A CODE'));
  side.clock.advance(100);
  // Well again before it is told, or the scan would be that of a scanner in doubt.
  expect(side.readings.slice(-2)).toMatchObject([
    { type: 'device', status: 'ok' },
    { type: 'scan', text: 'GK1:A CODE' },
  ]);
});

test('a scanner at another speed is garbled from the fifth code on, and is not told as scans', () => {
  const side = scannerOn();
  const dice = random(6);
  const garbage = (): void => {
    // A credential's bytes at another speed: noise with a zero where a frame is broken.
    side.far.write(Uint8Array.from([0, ...dice.bytes(60), 0]));
    side.clock.advance(1_000);
  };
  for (let count = 0; count < 20; count++) garbage();
  expect(side.states()).toEqual(['ok', 'degraded garbled']);
  expect(side.texts().length).toBeLessThan(20);
  // Somebody with odd codes has gone: nobody would show one to a gate that is out of service.
  side.clock.advance(28_000);
  expect(side.states()).toHaveLength(2);
  side.clock.advance(2_000);
  expect(side.states().slice(2)).toEqual(['ok']);
  for (let count = 0; count < 10; count++) garbage();
  expect(side.states().slice(3)).toEqual(['degraded garbled']);
  side.far.cut();
  side.clock.advance(100);
  side.far.mend();
  side.clock.advance(2_000);
  expect(side.states().slice(4)).toEqual(['lost gone', 'ok']);
  side.clock.advance(60_000);
  expect(side.states()).toHaveLength(6);
});

test('codes that hold no text are somebody’s where others hold one in between', () => {
  const side = scannerOn();
  const odd = Uint8Array.of(0xd6, 0xd0, 0xb9, 0xfa, 0x0d);
  for (let count = 0; count < 20; count++) {
    side.far.write(odd);
    side.clock.advance(1_000);
    if (count % 4 === 3) side.far.write(bytes('https://example.org\r'));
    side.clock.advance(1_000);
  }
  expect(side.states()).toEqual(['ok']);
  expect(side.texts()).toHaveLength(25);
  expect(side.of('discarded')).toEqual([]);
});

test('while the process is held up, a line is not cut where its bytes lie unread', () => {
  const side = bench();
  const { clock, emit } = side.tools;
  // Timers run 40 ms late here, as where the event loop was stuck; the bytes come right behind.
  const scheduler = { at: (dueMs: number, task: () => void) => clock.at(dueMs + 40, task) };
  const link: Link = {
    open(events) {
      events.opened();
      const { monotonicMs } = clock.now();
      clock.at(monotonicMs + staleMsMax, () => events.data(bytes('one ')));
      clock.at(monotonicMs + staleMsMax + 101, () => events.data(bytes('text\r')));
    },
    write() {},
    close() {},
  };
  qrScanner({ clock, scheduler, emit, link }).start();
  side.clock.advance(1_000);
  expect(side.of('scan').map(({ text }) => text)).toEqual(['one text']);
});

test('with every fault in the wire at once nothing breaks, and with the faults gone all is well', () => {
  const faults: WireFaults = {
    corruptByte: 0.02,
    dropByte: 0.02,
    duplicateChunk: 0.1,
    insertNoise: 0.2,
    splitChunk: 0.5,
  };
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const side = scannerOn(seed, faults);
      const twin = scannerTwin('crlf');
      for (let index = 0; index < 30; index++) {
        side.far.write(twin.scan(`GK1:CODE ${index}`));
        side.clock.advance(100);
        if (index % 10 === 9) {
          side.far.cut();
          side.clock.advance(400);
          side.far.mend();
          side.clock.advance(2_000);
        }
      }
      side.far.setFaults({
        corruptByte: 0,
        dropByte: 0,
        duplicateChunk: 0,
        insertNoise: 0,
        splitChunk: 0,
      });
      side.clock.advance(200);
      side.readings.length = 0;
      side.far.write(twin.scan('GK1:LAST'));
      side.clock.advance(100);
      expect(side.texts()).toEqual(['GK1:LAST']);
    }),
    { numRuns: 40 },
  );
});
