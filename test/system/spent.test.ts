/**
 * Two built daemons on a way out, and a mosquitto with TLS and the shipped ACL: a ticket that was used at
 * one is used at both, and one that both let through while they did not hear each other is reported by both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { connectBroker } from '../../kiosk/report/broker-link.js';
import { site } from '../kiosk/collector/rig.js';
import { isMosquittoMissing, type Mosquitto } from './mosquitto.js';
import { withoutSocat } from './pty.js';
import type { Gate } from './rig.js';
import { secure } from './shipped-broker.js';
import { type Kiosk, kiosks, startTwoGates, type TwoGates, until } from './two-gates.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A third gate's ear: what the two have told, by gate: kinds of uses; and whether it hears. */
function listen(broker: Mosquitto): { readonly told: Set<string>; isUp(): boolean } {
  const told = new Set<string>();
  let isUp = false;
  const link = connectBroker(
    {
      ...secure(broker, 'gate-3', 5),
      ...{ clientId: 'gate-3', keepAliveSeconds: 30, sessionSeconds: 0 },
      filters: [`gk/1/${site}/_spent/+/+`],
    },
    { clock: systemClock(), scheduler: systemScheduler(), chance: () => 0 },
    {
      up() {
        isUp = true;
      },
      down() {
        isUp = false;
      },
      message({ topic, payload }, taken) {
        const [, , , , kiosk] = topic.split('/');
        const envelope = JSON.parse(Buffer.from(payload).toString('utf8'));
        const said = JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8'));
        for (const { type } of said.entries) told.add(`${kiosk} ${type}`);
        taken();
      },
    },
  );
  ends.push(() => link.close());
  return { told, isUp: () => isUp };
}

/** Nobody sees who goes through: a ticket is spent when the pulse ends. */
function withoutPassageSensor({ rigs }: TwoGates): void {
  for (const kiosk of kiosks) {
    const { configPath } = rigs[kiosk].site;
    const config = JSON.parse(readFileSync(configPath, 'utf8'));
    config.devices.turnstile.passageSensor = false;
    writeFileSync(configPath, JSON.stringify(config));
  }
}

/** A resident shows pass and ticket; a wrist is read. @returns the picture that ends it */
async function leaves({ rigs }: TwoGates, kiosk: Kiosk, gate: Gate, papers: readonly string[]) {
  for (const text of papers) {
    rigs[kiosk].scan(text);
    await gate.view(({ mode, checklist }) => mode !== 'idle' || checklist.length > 0);
  }
  const { mode } = await gate.view(({ mode: it }) => !['idle', 'collecting', 'wait'].includes(it));
  // A ticket is spent when the pulse is over.
  if (mode === 'go') await isIdle(gate);
  return mode;
}

async function isIdle(gate: Gate): Promise<void> {
  await gate.view(({ mode }) => mode === 'idle');
}

const isHeard = /all other gates are heard/;
const isMissing = isMosquittoMissing || withoutSocat !== null;
describe.skipIf(isMissing)('uses between gates (skipped without mosquitto or socat)', () => {
  test('a ticket used at one is used at both; one used at both during a partition is reported by both', async () => {
    const all = await startTwoGates({ direction: 'out' }, ends);
    withoutPassageSensor(all);
    const { told, isUp } = listen(all.broker);
    const { papers } = all.rigs['gate-1'].site;
    const household = (flat: string) => [papers.pass(flat), papers.ticket(flat)] as const;
    const [first, second] = [household('1-1-101'), household('2-1-101')];
    const north = await all.rigs['gate-1'].start();
    await until(() => all.stateOf('gate-1')['online'] === true);
    const south = await all.rigs['gate-2'].start();
    await isIdle(north);
    await isIdle(south);
    // The second has told its whole set while the first was there.
    await north.line(isHeard);

    // Nobody hears anybody: the guard of neither can know.
    await all.broker.stop();
    expect(await leaves(all, 'gate-1', north, first)).toBe('go');
    expect(await leaves(all, 'gate-2', south, first)).toBe('go');
    await all.broker.start();
    await Promise.all([north.line(isHeard), south.line(isHeard)]);
    // What is told while nobody listens is not told again for minutes.
    await until(isUp);

    // Who comes next comes after what was heard; a ticket serves once on the site.
    told.clear();
    expect(await leaves(all, 'gate-1', north, second)).toBe('go');
    await until(() => told.has('gate-1 ticket'));
    expect(await leaves(all, 'gate-2', south, second)).toBe('see-guard');

    const codes = await Promise.all(
      [north, south].map(async (gate) => {
        gate.kill('SIGTERM');
        return (await gate.ended).code;
      }),
    );
    expect(codes).toEqual([0, 0]);
    const uses = kiosks.map((kiosk) =>
      all.rigs[kiosk].site.records().filter(({ type }) => type === 'double-use'),
    );
    const [ofNorth, ofSouth] = uses.map((records) => records[0]);
    expect(uses.map(({ length }) => length)).toEqual([1, 1]);
    expect(ofNorth).toMatchObject({ paper: 'ticket', direction: 'out', key: ofSouth?.['key'] });
    // Each says its own time and the other's.
    expect([ofNorth?.['hereAt'], ofNorth?.['elsewhereAt']]).toEqual([
      ofSouth?.['elsewhereAt'],
      ofSouth?.['hereAt'],
    ]);
  });
});
