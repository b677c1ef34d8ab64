import { expect, test } from 'vitest';
import { type DeviceSessions, deviceSessions } from '../../drivers/device-sessions.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedWire } from '../../hardware/simulated/wire.js';
import { bench } from './bench.js';

/** A cable that counts how often it was opened. */
function cable(side: ReturnType<typeof bench>, baudRate: number) {
  const { link, far } = simulatedWire({ ...side.tools, random: random(1), baudRate });
  const opened: number[] = [];
  const counted = {
    ...link,
    open(...words: Parameters<typeof link.open>) {
      opened.push(side.clock.now().monotonicMs);
      link.open(...words);
    },
  };
  return { link: counted, far, opened };
}

function rig() {
  const side = bench();
  const [scanner, one, two] = [cable(side, 115_200), cable(side, 9_600), cable(side, 9_600)];
  for (const { far } of [one, two])
    runThermometer({
      ...side.tools,
      twin: thermometerTwin({ random: random(2) }),
      write: far.write,
    });
  const devices = {
    scanner: { driver: 'line' as const, link: scanner.link },
    thermometer: { driver: 'gy-614v3' as const, link: one.link },
  };
  const sessions: DeviceSessions = deviceSessions(devices, side.tools);
  return { side, scanner, one, two, devices, sessions };
}

test('a device that is another has its session opened anew, and no other one notices', () => {
  const { side, scanner, one, two, devices, sessions } = rig();
  sessions.start();
  side.clock.advance(2_000);
  expect([one.far.isOpen, two.far.isOpen]).toEqual([true, false]);
  sessions.use({ ...devices, thermometer: { driver: 'gy-614v3', link: two.link } });
  // In the middle of a code: its other half comes to the same session.
  const code = scannerTwin().scan('GK1:HELLO');
  scanner.far.write(code.slice(0, 4));
  side.clock.advance(20);
  scanner.far.write(code.slice(4));
  side.clock.advance(2_000);
  expect([one.far.isOpen, two.far.isOpen]).toEqual([false, true]);
  expect([scanner.opened.length, one.opened.length, two.opened.length]).toEqual([1, 1, 1]);
  expect(side.of('scan').map(({ text }) => text)).toEqual(['GK1:HELLO']);
  expect(side.states()).toEqual(['ok', 'ok', 'ok']);
  const samples = side.of('temperature-sample').length;
  side.clock.advance(1_000);
  expect(side.of('temperature-sample').length).toBeGreaterThan(samples);
});

test('the same objects again open nothing', () => {
  const { side, scanner, one, devices, sessions } = rig();
  sessions.start();
  side.clock.advance(2_000);
  sessions.use({ ...devices });
  side.clock.advance(2_000);
  expect([scanner.opened.length, one.opened.length]).toEqual([1, 1]);
});

test('two that change their places meet free cables', () => {
  const { side, devices, sessions, scanner, one } = rig();
  const order: string[] = [];
  const watched = (name: string, link: typeof one.link) => ({
    ...link,
    open: (...words: Parameters<typeof link.open>) => {
      order.push(`open ${name}`);
      link.open(...words);
    },
    close() {
      order.push(`close ${name}`);
      link.close();
    },
  });
  const [first, second] = [watched('a', scanner.link), watched('b', one.link)];
  sessions.use({
    scanner: { driver: 'line', link: first },
    thermometer: { ...devices.thermometer, link: second },
  });
  sessions.start();
  side.clock.advance(100);
  order.length = 0;
  sessions.use({
    scanner: { driver: 'line', link: second },
    thermometer: { ...devices.thermometer, link: first },
  });
  expect(order.slice(0, 4)).toEqual(['close a', 'close b', 'open b', 'open a']);
  sessions.stop();
});

test('sessions that are stopped stay so, whatever devices come', () => {
  const { side, two, devices, sessions } = rig();
  sessions.start();
  side.clock.advance(2_000);
  sessions.stop();
  sessions.use({ ...devices, thermometer: { driver: 'gy-614v3', link: two.link } });
  side.clock.advance(5_000);
  expect(two.opened).toEqual([]);
});
