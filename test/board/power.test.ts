/**
 * The journal on a real kernel's ext4 whose power is cut: the whole kernel ended at once, and a disk
 * that loses what was not flushed. Longer by `npm run test:board -- --long`.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { random } from '../../hardware/simulated/random.js';
import { runOnBoard } from './board.js';
import { canRun, why } from './kernel.js';
import { cutWhileBusy, type LossesTally, logDisk, loseWrites } from './logged-disk.js';
import { type CutsOptions, cutPowerOften } from './power-cuts.js';

const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const seedGiven = process.env['GATE_KIOSK_SEED'];
const seed = seedGiven === undefined ? Date.now() % 1_000_000 : Number(seedGiven);
/** `disks` of each log: one board mounts so many in a go */
const counts = isLong ? { cuts: 200, logs: 10, disks: 40 } : { cuts: 5, logs: 1, disks: 20 };
/** Of a gate on a logged disk: a few checkpoints. */
const roundsMax = 150;
const timeout = isLong ? 3_600_000 : 300_000;

const figures: string[] = [];
afterAll(() => {
  if (figures.length > 0) process.stdout.write(`board, seed ${seed}\n${figures.join('')}`);
});
function note(what: string, tally: Readonly<Record<string, unknown>>): void {
  const { faults, ...numbers } = tally;
  const found = (faults as readonly unknown[]).length;
  const cells = Object.entries({ ...numbers, faults: found }).map(([name, it]) => `${it} ${name}`);
  figures.push(`  ${what.padEnd(44)}${cells.join(', ')}\n`);
}

describe.skipIf(!canRun)(`power cuts on a virtual board, seed ${seed}${why}`, { timeout }, () => {
  test('the board runs a command, shows its lines and tells how it ended', async () => {
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const end = await runOnBoard('uname -m; echo lost >&2; exit 3', {
      onLine,
      timeLimitSeconds: 60,
    });
    expect([lines, end.code, end.wasCut]).toEqual([['x86_64'], 3, false]);
    expect(end.console).toContain('lost');
  });

  test(`nothing acknowledged is lost when the whole kernel ends: ${counts.cuts} cuts`, async () => {
    const tally = await cutPowerOften({ ...cutting(0), cuts: counts.cuts, startingChance: 0.2 });
    note('whole-kernel cuts, ext4', { ...tally });
    expect(tally.faults).toEqual([]);
    expect(tally.observations).toBeGreaterThan(tally.cuts);
  });

  test(`nor by a disk that loses what was not flushed: ${counts.logs * counts.disks} disks`, async () => {
    const tally = noLosses();
    for (let log = 0; log < counts.logs; log += 1) {
      const disk = await logDisk({ seed: seed + log, run: 1, roundsMax, synchronous: 'FULL' });
      await loseWrites(disk, counts.disks, random(seed + log), tally);
    }
    note('disks that lost unflushed writes, ext4', { ...tally });
    expect(tally.faults).toEqual([]);
    // Cuts with nothing on its way would prove nothing.
    expect(tally.withLoss).toBeGreaterThan(tally.disks / 10);
  });
});

describe.skipIf(!canRun)(`with synchronous=NORMAL the same rig finds${why}`, { timeout }, () => {
  const lost = expect.objectContaining({ name: 'acknowledged-missing' });

  test('what a cut of the whole kernel loses', async () => {
    const tally = await cutPowerOften({
      ...cutting(1),
      cuts: 2,
      startingChance: 0,
      synchronous: 'NORMAL',
    });
    note('whole-kernel cuts, NORMAL', { ...tally });
    expect(tally.faults).toContainEqual(lost);
  });

  test('what such a disk loses', async () => {
    const tally = noLosses();
    const disk = await logDisk({ seed, run: 1, roundsMax, synchronous: 'NORMAL' });
    await loseWrites(cutWhileBusy(disk), counts.disks, random(seed), tally);
    note('disks that lost unflushed writes, NORMAL', { ...tally });
    expect(tally.faults).toContainEqual(lost);
  });
});

function cutting(part: number): Pick<CutsOptions, 'seed' | 'dice' | 'synchronous'> {
  return { seed: seed + part, dice: random(seed + part), synchronous: 'FULL' };
}

function noLosses(): LossesTally {
  return { disks: 0, withLoss: 0, records: 0, uncertain: 0, faults: [] };
}
