/**
 * Gates are killed at every step from the grant to the receipt; nothing that was promised is broken
 * by it. And gates that are made to break a promise: the judge names each.
 */
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { sumOf } from '../../kiosk/journal/checksum.js';
import { judge } from './judge.js';
import { killGates, lifeOf } from './kill-runs.js';
import { type Label, labels, type Sabotage } from './labels.js';
import { isLong, killTable, newSeed } from './long-run.js';

const seed = newSeed();
const perLabel = isLong ? 360 : 2;
const lanes = 2;

test(`SIGKILL at each of ${labels.length} steps, ${perLabel} times and more (seed ${seed})`, async () => {
  const progress = (kills: number, faults: readonly string[]): void =>
    void process.stderr.write(`${[`${kills} kills`, ...faults].join('\n')}\n`);
  const figures = await killGates({ seed, perLabel, lanes, progress });
  process.stdout.write(killTable(seed, figures));
  expect(figures.faults).toEqual([]);
  for (const label of labels)
    expect([label, (figures.byLabel.get(label)?.kills ?? 0) >= perLabel]).toEqual([label, true]);
  // A rig that never opened, or never left anything open, would have shown nothing.
  expect(figures.passages).toBeGreaterThan(0);
  expect([...figures.byLabel.values()].some(({ uncertain }) => uncertain > 0)).toBe(true);
});

describe('the judge can fail', () => {
  const lives: ReturnType<typeof lifeOf>[] = [];
  afterEach(() => {
    for (const life of lives.splice(0)) life.remove();
  });
  const faultsAfter = async (label: Label, sabotage: Sabotage): Promise<readonly string[]> => {
    const life = lifeOf(seed);
    lives.push(life);
    const whole = { occurrence: 1, delayUs: 0, people: 1, isAgain: false, isLazy: false };
    const killed = await life.run({ ...life.plan(1, label, sabotage), ...whole });
    expect(killed.hasCome).toBe(true);
    return killed.faults.map(({ name }) => name);
  };

  test('acknowledged before the commit: the record is missing, and the relay has moved without one', async () => {
    const faults = await faultsAfter('relay on', 'acknowledge before the commit');
    expect(faults).toContain('acknowledged-missing');
    expect(faults).toContain('edge-without-record');
  });
  test('the relay moved before the commit', async () => {
    expect(await faultsAfter('relay on', 'relay before the commit')).toContain(
      'edge-without-record',
    );
  });
  test('the ticket reserved outside of the grant’s transaction serves again', async () => {
    const faults = await faultsAfter('grant answered', 'reserve outside of the transaction');
    expect(faults).toEqual(['ticket-free-again']);
  });
  test('the outbox forgets more than a collector has signed for', async () => {
    const faults = await faultsAfter('release kept', 'release beyond the receipt');
    expect(faults).toEqual(['released-beyond']);
  });

  /** A sound life, and then somebody at its database. */
  const faultsWith = async (...changes: readonly string[]): Promise<readonly string[]> => {
    expect(await faultsAfter('end heard', 'none')).toEqual([]);
    const [life] = lives;
    if (life === undefined) throw new Error('there is no life');
    const database = new Database(life.file);
    for (const change of changes) database.exec(change);
    database.close();
    return judge(life.file, life.observed).faults.map(({ name }) => name);
  };

  test('a record is gone from the middle', async () => {
    const faults = await faultsWith('DELETE FROM records WHERE seq = 3');
    expect(faults).toContain('chain');
  });
  test('the newest records are cut off', async () => {
    const faults = await faultsWith('DELETE FROM records WHERE seq >= 6');
    expect(faults).toContain('acknowledged-missing');
    expect(faults).toContain('edge-without-record');
  });
  test('a spent ticket is forgotten', async () => {
    const faults = await faultsWith('UPDATE records SET uses = NULL', 'DELETE FROM uses');
    expect(faults).toContain('ticket-free-again');
  });
  test('a ticket is blocked that nobody has used', async () => {
    const until = '2020-02-20T00:00:00Z';
    const row = ['ticket', 'ab', 'out', 'spent', 0, until, '2020-02-12T00:00:00Z', 1] as const;
    const values = [...row, sumOf(...row)].map((value) => `'${value}'`);
    const faults = await faultsWith(`INSERT INTO uses VALUES (${values.join(', ')})`);
    expect(faults).toEqual(['ticket-blocked']);
  });
});
