import { expect, test } from 'vitest';
import type { BrokerEvents, BrokerLink, PublishResult } from '../../../kiosk/report/broker-link.js';
import { renewedLink } from '../../../kiosk/report/renewed-link.js';

const connection = { sessionPresent: false, receiveMaximum: 20, packetBytesMax: 65_536 };

/** Links that are made one after the other, and what is told of them. */
function rig() {
  const made: { events: BrokerEvents; said: string[]; close(): void }[] = [];
  const told: string[] = [];
  const link = renewedLink(
    (events): BrokerLink => {
      const said: string[] = [];
      let close = (): void => {};
      const closed = new Promise<void>((resolve) => {
        close = resolve;
      });
      made.push({ events, said, close });
      return {
        publish({ topic }, done) {
          said.push(topic);
          queueMicrotask(() => done({ ok: true }));
        },
        subscribe: (filter) => void said.push(`+${filter}`),
        unsubscribe: (filter) => void said.push(`-${filter}`),
        drop: (why) => void said.push(`drop ${why}`),
        close() {
          said.push('close');
          return closed;
        },
      };
    },
    {
      up: () => void told.push('up'),
      down: (why) => void told.push(`down ${why}`),
      message: ({ topic }) => void told.push(topic),
    },
  );
  const publish = (topic: string): Promise<PublishResult> =>
    new Promise((resolve) => link.publish({ topic, payload: '', retain: false }, resolve));
  return { made, told, link, publish };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const message = (topic: string) => ({ topic, payload: new Uint8Array(), retained: false });

test('one is left before the next is made; what the old one still says is nobody’s', async () => {
  const { made, told, link, publish } = rig();
  made[0]?.events.up(connection);
  expect(await publish('a')).toEqual({ ok: true });
  link.renew('others');
  link.renew('others');
  expect([made.length, told]).toEqual([1, ['up', 'down others']]);
  expect(await publish('b')).toMatchObject({ ok: false, why: 'down' });
  link.subscribe('c');
  link.unsubscribe('c');
  link.drop('d');
  made[0]?.events.message(message('late'), () => {});
  made[0]?.events.down('late');
  made[0]?.events.up(connection);
  expect(made[0]?.said).toEqual(['a', 'close']);
  made[0]?.close();
  await settle();
  expect(made).toHaveLength(2);
  made[1]?.events.up(connection);
  made[1]?.events.message(message('e'), () => {});
  await publish('f');
  link.subscribe('g');
  expect(told).toEqual(['up', 'down others', 'up', 'e']);
  expect(made.map(({ said }) => said)).toEqual([
    ['a', 'close'],
    ['f', '+g'],
  ]);
});

test('one that is closed while it is being left is not made again', async () => {
  const { made, link } = rig();
  link.renew('others');
  const closed = link.close();
  made[0]?.close();
  await closed;
  await settle();
  link.renew('others');
  await settle();
  expect(made).toHaveLength(1);
});
