/** One journal after another through many power cuts: each start finds what the cut before it left. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicNowMs, systemScheduler } from '../../hardware/linux/clock.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { Fault } from '../crash/judge.js';
import { type Board, startBoard } from './board.js';
import {
  grantCommand,
  journalOnBoard,
  judgeSalvaged,
  makeDisk,
  mountCommand,
  salvageCommand,
  unmountCommand,
} from './disk.js';
import type { GrantingOptions } from './granting.js';
import { type Observation, observedOf, parseObservation } from './observations.js';

export interface CutsOptions {
  readonly seed: number;
  readonly dice: Random;
  readonly cuts: number;
  readonly synchronous: GrantingOptions['synchronous'];
  /** of these cuts, how many come while the board starts, the disk is mounted or the journal opens */
  readonly startingChance: number;
}

export interface CutsTally {
  cuts: number;
  /** before the gate had opened its journal */
  whileStarting: number;
  observations: number;
  records: number;
  /** tickets that the last cut had left in doubt, over all starts */
  uncertain: number;
  readonly faults: Fault[];
}

const diskMib = 64;
/** A new disk after so many cuts, so that young journals are cut too. */
const cutsPerDisk = 20;
/** Between the board's start and its first grant. */
const startMs = { min: 150, max: 900 } as const;
/** Observations of a run before its cut, at most: a few times as many commits as a checkpoint waits for. */
const observationsMax = 900;
const delayMsMax = 4;

/**
 * Cuts the power of a granting gate, starts it again on the same disk, and judges what it found.
 * @returns figures, and every fault of every start
 */
export async function cutPowerOften(options: CutsOptions): Promise<CutsTally> {
  const tally = {
    cuts: 0,
    whileStarting: 0,
    observations: 0,
    records: 0,
    uncertain: 0,
    faults: [],
  };
  while (tally.cuts < options.cuts)
    await liveOnOneDisk(options, Math.min(cutsPerDisk, options.cuts - tally.cuts), tally);
  return tally;
}

async function liveOnOneDisk(options: CutsOptions, cuts: number, tally: CutsTally): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'board-disk-'));
  try {
    const disk = join(folder, 'disk');
    makeDisk(disk, diskMib);
    const observations: Observation[] = [];
    // One start more than there are cuts: it only looks.
    for (let run = 1; run <= cuts + 1; run += 1) {
      const salvaged = join(folder, `salvaged-${run}`);
      mkdirSync(salvaged);
      const isLast = run > cuts;
      const before = observedOf(observations);
      const seen = await runUntilCut(options, { run, disk, salvaged, isLast });
      if (seen.hasSalvaged && (run > 1 || isLast)) {
        const verdict = judgeSalvaged(salvaged, before);
        tally.faults.push(...verdict.faults);
        tally.uncertain += verdict.uncertainCount;
        if (isLast) tally.records += verdict.recordCount;
      }
      rmSync(salvaged, { recursive: true });
      observations.push(...seen.observations);
      tally.observations += seen.observations.length;
      if (isLast) continue;
      tally.cuts += 1;
      if (seen.observations.length === 0) tally.whileStarting += 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Run {
  readonly run: number;
  readonly disk: string;
  readonly salvaged: string;
  readonly isLast: boolean;
}

async function runUntilCut(
  { seed, dice, synchronous, startingChance }: CutsOptions,
  { run, disk, salvaged, isLast }: Run,
): Promise<{ readonly observations: readonly Observation[]; readonly hasSalvaged: boolean }> {
  const granting = { run, seed, roundsMax: 1e9, synchronous, marks: null, file: journalOnBoard };
  const command = [
    'set -e',
    mountCommand('/dev/ubda'),
    salvageCommand(salvaged),
    isLast ? unmountCommand : grantCommand(granting),
  ];
  const observations: Observation[] = [];
  let hasSalvaged = false;
  const cutsAtStart = dice.chance(startingChance);
  const cutAfter = 1 + dice.int(observationsMax);
  const delayMs = cutsAtStart
    ? startMs.min + dice.int(startMs.max - startMs.min)
    : dice.next() * delayMsMax;
  const scheduler = systemScheduler();
  let cancel = (): void => {};
  const cutLater = (board: Board): void => {
    cancel = scheduler.at(monotonicNowMs() + delayMs, board.cutPower);
  };
  const board = startBoard(command.join('\n'), {
    disks: [disk],
    folders: [salvaged],
    timeLimitSeconds: 120,
    onLine(line, self) {
      if (line === 'salvaged') {
        hasSalvaged = true;
        return;
      }
      observations.push(parseObservation(line));
      if (!cutsAtStart && observations.length === cutAfter) cutLater(self);
    },
  });
  if (cutsAtStart && !isLast) cutLater(board);
  const end = await board.ended;
  cancel();
  if (isLast ? end.code !== 0 : !end.wasCut)
    throw new Error(`the board has ended by itself with ${end.code}:\n${end.console}`);
  return { observations, hasSalvaged };
}
