/**
 * A built daemon that never was synchronised, a mosquitto with TLS and the shipped ACL, and two admins with
 * gatectl: what one has left at the broker is taken as a lower bound, and what two say turns it back.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { makeAdmin } from '../admin-steps.js';
import { site } from '../kiosk/collector/rig.js';
import { gatectl, testFolder } from '../scripts/gatectl/run-in-place.js';
import { gateKiosk, startChild } from './child.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { shippedBroker } from './shipped-broker.js';
import { makeSite } from './site.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const kiosk = 'gate-1';
const hourMs = 3_600_000;

describe.skipIf(isMosquittoMissing)('signed time (skipped without mosquitto)', () => {
  test('a gate that never was synchronised goes by what one admin has signed, until two set it back', async () => {
    const broker = await startMosquitto(shippedBroker([kiosk, 'admin-1']));
    ends.push(() => broker.close());
    const folder = testFolder();
    const pem = (file: string): string => join(broker.folder, file);
    const access = [
      ...['--broker', `mqtts://127.0.0.1:${broker.port}`, '--ca', pem('ca.pem')],
      ...['--cert', pem('admin-1.pem'), '--key-file', pem('admin-1.key')],
    ];
    const admins = [makeAdmin('ann'), makeAdmin('ben')];
    const keyOf = (name: string): string => folder.path(`${name}.json`);
    for (const { key, member } of admins) writeFileSync(keyOf(member.name), formatKeyFile(key));
    const own = makeSite();
    ends.push(() => own.remove());
    const list = { ...JSON.parse(readFileSync(own.trustPath, 'utf8')) };
    const trust = { ...list, admins: admins.map(({ member }) => member) };
    writeFileSync(own.trustPath, JSON.stringify(trust), { mode: 0o600 });
    const deviceKey = join(own.stateDirectory, 'keys', 'device.json');
    writeFileSync(deviceKey, formatKeyFile(generatePrivateKey()), { mode: 0o600 });
    const tls = {
      ...{ authority: pem('ca.pem'), certificate: pem(`${kiosk}.pem`) },
      key: pem(`${kiosk}.key`),
    };
    own.configure({
      ...{ site, kiosk, clock: { synchronizedMark: join(own.folder, 'never') } },
      mqtt: { broker: `mqtts://127.0.0.1:${broker.port}`, tls },
    });

    // Two hours too much: a slip, or a stolen key.
    const by = (name: string) => ['--site', site, '--key', keyOf(name)];
    const aheadAt = new Date(Date.now() + 2 * hourMs).toISOString();
    const raise = ['time', 'raise', ...by('ann'), '--at', aheadAt, '--retain', ...access];
    expect(await gatectl(raise)).toMatchObject({ code: 0, err: '' });

    const gate = startChild([gateKiosk, 'run', '--config', own.configPath]);
    ends.push(() => gate.close());
    await gate.line(/a signed time/);

    const file = folder.path('set.json');
    const to = ['--kiosk', kiosk, '--out', file, ...access];
    const set = await gatectl(['time', 'set', ...by('ann'), ...to]);
    expect([set.code, set.err]).toEqual([0, '']);
    expect(set.out).toContain(', clock floor');
    expect((await gatectl(['time', 'sign', file, '--key', keyOf('ben')])).code).toBe(0);
    const sent = await gatectl(['time', 'send', file, ...access]);
    expect([sent.err, sent.out]).toEqual(['', expect.stringContaining('has set its time')]);
    // It has been used.
    const again = await gatectl(['time', 'send', file, ...access, '--timeout', '1s']);
    expect(again.code).toBe(1);

    gate.kill('SIGTERM');
    expect((await gate.ended).code).toBe(0);
    const records = own.records();
    expect(records.filter(({ type }) => type === 'time-set')).toMatchObject([
      { purpose: 'raise', from: null, to: aheadAt, at: aheadAt, admins: ['ann'] },
      { purpose: 'set', admins: ['ann', 'ben'] },
    ]);
    expect(Date.parse(String(records.at(-1)?.['at']))).toBeLessThan(Date.parse(aheadAt));
    expect(records.filter(({ type }) => type === 'alarm').map(({ code }) => code)).toContain(
      'clock-lowered',
    );
  });
});
