/** `gatectl broker check` before the shipped broker, and before brokers with a hole that it must find. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { site } from '../kiosk/collector/rig.js';
import { gatectl } from '../scripts/gatectl/run-in-place.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { shippedBroker, shippedConfiguration } from './shipped-broker.js';

const names = ['canary-1', 'canary-2', 'admin-1', 'collector-1'];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Row {
  readonly verdict: string;
  readonly writes: string;
  readonly topic: string;
  readonly heard: readonly string[];
}

/** Starts the shipped broker with an ACL that was changed, and checks it. */
async function checked(change: (acl: string) => string, protocol = '5') {
  const broker = await startMosquitto({
    ...shippedBroker(names),
    config(place) {
      const configuration = shippedConfiguration(place, names);
      const acl = join(place.folder, 'acl');
      writeFileSync(acl, change(readFileSync(acl, 'utf8')));
      return configuration;
    },
  });
  ends.push(() => broker.close());
  const { code, out, err } = await gatectl([
    ...['broker', 'check', '--broker', `mqtts://127.0.0.1:${broker.port}`, '--site', site],
    ...['--certificates', broker.folder, '--protocol', protocol, '--json'],
  ]);
  const rows = JSON.parse(out) as readonly Row[];
  const bad = rows.filter(({ verdict }) => verdict !== 'arrives' && verdict !== 'kept out');
  const shown = bad.map(({ verdict, writes, topic }) => [verdict, writes, topic.slice(5)]);
  return { code, err, rows, bad: shown };
}

const own = `${site}/canary-1`;
const other = `${site}/canary-2`;

describe.skipIf(isMosquittoMissing)('broker check (skipped without mosquitto)', () => {
  test.each(['5', '4'])('finds nothing in the shipped ACL, by MQTT %s', async (protocol) => {
    const { code, err, rows, bad } = await checked((acl) => acl, protocol);
    expect([code, err, bad]).toEqual([0, '', []]);
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(({ verdict }) => verdict === 'arrives').length).toBeGreaterThan(15);
  });

  test('finds gates that may write each other’s reports, their wills too', async () => {
    const hole = `pattern write gk/1/${site}/+/state\npattern write gk/1/${site}/+/cfg/reported\n`;
    const { code, err, bad } = await checked((acl) =>
      acl.replace('pattern write', `${hole}pattern write`),
    );
    expect([code, err]).toEqual([1, expect.stringContaining('config/broker/acl')]);
    const writers = ['canary-1', 'canary-1 (will)', 'admin-1', 'collector-1'];
    expect(bad.map(([verdict]) => verdict)).toEqual(bad.map(() => 'HOLE: written'));
    for (const writer of writers)
      expect(bad).toContainEqual(['HOLE: written', writer, `${other}/state`]);
    expect(bad).toContainEqual(['HOLE: written', 'canary-1', `${other}/cfg/reported`]);
    expect(bad.length).toBe(7);
  });

  test('finds a gate that may open gates, its own too, and one that writes the site’s configuration', async () => {
    const hole = `pattern write gk/1/${site}/+/cmd/+\npattern readwrite gk/1/${site}/_all/#\n`;
    const { code, bad } = await checked((acl) =>
      acl.replace('pattern write', `${hole}pattern write`),
    );
    expect(code).toBe(1);
    for (const topic of [`${own}/cmd/open`, `${other}/cmd/open`, `${site}/_all/cfg/desired/policy`])
      expect(bad).toContainEqual(['HOLE: written', 'canary-1', topic]);
    expect(bad).toContainEqual(['HOLE: written', 'collector-1', `${site}/_all/time`]);
  });

  test('finds a gate that reads what is another’s', async () => {
    const hole = `pattern read gk/1/${site}/+/ev\n`;
    const { code, bad } = await checked((acl) =>
      acl.replace('pattern read', `${hole}pattern read`),
    );
    expect([code, bad]).toEqual([1, [['HOLE: read', 'canary-2', `${other}/ev`]]]);
  });

  test('finds what must arrive and does not, and proves nothing where nobody hears', async () => {
    const { code, bad } = await checked((acl) => acl.replace(/^pattern read .*ev\/ack\n/m, ''));
    expect(code).toBe(1);
    expect(bad).toContainEqual(['MISSING', 'collector-1', `${other}/ev/ack`]);
    expect(bad).toContainEqual(['not proven', 'canary-1', `${other}/ev/ack`]);
  });

  test('says who is not let in', async () => {
    const broker = await startMosquitto(shippedBroker(names));
    ends.push(() => broker.close());
    const other = await startMosquitto(shippedBroker(names));
    ends.push(() => other.close());
    const words = ['broker', 'check', '--site', site, '--certificates', broker.folder];
    const wrong = await gatectl([...words, '--broker', `mqtts://127.0.0.1:${other.port}`]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('canary-1 is not let in')]);
    expect((await gatectl([...words, '--broker', 'mqtt://127.0.0.1:1'])).code).toBe(2);
    const broker1 = `mqtts://127.0.0.1:${broker.port}`;
    expect((await gatectl([...words, '--broker', broker1, '--gate', 'gate-7'])).err).toContain(
      'gate-7.pem',
    );
    expect((await gatectl([...words, '--broker', broker1, '--gate', 'admin-1'])).code).toBe(2);
  });
});
