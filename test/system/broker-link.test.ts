/** A link to a real broker that stands still, goes, refuses and takes too long. */
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { backoffMs, nextTryMs } from '../../kiosk/report/backoff.js';
import {
  type BrokerLink,
  type Connection,
  connectBroker,
  type PublishResult,
} from '../../kiosk/report/broker-link.js';
import { isMosquittoMissing, type Mosquitto, startMosquitto } from './mosquitto.js';

const clock = systemClock();
const scheduler = systemScheduler();
const keepAliveSeconds = 2;
/** A crowded machine looks at its clocks later than it should. */
const slackMs = 1_500;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function begin(protocol: 4 | 5, lines = '') {
  const broker: Mosquitto = await startMosquitto({ config: () => lines });
  ends.push(() => broker.close());
  const happened: { readonly what: string; readonly atMs: number }[] = [];
  const connections: Connection[] = [];
  let wake = (): void => {};
  const note = (what: string): void => {
    happened.push({ what, atMs: clock.now().monotonicMs });
    wake();
  };
  const link: BrokerLink = connectBroker(
    {
      ...{ url: broker.url, protocol, tls: null, clientId: 'link', keepAliveSeconds },
      ...{ filters: ['a/+'], sessionSeconds: 60 },
      will: () => ({ topic: 'a/will', payload: 'gone', retain: false }),
    },
    { clock, scheduler, chance: () => 0 },
    {
      up(connection) {
        connections.push(connection);
        note('up');
      },
      down: () => note('down'),
      message({ topic }, taken) {
        note(topic);
        taken();
      },
    },
  );
  ends.push(() => link.close());
  return {
    broker,
    link,
    connections,
    /** Waits until something has happened so many times; returns when, monotonic milliseconds. */
    async seen(what: string, times = 1): Promise<number> {
      for (;;) {
        const all = happened.filter((it) => it.what === what);
        const last = all[times - 1];
        if (last !== undefined) return last.atMs;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    publish: (payload: string) =>
      new Promise<PublishResult>((resolve) => {
        link.publish({ topic: 'a/x', payload, retain: false }, resolve);
      }),
  };
}

for (const protocol of [5, 4] as const)
  describe.skipIf(isMosquittoMissing)(
    `a link (skipped without mosquitto), ${protocol === 5 ? 'MQTT 5' : 'MQTT 3.1.1'}`,
    () => {
      test('notices within one and a half keep-alives that nobody is there any more', async () => {
        const { broker, seen, publish } = await begin(protocol);
        await seen('up');
        expect(await publish('one')).toEqual({ ok: true });
        const frozenMs = clock.now().monotonicMs;
        broker.freeze();
        const waiting = publish('two');
        const downMs = await seen('down');
        expect(downMs - frozenMs).toBeLessThan(1_500 * keepAliveSeconds + slackMs);
        expect(await waiting).toEqual({ ok: false, why: 'down', code: null });
        broker.thaw();
        await seen('up', 2);
      });

      test('comes back after a broker that was killed, and knows whether it was remembered', async () => {
        const { broker, seen, connections, publish } = await begin(protocol);
        await seen('up');
        await broker.kill();
        await seen('down');
        expect(await publish('nobody')).toMatchObject({ ok: false, why: 'down' });
        await broker.start();
        await seen('up', 2);
        expect(connections.map(({ sessionPresent }) => sessionPresent)).toEqual([false, false]);
        expect(await publish('one')).toEqual({ ok: true });
        await seen('a/x');
      });

      test('takes no more at once than the broker allows', async () => {
        const { seen, connections } = await begin(protocol, 'max_inflight_messages 7');
        await seen('up');
        expect(connections[0]?.receiveMaximum).toBe(protocol === 5 ? 7 : 65_535);
      });
    },
  );

test('tries again after one second at the least and a minute at the most, never all at once', () => {
  for (const failures of [1, 2, 5, 20, 1_000]) {
    expect(nextTryMs(failures, 0)).toBe(backoffMs.min);
    expect(nextTryMs(failures, 0.999)).toBeLessThanOrEqual(backoffMs.max);
  }
  expect(nextTryMs(3, 0.999)).toBeLessThan(nextTryMs(9, 0.999));
});
