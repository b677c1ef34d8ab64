/** An admin's gatectl on the shipped broker, with TLS and its ACL: from keys to gates that go by what was signed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readPolicyFile, shippedPolicyPath } from '../../config/load.js';
import { parseTrustListBytes } from '../../kiosk/credential/trust.js';
import { site } from '../kiosk/collector/rig.js';
import { threeAdmins } from '../scripts/gatectl/admins.js';
import { gatectl, testFolder } from '../scripts/gatectl/run-in-place.js';
import { toldGate } from '../scripts/gatectl/told-gate.js';
import { deskGate } from './desk-gate.js';
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
      const body = folder.write('device.json', { devices: { turnstile: { pulseMs: 300 } } });
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

  test('gates’ own channels take what gatectl makes: policy, additions of one admin, a whole list, in order', async () => {
    const broker = await startMosquitto(shippedBroker(['gate-1', 'gate-2', 'admin-1']));
    ends.push(() => broker.close());
    const folder = testFolder();
    const { list, trust, keyOf, sign } = threeAdmins(folder);
    const read = parseTrustListBytes(readFileSync(trust));
    const shipped = readPolicyFile(shippedPolicyPath);
    if (!read.ok || !shipped.ok) throw new Error('no list or policy');
    // Few rules, so that all their cases are looked at in no time.
    const rules = shipped.value.rules.filter(({ id }) => id === 'duty-staff' || id === 'lab-staff');
    const policy = { ...shipped.value, rules };
    const gate = (kiosk: string) =>
      deskGate({ access: secure(broker, kiosk, 5), site, kiosk, trust: read.trust, policy });
    const one = await gate('gate-1');
    ends.push(() => one.close());
    const admin = accessOf(broker, 'admin-1', 5);
    const at = (name: string): string => folder.path(name);
    const flash = async (...words: string[]) => {
      const { code, out, err } = await gatectl(['config', 'flash', ...words, ...admin]);
      return [code, err, code === 0 ? '' : out];
    };
    const first = ['--site', site, '--seq', '1', '--reason', 'winter'];
    const config = (channel: string, body: string, out: string, ...words: string[]) =>
      gatectl(['config', 'new', '--channel', channel, '--body', body, '--out', out, ...words]);

    // A new list of admins, and a policy with what it promises.
    const next = folder.write('next.json', { ...list, thresholds: { policy: 3 } });
    await config('trust', next, at('t1.json'), ...first);
    await sign(at('t1.json'), 'ann', 'ben');
    const settings = { ...policy.settings, feverCentidegrees: 3_750 };
    const body = folder.write('policy.json', { ...policy, settings });
    const promise = [{ cell: 'campus-gate, in: nothing shown', outcome: 'deny incomplete' }];
    const test = ['--self-test', folder.write('promise.json', promise), '--requires', 'trust=1'];
    const made = await config('policy', body, at('p1.json'), ...first, '--probation', '1', ...test);
    expect([made.code, made.err]).toEqual([0, '']);
    await sign(at('p1.json'), 'ann', 'ben');
    expect((await flash(at('t1.json'), at('p1.json'), '--trust', trust))[1]).toContain(
      '1 signature is missing by the list in force; of cho',
    );
    await sign(at('p1.json'), 'cho');
    expect(await flash(at('p1.json'), at('t1.json'), '--trust', trust)).toEqual([0, '', '']);
    expect(one.contents().policy.settings.feverCentidegrees).toBe(3_750);

    // What one admin adds alone, twice; then the whole list, of which a gate that comes later needs no more.
    const id = (byte: string): string => byte.repeat(16);
    const alone = ['--reason', 'lost', '--key', keyOf('cho'), '--trust', next];
    await gatectl([
      'revoke',
      id('11'),
      '--site',
      site,
      '--seq',
      '1',
      ...alone,
      '--out',
      at('r1.json'),
    ]);
    expect(await flash(at('r1.json'), '--trust', next)).toEqual([0, '', '']);
    await gatectl([
      'revoke',
      id('22'),
      '--previous',
      at('r1.json'),
      ...alone,
      '--out',
      at('r2.json'),
    ]);
    expect(await flash(at('r2.json'), '--trust', next)).toEqual([0, '', '']);
    expect([...one.contents().revocations.credentials.values()]).toEqual([id('11'), id('22')]);
    const many = Array.from({ length: 3_000 }, (_, index) => index.toString(16).padStart(32, '0'));
    const whole = folder.write('list.json', { credentials: [id('11'), id('22'), ...many] });
    const words = ['--whole', '--list', whole, '--previous', at('r2.json'), '--reason', 'whole'];
    await gatectl(['revoke', id('33'), ...words, '--out', at('r3.json')]);
    await sign(at('r3.json'), 'ann', 'ben');
    expect(await flash(at('r3.json'), '--trust', next)).toEqual([0, '', '']);
    expect(one.contents().revocations.credentials.size).toBe(3_003);
    await gatectl([
      'revoke',
      id('44'),
      '--previous',
      at('r3.json'),
      ...alone,
      '--out',
      at('r4.json'),
    ]);
    expect(await flash(at('r4.json'), '--trust', next)).toEqual([0, '', '']);

    // One that was away for all of it walks there by itself.
    const late = await gate('gate-2');
    ends.push(() => late.close());
    // Told once more, what stands there already is waited for at both.
    for (const file of ['p1.json', 'r4.json'])
      expect(await flash(at(file), '--trust', next)).toEqual([0, '', '']);
    const status = await gatectl(['config', 'status', '--site', site, ...admin]);
    expect([status.code, status.out.match(/as desired/g)?.length]).toEqual([0, 6]);
    expect(late.contents().revocations.credentials.has(id('44'))).toBe(true);
    expect(late.contents().policy.settings.feverCentidegrees).toBe(3_750);
    for (const { refused, alarms } of [one, late]) expect([refused, alarms]).toEqual([[], []]);

    // A promise that the policy does not keep is refused by the gates, and said.
    const broken = folder.write('broken.json', [{ ...promise[0], outcome: 'grant duty-staff' }]);
    const wrong = ['--previous', at('p1.json'), '--reason', 'x', '--probation', '0'];
    const checked = await config('policy', body, at('p2.json'), ...wrong, '--self-test', broken);
    expect([checked.code, checked.err]).toEqual([2, expect.stringContaining('selfTest[0]')]);
  });
});
