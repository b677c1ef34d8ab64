/** Two gates of a site, a mosquitto with TLS and the shipped ACL, and an admin who hears and tells. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { type BrokerLink, connectBroker } from '../../kiosk/report/broker-link.js';
import { site } from '../kiosk/collector/rig.js';
import { type Mosquitto, startMosquitto } from './mosquitto.js';
import { makeRig, type Rig } from './rig.js';
import { secure, shippedBroker } from './shipped-broker.js';

const clock = systemClock();
const scheduler = systemScheduler();

export const kiosks = ['gate-1', 'gate-2'] as const;
export type Kiosk = (typeof kiosks)[number];

export interface Reported {
  readonly seq: number;
  readonly phase: string;
  readonly code: string;
}

export interface TwoGates {
  readonly broker: Mosquitto;
  readonly rigs: Readonly<Record<Kiosk, Rig>>;
  readonly trust: { readonly issuers: readonly object[]; readonly [member: string]: unknown };
  /** Publishes, retained. */
  publish(topic: string, bytes: Uint8Array): Promise<void>;
  reported(kiosk: Kiosk, channel: string): Reported | null;
  /** what it says of itself; empty: nothing yet */
  stateOf(kiosk: Kiosk): Readonly<Record<string, unknown>>;
}

/**
 * @param options which way both go; members of the trust list beside issuers and kiosks
 * @param ends what is to be ended, the last first
 */
export async function startTwoGates(
  { direction = 'in', lists = {} }: { direction?: 'in' | 'out'; lists?: object },
  ends: (() => unknown)[],
): Promise<TwoGates> {
  const broker = await startMosquitto(shippedBroker([...kiosks, 'gate-3', 'admin-1']));
  ends.push(() => broker.close());
  const rigs = { 'gate-1': await makeRig(direction), 'gate-2': await makeRig(direction) };
  for (const rig of Object.values(rigs)) ends.push(() => rig.close());
  const campus = rigs['gate-1'].site;
  const keys = kiosks.map((kiosk) => [kiosk, generatePrivateKey()] as const);
  const trust = {
    ...JSON.parse(readFileSync(campus.trustPath, 'utf8')),
    kiosks: keys.map(([id, { publicKey }]) => ({ id, publicKey: publicKey.text })),
    ...lists,
  };
  for (const [kiosk, key] of keys) {
    const own = rigs[kiosk].site;
    const device = join(own.stateDirectory, 'keys', 'device.json');
    writeFileSync(device, formatKeyFile(key), { mode: 0o600 });
    writeFileSync(own.trustPath, JSON.stringify(trust), { mode: 0o600 });
    writeFileSync(own.pepperPath, readFileSync(campus.pepperPath), { mode: 0o600 });
    const file = (name: string): string => join(broker.folder, name);
    own.configure({
      site,
      kiosk,
      mqtt: {
        broker: `mqtts://127.0.0.1:${broker.port}`,
        tls: {
          authority: file('ca.pem'),
          certificate: file(`${kiosk}.pem`),
          key: file(`${kiosk}.key`),
        },
      },
    });
  }
  const heard = new Map<string, Record<string, Reported>>();
  const states = new Map<string, Readonly<Record<string, unknown>>>();
  const link = await new Promise<BrokerLink>((resolve) => {
    const opened = connectBroker(
      {
        ...secure(broker, 'admin-1', 5),
        ...{ clientId: 'admin-1', keepAliveSeconds: 30, sessionSeconds: 0 },
        filters: [`gk/1/${site}/+/cfg/reported`, `gk/1/${site}/+/state`],
      },
      { clock, scheduler, chance: () => 0 },
      {
        up: () => resolve(opened),
        down: () => {},
        message({ topic, payload }, taken) {
          const told = JSON.parse(Buffer.from(payload).toString('utf8'));
          (topic.endsWith('/state') ? states : heard).set(topic, told);
          taken();
        },
      },
    );
    ends.push(() => opened.close());
  });
  return {
    broker,
    rigs,
    trust,
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        link.publish({ topic: `gk/1/${site}/${topic}`, payload, retain: true }, (result) =>
          result.ok ? resolve() : reject(new Error(result.why)),
        );
      }),
    reported: (kiosk, channel) =>
      heard.get(`gk/1/${site}/${kiosk}/cfg/reported`)?.[channel] ?? null,
    stateOf: (kiosk) => states.get(`gk/1/${site}/${kiosk}/state`) ?? {},
  };
}

/** Looks again after a while, as long as the test's own limit allows. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo())
    await new Promise<void>((resolve) => {
      scheduler.at(clock.now().monotonicMs + 10, resolve);
    });
}
