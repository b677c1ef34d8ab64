/** Certificates for one test, made as an admin makes them; tests that need them skip without openssl. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

export const canMakeCertificates =
  spawnSync('openssl', ['version']).status === 0 || process.env['GATE_KIOSK_NO_SKIP'] === '1';
export const whyNoCertificates = canMakeCertificates ? '' : ' (skipped: no openssl)';

/**
 * Writes `<name>.pem` and `<name>.key` into a folder, valid for two days.
 * @param names what the certificate is for, as `DNS:booth.example,IP:127.0.0.1`; null: for nothing
 */
export function makeCertificate(folder: string, name: string, names: string | null): void {
  const key = join(folder, `${name}.key`);
  const words = ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const about = ['-days', '2', '-subj', '/CN=booth', '-keyout', key];
  const extensions = names === null ? [] : ['-addext', `subjectAltName=${names}`];
  const out = ['-out', join(folder, `${name}.pem`)];
  execFileSync('openssl', [...words, ...about, ...out, ...extensions], { stdio: 'ignore' });
  chmodSync(key, 0o600);
}
