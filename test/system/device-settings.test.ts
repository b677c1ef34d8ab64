/**
 * Two built daemons on ttys, a mosquitto with TLS and the shipped ACL, and an admin: settings of devices from
 * afar open one session anew, and where they are wrong the gate finds back by itself.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { skinOf } from '../../drivers/thermometer/twin.js';
import { systemClock } from '../../hardware/linux/clock.js';
import type { Papers } from '../../scripts/simulated-board/papers.js';
import { makeAdmin, signStep } from '../admin-steps.js';
import { site } from '../kiosk/collector/rig.js';
import { isMosquittoMissing } from './mosquitto.js';
import { withoutSocat } from './pty.js';
import { type Gate, isMeasured, type Rig } from './rig.js';
import type { JournalRecord } from './site.js';
import { type Kiosk, startTwoGates, until } from './two-gates.js';

const clock = systemClock();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const [ann, ben] = [makeAdmin('ann'), makeAdmin('ben')];
const nowhere = { path: '/dev/serial/by-id/none', baudRate: 9_600 };
/** Nobody listens there. */
const closedPort = 9;

async function begin() {
  const all = await startTwoGates({ lists: { admins: [ann.member, ben.member] } }, ends);
  const last = new Map<Kiosk, ReturnType<typeof signStep>>();
  return {
    ...all,
    /** Brings a gate its next step, retained. */
    flash(kiosk: Kiosk, body: object, probationSeconds: number): Promise<void> {
      const before = last.get(kiosk);
      const place = { seq: (before?.seq ?? 0) + 1, prevSha256: before?.sha256 ?? null };
      const change = { body, probationSeconds, target: { kiosks: [kiosk] }, ...place };
      const next = signStep(site, 'device', change, [ann.key, ben.key], Date.now());
      last.set(kiosk, next);
      return all.publish(`${kiosk}/cfg/desired/device`, next.bytes);
    },
    async becomes(kiosk: Kiosk, phase: string): Promise<void> {
      await until(() => {
        const told = all.reported(kiosk, 'device');
        return (
          told?.seq === last.get(kiosk)?.seq && `${told?.phase} ${told?.code}`.trim() === phase
        );
      });
    },
    /** The next of these people passes; both gates know the papers of one campus. */
    passes: (kiosk: Kiosk, gate: Gate, campusId: string) =>
      passes(all.rigs[kiosk], all.rigs['gate-1'].site.papers, gate, campusId),
  };
}

/** Shows the form, holds a wrist to the sensor, and shows the code. */
async function passes(
  { scanner, twin }: Rig,
  papers: Papers,
  gate: Gate,
  campusId: string,
): Promise<void> {
  const show = (text: string): void => scanner.send(scannerTwin('crlf').scan(text));
  await gate.view(({ mode }) => mode === 'idle');
  show(papers.form(campusId));
  await gate.view(({ mode }) => mode === 'collecting');
  twin.present(skinOf(3_650));
  await gate.view(isMeasured);
  show(papers.code(campusId, { until: 50 }));
  await gate.view(({ mode }) => mode === 'go');
  twin.clear();
}

/** Waits until the log has said so of devices, in any order, behind the phase of their step. */
async function areOpenedAnew(gate: Gate, devices: readonly string[], phase: string): Promise<void> {
  await gate.line(new RegExp(`"phase":"${phase}"`));
  const open = new Set(devices);
  while (open.size > 0) {
    const names = [...open].join('|');
    const line = await gate.line(new RegExp(`"device":"(${names})","msg":"device ok"`));
    open.delete(/"device":"([^"]*)"/.exec(line)?.[1] ?? '');
  }
}

/** The languages of the page that its screen serves. */
async function tagsOf({ port }: Gate): Promise<readonly (string | undefined)[]> {
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  return [...page.matchAll(/"tag":"([^"]+)"/g)].map(([, tag]) => tag);
}

const devicesOf = (records: readonly JournalRecord[], device: string): readonly string[] =>
  records
    .filter((record) => record.type === 'device' && record['device'] === device)
    .map((record) => `${record['status']} ${record['why']}`.trim());

const isMissing = isMosquittoMissing || withoutSocat !== null;
describe.skipIf(isMissing)('settings of devices (skipped without mosquitto or socat)', () => {
  test('open the one session anew; a wrong path and a wrong broker are left again by the gate itself', async () => {
    const all = await begin();
    const [one, two] = [all.rigs['gate-1'], all.rigs['gate-2']];
    const [first, second] = [await one.start(), await two.start()];
    await all.passes('gate-1', first, '2009120041');
    await all.passes('gate-2', second, '2009120045');

    // What is right is in force at once, and nobody notices.
    const fine = {
      devices: { scanner: { idleMs: 90 }, turnstile: { pulseMs: 500 } },
      screen: { languages: ['en'] },
    };
    expect(await tagsOf(first)).toEqual(['zh-CN', 'en']);
    await all.flash('gate-1', fine, 0);
    await all.becomes('gate-1', 'confirmed');
    await areOpenedAnew(first, ['scanner'], 'confirmed');
    expect(await tagsOf(first)).toEqual(['en']);
    await all.passes('gate-1', first, '2009120042');

    // Both at once, for each takes its ten seconds.
    await all.flash('gate-1', { devices: { thermometer: { link: nowhere } } }, 600);
    await all.flash('gate-2', { mqtt: { broker: `mqtts://127.0.0.1:${closedPort}` } }, 600);
    await all.becomes('gate-1', 'probation');
    const began = clock.now().monotonicMs;
    await all.becomes('gate-1', 'reverted device-lost');
    await all.becomes('gate-2', 'reverted broker-lost');
    // The scanner's silence is the former step's again.
    await areOpenedAnew(first, ['thermometer', 'scanner'], 'reverted');
    // The step that was taken back had said nothing of the screen.
    expect(await tagsOf(first)).toEqual(['en']);
    console.log(`both were back after ${Math.round(clock.now().monotonicMs - began)} ms`);
    await all.passes('gate-1', first, '2009120043');
    await all.passes('gate-2', second, '2009120044');

    // What is confirmed is what the next start opens, whatever stands in the file.
    await all.flash('gate-2', { devices: { thermometer: { link: nowhere } } }, 0);
    await all.becomes('gate-2', 'confirmed');
    const { bootId: before } = all.stateOf('gate-2');
    second.kill('SIGKILL');
    await second.ended;
    const third = await two.start();
    await until(() => {
      const { online, bootId, devices } = all.stateOf('gate-2');
      const { thermometer } = Object(devices) as { readonly thermometer?: unknown };
      return online === true && bootId !== before && thermometer === 'lost';
    });
    await first.close();
    // What it has reported may be on its way to the disk: it ends in order.
    third.kill('SIGTERM');
    await third.ended;

    const records = one.site.records();
    expect(devicesOf(records, 'thermometer')).toEqual(['ok', 'lost absent', 'ok']);
    // One that was opened anew, and one that was not.
    expect(devicesOf(records, 'scanner')).toEqual(['ok']);
    const steps = records.filter(({ type }) => type === 'config-step');
    expect(steps.map(({ step, phase, code }) => `${step} ${phase} ${code ?? ''}`.trim())).toEqual([
      ...['1 pending testing', '1 confirmed'],
      ...['2 pending testing', '2 probation', '2 reverted device-lost'],
    ]);
    const later = two.site.records();
    const lastBoot = later.findLastIndex(({ type }) => type === 'boot');
    expect(lastBoot).toBeGreaterThan(0);
    expect(devicesOf(later.slice(lastBoot), 'thermometer')).toEqual(['lost absent']);
  });
});
