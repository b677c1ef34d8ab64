import { expect, test } from 'vitest';
import { session } from '../../drivers/session.js';
import type { Link, LinkEvents } from '../../hardware/ports.js';
import { bench, benchWire } from './bench.js';

function sessionOn(link: Link, silentMsMax?: number) {
  const side = bench();
  const received: number[] = [];
  let disconnections = 0;
  const driver = session({
    ...side.tools,
    device: 'scanner',
    link,
    received: (bytes) => received.push(...bytes),
    disconnected: () => disconnections++,
    ...(silentMsMax === undefined ? {} : { silentMsMax }),
  });
  return { ...side, driver, received, disconnections: () => disconnections };
}

/** A link whose every event the test sends itself. */
function handLink() {
  const openings: LinkEvents[] = [];
  let closings = 0;
  const link: Link = {
    open: (events) => void openings.push(events),
    write: () => {},
    close: () => void closings++,
  };
  const last = (): LinkEvents => openings.at(-1) ?? { opened() {}, data() {}, closed() {} };
  return { link, openings, last, closings: () => closings };
}

test('a device that is not there is tried again with a growing pause, each under two seconds', () => {
  const hand = handLink();
  const side = sessionOn(hand.link);
  side.driver.start();
  const triedAtMs = [0];
  hand.last().closed('not there');
  while (triedAtMs.length < 7) {
    const before = hand.openings.length;
    side.clock.advance(10);
    if (hand.openings.length === before) continue;
    triedAtMs.push(side.clock.now().monotonicMs);
    hand.last().closed('not there');
  }
  const pauses = triedAtMs.slice(1).map((atMs, index) => atMs - (triedAtMs[index] ?? 0));
  expect(pauses).toEqual([250, 500, 1_000, 1_250, 1_250, 1_250]);
  expect(side.states()).toEqual(['lost not there']);
});

test('a device that is back before udev has given it to the service is tried again soon', () => {
  const hand = handLink();
  const side = sessionOn(hand.link);
  side.driver.start();
  const pauses: number[] = [];
  for (const why of ['absent', 'absent', 'absent', 'denied', 'denied', 'denied', 'absent']) {
    const failedMs = side.clock.now().monotonicMs;
    const before = hand.openings.length;
    hand.last().closed(why);
    while (hand.openings.length === before) side.clock.advance(10);
    pauses.push(side.clock.now().monotonicMs - failedMs);
  }
  expect(pauses).toEqual([250, 500, 1_000, 250, 500, 1_000, 1_250]);
});

test('a device that comes back is in use within two seconds, however long it was away', () => {
  const side = bench();
  const wire = benchWire(side);
  const received: number[] = [];
  const driver = session({
    ...side.tools,
    device: 'scanner',
    link: wire.link,
    received: (bytes) => received.push(...bytes),
    disconnected: () => {},
  });
  driver.start();
  side.clock.advance(100);
  for (const awayMs of [1, 300, 2_000, 3_600_000]) {
    wire.far.cut();
    side.clock.advance(awayMs);
    wire.far.mend();
    side.clock.advance(2_000);
    wire.far.write(Uint8Array.of(1));
    side.clock.advance(10);
  }
  expect(received).toEqual([1, 1, 1, 1]);
  const words = { went: 'lost gone', no: 'lost absent' };
  expect(side.states()).toEqual([
    ...['ok', words.went, 'ok', words.went, 'ok'],
    ...[words.went, words.no, 'ok', words.went, words.no, 'ok'],
  ]);
});

test('after a connection that lasted the first pause is short again, after one that did not it grows', () => {
  const hand = handLink();
  const side = sessionOn(hand.link);
  side.driver.start();
  const pauses = [10, 10, 10, 2_000, 10].map((lastedMs) => {
    hand.last().opened();
    side.clock.advance(lastedMs);
    hand.last().closed('gone');
    const closedAtMs = side.clock.now().monotonicMs;
    const { length } = hand.openings;
    while (hand.openings.length === length) side.clock.advance(10);
    return side.clock.now().monotonicMs - closedAtMs;
  });
  expect(pauses).toEqual([250, 500, 1_000, 250, 500]);
});

test('a device that speaks by itself is not ok before its first frame, and lost when silent', () => {
  const hand = handLink();
  const side = sessionOn(hand.link, 2_000);
  side.driver.start();
  hand.last().opened();
  side.clock.advance(1_999);
  expect(side.states()).toEqual([]);
  side.clock.advance(1);
  expect(side.states()).toEqual(['lost silent']);
  expect([hand.closings(), side.disconnections()]).toEqual([1, 1]);
  side.clock.advance(250);
  hand.last().opened();
  side.driver.proveAlive();
  hand.last().data(Uint8Array.of(1));
  side.clock.advance(2_000);
  expect(side.states()).toEqual(['lost silent', 'ok', 'lost garbled']);
});

test('an opening that hangs is given up and tried again', () => {
  const hand = handLink();
  const side = sessionOn(hand.link);
  side.driver.start();
  side.clock.advance(6_000);
  expect(hand.openings.length).toBe(2);
  expect(side.states()).toEqual(['lost stuck']);
  hand.last().opened();
  expect(side.states().at(-1)).toBe('ok');
});

test('events of an earlier connection are not taken for this one', () => {
  const hand = handLink();
  const side = sessionOn(hand.link);
  side.driver.start();
  const first = hand.last();
  first.opened();
  first.closed('gone');
  side.clock.advance(250);
  hand.last().opened();
  first.data(Uint8Array.of(9));
  first.closed('gone again');
  expect(side.received).toEqual([]);
  expect(side.states()).toEqual(['ok', 'lost gone', 'ok']);
});

test('a doubt of the driver is told once, and once when it is over', () => {
  const hand = handLink();
  const side = sessionOn(hand.link);
  side.driver.setFault('odd');
  side.driver.start();
  hand.last().opened();
  side.driver.setFault('odd');
  side.driver.setFault(null);
  side.driver.setFault(null);
  expect(side.states()).toEqual(['degraded odd', 'ok']);
});

test('a stopped session holds no link, runs no timer and says nothing', () => {
  const hand = handLink();
  const side = sessionOn(hand.link, 2_000);
  side.driver.start();
  side.driver.start();
  expect(hand.openings).toHaveLength(1);
  hand.last().opened();
  side.driver.stop();
  side.driver.stop();
  hand.last().data(Uint8Array.of(1));
  hand.last().closed('gone');
  side.clock.advance(60_000);
  expect(side.clock.nextDueMs()).toBeUndefined();
  expect([hand.openings.length, hand.closings(), side.readings.length]).toEqual([1, 1, 0]);
  side.driver.start();
  hand.last().opened();
  expect(hand.openings).toHaveLength(2);
});

test('a session that is stopped by what it tells runs no timer, whatever it tells', () => {
  for (const status of ['ok', 'lost'] as const) {
    const hand = handLink();
    const side = bench();
    const driver = session({
      ...side.tools,
      device: 'scanner',
      link: hand.link,
      silentMsMax: 2_000,
      received: () => driver.proveAlive(),
      disconnected: () => {},
      emit(reading) {
        side.tools.emit(reading);
        if (reading.type === 'device' && reading.status === status) driver.stop();
      },
    });
    driver.start();
    hand.last().opened();
    hand.last().data(Uint8Array.of(1));
    side.clock.advance(10_000);
    expect(side.states().at(-1)).toMatch(status);
    expect(side.clock.nextDueMs()).toBeUndefined();
  }
});
