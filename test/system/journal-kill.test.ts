import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore } from '../../kiosk/journal/store.js';
import { verifyChain } from '../../kiosk/journal/verify.js';

const child = fileURLToPath(new URL('./journal-child.js', import.meta.url));
const kills = 20;
const seed = 20_200_210;

interface Report {
  readonly id: number;
  readonly key: string;
  readonly lastSeq: number;
  readonly hash: string;
}

/** Lets a gate grant, kills it after so many answers, returns all it had said by then. */
async function grantUntilKilled(file: string, run: number, answers: number): Promise<Report[]> {
  const gate = spawn(process.execPath, [child, file, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(gate, 'close');
  const lines: string[] = [];
  for await (const line of createInterface({ input: gate.stdout })) {
    lines.push(line);
    if (lines.length === answers) gate.kill('SIGKILL');
  }
  const [, signal] = await ended;
  expect(signal).toBe('SIGKILL');
  return lines.flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Report] : []));
}

test(`after SIGKILL at ${kills} random moments nothing that was acknowledged is missing (seed ${seed})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-kill-'));
  const file = join(folder, 'journal.db');
  const moments = fc.sample(fc.integer({ min: 1, max: 150 }), { seed, numRuns: kills });
  try {
    for (const [run, answers] of moments.entries()) {
      const reports = await grantUntilKilled(file, run, answers);
      const last = reports.at(-1);
      if (last === undefined) throw new Error('the gate has said nothing');

      const database = new Database(file);
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
      // A clean chain that contains the last head the gate was told of.
      const check = verifyChain(file, { seq: last.lastSeq, hash: last.hash });
      expect(check).toMatchObject({ ok: true });

      const opened = openStore({
        file,
        bootId: 'after',
        at: '2020-02-10T09:00:00.000Z',
        newJournalId: 'ff'.repeat(16),
        previous: null,
      });
      if (!opened.ok) throw new Error(opened.detail);
      expect(opened.restored.endedCleanly).toBe(false);
      const states = new Map(opened.restored.uses.map(({ entry, state }) => [entry.key, state]));
      const spent = new Set(reports.filter(({ id }) => id % 4 === 1).map(({ key }) => key));
      for (const { id, key } of reports.filter((report) => report.id % 2 === 0)) {
        // Spent for certain, uncertain for certain, or its spending was not acknowledged in time.
        const isEverSpent = id % 4 === 0;
        if (spent.has(key)) expect(states.get(key)).toBe('spent');
        else if (!isEverSpent) expect(states.get(key)).toBe('uncertain');
        else expect(states.has(key)).toBe(true);
      }
      opened.store.close();
      expect(verifyChain(file)).toMatchObject({ ok: true });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
