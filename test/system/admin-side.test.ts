/** An admin's gatectl on the shipped broker, with TLS and its ACL: from keys to gates that go by what was signed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseTrustListBytes } from '../../kiosk/credential/trust.js';
import { site } from '../kiosk/collector/rig.js';
import { threeAdmins } from '../scripts/gatectl/admins.js';
import { gatectl, testFolder } from '../scripts/gatectl/run-in-place.js';
import { toldGate } from '../scripts/gatectl/told-gate.js';
import { isMosquittoMissing, type Mosquitto, startMosquitto } from './mosquitto.js';
import { secure, shippedBroker } from './shipped-broker.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function accessOf({ folder, port }: Mosquitto, name: string, protocol: 4 | 5): readonly string[] {
  const pem = (file: string): string => join(folder, file);
  return [
    ...['--broker', `mqtts://127.0.0.1:${port}`, '--protocol', `${protocol}`],
    ...['--ca', pem('ca.pem'), '--cert', pem(`${name}.pem`), '--key-file', pem(`${name}.key`)],
  ];
}

describe.skipIf(isMosquittoMissing)('on the shipped broker (skipped without mosquitto)', () => {
  test.each([5, 4] as const)(
    'a trust step and what its new admins sign reach two gates, by MQTT %i',
    async (protocol) => {
      const broker = await startMosquitto(shippedBroker(['gate-1', 'gate-2', 'admin-1']));
      ends.push(() => broker.close());
      const folder = testFolder();
      const { list, trust, keyOf, sign } = threeAdmins(folder);
      const read = parseTrustListBytes(readFileSync(trust));
      if (!read.ok) throw new Error('no list');
      const gate = (kiosk: string, becomes = ['pending', 'confirmed']) =>
        toldGate({
          ...{ broker: secure(broker, kiosk, protocol), site, kiosk, becomes, trust: read.trust },
        });
      const gates = [await gate('gate-1'), await gate('gate-2')];
      ends.push(() => Promise.all(gates.map((it) => it.close())));
      const admin = accessOf(broker, 'admin-1', protocol);

      const out = (name: string) => ['--out', folder.path(name)];
      const next = folder.write('next.json', { ...list, thresholds: { device: 1 } });
      const config = (channel: string, body: string, ...words: string[]) =>
        gatectl([
          'config',
          'new',
          '--channel',
          channel,
          '--body',
          body,
          '--reason',
          'winter',
          ...words,
        ]);
      const first = ['--site', site, '--seq', '1'];
      await config('trust', next, ...out('t1.json'), ...first);
      await sign(folder.path('t1.json'), 'ann', 'ben');
      const body = folder.write('device.json', { pulse: 1 });
      await config('device', body, ...out('d1.json'), ...first, '--requires', 'trust=1');
      await sign(folder.path('d1.json'), 'cho', 'ann');
      const steps = [folder.path('d1.json'), folder.path('t1.json')];
      const flash = (...words: string[]) => gatectl(['config', 'flash', ...words]);
      const done = await flash(...steps, '--trust', trust, ...admin);
      expect([done.code, done.err]).toEqual([0, '']);
      const lines = done.out.split('\n');
      const at = (line: string): number => lines.findIndex((it) => it.startsWith(line));
      // The list first, and the rest once both gates go by it.
      expect(at('published device 1')).toBeGreaterThan(at('gate-1  trust 1 confirmed'));
      expect(at('published device 1')).toBeGreaterThan(at('gate-2  trust 1 confirmed'));
      const status = await gatectl(['config', 'status', '--site', site, ...admin]);
      expect([status.code, status.out.match(/as desired/g)?.length]).toEqual([0, 4]);
      const fleet = await gatectl(['fleet', '--site', site, ...admin, '--json']);
      expect(JSON.parse(fleet.out)).toMatchObject([
        ...[{ gate: 'gate-1', trust: '1', device: '1' }, { gate: 'gate-2' }],
      ]);

      // A badge is lost: one admin is enough, and both gates hear of it.
      const revoke = ['revoke', '11'.repeat(16), ...first, '--reason', 'lost', ...out('r1.json')];
      expect((await gatectl([...revoke, '--key', keyOf('cho'), '--trust', trust])).code).toBe(0);
      expect((await flash(folder.path('r1.json'), '--trust', trust, ...admin)).code).toBe(0);
      for (const { heard } of gates)
        expect(heard).toContain(`gk/1/${site}/_all/cfg/desired/revocation/1`);

      // Whoever has a gate's certificate brings nothing to anybody.
      writeFileSync(folder.path('d2.json'), readFileSync(folder.path('d1.json')));
      const thief = accessOf(broker, 'gate-1', protocol);
      await gates[0]?.close();
      const stolen = await flash(
        folder.path('d2.json'),
        '--to',
        'gate-2',
        '--timeout',
        '1s',
        ...thief,
      );
      expect(stolen.code).toBe(1);
      if (protocol === 5) expect(stolen.err).toContain('config/broker/acl');
      else expect(stolen.out).toContain('0 of 1 gates go by it');
    },
  );
});
