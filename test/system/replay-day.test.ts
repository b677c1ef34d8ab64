/** The scripted day, made again from the journals of its gates: the same, and otherwise by another policy. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Policy } from '../../config/policy.js';
import { byPolicy, type JournalReplay, replayJournal } from '../../kiosk/history/replay.js';
import { openDatabaseSource } from '../../kiosk/journal/database-source.js';
import { openLog } from '../../kiosk/log.js';
import { hashOfPolicy } from '../../kiosk/settings/gate-settings.js';
import { allCases } from '../../scripts/simulated-board/cases/all.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';

const { config, policy } = shippedConfiguration();
/** The whole day, on a machine of its own half a minute. */
const dayMs = 400_000;
let folder: string;
let journals: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-replay-'));
  const log = openLog({ level: 'silent' });
  await playDay({ config, policy, log, folder, played: () => {} });
  journals = readdirSync(folder).filter((name) => name.endsWith('.db'));
}, dayMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A gate that is opened for one case bears its number: `sim-building-12.db`. */
function policyOf(name: string): Policy {
  const [, index] = /-(\d+)\.db$/.exec(name) ?? [];
  const one = index === undefined ? undefined : allCases[Number(index)];
  return one?.policy?.(policy) ?? policy;
}

function replay(name: string, by: Policy): JournalReplay {
  const opened = openDatabaseSource(join(folder, name));
  if (!opened.ok) throw new Error(`${name}: ${opened.detail}`);
  const policyHash = hashOfPolicy(by);
  const range = { from: null, to: null };
  const found = replayJournal(opened.source, {
    ...{ by: byPolicy(by, policyHash), ...range },
    progress: () => {},
  });
  opened.source.close();
  return found;
}

test('every decision and every passage of the day comes out the same', () => {
  let [decisions, passages] = [0, 0];
  for (const name of journals) {
    const found = replay(name, policyOf(name));
    const { all } = found.decisions;
    const whole = { different: 0, undecidable: 0, malformed: 0 };
    expect([name, found.first, found.fault, found.underOthers]).toEqual([name, null, null, 0]);
    expect(found.decisions).toEqual({ all, same: all, ...whole });
    expect(found.passages).toEqual({ ...whole, all: found.passages.all, same: found.passages.all });
    decisions += all;
    passages += found.passages.all;
  }
  expect(decisions).toBeGreaterThan(350);
  expect(passages).toBeGreaterThan(100);
});

test('a policy that takes everybody for feverish lets nobody in by the sensor, and changes nothing else', () => {
  const { settings } = policy;
  const feverish = { ...policy, settings: { ...settings, feverCentidegrees: 3_510 } };
  const changes = journals.flatMap((name) => replay(name, feverish).changes);
  expect(changes.length).toBeGreaterThan(0);
  for (const { to } of changes) expect(to).toMatch(/^refer (fever|isolation) \(/);
  const granted = changes.filter(({ from }) => from.startsWith('grant '));
  expect(granted.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(100);
});

test('without one rule exactly what rests on it differs', () => {
  const rules = policy.rules.filter(({ id }) => id !== 'lab-staff');
  const changes = journals
    .filter((name) => policyOf(name) === policy)
    .flatMap((name) => replay(name, { ...policy, rules }).changes);
  expect(changes.some(({ from }) => from.startsWith('grant lab-staff '))).toBe(true);
  for (const { from, to } of changes)
    expect([from, to]).toEqual([expect.stringMatching(/lab-staff|^(deny|refer)/), to]);
  const grants = changes.filter(({ from }) => from.startsWith('grant '));
  expect(new Set(grants.map(({ from }) => from))).toEqual(new Set(['grant lab-staff (三.1)']));
});
