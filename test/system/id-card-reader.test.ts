/** The ID-card reader's driver on a real tty and on a real TCP port, the module's twin beyond it. */
import { createServer, type Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { idCardReader } from '../../drivers/id-card-reader/driver.js';
import {
  type IdCardReaderTwin,
  idCardReaderTwin,
  type ReaderBehaviour,
} from '../../drivers/id-card-reader/twin.js';
import type { Reading } from '../../drivers/reading.js';
import { runIdCardReader } from '../../drivers/twins.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { linkTo } from '../../hardware/linux/link.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { Link } from '../../hardware/ports.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedWire } from '../../hardware/simulated/wire.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import { hasRightXor, mutations } from '../drivers/id-card-spoiling.js';
import { ptyPair, withoutSocat } from './pty.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const dice = random(7);
const clock = systemClock();
const scheduler = systemScheduler();

/** A started driver; its readings are awaited one by one, `discarded` left out. */
function reading(link: Link) {
  const readings: Reading[] = [];
  let wake = (): void => {};
  const emit = (given: Reading): void => {
    if (given.type !== 'discarded') readings.push(given);
    wake();
  };
  const driver = idCardReader({ clock, scheduler, emit, link });
  driver.start();
  cleanups.push(() => driver.stop());
  return async (): Promise<Reading> => {
    for (;;) {
      const next = readings.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

/** People lay their cards down, one after the other; each is read once and whole. */
async function people(
  count: number,
  twin: IdCardReaderTwin,
  next: () => Promise<Reading>,
): Promise<void> {
  for (let person = 0; person < count; person++) {
    const card = sampleCard(dice);
    twin.place(card);
    expect(await next()).toMatchObject({ type: 'card', card });
    twin.remove();
    expect(await next()).toMatchObject({ type: 'card-removed' });
  }
}

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `on a tty${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test.each<ReaderBehaviour>(['goes-on', 'falls-silent'])(
      'cards are read once each by a module that %s, also after the cable was pulled',
      async (behaviour) => {
        const pair = ptyPair();
        cleanups.push(() => pair.close());
        const twin = idCardReaderTwin({ random: random(1), behaviour });
        const plug = async (): Promise<void> => {
          await pair.plug();
          const far = serialLink({ path: pair.farPath, baudRate: 115_200 });
          cleanups.push(() => far.close());
          await new Promise<void>((resolve, reject) => {
            let heard: (bytes: Uint8Array) => void = () => {};
            const onData = (listener: (bytes: Uint8Array) => void) => {
              heard = listener;
              return () => {};
            };
            runIdCardReader({ clock, scheduler, twin, onData, write: far.write });
            far.open({
              opened: resolve,
              data: (bytes) => heard(bytes),
              closed: (why) => reject(new Error(why)),
            });
          });
        };
        await plug();
        const next = reading(linkTo({ path: pair.nearPath, baudRate: 115_200 }));
        expect(await next()).toMatchObject({ type: 'device', status: 'ok' });
        await people(2, twin, next);

        await pair.unplug();
        expect(await next()).toMatchObject({ device: 'id-card-reader', status: 'lost' });
        twin.restart();
        await plug();
        for (;;) {
          const device = await next();
          expect(device.type).toBe('device');
          if (device.type === 'device' && device.status === 'ok') break;
        }
        await people(1, twin, next);
      },
    );
  },
);

test('cards are read over tcp://, also after the serial server was gone', async () => {
  const twin = idCardReaderTwin({ random: random(2) });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const onData = (listener: (bytes: Uint8Array) => void) => {
      socket.on('data', listener);
      return () => socket.off('data', listener);
    };
    const write = (bytes: Uint8Array): void => void socket.write(bytes);
    const cancel = runIdCardReader({ clock, scheduler, twin, onData, write });
    socket.on('error', () => {});
    socket.on('close', cancel);
  });
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => void server.close(), cutAll);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const next = reading(linkTo({ path: `tcp://127.0.0.1:${port}` }));
  expect(await next()).toMatchObject({ type: 'device', status: 'ok' });
  await people(2, twin, next);
  cutAll();
  expect(await next()).toMatchObject({ type: 'device', status: 'lost' });
  expect(await next()).toMatchObject({ type: 'device', status: 'ok' });
  await people(1, twin, next);
});

/** Spoiled answers to reads; the decoder alone meets 100,000 in the unit tests. */
const spoiledCount = process.env['GATE_KIOSK_LONG'] === undefined ? 10_000 : 100_000;

test(`${spoiledCount} spoiled answers through the driver: no throw, no wrong card, and it lives on`, () => {
  const counts = { spoiled: 0, read: 0, unread: 0, deceived: 0 };
  for (const behaviour of ['goes-on', 'falls-silent'] as const) {
    const virtual = virtualClock();
    const tools = { clock: virtual, scheduler: virtual };
    const { link, far } = simulatedWire({ ...tools, random: dice });
    const twin = idCardReaderTwin({ random: dice, behaviour });
    let heard: Reading[] = [];
    let isDeceived = false;
    let isSpoiling = true;
    const write = (bytes: Uint8Array): void => {
      if (bytes.length < 1_000 || !isSpoiling || dice.chance(0.2)) return far.write(bytes);
      const spoiled = dice.pick(mutations)(bytes.slice(), dice);
      isDeceived ||= hasRightXor(spoiled) && !isDeepStrictEqual(spoiled, bytes);
      counts.spoiled += 1;
      far.write(spoiled);
    };
    runIdCardReader({ ...tools, twin, onData: far.onData, write });
    const emit = (given: Reading): void => void heard.push(given);
    idCardReader({ ...tools, emit, link }).start();
    const half = behaviour === 'goes-on' ? spoiledCount / 2 : spoiledCount;
    const visit = (): readonly Reading[] => {
      const card = sampleCard(dice);
      heard = [];
      isDeceived = false;
      twin.place(card);
      virtual.advance(9_000);
      twin.remove();
      virtual.advance(3_000);
      const cards = heard.flatMap((given) => (given.type === 'card' ? [given.card] : []));
      if (isDeceived) counts.deceived += 1;
      else {
        expect(cards.length).toBeLessThanOrEqual(1);
        for (const read of cards) expect(read).toEqual(card);
        counts[cards.length === 1 ? 'read' : 'unread'] += 1;
      }
      return heard;
    };
    while (counts.spoiled < half) visit();
    isSpoiling = false;
    virtual.advance(20_000);
    expect(visit().map(({ type }) => type)).toEqual(['card', 'card-removed']);
  }
  expect(counts.read).toBeGreaterThan(spoiledCount / 20);
  process.stdout.write(`answers spoiled: ${JSON.stringify(counts)}\n`);
});
