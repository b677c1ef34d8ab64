/** What an enrolment file says is judged whole before anything is written: times, parts, and whether they fit. */
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatEnrolment, readEnrolment } from '../../../kiosk/enrol/enrolment.js';
import { enrolmentFor, expiresMs, issuedMs } from './stage.js';

const enrolment = enrolmentFor({ stateDirectory: '/var/lib/gate-kiosk' }, '1');
const text = formatEnrolment(enrolment);

function read(content: string, wallMs = issuedMs) {
  return readEnrolment(Buffer.from(content, 'utf8'), wallMs);
}

/** The content with a member replaced. */
function changed(change: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), ...change });
}

test('is read as it was written', () => {
  expect(read(text)).toEqual({ ok: true, enrolment });
});

describe('its time', () => {
  test('has an end, which counts', () => {
    expect(read(text, expiresMs - 1).ok).toBe(true);
    expect(read(text, expiresMs)).toMatchObject({ ok: false, why: 'expired' });
  });

  test('has a beginning: a clock that was never set is told from an old file', () => {
    expect(read(text, issuedMs - 600_000).ok).toBe(true);
    expect(read(text, issuedMs - 600_001)).toMatchObject({ ok: false, why: 'clock-behind' });
    expect(read(text, 0)).toMatchObject({ ok: false, why: 'clock-behind' });
  });
});

describe('is refused with the place', () => {
  const cases: readonly [what: string, content: string, place: string][] = [
    ['a part that is missing', changed({ trust: undefined }), 'trust'],
    ['a part that nobody knows', changed({ extra: 1 }), 'extra'],
    ['another form', changed({ form: 2 }), 'form'],
    ['a short id', changed({ id: 'abc' }), 'id'],
    ['a time that is none', changed({ expires: 'soon' }), 'expires'],
    ['a pepper of another size', changed({ pepper: 'AAAA' }), 'pepper'],
    ['a trust list of nobody’s making', changed({ trust: '{}' }), 'trust: issuers'],
    ['a trust list that is no JSON', changed({ trust: '-' }), 'trust: '],
    [
      'a gate of no direction',
      changed({ config: { ...enrolment.config, direction: 'up' } }),
      'config.direction',
    ],
    [
      'a broker that nothing uses',
      changed({ broker: { authority: '', certificate: '', key: '' } }),
      'broker',
    ],
    [
      'an mqtts broker without its certificate',
      changed({ config: withBroker(tlsAt('/var/lib/gate-kiosk/keys')) }),
      'broker',
    ],
    [
      'certificates that are none',
      changed({
        config: withBroker(tlsAt('/var/lib/gate-kiosk/keys')),
        broker: { authority: 'a', certificate: 'b', key: 'c' },
      }),
      'broker',
    ],
    [
      'certificates at other places than an enrolment’s',
      changed({
        config: withBroker(tlsAt('/etc')),
        broker: { authority: '', certificate: '', key: '' },
      }),
      'config.mqtt.tls',
    ],
    ['a device key that is none', changed({ device: 'AAAA' }), 'device'],
    [
      'a key for a board that has its own',
      changed({
        config: withBroker(tlsAt('/var/lib/gate-kiosk/keys')),
        broker: { authority: 'a', certificate: 'b', key: 'c' },
        device: generatePrivateKey().publicKey.text,
      }),
      'broker.key',
    ],
    ['white space', ` ${text}`, ''],
  ];
  test.each(cases)('%s', (_, content, place) => {
    const judged = read(content);
    expect(judged).toMatchObject({ ok: false, why: 'unsound' });
    expect(judged.ok ? [] : judged.problems.map((it) => it.place)).toContain(place);
  });

  test('and never with a secret in it', () => {
    const { pepper } = JSON.parse(text) as { readonly pepper: string };
    for (const content of [
      changed({ config: 1 }),
      text.slice(0, -1),
      changed({ pepper: `${pepper}A` }),
    ])
      expect(JSON.stringify(read(content))).not.toContain(pepper);
  });
});

function tlsAt(folder: string) {
  return {
    authority: `${folder}/broker-ca.pem`,
    certificate: `${folder}/broker-client.pem`,
    key: `${folder}/broker-client.key`,
  };
}

function withBroker(tls: object): object {
  return { ...enrolment.config, mqtt: { broker: 'mqtts://broker.example:8883', tls } };
}
