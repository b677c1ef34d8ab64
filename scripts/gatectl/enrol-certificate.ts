/**
 * A gate's client certificate from the site's authority, by openssl as `scripts/broker-ca.sh client`
 * makes one. The key is made here and never on a disk; openssl reads it from a pipe.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerIdentity } from '../../kiosk/enrol/certificate.js';
import { UsageError } from './command.js';

/** What a client's certificate may be used for, as in `scripts/broker-ca.sh`. */
const extensions =
  'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n';
const serialBytes = 16;

/**
 * Takes the folder of `broker-ca.sh authority`, the id of a gate and days; returns a fresh key and its
 * certificate. Throws UsageError where openssl or the authority is missing or does not do it.
 */
export function makeClientIdentity(folder: string, name: string, days: number): BrokerIdentity {
  const [ca, caKey] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  for (const file of [ca, caKey])
    if (!existsSync(file))
      throw new UsageError(`${file} is not there: scripts/broker-ca.sh authority makes it`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // What Node gives a child as its input is a socket, which /dev/stdin cannot open; cat's is a pipe.
  const request = run(
    'sh',
    ['-c', 'cat | openssl req -new -key /dev/stdin -subj "/CN=$1"', 'sh', name],
    key,
  );
  const work = mkdtempSync(join(tmpdir(), 'gatectl-enrol-'));
  try {
    const file = join(work, 'extensions');
    writeFileSync(file, extensions);
    const serial = `0x${randomBytes(serialBytes).toString('hex')}`;
    const signing = ['x509', '-req', '-CA', ca, '-CAkey', caKey, '-set_serial', serial];
    const about = ['-days', String(days), '-sha256', '-extfile', file];
    const certificate = run('openssl', [...signing, ...about], request);
    return { authority: readFileSync(ca, 'latin1'), certificate, key };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** @returns what it prints */
function run(command: string, words: readonly string[], input: string): string {
  const ran: SpawnSyncReturns<string> = spawnSync(command, words, { input, encoding: 'utf8' });
  if (ran.status === 0) return ran.stdout;
  const said = `${ran.error?.message ?? ''} ${ran.stderr ?? ''}`.trim().split('\n')[0] ?? '';
  const hint = /not found|ENOENT/.test(said) ? ' (apt-get install openssl)' : '';
  throw new UsageError(`openssl makes no certificate${hint}: ${said}`);
}
