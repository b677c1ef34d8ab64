/** The shipped mosquitto.conf beside Debian's own, and what the shipped ACL lets each name write. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import {
  type BrokerLink,
  connectBroker,
  type PublishResult,
} from '../../kiosk/report/broker-link.js';
import { collectorFilters } from '../../kiosk/report/topics.js';
import { site } from '../kiosk/collector/rig.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { type Access, secure, shippedBroker, shippedConfiguration } from './shipped-broker.js';

/** /etc/mosquitto/mosquitto.conf as Debian 12 and 13 have it. */
const debians = `# Place your local configuration in /etc/mosquitto/conf.d/
#
# A full description of the configuration file is at
# /usr/share/doc/mosquitto/examples/mosquitto.conf.example

pid_file /run/mosquitto/mosquitto.pid

persistence true
persistence_location /var/lib/mosquitto/

log_dest file /var/log/mosquitto/mosquitto.log

include_dir /etc/mosquitto/conf.d
`;
const clock = systemClock();
const scheduler = systemScheduler();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Client {
  publish(topic: string): Promise<PublishResult>;
  /** topics of what has come */
  readonly heard: readonly string[];
  /** resolves when that topic has come */
  until(topic: string): Promise<void>;
}

function client(access: Access, filters: readonly string[] = []): Promise<Client> {
  return new Promise((resolve) => {
    const heard: string[] = [];
    let wake = (): void => {};
    const link: BrokerLink = connectBroker(
      { ...access, clientId: 'any', keepAliveSeconds: 30, sessionSeconds: 0, filters },
      { clock, scheduler, chance: () => 0 },
      {
        down: () => {},
        message({ topic }, taken) {
          heard.push(topic);
          wake();
          taken();
        },
        up: () =>
          resolve({
            heard,
            publish: (topic) =>
              new Promise((done) => {
                link.publish({ topic, payload: '{}', retain: false }, done);
              }),
            async until(topic) {
              while (!heard.includes(topic))
                await new Promise<void>((now) => {
                  wake = now;
                });
            },
          }),
      },
    );
    ends.push(() => link.close());
  });
}

describe.skipIf(isMosquittoMissing)('the shipped broker (skipped without mosquitto)', () => {
  test('starts as one more file of Debian’s own configuration, and keeps its memory where that says', async () => {
    const broker = await startMosquitto({
      main(place) {
        const { folder } = place;
        const included = join(folder, 'conf.d');
        mkdirSync(included);
        writeFileSync(join(included, 'gate-kiosk.conf'), shippedConfiguration(place, ['gate-1']));
        const here = debians
          .replace('/run/mosquitto/', `${folder}/`)
          .replace('/var/lib/mosquitto/', `${folder}/`)
          .replace('/var/log/mosquitto/', `${folder}/`)
          .replace('/etc/mosquitto/conf.d\n', `${included}\n`);
        // As root it would become the user mosquitto, who may not write here.
        return `user root\n${here}`;
      },
    });
    ends.push(() => broker.close());
    const gate = await client(secure(broker, 'gate-1', 5));
    expect(await gate.publish(`gk/1/${site}/gate-1/ev`)).toMatchObject({ ok: true });
    await broker.stop();
    expect(existsSync(join(broker.folder, 'mosquitto.db'))).toBe(true);
    expect(readFileSync(join(broker.folder, 'mosquitto.log'), 'utf8')).toContain('running');
  });

  test('lets nobody whose name is a collector’s or an admin’s write as a gate', async () => {
    const names = ['gate-1', 'collector-1', 'admin-1'];
    const broker = await startMosquitto(shippedBroker(names));
    ends.push(() => broker.close());
    const collector = await client(secure(broker, 'collector-1', 5), collectorFilters(site));
    const admin = await client(secure(broker, 'admin-1', 5));
    for (const [name, own] of [
      ['collector-1', collector],
      ['admin-1', admin],
    ] as const) {
      for (const topic of [
        'state',
        'ev',
        'checkpoint',
        'notice/1-guard',
        'rsp/open',
        'cfg/reported',
      ])
        expect(await own.publish(`gk/1/${site}/${name}/${topic}`)).toMatchObject({ code: 135 });
      expect(await own.publish(`gk/1/${site}/_spent/${name}/d`)).toMatchObject({ code: 135 });
    }
    // What is theirs they may still do, and a gate may still report.
    expect(await collector.publish(`gk/1/${site}/gate-1/ev/ack`)).toMatchObject({ ok: true });
    expect(await collector.publish(`gk/1/${site}/_settled/notice/ack`)).toMatchObject({ ok: true });
    expect(await admin.publish(`gk/1/${site}/gate-1/cmd/open`)).toMatchObject({ ok: true });
    const gate = await client(secure(broker, 'gate-1', 5));
    expect(await gate.publish(`gk/1/${site}/gate-1/ev`)).toMatchObject({ ok: true });
    await collector.until(`gk/1/${site}/gate-1/ev`);
    expect(collector.heard).toEqual([`gk/1/${site}/_settled/notice/ack`, `gk/1/${site}/gate-1/ev`]);
  });
});
