/**
 * What a disk can do to a journal's two files. Two sorts: what a power cut may leave of writes that
 * were not synced yet, and harm to bytes that had been. Pure: the same dice give the same damage.
 */
import type { Random } from '../../hardware/simulated/random.js';
import { type Files, frameLength, logHeaderLength, type Moment, pageLength } from './history.js';

export interface DamageKind {
  readonly name: string;
  /** true: only bytes that nobody was told to be safe are hurt, so nothing may be lost by it */
  readonly isUnsynced: boolean;
  /** null: there is nothing of that sort to do at this moment */
  damage(moment: Moment, dice: Random): Files | null;
}

/** What a disk writes whole. */
const sectorLength = 512;
const flippedBitsMax = 8;
const tailBytesMax = 10_000;

export const damageKinds: readonly DamageKind[] = [
  {
    name: 'a commit half written',
    isUnsynced: true,
    damage({ during, before, after }, dice) {
      if (during !== 'commit') return null;
      return { database: before.database, log: mixed(before.log, after.log, dice) };
    },
  },
  {
    name: 'a commit cut off',
    isUnsynced: true,
    damage({ during, before, after }, dice) {
      if (during !== 'commit') return null;
      const from = firstDifference(before.log, after.log);
      const length = from + dice.int(after.log.length - from + 1);
      const rest = before.log.subarray(length);
      return {
        database: before.database,
        log: Buffer.concat([after.log.subarray(0, length), rest]),
      };
    },
  },
  {
    name: 'a commit garbled',
    isUnsynced: true,
    damage({ during, before, after }, dice) {
      if (during !== 'commit') return null;
      const from = firstDifference(before.log, after.log);
      const log = Buffer.from(after.log);
      return { database: before.database, log: flipped(log, from, dice) };
    },
  },
  {
    name: 'garbage behind the log',
    isUnsynced: true,
    damage: ({ before: { database, log } }, dice) => ({
      database,
      log: Buffer.concat([log, dice.bytes(1 + dice.int(tailBytesMax))]),
    }),
  },
  {
    name: 'a checkpoint half written',
    isUnsynced: true,
    damage({ during, before, after }, dice) {
      if (during !== 'checkpoint') return null;
      return { database: mixed(before.database, after.database, dice), log: before.log };
    },
  },
  {
    // The new header is synced before any frame behind it.
    name: 'a log half begun anew',
    isUnsynced: true,
    damage({ during, before, after }, dice) {
      if (during !== 'checkpoint') return null;
      const begun = Buffer.from(before.log);
      begun.set(after.log.subarray(0, logHeaderLength));
      const log = dice.chance(0.2) ? begun : mixed(begun, after.log, dice);
      return { database: after.database, log };
    },
  },
  harm('the log cut', (_database, log, dice) => ({ log: log.subarray(0, dice.int(log.length)) })),
  harm('the database cut', (database, _log, dice) => ({
    database: database.subarray(0, dice.int(database.length)),
  })),
  harm('bits flipped in the log', (_database, log, dice) => ({
    log: flipped(Buffer.from(log), 0, dice),
  })),
  harm('bits flipped in the database', (database, _log, dice) => ({
    database: flipped(Buffer.from(database), 0, dice),
  })),
  harm('a page of the log zeroed', (_database, log, dice) => ({
    log: zeroed(log, logHeaderLength + frameLength * dice.int(framesIn(log)), frameLength),
  })),
  harm('a page of the database zeroed', (database, _log, dice) => ({
    database: zeroed(database, pageLength * dice.int(database.length / pageLength), pageLength),
  })),
  harm('garbage behind the database', (database, _log, dice) => ({
    database: Buffer.concat([database, dice.bytes(1 + dice.int(tailBytesMax))]),
  })),
  harm('a page of garbage in the database', (database, _log, dice) => {
    const at = pageLength * dice.int(database.length / pageLength);
    const changed = Buffer.from(database);
    changed.set(dice.bytes(Math.min(pageLength, changed.length - at)), at);
    return { database: changed };
  }),
  harm('two pages of the database swapped', (database, _log, dice) => {
    const pages = Math.floor(database.length / pageLength);
    const [one, other] = [pageLength * dice.int(pages), pageLength * dice.int(pages)];
    const changed = Buffer.from(database);
    changed.set(database.subarray(other, other + pageLength), one);
    changed.set(database.subarray(one, one + pageLength), other);
    return { database: changed };
  }),
  harm('the database emptied', () => ({ database: Buffer.alloc(0) })),
  harm('the log gone', () => ({ log: Buffer.alloc(0) })),
  {
    // A disk that has said that it is written, and has not.
    name: 'a page that was never written',
    isUnsynced: false,
    damage({ during, before, after }, dice) {
      if (during !== 'checkpoint') return null;
      const pages = changedPages(before.database, after.database);
      const at = pages[dice.int(pages.length)];
      if (at === undefined) return null;
      const database = Buffer.from(after.database);
      database.fill(0, at, at + pageLength);
      database.set(before.database.subarray(at, at + pageLength), at);
      return { database, log: after.log };
    },
  },
];

function harm(
  name: string,
  change: (database: Buffer, log: Buffer, dice: Random) => Partial<Files>,
): DamageKind {
  return {
    name,
    isUnsynced: false,
    damage({ before: { database, log } }, dice) {
      if (log.length <= logHeaderLength || database.length === 0) return null;
      return { database, log, ...change(database, log, dice) };
    },
  };
}

/** Of each sector that differs the old one or the new one, by a chance of its own for all. */
function mixed(before: Buffer, after: Buffer, dice: Random): Buffer {
  const out = Buffer.alloc(Math.max(before.length, after.length));
  out.set(before);
  const chance = dice.next();
  for (let at = 0; at < after.length; at += sectorLength) {
    const sector = after.subarray(at, at + sectorLength);
    if (dice.chance(chance) && !sector.equals(out.subarray(at, at + sectorLength)))
      out.set(sector, at);
  }
  // The file is made longer before or after what is written into it.
  const isShort = after.length > before.length && dice.chance(0.3);
  return isShort ? out.subarray(0, before.length + dice.int(after.length - before.length)) : out;
}

function firstDifference(before: Buffer, after: Buffer): number {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  return at;
}

function flipped(bytes: Buffer, from: number, dice: Random): Buffer {
  for (let count = 1 + dice.int(flippedBitsMax); count > 0; count -= 1) {
    const at = from + dice.int(bytes.length - from);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.int(8));
  }
  return bytes;
}

function zeroed(bytes: Buffer, at: number, length: number): Buffer {
  return Buffer.from(bytes).fill(0, at, Math.min(bytes.length, at + length));
}

function framesIn(log: Buffer): number {
  return Math.floor((log.length - logHeaderLength) / frameLength);
}

function changedPages(before: Buffer, after: Buffer): readonly number[] {
  const pages: number[] = [];
  for (let at = 0; at < after.length; at += pageLength)
    if (!after.subarray(at, at + pageLength).equals(before.subarray(at, at + pageLength)))
      pages.push(at);
  return pages;
}
