import fc from 'fast-check';
import { expect, test } from 'vitest';
import { qrCamera } from '../../drivers/qr-camera/driver.js';
import { blindMs, goneMs, heldCodes } from '../../drivers/qr-camera/held-codes.js';
import { qrScanner } from '../../drivers/qr-scanner/driver.js';
import { staleMsMax } from '../../drivers/qr-scanner/late-scans.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { simulatedCamera } from '../../hardware/simulated/camera.js';
import { bench, benchWire } from './bench.js';

function cameraOn() {
  const side = bench();
  const sim = simulatedCamera(side.tools);
  const driver = qrCamera({ ...side.tools, camera: sim.camera });
  driver.start();
  side.clock.advance(200);
  return { ...side, sim, driver, texts: () => side.of('scan').map(({ text }) => text) };
}

test('a code held in view is one scan, and another when it has been away long enough', () => {
  const side = cameraOn();
  side.sim.hold('GK1:A');
  side.clock.advance(60_000);
  expect(side.texts()).toEqual(['GK1:A']);
  side.sim.hold();
  side.clock.advance(goneMs - 200);
  side.sim.hold('GK1:A');
  side.clock.advance(1_000);
  expect(side.texts()).toEqual(['GK1:A']);
  side.sim.hold();
  side.clock.advance(goneMs + 200);
  side.sim.hold('GK1:A');
  side.clock.advance(1_000);
  expect(side.texts()).toEqual(['GK1:A', 'GK1:A']);
});

test('two codes at once are two scans; one that joins is one more', () => {
  const side = cameraOn();
  side.sim.hold('GK1:A', 'GK1:B');
  side.clock.advance(500);
  side.sim.hold('GK1:A', 'GK1:B', 'GK1:C');
  side.clock.advance(500);
  expect(side.texts()).toEqual(['GK1:A', 'GK1:B', 'GK1:C']);
});

test('its readings are those of a serial scanner that sees the same codes', () => {
  for (const text of ['GK1:A B', ' padded ', '校园卡', 'crlf', `GK1:${'X'.repeat(3_000)}`]) {
    const camera = cameraOn();
    camera.sim.hold(text);
    camera.clock.advance(300);
    const serial = bench();
    const { link, far } = benchWire(serial);
    qrScanner({ ...serial.tools, link }).start();
    serial.clock.advance(staleMsMax + 10);
    far.write(scannerTwin('cr').scan(text));
    serial.clock.advance(600);
    const plain = ({ monotonicMs: _, ...reading }: { monotonicMs: number }) => reading;
    expect(camera.readings.map(plain)).toEqual(serial.readings.map(plain));
  }
});

test('one line end behind a text is stripped and nothing else; an empty text is nobody', () => {
  const side = cameraOn();
  side.sim.hold('A\r\n', 'B\n\n', '\r', '');
  side.clock.advance(300);
  expect(side.texts()).toEqual(['A', 'B\n']);
});

test('it is ok with its first frame, lost when it ends, and back with back-off, for ever', () => {
  const side = cameraOn();
  expect(side.states()).toEqual(['ok']);
  side.sim.cut('absent');
  side.clock.advance(600_000);
  expect(side.states()).toEqual(['ok', 'lost absent']);
  side.sim.mend();
  side.clock.advance(2_000);
  expect(side.states()).toEqual(['ok', 'lost absent', 'ok']);
});

test('a camera that stands still is lost as silent and started anew', () => {
  const side = cameraOn();
  side.sim.stall();
  side.clock.advance(4_100);
  expect(side.states()).toEqual(['ok', 'lost silent']);
  side.clock.advance(2_000);
  expect(side.states()).toEqual(['ok', 'lost silent', 'ok']);
});

test('a code that is held while the camera restarts is not a second scan', () => {
  const side = cameraOn();
  side.sim.hold('GK1:A');
  side.clock.advance(500);
  side.sim.cut('ended');
  side.sim.mend();
  side.clock.advance(3_000);
  expect(side.states()).toEqual(['ok', 'lost ended', 'ok']);
  expect(side.texts()).toEqual(['GK1:A']);
});

test('what was held before a long blindness is new after it', () => {
  const codes = heldCodes();
  expect(codes.see(['A'], 0)).toEqual(['A']);
  expect(codes.see(['A'], blindMs - 1)).toEqual([]);
  expect(codes.see(['A'], 2 * blindMs)).toEqual(['A']);
});

test('a stopped camera is closed and says nothing more', () => {
  const side = cameraOn();
  side.driver.stop();
  side.sim.hold('GK1:A');
  side.clock.advance(10_000);
  expect([side.sim.isOpen, side.texts(), side.states()]).toEqual([false, [], ['ok']]);
});

test('whatever comes into view, a text is told again only after it was away for its time', () => {
  const views = fc.array(fc.uniqueArray(fc.constantFrom('A', 'B', 'C')), { maxLength: 200 });
  fc.assert(
    fc.property(views, (frames) => {
      const codes = heldCodes();
      const lastSeenMs = new Map<string, number>();
      frames.forEach((texts, index) => {
        const nowMs = index * 100;
        for (const text of codes.see(texts, nowMs)) {
          const since = lastSeenMs.get(text);
          if (since !== undefined) expect(nowMs - since).toBeGreaterThan(goneMs);
        }
        for (const text of texts) lastSeenMs.set(text, nowMs);
      });
    }),
  );
});
