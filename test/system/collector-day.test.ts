/** Questions about a day that was really played: the gates' own journals, taken into a collector. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { openCollectorStore } from '../../kiosk/collector/store.js';
import { personToken } from '../../kiosk/credential/tokens.js';
import { openLog } from '../../kiosk/log.js';
import { externalCases } from '../../scripts/simulated-board/cases/external.js';
import { feverCases } from '../../scripts/simulated-board/cases/fever.js';
import { residentCases } from '../../scripts/simulated-board/cases/residents.js';
import { returningCases } from '../../scripts/simulated-board/cases/returning.js';
import { playDay } from '../../scripts/simulated-board/day.js';
import type { Campus } from '../../scripts/simulated-board/papers.js';
import { shippedConfiguration } from '../../scripts/simulated-board/shipped.js';
import { gatectl } from '../scripts/gatectl/run-in-place.js';
import type { JournalRecord } from './site.js';

const cases = [
  ...externalCases.slice(0, 8),
  ...residentCases.slice(0, 8),
  ...feverCases.slice(0, 3),
  ...returningCases.slice(0, 4),
];
const span = ['--from', '2020-02-12T00:00:00+08:00', '--to', '2020-03-12T00:00:00+08:00'];

let folder: string;
let db: string;
let campus: Campus;
let zone: string;
/** read from the gates' own files, beside the collector */
const records: JournalRecord[] = [];

async function ask(...words: string[]): Promise<readonly Record<string, unknown>[]> {
  const { out, code } = await gatectl(['collect', ...words, '--db', db, '--json']);
  expect(code).toBe(0);
  return JSON.parse(out) as readonly Record<string, unknown>[];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'collector-day-'));
  const configuration = shippedConfiguration();
  zone = configuration.config.zone.name;
  const log = openLog({ level: 'error', file: join(folder, 'gate.log') });
  const opened = (offices: Campus): void => {
    campus = offices;
  };
  await playDay({ ...configuration, log, folder, cases, opened, played: () => {} });
  db = join(folder, 'collected', 'collector.db');
  const made = openCollectorStore({ file: db, site: 'main-campus', cosign: null });
  if (!made.ok) throw new Error(made.detail);
  made.store.close();
  for (const name of readdirSync(folder).filter((it) => it.endsWith('.db'))) {
    const file = join(folder, name);
    const gate = name.slice(0, -3);
    const { code, err } = await gatectl(['collect', 'import', file, '--gate', gate, '--db', db]);
    expect([code, err]).toEqual([0, '']);
    const database = new Database(file, { readonly: true });
    for (const bytes of database.prepare<[], Buffer>('SELECT bytes FROM records').pluck().all())
      records.push(JSON.parse(bytes.toString('utf8')) as JournalRecord);
    database.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('after a day at the gates', () => {
  test('every record of every gate is there, and every chain holds', async () => {
    const { out } = await gatectl(['collect', 'verify', '--db', db]);
    expect(out).toContain(`${records.length} records of 3 journals`);
    expect(records.length).toBeGreaterThan(200);
    expect(await ask('faults')).toEqual([]);
  });

  test('everybody who went through is named by a token, and by nothing else', async () => {
    const went = records.filter(
      ({ type, outcome }) =>
        type === 'passage' && !['no-show', 'turned-back', 'not-opened'].includes(`${outcome}`),
    );
    const atLaboratory = await ask('passages', '--zone', 'lab-7', ...span);
    const atGates = await ask('passages', '--zone', zone, ...span);
    expect(atLaboratory).not.toEqual([]);
    const passages = [...atGates, ...atLaboratory];
    expect(passages).toHaveLength(went.length);
    const granted = passages.filter(({ rule }) => rule !== null);
    expect(granted.length).toBeGreaterThan(8);
    for (const { people, direction } of granted) {
      expect(`${direction}`).toMatch(/^(in|out)$/);
      expect(people).not.toEqual([]);
      for (const person of people as string[])
        expect(person).toMatch(/^(campus-id|id-number|household):[0-9a-f]{32}$/);
    }
  });

  test('the registry’s key opens the card of each who was registered: its number is the token’s', async () => {
    const key = join(folder, 'registry.key');
    writeFileSync(key, `${encodeBase64url(campus.registryPrivateKey)}\n`);
    const passages = await ask('passages', '--zone', zone, ...span, '--open', key);
    const registered = passages.filter(({ rule }) => /service|external|returning/.test(`${rule}`));
    expect(registered.length).toBeGreaterThan(3);
    for (const { name, number, people, closed } of registered) {
      expect([`${name}`.length > 0, closed]).toEqual([true, 0]);
      const token = personToken(campus.verifier.peppers[0], 'id-number', `${number}`);
      expect(people).toContain(`id-number:${token}`);
    }
    const residents = passages.filter(({ rule }) => rule === 'resident');
    expect(residents.length).toBeGreaterThan(0);
    for (const { name } of residents) expect(name).toBeNull();
  });

  test('refusals and tickets are as the gates have decided', async () => {
    const decisions = records.filter(({ type }) => type === 'decision');
    const refused = decisions.filter(({ outcome }) => outcome !== 'grant');
    const byGate = await ask('refusals', ...span, '--by', 'gate');
    const total = byGate.reduce(
      (sum, it) => sum + Number(it['denied']) + Number(it['referred']),
      0,
    );
    expect(total).toBe(refused.length);
    const fevers = refused.filter(({ reasons }) => (reasons as string[]).includes('fever')).length;
    const byReason = await ask('refusals', ...span);
    expect(byReason).toContainEqual({ reason: 'fever', denied: 0, referred: fevers });
    const tickets = await ask('tickets', ...span);
    const ofResidents = decisions.filter(
      ({ outcome, rule }) => outcome === 'grant' && rule === 'resident',
    );
    expect(tickets).toHaveLength(ofResidents.length);
    expect(tickets.map(({ passage }) => passage)).toContain('passed');
    for (const { ticket, household } of tickets) {
      expect(ticket).toMatch(/^[0-9a-f]{32}$/);
      expect(household).toMatch(/^[0-9a-f]{32}$/);
    }
  });
});
