import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeBase64url } from '../../../config/crypto/base64url.js';
import { parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { openSealed, registryKey, sealer } from '../../../kiosk/evidence/seal.js';
import { gatectl, testFolder } from './run-in-place.js';

test('what a gate seals by the list, the registry’s private key opens; nobody else may read that', async () => {
  const { path } = testFolder();
  const [list, file] = [path('trust.json'), path('registry.key')];
  const words = ['--list', list, '--out', file, '--not-before', '2020-01-01T00:00:00Z'];
  expect(await gatectl(['keys', 'registry', ...words])).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o077).toBe(0);
  const parsed = parseTrustListBytes(readFileSync(list));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const key = registryKey(parsed.trust.registry, Date.parse('2020-02-12T00:00:00Z') / 1000);
  if (key.state !== 'current') throw new Error(key.state);
  const part = sealer(key.raw, randomBytes)({ type: 'details', phone: '1' });
  const privateKey = decodeBase64url(readFileSync(file, 'utf8').trim());
  if (part === null || privateKey === null) throw new Error('nothing sealed');
  expect(openSealed(privateKey, part)).toEqual({
    ok: true,
    contents: { type: 'details', phone: '1' },
  });
});

test('a key is never written over another, and a bad date changes nothing', async () => {
  const { path, write } = testFolder();
  const list = write('trust.json', { issuers: [] });
  const before = readFileSync(list, 'utf8');
  const bad = ['keys', 'registry', '--list', list, '--out', path('a.key'), '--not-before', 'soon'];
  expect((await gatectl(bad)).code).toBe(2);
  const there = write('b.key', 'mine');
  expect((await gatectl(['keys', 'registry', '--list', list, '--out', there])).code).toBe(2);
  expect(readFileSync(there, 'utf8')).toBe('mine');
  expect(readFileSync(list, 'utf8')).toBe(before);
});
