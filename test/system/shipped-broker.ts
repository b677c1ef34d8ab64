/** The site's broker as it is shipped: its configuration, ACL and certificates, in a test's folder. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerOptions } from '../../kiosk/report/broker-link.js';
import { site } from '../kiosk/collector/rig.js';
import type { Mosquitto, MosquittoOptions } from './mosquitto.js';

export type Access = Pick<BrokerOptions, 'url' | 'protocol' | 'tls'>;

/** @returns options of a broker with the shipped configuration, for clients of these names */
export function shippedBroker(clients: readonly string[]): MosquittoOptions {
  return {
    persistent: true,
    config: (place) => shippedConfiguration(place, clients),
  };
}

/**
 * Makes authority, certificates and ACL in the folder.
 * @returns the shipped mosquitto.conf for that folder and port
 */
export function shippedConfiguration(
  { folder, port }: { readonly folder: string; readonly port: number },
  clients: readonly string[],
): string {
  const ca = (...words: readonly string[]): void =>
    void execFileSync('sh', ['scripts/broker-ca.sh', ...words], { stdio: 'ignore' });
  ca('authority', folder);
  ca('broker', folder, '127.0.0.1');
  for (const name of clients) ca('client', folder, name);
  const acl = readFileSync('config/broker/acl', 'utf8').replaceAll('SITE', site);
  writeFileSync(join(folder, 'acl'), acl);
  return readFileSync('config/broker/mosquitto.conf', 'utf8')
    .replace('listener 8883', `listener ${port} 127.0.0.1`)
    .replaceAll('/etc/mosquitto/gate-kiosk', folder);
}

/** @returns how the client of that name reaches it */
export function secure({ folder, port }: Mosquitto, name: string, protocol: 4 | 5): Access {
  const pem = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const tls = {
    authority: pem('ca.pem'),
    certificate: pem(`${name}.pem`),
    key: pem(`${name}.key`),
  };
  return { url: `mqtts://127.0.0.1:${port}`, protocol, tls };
}
