/** A whole gate whose devices are set otherwise while it runs: between two people, one session at a time. */
import { expect, test } from 'vitest';
import type { Link } from '../../hardware/ports.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { openCampus } from '../../scripts/simulated-board/papers.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { startWallMs } from './core/hands.js';
import { measure, wholeGate } from './whole-gate.js';

const { config, policy } = shippedConfiguration();
const campusId = '2019000001';

/** The same cable, telling when it is opened and closed. */
function watched(link: Link, name: string, seen: string[]): Link {
  return {
    ...link,
    open(...words) {
      seen.push(`open ${name}`);
      link.open(...words);
    },
    close() {
      seen.push(`close ${name}`);
      link.close();
    },
  };
}

function begin() {
  const clock = virtualClock({ wallMs: startWallMs });
  const { papers, verifier } = openCampus(clock, 480);
  const run = wholeGate({ clock, verifier });
  const seen: string[] = [];
  const { scanner, thermometer, idCardReader } = run.devices;
  if (!scanner || !thermometer || !idCardReader) throw new Error('a device is missing');
  const sameHead = { ...thermometer, link: watched(thermometer.link, 'thermometer', seen) };
  const { trust, revocations } = verifier;
  return {
    ...{ run, papers, clock, seen },
    /** The thermometer is set otherwise, and the pulse is another. */
    change(link = sameHead.link): void {
      const turnstile = { ...config.devices.turnstile, pulseMs: 700 };
      run.gate.reconfigure({
        settings: gateSettings({ ...config, devices: { ...config.devices, turnstile } }, policy),
        verified: { trust, revocations },
        devices: { scanner, idCardReader, thermometer: { ...sameHead, link } },
      });
    },
  };
}

test('whoever is at the gate ends under the sessions that he began with; then one is opened anew', () => {
  const { run, papers, clock, seen, change } = begin();
  run.scan(papers.form(campusId));
  clock.advance(100);
  change();
  measure(run, 3_650);
  run.scan(papers.code(campusId));
  clock.advance(500);
  expect(seen).toEqual([]);
  expect(run.turnstile.walk()).toBe('passes');
  clock.advance(5_000);
  expect(seen).toEqual(['open thermometer']);
  const opened = (from: number) =>
    run.edges.filter(({ line, on, atMs }) => line === 'grant' && on && atMs > from).length;
  expect(opened(0)).toBe(1);
  // The next one is measured by the new session, and goes by the new pulse.
  const from = clock.now().monotonicMs;
  run.scan(papers.form('2019000002'));
  clock.advance(100);
  measure(run, 3_650);
  run.scan(papers.code('2019000002'));
  clock.advance(2_000);
  const [on, off] = run.edges.filter(({ line, atMs }) => line === 'grant' && atMs > from);
  expect((off?.atMs ?? 0) - (on?.atMs ?? 0)).toBe(700);
  // Nobody was told of a loss: neither of this device nor of another.
  const losses = run.records().filter((it) => it.type === 'device' && it['status'] === 'lost');
  expect(losses).toEqual([]);
});

test('a session that does not open is told as any loss, and the one before it opens again', () => {
  const { run, clock, seen, change } = begin();
  const dead: Link = {
    open: (events) => void clock.at(clock.now().monotonicMs, () => events.closed('absent', 'x')),
    write: () => {},
    close: () => {},
  };
  change(dead);
  clock.advance(1_000);
  const { devices, deviceFaults } = run.gate.state();
  expect([devices.thermometer, deviceFaults.thermometer]).toEqual(['lost', 'absent']);
  expect([devices.scanner, devices['id-card-reader']]).toEqual(['ok', 'ok']);
  change();
  clock.advance(2_000);
  expect([run.gate.state().devices.thermometer, seen]).toEqual(['ok', ['open thermometer']]);
});
