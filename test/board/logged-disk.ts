/**
 * A gate that grants on a disk whose every write is logged, and the disks that a power cut could have
 * left of it where the disk's own cache loses what was not flushed: the board's kernel mounts each as
 * at a start, and its journal is judged by what was observed before that cut.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../hardware/simulated/random.js';
import type { Fault } from '../crash/judge.js';
import { runOnBoard } from './board.js';
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
import { parseMark } from './marks.js';
import { observedOf } from './observations.js';
import {
  type Cut,
  cutsOf,
  type LoggedWrite,
  type Loss,
  losses,
  readWriteLog,
  sectorByteCount,
  surviving,
  writeDisk,
} from './write-log.js';

const diskMib = 24;
const diskByteCount = diskMib * 1024 * 1024;
/** Behind the file system: room for the marks. */
const wholeByteCount = diskByteCount + 1024 * 1024;
const logByteCount = 2 ** 30;
/** While the file system is new, the journal is made and its first records follow. */
const youngCuts = 80;
/** Disks that one board mounts, one after the other. */
const disksPerBoard = 40;

export interface LoggedDisk {
  /** the file system before the first write */
  readonly blank: Buffer;
  readonly writes: readonly LoggedWrite[];
  readonly cuts: readonly Cut[];
}

export interface LossesTally {
  disks: number;
  /** of these, with writes on their way when the power went */
  withLoss: number;
  records: number;
  uncertain: number;
  readonly faults: Fault[];
}

/** Lets a gate grant on a logged disk, from an empty one to a clean end of the file system. */
export async function logDisk(
  options: Pick<GrantingOptions, 'run' | 'seed' | 'roundsMax' | 'synchronous'>,
): Promise<LoggedDisk> {
  return await inFolder(async (folder) => {
    const disk = join(folder, 'disk');
    const log = join(folder, 'log');
    makeDisk(disk, diskMib);
    const blank = readFileSync(disk);
    truncateSync(disk, wholeByteCount);
    writeFileSync(log, '');
    truncateSync(log, logByteCount);
    const logged = '/dev/mapper/logged';
    const table = `0 ${wholeByteCount / sectorByteCount} log-writes /dev/ubda /dev/ubdb`;
    const marks = { device: logged, at: diskByteCount };
    const command = [
      'set -e',
      `dmsetup create logged --noudevsync --noudevrules --verifyudev --table '${table}'`,
      mountCommand(logged),
      grantCommand({ ...options, file: journalOnBoard, marks }),
      unmountCommand,
      'dmsetup remove logged --noudevsync --noudevrules --verifyudev',
    ];
    const end = await runOnBoard(command.join('\n'), {
      disks: [disk, log],
      timeLimitSeconds: 300,
    });
    if (end.code !== 0) throw new Error(`the board has ended with ${end.code}:\n${end.console}`);
    const writes = readWriteLog(log);
    return { blank, writes, cuts: cutsOf(writes) };
  });
}

/** @returns the same disk, its power cut only when something was observed since the last flush */
export function cutWhileBusy(disk: LoggedDisk): LoggedDisk {
  const { writes, cuts } = disk;
  const isBusy = ({ durable, issued }: Cut): boolean =>
    writes.slice(durable, issued).some(({ at }) => at >= diskByteCount);
  return { ...disk, cuts: cuts.filter(isBusy) };
}

/**
 * @param disk from `logDisk`
 * @param count of moments, losses and choices of what is lost, all by `dice`; young journals more often
 * @param tally is added to
 */
export async function loseWrites(
  disk: LoggedDisk,
  count: number,
  dice: Random,
  tally: LossesTally,
): Promise<void> {
  for (let done = 0; done < count; done += disksPerBoard)
    await inFolder(async (folder) => {
      const cuts = Array.from({ length: Math.min(disksPerBoard, count - done) }, () => {
        const among = dice.chance(0.4) ? youngCuts : disk.cuts.length;
        const cut = disk.cuts[dice.int(Math.min(among, disk.cuts.length))];
        return { ...(cut ?? { durable: 0, issued: 0 }), loss: dice.pick(losses) };
      });
      await salvageEach(folder, disk, cuts, dice);
      for (const [index, cut] of cuts.entries()) judgeCut(folder, disk, index, cut, tally);
    });
}

type ChosenCut = Cut & { readonly loss: Loss };

async function salvageEach(
  folder: string,
  { blank, writes }: LoggedDisk,
  cuts: readonly ChosenCut[],
  dice: Random,
): Promise<void> {
  const command = ['set -e'];
  for (const [index, cut] of cuts.entries()) {
    const file = join(folder, `disk-${index}`);
    writeDisk(blank, surviving(writes, cut, cut.loss, dice), file);
    const salvaged = join(folder, `${index}`);
    mkdirSync(salvaged);
    command.push(mountCommand(file, 'loop'), salvageCommand(salvaged), unmountCommand);
  }
  const end = await runOnBoard(command.join('\n'), { folders: [folder], timeLimitSeconds: 300 });
  if (end.code !== 0) throw new Error(`a disk is not as a start needs it:\n${end.console}`);
}

function judgeCut(
  folder: string,
  { writes }: LoggedDisk,
  index: number,
  cut: ChosenCut,
  tally: LossesTally,
): void {
  const marks = writes.slice(0, cut.issued).filter(({ at }) => at >= diskByteCount);
  const observed = observedOf(marks.map(({ data }) => parseMark(data)));
  const verdict = judgeSalvaged(join(folder, `${index}`), observed);
  tally.disks += 1;
  if (writes.slice(cut.durable, cut.issued).some(({ at }) => at < diskByteCount))
    tally.withLoss += 1;
  tally.records += verdict.recordCount;
  tally.uncertain += verdict.uncertainCount;
  const where = `${cut.loss} at write ${cut.durable}`;
  for (const { name, detail } of verdict.faults)
    tally.faults.push({ name, detail: `${detail} (${where})` });
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'board-disk-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
