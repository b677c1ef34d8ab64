/** A broker that floods whoever proves it fills no memory: what is remembered are the canaries. */
import { expect, onTestFinished, test } from 'vitest';
import { canaryClient } from '../../../scripts/gatectl/canary-client.js';
import { embeddedBroker } from '../../../scripts/simulated-board/embedded-broker.js';

test('of all that comes only what was sent to be seen is kept', async () => {
  const broker = await embeddedBroker();
  onTestFinished(() => broker.close());
  const access = { url: broker.url, protocol: 4 as const, tls: null };
  const client = async (name: string) => {
    const opened = await canaryClient(access, name, [['#']], null, 'the-mark');
    if (!opened.ok) throw new Error(opened.why);
    onTestFinished(() => opened.client.close());
    return opened.client;
  };
  const [listener, flooder] = [await client('listener'), await client('flooder')];
  for (let serial = 0; serial < 300; serial += 1)
    await flooder.publish({ topic: 'flood', payload: `${serial}`.repeat(900), retain: false });
  await flooder.publish({
    topic: 'flood',
    payload: `the-mark ${'x'.repeat(9_000)}`,
    retain: false,
  });
  await flooder.publish({ topic: 'canary', payload: '{"canary":"the-mark-1"}', retain: false });
  expect(await listener.until('{"canary":"the-mark-1"}', 5_000)).toBe(true);
  expect([...listener.heard]).toEqual(['{"canary":"the-mark-1"}']);
});
