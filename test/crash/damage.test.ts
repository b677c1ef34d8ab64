/**
 * Journals whose files a power cut has left half written, or a disk has spoilt: what was not synced may
 * be gone, and only that; what is spoilt is refused, or found by verification; and nothing comes out
 * of it that was never written.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../hardware/simulated/random.js';
import { judgeDamage } from './damage-judge.js';
import { damageKinds } from './damage-kinds.js';
import { damageJournals } from './damage-runs.js';
import { frameLength, type History, logHeaderLength, writeHistory } from './history.js';
import { damageTable, isLong, newSeed } from './long-run.js';
import { scratchFolder } from './scratch.js';

const seed = newSeed();
const cases = isLong ? 102_000 : 340;

test(`${cases} damaged journals (seed ${seed})`, async () => {
  const progress = (done: number, faults: readonly string[]): void =>
    void process.stderr.write(`${[`${done} cases`, ...faults].join('\n')}\n`);
  const figures = await damageJournals({ seed, cases, lanes: 2, progress });
  process.stdout.write(damageTable(seed, figures));
  expect(figures.faults).toEqual([]);
  expect(figures.cases).toBe(cases);
  for (const { name } of damageKinds) expect([...(figures.byKind.get(name) ?? [])]).not.toEqual([]);
  // Turned bits never make a paper another than it was: its row has a checksum.
  for (const name of ['bits flipped in the log', 'bits flipped in the database'])
    expect([name, figures.byKind.get(name)?.get('uses') ?? 0]).toEqual([name, 0]);
});

describe('the judge can fail', () => {
  let folder: string;
  let history: History;
  beforeAll(() => {
    folder = scratchFolder('damage-');
    history = writeHistory(join(folder, 'history'), random(seed));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const judged = (change: Partial<History>, isUnsynced: boolean, logLength?: number) => {
    const { moments, hashes } = { ...history, ...change };
    const moment = moments.filter(({ during }) => during === 'rest')[2];
    if (moment === undefined) throw new Error('no such moment');
    const { database, log } = moment.before;
    const files = { database, log: log.subarray(0, logLength ?? log.length) };
    const truth = { acknowledged: moment.acknowledged, hashes, isUnsynced };
    return judgeDamage(join(folder, 'case', 'journal.db'), files, truth);
  };

  test('as it was left it is whole', () => {
    expect(judged({}, true)).toEqual({ ok: true, outcome: 'whole', detail: '' });
  });
  test('what was acknowledged is gone, and nothing of it was hurt', () => {
    expect(judged({}, false, 30_000)).toMatchObject({ ok: true, outcome: 'cut' });
    expect(judged({}, true, 30_000)).toMatchObject({ ok: false });
  });
  test('a record that was never written', () => {
    const hashes = new Map(history.hashes).set(5, 'ab'.repeat(32));
    const verdict = judged({ hashes }, false);
    expect(verdict).toEqual({ ok: false, detail: 'record 5 was never written' });
  });
  test('a log begun anew whose header was not synced before its frames, as without syncs', () => {
    const [moment] = history.moments.filter(({ during }) => during === 'checkpoint');
    if (moment === undefined) throw new Error('no such moment');
    const { acknowledged, before, after } = moment;
    const truth = { acknowledged, hashes: history.hashes, isUnsynced: true };
    const verdicts = Array.from({ length: 20 }, (_, frames) => {
      const old = before.log.subarray(0, logHeaderLength + (frames + 1) * frameLength);
      const log = Buffer.concat([old, after.log.subarray(0, frameLength)]);
      return judgeDamage(join(folder, 'journal.db'), { database: after.database, log }, truth);
    });
    expect(verdicts.some(({ ok }) => !ok)).toBe(true);
  });
});
