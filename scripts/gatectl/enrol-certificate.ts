/**
 * A gate's client certificate from the site's authority, by openssl as `scripts/broker-ca.sh client`
 * makes one. A key that is made here is never on a disk: openssl sees the request alone.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerIdentity } from '../../kiosk/enrol/certificate.js';
import { certificateRequest } from '../../kiosk/enrol/certificate-request.js';
import { UsageError } from './command.js';

/** What a client's certificate may be used for, as in `scripts/broker-ca.sh`. */
const extensions =
  'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n';
const serialBytes = 16;

/**
 * Takes the folder of `broker-ca.sh authority`, the id of a gate and days; returns a fresh key and its
 * certificate. Throws UsageError where openssl or the authority is missing or does not do it.
 */
export function makeIdentity(folder: string, name: string, days: number): BrokerIdentity {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...signRequest(folder, certificateRequest(name, privateKey), days), key };
}

/**
 * Takes the folder, a certificate request in PEM and days; returns the certificate, without the key,
 * which the asking board has. Throws UsageError likewise, and where the request's signature does not hold.
 */
export function signRequest(folder: string, request: string, days: number): BrokerIdentity {
  const [ca, caKey] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  for (const file of [ca, caKey])
    if (!existsSync(file))
      throw new UsageError(`${file} is not there: scripts/broker-ca.sh authority makes it`);
  const work = mkdtempSync(join(tmpdir(), 'gatectl-enrol-'));
  try {
    const file = join(work, 'extensions');
    writeFileSync(file, extensions);
    const serial = `0x${randomBytes(serialBytes).toString('hex')}`;
    const signing = ['x509', '-req', '-CA', ca, '-CAkey', caKey, '-set_serial', serial];
    const about = ['-days', String(days), '-sha256', '-extfile', file];
    const certificate = openssl([...signing, ...about], request);
    return { authority: readFileSync(ca, 'latin1'), certificate, key: null };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** @returns what it prints */
function openssl(words: readonly string[], input: string): string {
  const ran = spawnSync('openssl', words, { input, encoding: 'utf8' });
  if (ran.status === 0) return ran.stdout;
  if (ran.error !== undefined)
    throw new UsageError(`openssl is missing: apt-get install openssl (${ran.error.message})`);
  throw new UsageError(`openssl makes no certificate: ${ran.stderr.trim().split('\n')[0] ?? ''}`);
}
