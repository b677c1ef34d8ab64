/** What is read of a log of writes, and what a cut may leave of it: on made-up logs, without a board. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { random } from '../../hardware/simulated/random.js';
import {
  cutsOf,
  type LoggedWrite,
  losses,
  readWriteLog,
  sectorByteCount,
  surviving,
  writeDisk,
} from './write-log.js';

const folder = mkdtempSync(join(tmpdir(), 'write-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const diskSectors = 64;
const write = fc.record({
  sector: fc.nat(diskSectors - 5),
  sectors: fc.nat(4),
  fill: fc.integer({ min: 1, max: 255 }),
  flags: fc.constantFrom<number[]>(0, 0, 0, 1, 2, 8, 16),
});
type MadeWrite = typeof write extends fc.Arbitrary<infer Made> ? Made : never;

/** As drivers/md/dm-log-writes.c puts it on its disk. */
function logOf(made: readonly MadeWrite[]): Buffer {
  const head = Buffer.alloc(sectorByteCount);
  head.write('rhswfsj', 'latin1');
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(made.length), 16);
  head.writeUInt32LE(sectorByteCount, 24);
  const entries = made.flatMap(({ sector, sectors, fill, flags }) => {
    const entry = Buffer.alloc(sectorByteCount);
    const isMark = flags === 8;
    entry.writeBigUInt64LE(BigInt(sector), 0);
    entry.writeBigUInt64LE(BigInt(isMark ? 0 : sectors), 8);
    entry.writeBigUInt64LE(BigInt(flags), 16);
    entry.writeBigUInt64LE(BigInt(isMark ? 5 : 0), 24);
    return isMark ? [entry] : [entry, Buffer.alloc(sectors * sectorByteCount, fill)];
  });
  return Buffer.concat([head, ...entries]);
}

function readMade(made: readonly MadeWrite[]): readonly LoggedWrite[] {
  const file = join(folder, 'log');
  writeFileSync(file, logOf(made));
  return readWriteLog(file);
}

test('a log is read as it was written, marks of others passed over', () => {
  fc.assert(
    fc.property(fc.array(write), (made) => {
      const wanted = made
        .filter(({ flags }) => flags !== 8)
        .map(({ sector, sectors, fill, flags }) => ({
          at: sector * sectorByteCount,
          data: Buffer.alloc(sectors * sectorByteCount, fill).toString('latin1'),
          isBoundary: flags === 1 || flags === 2,
        }));
      const read = readMade(made).map((it) => ({ ...it, data: it.data.toString('latin1') }));
      expect(read).toEqual(wanted);
    }),
  );
});

test('a cut keeps all that was flushed, and of what was on its way no more than there was', () => {
  fc.assert(
    fc.property(fc.array(write), fc.constantFrom(...losses), fc.nat(), (made, loss, seed) => {
      const writes = readMade(made);
      const cuts = cutsOf(writes);
      expect(cuts).toHaveLength(1 + writes.filter(({ isBoundary }) => isBoundary).length);
      expect(cuts.at(-1)?.issued).toBe(writes.length);
      for (const cut of cuts) {
        const open = writes.slice(cut.durable, cut.issued);
        expect(open.some(({ isBoundary }) => isBoundary)).toBe(false);
        const pieces = surviving(writes, cut, loss, random(seed));
        expect(pieces.slice(0, cut.durable)).toEqual(writes.slice(0, cut.durable));
        const kept = byteCount(pieces.slice(cut.durable));
        const all = byteCount(open);
        if (loss === 'none-kept') expect(kept).toBe(0);
        else if (loss === 'all-kept') expect(kept).toBe(all);
        else expect(kept).toBeLessThanOrEqual(all);
      }
    }),
  );
});

test('a disk after a cut holds the newest of what survived, over what it held before', () => {
  fc.assert(
    fc.property(fc.array(write), (made) => {
      const writes = readMade(made);
      const wanted = Buffer.alloc(diskSectors * sectorByteCount, 7);
      for (const { at, data } of writes) data.copy(wanted, at);
      const file = join(folder, 'disk');
      writeDisk(Buffer.alloc(wanted.length, 7), writes, file);
      expect(readFileSync(file).equals(wanted)).toBe(true);
    }),
  );
});

test('a log that is none, or that discards, is refused', () => {
  const file = join(folder, 'none');
  writeFileSync(file, Buffer.alloc(4_096));
  expect(() => readWriteLog(file)).toThrow('no log');
  expect(() => readMade([{ sector: 1, sectors: 1, fill: 1, flags: 4 }])).toThrow('discards');
});

function byteCount(pieces: readonly Pick<LoggedWrite, 'data'>[]): number {
  return pieces.reduce((sum, { data }) => sum + data.length, 0);
}
