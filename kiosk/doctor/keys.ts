/** Keys and certificates: who may read them was looked at with the configuration; here, what they say. */
import { X509Certificate } from 'node:crypto';
import { keyPaths } from '../../config/load.js';
import { certificateDaysSoon, deviceKeyPath } from '../../config/mqtt-files.js';
import type { Configuration } from '../daemon/configuration.js';
import { type Finding, failed, ok, warning } from './finding.js';

const dayMs = 86_400_000;

/**
 * @param configuration read and accepted, so every secret file is its owner's alone
 * @param wallMs by which certificates are judged
 * @returns findings on the secrets, the trust list, the gate's own key and its certificate
 */
export function checkKeys(
  { config, trust, mqtt }: Pick<Configuration, 'config' | 'trust' | 'mqtt'>,
  wallMs: number,
): readonly Finding[] {
  const { stateDirectory, kiosk } = config;
  const secrets = [
    keyPaths(stateDirectory).pepper,
    ...(mqtt ? [deviceKeyPath(stateDirectory)] : []),
  ];
  const findings = [
    ok('keys', `${secrets.join(', ')}: readable by their owner alone`),
    registryFinding(trust, wallMs),
  ];
  if (mqtt === null) return findings;
  findings.push(deviceFinding(trust, kiosk, mqtt.deviceKey.publicKey.text));
  if (mqtt.tls !== null)
    findings.push(...certificateFindings(mqtt.tls.certificate, mqtt.tls.authority, kiosk, wallMs));
  return findings;
}

function registryFinding({ issuers, registry }: Configuration['trust'], wallMs: number): Finding {
  const says = `${issuers.size} issuers`;
  if (issuers.size === 0)
    return failed(
      'trust-list',
      'names no issuer: no paper is accepted',
      "put the site's list there: gatectl keys trust makes one",
    );
  if (registry.some(({ notBeforeSeconds }) => notBeforeSeconds * 1_000 <= wallMs))
    return ok('trust-list', `${says}, and a registry key that private details are sealed to`);
  return warning(
    'trust-list',
    `${says}, and no registry key that is valid now: details cannot be sealed, so no rule that registers grants`,
    'gatectl keys registry makes one',
  );
}

function deviceFinding({ kiosks }: Configuration['trust'], kiosk: string, key: string): Finding {
  const listed = kiosks.filter(({ id }) => id === kiosk);
  if (listed.some((it) => it.key.text === key))
    return ok('device-key', `is that of ${kiosk} on the trust list`);
  const says =
    listed.length === 0
      ? `the trust list names no key of ${kiosk}`
      : `the trust list names another key of ${kiosk}`;
  return failed(
    'device-key',
    `${says}: its checkpoints will not be believed`,
    `the admin puts it there: gatectl keys kiosk --list trust.json --id ${kiosk} --public-key ${key}`,
  );
}

function certificateFindings(
  pem: string,
  authorityPem: string,
  kiosk: string,
  wallMs: number,
): readonly Finding[] {
  const certificate = new X509Certificate(pem);
  const authority = new X509Certificate(authorityPem);
  const name = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '(none)';
  if (name !== kiosk)
    return [
      failed(
        'certificate',
        `is of ${name}, and this gate is ${kiosk}`,
        'make one with its own name',
      ),
    ];
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    return [
      failed('certificate', 'was not signed by mqtt.tls.authority', 'take both of one authority'),
    ];
  const until = Date.parse(certificate.validTo);
  const days = Math.floor((until - wallMs) / dayMs);
  const says = `${name}, until ${new Date(until).toISOString().slice(0, 10)}`;
  const remedy = 'make a new one: scripts/broker-ca.sh client';
  if (Date.parse(certificate.validFrom) > wallMs)
    return [failed('certificate', `${name} is not valid yet`, 'look at the clock')];
  if (days < 0) return [failed('certificate', `${says}: it has expired`, remedy)];
  if (days < certificateDaysSoon)
    return [warning('certificate', `${says}: ${days} days left`, remedy)];
  return [ok('certificate', says)];
}
