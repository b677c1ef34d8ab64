/** What `npm start -- --keep DIR` leaves is what the tools of an auditor read. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseKeyFile } from '../../../config/crypto/key-file.js';
import { decodeSecret } from '../../../config/secret.js';
import { systemClock } from '../../../hardware/linux/clock.js';
import { adminRoles, parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { registryPublicKey } from '../../../kiosk/evidence/seal.js';
import { keepKeys, openKept } from '../../../scripts/simulated-board/kept.js';
import { openCampus } from '../../../scripts/simulated-board/papers.js';
import { openPlaySite } from '../../../scripts/simulated-board/play-site.js';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('the list names offices, gates, admins, collector and registry; the keys are the list’s', () => {
  const folder = join(newFolder(), 'audit');
  expect(openKept(folder)).toBeNull();
  const campus = openCampus(systemClock(), 480);
  const site = openPlaySite(campus.verifier.trust);
  keepKeys(folder, {
    ...{ site, brokerUrl: 'mqtt://127.0.0.1:1883', pepper: campus.pepper },
    registryPrivateKey: campus.registryPrivateKey,
  });
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const parsed = parseTrustListBytes(read('trust.json'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { issuers, registry, kiosks, collectors, admins, sha256 } = parsed.trust;
  expect(sha256).toBe(site.trust.sha256);
  expect([...issuers.keys()]).toEqual([...campus.verifier.trust.issuers.keys()]);
  expect(kiosks.map(({ id, key }) => [id, key.text])).toEqual([
    ['sim-in', site.gates.in.key.publicKey.text],
    ['sim-out', site.gates.out.key.publicKey.text],
  ]);
  expect(collectors.map(({ name, key }) => [name, key.text])).toEqual([
    ['collector', site.collector.key.publicKey.text],
  ]);
  const opener = decodeSecret(read('registry.key'));
  expect(opener).toEqual(Uint8Array.from(campus.registryPrivateKey));
  expect(registry[0]?.raw).toEqual(registryPublicKey(campus.registryPrivateKey));
  expect(decodeSecret(read('pepper'))).toEqual(Uint8Array.from(campus.pepper));
  expect(admins.map(({ name }) => name)).toEqual(['ann', 'ben', 'cho']);
  for (const { name, key, roles } of admins) {
    const kept = parseKeyFile(read(`${name}.json`));
    expect(kept.ok && kept.key.publicKey.text).toBe(key.text);
    expect([...roles]).toEqual(adminRoles);
  }
  expect(`${read('broker')}`).toBe('--broker mqtt://127.0.0.1:1883 --protocol 4\n');
  for (const name of ['registry.key', 'pepper', 'ann.json', 'ben.json', 'cho.json'])
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test('a folder with something in it is left as it is', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'mine'), '');
  expect(openKept(folder)).toContain('nothing is overwritten');
});
