/**
 * Retention: what is old enough, or too much, goes for good, in slices, each one transaction with a
 * record that says so. Nothing goes that a collector's receipt does not cover: not by age, and not at
 * the cap either. Age is counted by what time has surely reached (law 6), so a clock that leaps purges
 * nothing early.
 */
import { isDeepStrictEqual } from 'node:util';
import type Database from 'better-sqlite3';
import type { Retention } from '../../config/retention.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { toHex } from './chain.js';
import { StoreFault } from './failures.js';
import { appendRecord, type Chain, recordMs } from './ledger.js';
import { purgeRecord } from './own-records.js';
import { type PartKind, partKind, partKinds } from './part-kind.js';
import { type Purged, packPurged, purgedName, unpackPurged } from './purged.js';
import { prepareRecord } from './record.js';
import type { SqliteTables } from './tables.js';

export const purgeLimits = {
  /** records of one slice: some 50 pages */
  recordsMax: 250,
  /** parts of one slice, and of each kind as many looked at as twelve times that */
  partsMax: 128,
  partsSeenMax: 1_536,
  /** between two rounds by age, by the floor: so few records tell of them */
  intervalMs: 6 * 3_600_000,
  /** at the cap so many hundredths are made free at once */
  freedPercent: 1,
  /** so much of the cap undelivered is an alarm, and until it is so little */
  fillingPercent: 90,
  filledPercent: 80,
} as const;

export interface PurgeOptions {
  readonly database: Database.Database;
  readonly tables: SqliteTables;
  readonly chain: Readonly<Chain>;
  readonly bootId: string;
  /** null: nothing is purged until `retain` tells */
  readonly retention: Retention | null;
  /** wall milliseconds that time has surely reached, or null */
  floorMs(): number | null;
  /** up to which record a receipt, and its notices, cover what goes; 0: nothing */
  coveredThrough(): number;
  transact(work: (chain: Chain) => void): void;
}

export interface Purge {
  /** how far it has been purged */
  purged(): Purged;
  /** From the next slice on it goes by these; where they are others, a round begins with it. */
  retain(next: Retention): void;
  isDue(): boolean;
  /** Purges one slice where something is due; @throws SQLite's errors: then nothing is gone */
  slice(): void;
  /** Looks whether what is undelivered comes near to the cap. */
  isFilling(): boolean;
}

interface Slice {
  readonly why: 'retention' | 'cap';
  readonly parts: readonly { readonly kind: PartKind; readonly through: number }[];
  readonly partSeqs: readonly number[];
  readonly recordsThrough: number | null;
}

type SealedRow = readonly [seq: number, bytes: Uint8Array];

const dayMs = 86_400_000;
const megabyte = 1_000_000;

/** @param options of an open journal */
export function openPurge(options: PurgeOptions): Purge {
  const { database, tables, chain, bootId, floorMs, coveredThrough } = options;
  const firstSeq = database.prepare<[], number | null>('SELECT min(seq) FROM records').pluck();
  const rowAt = database
    .prepare<[number], readonly [Uint8Array, Uint8Array]>(
      'SELECT bytes, hash FROM records WHERE seq = ?',
    )
    .raw();
  const sealedIn = database
    .prepare<[number, number, number], SealedRow>(
      `SELECT sealed.seq, records.bytes FROM sealed JOIN records USING (seq)
       WHERE sealed.seq > ? AND sealed.seq <= ? ORDER BY sealed.seq LIMIT ?`,
    )
    .raw();
  const dropRecords = database.prepare<[number]>('DELETE FROM records WHERE seq <= ?');
  const dropParts = database.prepare<[number]>('DELETE FROM sealed WHERE seq <= ?');
  let { retention } = options;
  let purged = unpackPurged(tables.readMeta(purgedName));
  /** by kind, up to where no part is left: what has no part needs no record */
  const seen: Record<PartKind, number> = { ...purged.parts };
  /** by which floor the running round, or the last one, counts */
  let roundMs: number | null = null;
  let isRoundOver = true;
  let isFilling = false;

  const first = (): number => firstSeq.get() ?? chain.seq + 1;
  const msAt = (seq: number): number => {
    const row = rowAt.get(seq);
    return (row === undefined ? null : recordMs(row[0])) ?? Number.POSITIVE_INFINITY;
  };
  const lastMs = (): number => {
    const ms = msAt(chain.seq);
    return Number.isFinite(ms) ? ms : 0;
  };
  /**
   * The record with that number; where it is dated later than now, for the time was set back since, one
   * behind it that is not: what is before an old one is old, whatever its own date says. Found once as many
   * records follow those of the wrong time as there are of them.
   */
  const datedFrom = (seq: number, last: number, nowMs: number): { seq: number; ms: number } => {
    for (let ahead = 0; seq + ahead <= last; ahead = Math.max(1, 2 * ahead)) {
      const ms = msAt(seq + ahead);
      // What has no date says nothing of those before it.
      if (ms <= nowMs || !Number.isFinite(ms)) return { seq: seq + ahead, ms };
    }
    return { seq, ms: Number.POSITIVE_INFINITY };
  };
  /** The last record until `through` that is older than so many days. */
  const oldest = (days: number, nowMs: number, through: number): number => {
    const untilMs = nowMs - days * dayMs;
    let low = first() - 1;
    let high = through;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const dated = datedFrom(middle, high, nowMs);
      if (dated.ms <= untilMs) low = dated.seq;
      else high = middle - 1;
    }
    return low;
  };
  const liveBytes = (): number => {
    const pragma = (name: string): number => Number(database.pragma(name, { simple: true }));
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  };
  /** How many of the oldest records are too many; all that may go where the bytes are. */
  const excess = (covered: number, { recordsMax, megabytesMax }: Retention): number => {
    const count = chain.seq - first() + 1;
    const kept = Math.floor((recordsMax * (100 - purgeLimits.freedPercent)) / 100);
    if (count > recordsMax) return first() - 1 + count - kept;
    return liveBytes() > megabytesMax * megabyte ? covered : 0;
  };

  const isTooMuch = (keeps: Retention): boolean => {
    const covered = coveredThrough();
    return Math.min(covered, excess(covered, keeps)) >= first();
  };

  const partsSlice = (nowMs: number, covered: number, { days }: Retention): Slice | null => {
    const parts: { kind: PartKind; through: number }[] = [];
    const partSeqs: number[] = [];
    let hasLooked = false;
    for (const kind of partKinds) {
      const through = oldest(days[kind], nowMs, covered);
      if (through <= seen[kind]) continue;
      const rows = sealedIn.all(seen[kind], through, purgeLimits.partsSeenMax);
      const own = rows.filter(([, bytes]) => partKind(parsed(bytes)) === kind);
      const taken = own.slice(0, purgeLimits.partsMax);
      const isAll = taken.length === own.length;
      const isEnd = isAll && rows.length < purgeLimits.partsSeenMax;
      const lastSeq = (isAll ? rows.at(-1)?.[0] : taken.at(-1)?.[0]) ?? through;
      const seenThrough = isEnd ? through : lastSeq;
      hasLooked = true;
      if (taken.length === 0) seen[kind] = seenThrough;
      else parts.push({ kind, through: seenThrough });
      partSeqs.push(...taken.map(([seq]) => seq));
    }
    return hasLooked ? { why: 'retention', parts, partSeqs, recordsThrough: null } : null;
  };
  const recordsSlice = (nowMs: number | null, covered: number, keeps: Retention): Slice | null => {
    const aged = nowMs === null ? 0 : oldest(keeps.days.records, nowMs, covered);
    const tooMany = Math.min(covered, excess(covered, keeps));
    const through = Math.min(Math.max(aged, tooMany), first() - 1 + purgeLimits.recordsMax);
    if (through < first()) return null;
    const why = through <= aged ? 'retention' : 'cap';
    return { why, parts: [], partSeqs: [], recordsThrough: through };
  };

  const perform = ({ why, parts, partSeqs, recordsThrough }: Slice): void => {
    const row = recordsThrough === null ? undefined : rowAt.get(recordsThrough);
    const records =
      recordsThrough === null || row === undefined
        ? purged.records
        : { through: recordsThrough, hash: toHex(row[1]) };
    const ofKinds = Object.fromEntries(parts.map(({ kind, through }) => [kind, through]));
    const next: Purged = { records, parts: { ...purged.parts, ...ofKinds } };
    const draft = purgeRecord(
      { why, parts, records: recordsThrough === null ? null : records },
      formatRfc3339(Math.max(floorMs() ?? 0, lastMs())),
    );
    options.transact((head) => {
      // What the rows that go have done to uses must have reached its own table.
      tables.settleUses();
      for (const seq of partSeqs) tables.dropSealed(seq);
      if (recordsThrough !== null) {
        dropParts.run(recordsThrough);
        dropRecords.run(recordsThrough);
      }
      tables.writeMeta(purgedName, packPurged(next));
      const record = prepareRecord(draft, bootId);
      if (record === null) throw new StoreFault('bad-record', 'a purge');
      appendRecord(tables, head, record, []);
    });
    purged = next;
    Object.assign(seen, ofKinds);
  };

  const isRoundDue = (): boolean => {
    const nowMs = floorMs();
    if (nowMs === null || roundMs === null) return nowMs !== null;
    // Earlier than last time: admins have set it back, and rounds are counted from there.
    return nowMs < roundMs || nowMs - roundMs >= purgeLimits.intervalMs;
  };

  return {
    purged: () => purged,
    retain(next) {
      if (isDeepStrictEqual(next, retention)) return;
      retention = next;
      roundMs = null;
    },
    isDue: () => retention !== null && (!isRoundOver || isRoundDue() || isTooMuch(retention)),
    slice() {
      if (retention === null) return;
      const covered = coveredThrough();
      if (isRoundDue()) {
        roundMs = floorMs();
        isRoundOver = false;
      }
      const ofParts =
        isRoundOver || roundMs === null ? null : partsSlice(roundMs, covered, retention);
      const slice = ofParts ?? recordsSlice(isRoundOver ? null : roundMs, covered, retention);
      if (slice === null) isRoundOver = true;
      else if (slice.parts.length > 0 || slice.recordsThrough !== null) perform(slice);
    },
    isFilling() {
      if (retention === null) return isFilling;
      const { recordsMax, megabytesMax } = retention;
      const percent = isFilling ? purgeLimits.filledPercent : purgeLimits.fillingPercent;
      const undelivered = chain.seq - Math.max(coveredThrough(), first() - 1);
      const bytes = liveBytes();
      isFilling =
        undelivered >= (recordsMax * percent) / 100 ||
        (coveredThrough() < first() && bytes >= (megabytesMax * megabyte * percent) / 100);
      return isFilling;
    },
  };
}

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Readonly<Record<string, unknown>>;
}
