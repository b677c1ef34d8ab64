/** A link to a broker that lies: what it must not bear, and what it gives up in time. */
import { afterEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { backoffMs } from '../../../kiosk/report/backoff.js';
import { connectBroker, linkLimits } from '../../../kiosk/report/broker-link.js';
import { clientLimits } from '../../../kiosk/report/mqtt-client.js';
import { type Lies, publishPacket, startLyingBroker } from './lying-broker.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function begin(lies: Lies) {
  const broker = await startLyingBroker(lies);
  ends.push(() => broker.close());
  // The sockets are real; what the link waits for is not.
  const clock = virtualClock();
  const happened: string[] = [];
  const messages: string[] = [];
  const link = connectBroker(
    {
      ...{ url: broker.url, protocol: lies.protocol, tls: null, clientId: 'link' },
      ...{ keepAliveSeconds: 600, filters: ['a/+'], sessionSeconds: 60 },
    },
    { clock, scheduler: clock, chance: () => 1 },
    {
      up: () => happened.push('up'),
      down: (_why, isBreach = false) => happened.push(isBreach ? 'breach' : 'down'),
      message({ topic }, taken) {
        messages.push(topic);
        taken();
      },
    },
  );
  ends.push(async () => {
    const closed = link.close();
    clock.advance(linkLimits.closeMs);
    await closed;
  });
  return {
    ...{ broker, clock, happened, messages, link },
    published: () => broker.packets.filter(({ head }) => head >> 4 === 3),
  };
}

/** Lets the sockets speak until something is so; the test's own limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const batch = { topic: 'ev', payload: 'x', retain: false } as const;

for (const protocol of [5, 4] as const)
  describe(protocol === 5 ? 'MQTT 5' : 'MQTT 3.1.1', () => {
    test('a broker that publishes with QoS 2 is left, each time for longer', async () => {
      const it = await begin({ protocol });
      for (const round of [1, 2, 3]) {
        await until(() => it.happened.length === 2 * round - 1);
        it.broker.send(publishPacket(protocol, { qos: 2, topic: 'a/b' }, 'x'));
        await until(() => it.happened.length === 2 * round);
        const waitMs = (it.clock.nextDueMs() ?? 0) - it.clock.now().monotonicMs;
        expect(waitMs).toBe(backoffMs.min * 2 ** round);
        it.clock.advance(waitMs);
      }
      expect(it.happened.slice(0, 6)).toEqual(['up', 'breach', 'up', 'breach', 'up', 'breach']);
      expect(it.messages).toEqual([]);
    });

    test('a packet without end is not gathered', async () => {
      const it = await begin({ protocol });
      await until(() => it.happened.length === 1);
      // PUBLISH, 256 MiB to come.
      it.broker.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
      const piece = Buffer.alloc(65_536);
      for (let sent = 0; sent <= 2 * clientLimits.gatheredBytesMax; sent += piece.length)
        it.broker.send(piece);
      await until(() => it.happened.length === 2);
      expect(it.happened).toEqual(['up', 'breach']);
    });

    test('what stands is told before the subscription is granted too', async () => {
      const stale = publishPacket(protocol, { qos: 1, topic: 'a/b', retain: true }, 'x');
      const it = await begin({ protocol, beforeSuback: stale });
      await until(() => it.happened.length === 1 && it.messages.length === 1);
    });

    test('a publish without an answer is given up; any answer gives the others more time', async () => {
      const it = await begin({ protocol });
      await until(() => it.happened.length === 1);
      const answers: string[] = [];
      for (let count = 0; count < 4; count += 1)
        it.link.publish(batch, (result) => answers.push(result.ok ? 'taken' : result.why));
      await until(() => it.published().length === 4);
      // Handed over once, answered one by one, each after most of the time that there is.
      for (const count of [1, 2, 3]) {
        it.clock.advance(linkLimits.publishMs - linkLimits.lookMs);
        it.broker.puback();
        await until(() => answers.length === count);
      }
      expect(it.happened).toEqual(['up']);
      it.clock.advance(linkLimits.publishMs + linkLimits.lookMs);
      expect([it.happened, answers]).toEqual([
        ['up', 'down'],
        ['taken', 'taken', 'taken', 'late'],
      ]);
    });
  });

test('no more is under way than the broker takes, whatever it is; ours is told to it', async () => {
  const it = await begin({ protocol: 5, receiveMaximum: 2 });
  await until(() => it.happened.length === 1);
  let answered = 0;
  const underWay: number[] = [];
  const messages = [
    ...Array.from({ length: 5 }, () => batch),
    ...Array.from({ length: 5 }, (_, index) => ({
      topic: `n/${index}`,
      payload: '',
      retain: true,
    })),
    { topic: 'state', payload: '', retain: true, isFirst: true },
  ] as const;
  for (const message of messages)
    it.link.publish(message, () => {
      answered += 1;
    });
  for (let count = 0; count < messages.length; count += 1) {
    await until(() => it.published().length > count);
    underWay.push(it.published().length - answered);
    it.broker.puback();
    await until(() => answered === count + 1);
  }
  expect(Math.max(...underWay)).toBe(2);
  const [connect] = it.broker.packets;
  // Receive Maximum, MQTT 5 section 3.1.2.11.3.
  expect(Buffer.from(connect?.body ?? []).includes(Buffer.from([0x21, 0, 64]))).toBe(true);
});
