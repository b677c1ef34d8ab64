/**
 * A whole gate with its pages and its channels of configuration: what a step of `device` sets of screen and
 * journal is so at once, or between two people, and is taken back with the step.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import { readLanguages } from '../../../config/language-files.js';
import { type Retention, retentionOf } from '../../../config/retention.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import { openPages } from '../../../kiosk/daemon/pages.js';
import { type SignedSettings, startSignedSettings } from '../../../kiosk/daemon/signed-settings.js';
import { openLog } from '../../../kiosk/log.js';
import type { PageView } from '../../../kiosk/screen/words.js';
import { loadSettings } from '../../../kiosk/settings/desk/load.js';
import { openCampus } from '../../../scripts/simulated-board/papers.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';
import { type SignedStep, signStep } from '../../admin-steps.js';
import { startWallMs } from '../core/hands.js';
import { ask, listenTo } from '../page-client.js';
import { ann, ben, listOf, trustOf } from '../settings/desk-rig.js';
import { wholeGate } from '../whole-gate.js';

const shipped = shippedConfiguration();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function begin() {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'gate-kiosk-hot-'));
  ends.push(() => rmSync(stateDirectory, { recursive: true, force: true }));
  const clock = virtualClock({ wallMs: startWallMs });
  const log = openLog({ level: 'silent' });
  const { papers, verifier } = openCampus(clock, 480);
  const config: KioskConfig = {
    ...{ ...shipped.config, stateDirectory, direction: 'in' },
    ...{ screen: { port: 0 }, booth: { port: 0 } },
  };
  let settings: SignedSettings | null = null;
  const run = wholeGate({ clock, verifier, stepped: (effects) => settings?.stepped(effects) });
  const pages = await openPages({
    configuration: { config, booth: { tls: null, token: null }, ...readLanguages() },
    ...{ clock, scheduler: clock, log, tell: () => {} },
    health: { unready: () => [], metrics: () => '' },
    gate: () => run.gate,
  });
  if (pages === null) throw new Error('no pages');
  ends.push(pages.close);
  pages.screen.publish(run.gate.view());
  const trust = { ...verifier.trust, admins: trustOf(listOf(ann, ben)).admins };
  const enrolled = { trust, policy: shipped.policy, revocations: noRevocations, config };
  const kept: Retention[] = [];
  const own = startSignedSettings(
    {
      loaded: loadSettings(stateDirectory, enrolled, null, clock.now().monotonicMs),
      enrolled,
      isUnknown: false,
    },
    run.gate,
    {
      ...{ clock, scheduler: clock, log, version: '1.0.0' },
      configuration: { config },
      sessions: null,
      relink: () => {},
      retain: (retention) => kept.push(retention),
      speak: pages.speak,
    },
  );
  settings = own;
  ends.push(own.stop);
  let heard: () => void = () => {};
  let phase = '';
  const guest = own.guests[0];
  guest?.up({
    publish({ topic, payload }) {
      const told = JSON.parse(String(payload)).device;
      if (topic.endsWith('cfg/reported') && told !== undefined) phase = `${told.seq} ${told.phase}`;
      heard();
    },
    subscribe: () => {},
    unsubscribe: () => {},
  });
  let last: SignedStep | null = null;
  const stream = await listenTo(pages.screen.port);
  ends.push(stream.end);
  await stream.next();
  return {
    ...{ run, papers, clock, config, kept },
    /** Brings the next step and waits until the settings' thread has kept it. */
    async flash(body: object, probationSeconds: number): Promise<void> {
      const place = { seq: (last?.seq ?? 0) + 1, prevSha256: last?.sha256 ?? null };
      const change = { body, probationSeconds, ...place };
      last = signStep(config.site, 'device', change, [ann.key, ben.key], clock.now().wallMs);
      const topic = `gk/1/${config.site}/_all/cfg/desired/device`;
      guest?.message({ topic, payload: last.bytes, retained: true });
      while (!/probation|confirmed|refused/.test(phase) || !phase.startsWith(`${last.seq} `))
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
    },
    phase: () => phase,
    /** The main words of the next view that the open page is sent. */
    async shown(): Promise<PageView['headline']> {
      for (;;) {
        const { event, data } = await stream.next();
        if (event === 'view') return (JSON.parse(data) as PageView).headline;
      }
    },
    lastId: stream.lastId,
    /** Of the page that is served now. */
    async tags(): Promise<string[]> {
      const { body } = await ask(pages.screen.port, '/');
      return [...body.matchAll(/"tag":"([^"]+)"/g)].map(([, tag]) => tag ?? '');
    },
  };
}

test('other languages are shown between two people, and the file’s again when their step is taken back', async () => {
  const gate = await begin();
  expect(await gate.shown()).toHaveLength(2);
  const page = gate.lastId();
  gate.run.scan(gate.papers.form('2019000001'));
  gate.clock.advance(100);
  expect(gate.run.gate.state().attempt).not.toBeNull();
  const thermometer = { link: { path: '/dev/ttyUSB7', baudRate: 9_600 } };
  await gate.flash({ screen: { languages: ['en'] }, devices: { thermometer } }, 600);
  // Whoever stands there reads on in the words that he began with.
  expect(await gate.tags()).toEqual(['zh-CN', 'en']);
  gate.clock.advance(120_000);
  expect(gate.run.gate.state().attempt).toBeNull();
  expect(await gate.tags()).toEqual(['en']);
  let headline = await gate.shown();
  while (headline.length > 1) headline = await gate.shown();
  expect(gate.lastId()).not.toBe(page);

  gate.run.thermometerWire.cut();
  gate.clock.advance(30_000);
  expect(gate.phase()).toBe('1 reverted');
  expect(await gate.tags()).toEqual(['zh-CN', 'en']);
  while (headline.length < 2) headline = await gate.shown();
  expect(gate.lastId()).toBe(page);

  await gate.flash({ screen: { languages: ['en', 'zh'] } }, 0);
  expect(await gate.tags()).toEqual(['en', 'zh-CN']);
  await gate.flash({}, 0);
  expect(await gate.tags()).toEqual(['zh-CN', 'en']);
});

test('the journal is told what to keep at the start, and by each step: shorter when it is confirmed', async () => {
  const gate = await begin();
  const usual = retentionOf(shipped.config.journal?.retention);
  expect(gate.kept).toEqual([usual]);
  await gate.flash({ journal: { retention: { idCardDays: 2, recordDays: 400 } } }, 60);
  const days = { ...usual.days, records: 400 };
  expect(gate.kept.at(-1)).toEqual({ ...usual, days });
  gate.clock.advance(61_000);
  expect(gate.phase()).toBe('1 confirmed');
  expect(gate.kept.at(-1)).toEqual({ ...usual, days: { ...days, 'id-card': 2 } });
  await gate.flash({}, 0);
  expect(gate.kept.at(-1)).toEqual(usual);
});
