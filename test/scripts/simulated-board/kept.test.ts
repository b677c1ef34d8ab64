/** What `npm start -- --keep DIR` leaves is what the tools of an auditor read. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { decodeSecret } from '../../../config/secret.js';
import { systemClock } from '../../../hardware/linux/clock.js';
import { parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { registryPublicKey } from '../../../kiosk/evidence/seal.js';
import { keepKeys, openKept } from '../../../scripts/simulated-board/kept.js';
import { openCampus } from '../../../scripts/simulated-board/papers.js';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('the list names offices, gates, collector and registry; the registry’s key is the list’s', () => {
  const folder = join(newFolder(), 'audit');
  expect(openKept(folder)).toBeNull();
  const campus = openCampus(systemClock(), 480);
  const { publicKey } = generatePrivateKey();
  const gate = generatePrivateKey().publicKey;
  keepKeys(folder, {
    ...{ trust: campus.verifier.trust, kiosks: new Map([['sim-in', gate]]) },
    ...{ registryPrivateKey: campus.registryPrivateKey, pepper: campus.pepper },
    collector: { name: 'collector', publicKey },
  });
  const parsed = parseTrustListBytes(readFileSync(join(folder, 'trust.json')));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { issuers, registry, kiosks, collectors } = parsed.trust;
  expect([...issuers.keys()]).toEqual([...campus.verifier.trust.issuers.keys()]);
  expect(kiosks.map(({ id, key }) => [id, key.text])).toEqual([['sim-in', gate.text]]);
  expect(collectors.map(({ name, key }) => [name, key.text])).toEqual([
    ['collector', publicKey.text],
  ]);
  const opener = decodeSecret(readFileSync(join(folder, 'registry.key')));
  expect(opener).toEqual(Uint8Array.from(campus.registryPrivateKey));
  expect(registry[0]?.raw).toEqual(registryPublicKey(campus.registryPrivateKey));
  expect(decodeSecret(readFileSync(join(folder, 'pepper')))).toEqual(
    Uint8Array.from(campus.pepper),
  );
  for (const name of ['registry.key', 'pepper'])
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test('a folder with something in it is left as it is', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'mine'), '');
  expect(openKept(folder)).toContain('nothing is overwritten');
});
