/** What was acknowledged is on the disk, whenever the collector is killed. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { checkChains } from '../../kiosk/collector/backup.js';
import { openBeside } from '../../kiosk/collector/beside.js';
import type { Head } from '../../kiosk/journal/chain.js';
import {
  collectorKey,
  collectorName,
  journalId,
  madeJournal,
  plain,
  site,
} from '../kiosk/collector/rig.js';
import { program, startChild } from './child.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { sendJournal } from './sending-gate.js';

const storing = fileURLToPath(new URL('./collector-child.js', import.meta.url));
const kills = 12;
const seed = 20_200_210;
const recordCount = 6_000;
/** It goes on by so many until the kill comes, and no further, however late that is. */
const aheadMax = 2;
const kiosk = 'gate-1';

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'collector-kill-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The head in a database that nobody has open, whose chains hold. */
function checkedHead(file: string, journal: string): Head | null {
  const database = new Database(file);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
  const opened = openBeside(file, 'read');
  if (!opened.ok) throw new Error(opened.detail);
  try {
    expect(checkChains(opened.database)).toMatchObject({ ok: true });
    const head = opened.database
      .prepare<[string], Head>(
        'SELECT head AS seq, lower(hex(hash)) AS hash FROM journals WHERE journal = ?',
      )
      .get(journal);
    return head ?? null;
  } finally {
    opened.database.close();
  }
}

test(`after SIGKILL at ${kills} random moments every receipt holds, and it goes on from there (seed ${seed})`, async () => {
  const file = join(folderOf(), 'collector.db');
  const journal = madeJournal(journalId(1), plain(recordCount - 1));
  const words = [storing, file, site, kiosk, String(recordCount)];
  const moments = fc.sample(fc.integer({ min: 1, max: 7 }), { seed, numRuns: kills });
  for (const receipts of moments) {
    const child = startChild([...words, String(receipts + aheadMax)]);
    let last = '';
    for (let count = 0; count < receipts; count += 1) last = await child.line(/^\{/);
    child.kill('SIGKILL');
    const { signal, stdout } = await child.ended;
    expect(signal).toBe('SIGKILL');
    // It may have said more before it died.
    const said = stdout.split('\n').filter((line) => line.endsWith('}'));
    const acknowledged = JSON.parse(said.at(-1) ?? last) as Head;
    const head = checkedHead(file, journal.id);
    expect(head?.seq).toBeGreaterThanOrEqual(acknowledged.seq);
    expect(acknowledged.hash).toBe(journal.hashAt(acknowledged.seq));
    expect(head?.hash).toBe(journal.hashAt(head?.seq ?? 0));
  }
  expect(checkedHead(file, journal.id)?.seq).toBeLessThan(recordCount);
  await startChild(words).ended;
  expect(checkedHead(file, journal.id)).toEqual({
    seq: recordCount,
    hash: journal.hashAt(recordCount),
  });
});

describe.skipIf(isMosquittoMissing)('gatectl collect run (skipped without mosquitto)', () => {
  test('is killed twice while a gate sends: every record is there once, in order; SIGTERM ends it well', async () => {
    const folder = folderOf();
    const broker = await startMosquitto();
    ends.push(() => broker.close());
    const [file, trust, key] = ['collector.db', 'trust.json', 'key.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const publicKey = collectorKey.publicKey.text;
    const collectors = [{ name: collectorName, publicKey }];
    writeFileSync(trust, JSON.stringify({ issuers: [], collectors }));
    writeFileSync(key, formatKeyFile(collectorKey));
    const words = [
      ...[program('../../scripts/gatectl/main.js'), 'collect', 'run', '--db', file],
      ...['--broker', broker.url, '--site', site, '--trust', trust, '--key', key],
      ...['--name', collectorName],
    ];
    const journal = madeJournal(journalId(1), plain(999));
    const names = { site, kiosk };
    const own = [{ name: collectorName, key: collectorKey.publicKey }];
    const gate = sendJournal({
      ...{ url: broker.url, protocol: 5, names, journal, batchRows: 10, collectors: own },
    });
    ends.push(() => gate.close());
    for (const seq of [200, 600]) {
      const child = startChild(words);
      ends.push(() => child.close());
      await child.line(/connected to the broker/);
      await gate.reached(seq);
      child.kill('SIGKILL');
      await child.ended;
    }
    const last = startChild(words);
    ends.push(() => last.close());
    // The others may have stored all: whoever has not begun does not end well.
    await last.line(/connected to the broker/);
    await gate.done;
    last.kill('SIGTERM');
    const { code, stdout } = await last.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('connected to the broker');
    expect(checkedHead(file, journal.id)).toEqual({ seq: 1_000, hash: journal.hashAt(1_000) });
  });
});
