/** The built daemon with a broker: what it reports, what it answers about itself, and how it goes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { type Collector, startCollector } from '../../kiosk/collector/collector.js';
import { collectorLink } from '../../kiosk/collector/link.js';
import { wholeSite } from '../../kiosk/collector/shard.js';
import { type CollectorStore, openCollectorStore } from '../../kiosk/collector/store.js';
import { connectBroker } from '../../kiosk/report/broker-link.js';
import { isMosquittoMissing, type Mosquitto, startMosquitto } from './mosquitto.js';
import { withoutSocat } from './pty.js';
import { type Gate, makeRig, type Rig } from './rig.js';

const clock = systemClock();
const scheduler = systemScheduler();
const tools = { clock, scheduler, chance: () => 0 };
const site = 'test-campus';
const kiosk = 'gate-1';
const collectorName = 'collector-1';
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Begun {
  readonly rig: Rig;
  readonly broker: Mosquitto;
  readonly store: CollectorStore;
  readonly collector: Collector;
  /** what is said under each topic, newest last */
  readonly heard: ReadonlyMap<string, readonly string[]>;
}

async function begin(): Promise<Begun> {
  const broker = await startMosquitto();
  ends.push(() => broker.close());
  const rig = await makeRig();
  ends.push(() => rig.close());
  const collectorKey = generatePrivateKey();
  const deviceKey = generatePrivateKey();
  writeFileSync(join(rig.site.stateDirectory, 'keys', 'device.json'), formatKeyFile(deviceKey), {
    mode: 0o600,
  });
  const trust = JSON.parse(readFileSync(rig.site.trustPath, 'utf8'));
  trust.collectors = [{ name: collectorName, publicKey: collectorKey.publicKey.text }];
  writeFileSync(rig.site.trustPath, JSON.stringify(trust), { mode: 0o600 });
  rig.site.configure({ mqtt: { broker: broker.url, keepAliveSeconds: 5 } });
  const opened = openCollectorStore({
    file: join(rig.site.folder, 'collector.db'),
    site,
    cosign: () => '',
  });
  if (!opened.ok) throw new Error(opened.why);
  const { store } = opened;
  ends.push(() => store.close());
  const collector = startCollector({
    ...{ site, name: collectorName, key: collectorKey, shard: wholeSite, store, clock, scheduler },
    kiosks: new Map([[kiosk, deviceKey.publicKey]]),
    unknownKiosks: 'ignore',
    notGates: new Set([collectorName]),
    connect: collectorLink(
      { url: broker.url, protocol: 5, tls: null, site, name: collectorName, shard: wholeSite },
      tools,
    ),
    observe: () => {},
  });
  ends.push(() => collector.close());
  const heard = new Map<string, string[]>();
  const reader = connectBroker(
    {
      ...{ url: broker.url, protocol: 5, tls: null, clientId: 'reader', keepAliveSeconds: 30 },
      ...{ sessionSeconds: 0, filters: [`gk/1/${site}/${kiosk}/#`] },
    },
    tools,
    {
      up: () => {},
      down: () => {},
      message({ topic, payload }, taken) {
        const name = topic.slice(`gk/1/${site}/${kiosk}/`.length);
        heard.set(name, [...(heard.get(name) ?? []), Buffer.from(payload).toString('utf8')]);
        taken();
      },
    },
  );
  ends.push(() => reader.close());
  return { rig, broker, store, collector, heard };
}

/** Looks again after a while, as long as the test's own limit allows. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo()))
    await new Promise<void>((resolve) => {
      scheduler.at(clock.now().monotonicMs + 20, resolve);
    });
}

const stateOf = ({ heard }: Begun): Record<string, unknown> =>
  JSON.parse(heard.get('state')?.at(-1) ?? '{}');

function countOf({ store }: Begun, type: string): number {
  return Number(
    store.database.prepare('SELECT count(*) FROM records WHERE type = ?').pluck().get(type),
  );
}

async function passes({ rig }: Begun, gate: Gate, campusId: string): Promise<void> {
  await gate.view(({ mode }) => mode === 'idle');
  rig.scan(rig.site.papers.form(campusId));
  await gate.view(({ checklist }) => checklist.length > 0);
  rig.scan(rig.site.papers.code(campusId));
  await gate.view(({ mode }) => mode === 'go');
}

function ask(port: number, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    }).on('error', reject);
  });
}

const isMissing = isMosquittoMissing || withoutSocat !== null;
describe.skipIf(isMissing)('the daemon and a broker (skipped without mosquitto or socat)', () => {
  test('reports what happens, with and without its broker, and says when it goes', async () => {
    const all = await begin();
    const gate = await all.rig.start();
    await passes(all, gate, '2009120045');
    await until(() => countOf(all, 'decision') === 1);
    await until(() => stateOf(all)['backlog'] === 0);
    expect(stateOf(all)).toMatchObject({ online: true, clock: 'synced' });
    // Without a broker people pass all the same.
    await all.broker.kill();
    await passes(all, gate, '2009120046');
    await all.broker.start();
    await until(() => countOf(all, 'decision') === 2);
    const texts = JSON.stringify([...all.heard.values()]);
    expect(texts).not.toMatch(/2009120045|2009120046|GK1:/);
    const began = clock.now().monotonicMs;
    gate.kill('SIGTERM');
    expect((await gate.ended).code).toBe(0);
    expect(clock.now().monotonicMs - began).toBeLessThan(2_000);
    await until(() => stateOf(all)['online'] === false);
  });

  test('killed, its will says that it is gone; started again it has a session of its own', async () => {
    const all = await begin();
    const gate = await all.rig.start();
    await until(() => stateOf(all)['online'] === true);
    const { session } = stateOf(all);
    gate.kill('SIGKILL');
    await gate.ended;
    await until(() => stateOf(all)['online'] === false);
    expect(stateOf(all)).toMatchObject({ session });
    await all.rig.start();
    await until(() => stateOf(all)['online'] === true);
    expect(stateOf(all)['session']).not.toBe(session);
    await until(() => stateOf(all)['backlog'] === 0);
  });

  test('answers about its health: alive, ready or why not, and figures without persons', async () => {
    const all = await begin();
    const gate = await all.rig.start();
    const { port } = gate;
    await passes(all, gate, '2009120045');
    expect(await ask(port, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await ask(port, '/readyz')).toEqual({ status: 200, text: 'ready\n' });
    const figures = async (): Promise<string> => (await ask(port, '/metrics')).text;
    await until(async () => (await figures()).includes('gate_kiosk_backlog_records 0'));
    const text = await figures();
    for (const line of [
      'gate_kiosk_info{site="test-campus",kiosk="gate-1",direction="in",version="0.2.0"} 1',
      'gate_kiosk_ready 1',
      'gate_kiosk_device_ok{device="scanner"} 1',
      'gate_kiosk_clock{state="synced"} 1',
      'gate_kiosk_records_total{type="decision",outcome="grant"} 1',
      'gate_kiosk_discarded_total{source="scan",what="verified"} 2',
      'gate_kiosk_broker_connected 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('2009120045');
    await all.rig.scanner.unplug();
    await until(async () => (await ask(port, '/readyz')).status === 503);
    expect((await ask(port, '/readyz')).text).toBe('not ready: scanner lost\n');
  });
});
