import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';

const key = () => generatePrivateKey().publicKey.text;

test('a list with every member is read', () => {
  const publicKey = key();
  const result = parseTrustList({
    issuers: [{ name: 'office', publicKey, kinds: [1, 4], zones: ['*'], variants: ['lab-duty'] }],
    admins: [{ name: 'a', publicKey: key(), roles: ['trust', 'policy'] }],
    thresholds: { trust: 2, time: 1 },
    registry: [{ publicKey: key(), notBefore: '2020-02-10T00:00:00Z' }],
    collectors: [{ name: 'c', publicKey: key() }],
    kiosks: [{ id: 'east-in', publicKey: key() }],
    time: [{ publicKey: key() }],
  });
  expect(result).toMatchObject({ ok: true });
  if (!result.ok) return;
  const { issuers, admins, thresholds, registry, collectors, kiosks, time } = result.trust;
  const [issuer] = issuers.values();
  expect(issuer?.key.text).toBe(publicKey);
  expect(issuers.get(issuer?.key.kid ?? '')).toBe(issuer);
  expect(issuer).toMatchObject({ kinds: new Set([1, 4]), units: null, purposes: null });
  expect(admins[0]?.roles).toEqual(new Set(['trust', 'policy']));
  expect(thresholds).toEqual(
    new Map([
      ['trust', 2],
      ['time', 1],
    ]),
  );
  expect(registry[0]?.notBeforeSeconds).toBe(Date.parse('2020-02-10T00:00:00Z') / 1000);
  expect([collectors.length, kiosks[0]?.id, time.length]).toEqual([1, 'east-in', 1]);
});

test('all problems of a list are named at once', () => {
  const publicKey = key();
  const result = parseTrustList({
    issuers: [
      { name: 'a', publicKey, kinds: [] },
      { name: 7, publicKey: 'AA', kinds: [9], note: '' },
      { name: 'c', publicKey, kinds: [1], notAfter: 'tomorrow' },
    ],
    extra: 1,
  });
  const places = result.ok ? [] : result.problems.map(({ place }) => place);
  expect(places.toSorted()).toEqual([
    'extra',
    'issuers[0].kinds',
    'issuers[1].kinds[0]',
    'issuers[1].name',
    'issuers[1].note',
    'issuers[1].publicKey',
    'issuers[2].notAfter',
    'issuers[2].publicKey',
  ]);
  const twice = result.ok
    ? []
    : result.problems.filter(({ place }) => place === 'issuers[2].publicKey');
  expect(twice).toEqual([
    { place: 'issuers[2].publicKey', problem: 'the same key as issuers[0].publicKey' },
  ]);
});
