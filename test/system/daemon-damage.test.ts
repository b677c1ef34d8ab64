/** The daemon on a journal that is damaged: it comes up with another one, and everybody is told. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareRequest } from '../../kiosk/journal/record.js';
import { openStore } from '../../kiosk/journal/store.js';
import { verifyChain } from '../../kiosk/journal/verify.js';
import { type Child, gateKiosk, startChild } from './child.js';
import { makeSite, type Site } from './site.js';

let site: Site;
const gates: Child[] = [];
beforeEach(() => {
  site = makeSite();
});
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close();
  site.remove();
});

function start(): Child {
  const gate = startChild([gateKiosk, 'run', '--config', site.configPath]);
  gates.push(gate);
  return gate;
}

const firstId = '01'.repeat(16);
const at = '2020-02-10T08:00:00.000Z';

/** A journal of an earlier run, under lockdown. */
function leaveJournal(count: number): void {
  const options = {
    file: site.journalPath,
    bootId: 'boot',
    at,
    newJournalId: firstId,
    previous: null,
  };
  const opened = openStore(options);
  if (!opened.ok) throw new Error(opened.detail);
  const records = [{ type: 'x', at }];
  const standing = { lockdown: true, floorMs: Date.parse(at) };
  const requests = Array.from({ length: count - 1 }, (_, id) =>
    prepareRequest({ id, records, uses: [], standing, urgent: true }, 'boot'),
  );
  opened.store.commit(requests);
  opened.store.close();
}

function tamper(sql: string): void {
  const database = new Database(site.journalPath);
  database.exec(sql);
  database.close();
}

const kept = () => readdirSync(site.stateDirectory).filter((name) => /\.damaged-.*Z$/.test(name));

/** Ends the gate, and looks at what it has left. */
async function endsWith(gate: Child, previous: object | null): Promise<void> {
  gate.kill('SIGTERM');
  expect(await gate.ended).toMatchObject({ code: 0, stdout: '' });
  expect(verifyChain(site.journalPath)).toMatchObject({ ok: true });
  const records = site.records();
  expect(records.slice(0, 2)).toMatchObject([
    { type: 'journal-started', previous },
    { type: 'journal-damaged', kept: kept()[0] },
  ]);
  expect(records).toContainEqual(
    expect.objectContaining({ type: 'alarm', code: 'journal-damaged' }),
  );
  expect(kept()).toHaveLength(1);
}

test('at the start: another is begun that names it, and the line says what to do', async () => {
  leaveJournal(300);
  tamper('UPDATE records SET hash = zeroblob(32) WHERE seq = 290');
  const gate = start();
  await gate.line(
    /journal was damaged \(record 290: hash\): it is kept aside as journal\.db\.damaged-\S+Z, .* gatectl collect import journal\.db\.damaged-\S+ --gate gate-1; then move/,
  );
  await gate.line(/"alarm":"journal-damaged"/);
  await gate.line(/screen is at http:/);
  await endsWith(gate, { journal: firstId, seq: 300 });
  expect(site.records().find(({ type }) => type === 'lockdown')).toMatchObject({ on: true });
});

test('a file that is no database is kept aside as well', async () => {
  writeFileSync(site.journalPath, 'x'.repeat(8_192));
  const gate = start();
  await gate.line(/screen is at http:/);
  await endsWith(gate, null);
});

test('found while the gate runs: another is begun without a restart', async () => {
  leaveJournal(3_000);
  tamper("UPDATE records SET bytes = CAST(replace(bytes, 'boot', 'root') AS BLOB) WHERE seq = 7");
  const gate = start();
  await gate.line(/screen is at http:/);
  await gate.line(/"detail":"record 7: hash".*the journal is damaged: another is begun/);
  await gate.line(/it is kept aside as journal\.db\.damaged-/);
  await gate.line(/the journal is open/);
  await endsWith(gate, expect.objectContaining({ journal: firstId }));
  expect(existsSync(join(site.stateDirectory, kept()[0] ?? ''))).toBe(true);
});
