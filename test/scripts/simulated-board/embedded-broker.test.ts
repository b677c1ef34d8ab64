import { connect, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedBroker,
  embeddedBroker,
} from '../../../scripts/simulated-board/embedded-broker.js';

describe('the broker of npm start', () => {
  let broker: EmbeddedBroker;
  const clients: MqttClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await broker.close();
  });

  const join = (clientId: string, more = {}): Promise<MqttClient> =>
    new Promise((resolve) => {
      const client = connect(broker.url, {
        ...{ protocolVersion: 4, clientId, reconnectPeriod: 0, ...more },
      });
      clients.push(client);
      client.on('error', () => {});
      client.once('connect', () => resolve(client));
    });
  /** The first message of a topic; null: there is none, a later one comes first. */
  const retained = async (topic: string): Promise<string | null> => {
    const client = await join('reader');
    const first = new Promise<string>((resolve) =>
      client.once('message', (_, payload) => resolve(payload.toString())),
    );
    await client.subscribeAsync([topic, 'end'], { qos: 1 });
    await client.publishAsync('end', 'nothing', { qos: 1 });
    const text = await first;
    await client.endAsync();
    return text === 'nothing' ? null : text;
  };
  const gone = (client: MqttClient): Promise<void> =>
    new Promise((resolve) => client.once('close', () => resolve()));

  it('stopped it cuts everybody off; started again it is at the same place, and remembers', async () => {
    broker = await embeddedBroker();
    const { url } = broker;
    const client = await join('one');
    await client.publishAsync('kept', 'this', { qos: 1, retain: true });
    const cut = gone(client);
    await broker.stop();
    await cut;
    expect(broker.isUp()).toBe(false);
    await broker.start();
    expect(broker.url).toBe(url);
    expect(await retained('kept')).toBe('this');
  });

  it('wiped it has forgotten, and is up or down as before', async () => {
    broker = await embeddedBroker();
    const client = await join('one');
    await client.publishAsync('kept', 'this', { qos: 1, retain: true });
    await broker.wipe();
    expect(broker.isUp()).toBe(true);
    expect(await retained('kept')).toBeNull();
    await broker.stop();
    await broker.wipe();
    expect(broker.isUp()).toBe(false);
  });

  it('a client that is cut off says nothing, and its will goes out', async () => {
    broker = await embeddedBroker();
    const watcher = await join('watcher');
    await watcher.subscribeAsync('last', { qos: 1 });
    const will = new Promise<string>((resolve) =>
      watcher.once('message', (_, payload) => resolve(payload.toString())),
    );
    await join('gate/one', { will: { topic: 'last', payload: 'gone', qos: 1, retain: false } });
    broker.cutOff('gate/one');
    expect(await will).toBe('gone');
    expect(watcher.connected).toBe(true);
  });
});
