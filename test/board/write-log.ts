/**
 * The log that Linux's dm-log-writes keeps of a disk, read on the host, and the disks that a power
 * cut could have left at each of its moments: all that was flushed, and of the rest any part. Format:
 * Documentation/admin-guide/device-mapper/log-writes.rst and drivers/md/dm-log-writes.c.
 *
 * The log holds a plain write just before the flush that made it durable, and a forced one (FUA) when
 * it was done. So what follows a flush, up to the next one, was on its way at some time between them.
 */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { Random } from '../../hardware/simulated/random.js';

export const sectorByteCount = 512;
const magic = 0x6a_7366_7773_6872n;
const flags = { flush: 1n, forced: 2n, discard: 4n, mark: 8n } as const;

/** In their order in the log. */
export interface LoggedWrite {
  /** bytes from the disk's start */
  readonly at: number;
  readonly data: Buffer;
  /** all before it is durable; a forced write itself too */
  readonly isBoundary: boolean;
}

/** A moment at which the power may go: between one boundary and the next. */
export interface Cut {
  /** writes before this one are on the disk */
  readonly durable: number;
  /** writes before this one may be, whole or in part */
  readonly issued: number;
}

/**
 * @param file the log, of a disk that was taken down properly
 * @returns its writes
 * @throws Error where it is no such log, or holds what no file system here does (discards)
 */
export function readWriteLog(file: string): readonly LoggedWrite[] {
  const descriptor = openSync(file, 'r');
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    if (readSync(descriptor, bytes, 0, length, at) !== length)
      throw new Error('the log is cut off');
    return bytes;
  };
  try {
    const head = read(0, sectorByteCount);
    if (head.readBigUInt64LE(0) !== magic || head.readUInt32LE(24) !== sectorByteCount)
      throw new Error(`${file} is no log of 512-byte sectors`);
    const count = Number(head.readBigUInt64LE(16));
    const writes: LoggedWrite[] = [];
    let at = sectorByteCount;
    for (let index = 0; index < count; index += 1) {
      const entry = read(at, sectorByteCount);
      const flag = entry.readBigUInt64LE(16);
      if ((flag & flags.discard) !== 0n) throw new Error(`entry ${index} discards`);
      const isMark = (flag & flags.mark) !== 0n;
      const length = isMark ? 0 : Number(entry.readBigUInt64LE(8)) * sectorByteCount;
      at += sectorByteCount;
      if (!isMark)
        writes.push({
          at: Number(entry.readBigUInt64LE(0)) * sectorByteCount,
          data: read(at, length),
          isBoundary: (flag & (flags.flush | flags.forced)) !== 0n,
        });
      at += length;
    }
    return writes;
  } finally {
    closeSync(descriptor);
  }
}

/** @returns each moment between two boundaries, oldest first; the last one is after all */
export function cutsOf(writes: readonly LoggedWrite[]): readonly Cut[] {
  const ends = writes.flatMap(({ isBoundary }, index) => (isBoundary ? [index + 1] : []));
  return [0, ...ends].map((durable, index) => ({
    durable,
    // A forced write is durable when it is done: the next boundary itself is not among these.
    issued: (ends[index] ?? writes.length + 1) - 1,
  }));
}

/** What a disk without power for its cache keeps of writes that nobody flushed. */
export const losses = ['none-kept', 'all-kept', 'some-writes', 'some-sectors', 'one-lost'] as const;
export type Loss = (typeof losses)[number];

/**
 * @param writes the log's
 * @param cut one of its moments
 * @param loss how much is lost of what was on its way; `dice` choose which
 * @returns pieces to be written, in this order, over what the disk held when the log began
 */
export function surviving(
  writes: readonly LoggedWrite[],
  { durable, issued }: Cut,
  loss: Loss,
  dice: Random,
): readonly Pick<LoggedWrite, 'at' | 'data'>[] {
  const open = writes.slice(durable, issued);
  const lost = dice.int(open.length);
  const kept = open.flatMap((write, index) => {
    if (loss === 'some-sectors' && !isSuperblock(write))
      return sectorsOf(write).filter(() => dice.chance(0.5));
    const isKept =
      loss === 'all-kept' ||
      (loss.startsWith('some-') && dice.chance(0.5)) ||
      (loss === 'one-lost' && index !== lost);
    return isKept ? [write] : [];
  });
  return [...writes.slice(0, durable), ...kept];
}

/** ext4 takes for granted that this one is written whole: it stands at byte 1024, in two sectors. */
function isSuperblock({ at, data }: LoggedWrite): boolean {
  return at <= 1_024 && at + data.length > 1_024;
}

/** A disk writes a sector whole or not at all. */
function sectorsOf({ at, data }: LoggedWrite): readonly Pick<LoggedWrite, 'at' | 'data'>[] {
  return Array.from({ length: data.length / sectorByteCount }, (_, index) => {
    const from = index * sectorByteCount;
    return { at: at + from, data: data.subarray(from, from + sectorByteCount) };
  });
}

const holeByteCount = 65_536;
const hole = Buffer.alloc(holeByteCount);

/**
 * @param disk bytes of the file system when the log began
 * @param pieces from `surviving`; those behind its end are none of its
 * @param file is written: the disk after the cut
 */
export function writeDisk(
  disk: Buffer,
  pieces: readonly Pick<LoggedWrite, 'at' | 'data'>[],
  file: string,
): void {
  const bytes = Buffer.from(disk);
  for (const { at, data } of pieces) if (at < bytes.length) data.copy(bytes, at);
  const descriptor = openSync(file, 'w');
  try {
    ftruncateSync(descriptor, bytes.length);
    // Holes for what is zero: most of it.
    for (let at = 0; at < bytes.length; at += holeByteCount) {
      const part = bytes.subarray(at, at + holeByteCount);
      if (!part.equals(hole)) writeSync(descriptor, part, 0, part.length, at);
    }
  } finally {
    closeSync(descriptor);
  }
}
