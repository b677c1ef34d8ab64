/**
 * Reads out of a damaged journal what can still be read, and changes nothing: which it was, how far its
 * chain holds, and what the next one must not forget. Whatever is doubtful counts as used (law 5):
 * nobody is let in twice by a damaged disk.
 */
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { KnownEntry } from '../../config/vocabulary.js';
import { parseKnownEntry } from '../core/known/known-entry.js';
import { type ChainRow, chainStart, type Head, linkHash, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import type { HeadNote } from './head-note.js';
import { standingAfter } from './ledger.js';
import { metaReader } from './meta.js';
import type { KeptNotice } from './outbox-port.js';
import type { PreviousJournal } from './own-records.js';
import { unpackStanding, unpackUses } from './packing.js';
import { nothingStands, type Standing } from './port.js';
import { readUse, type StoredUse } from './tables.js';
import { type UseRow, type UseState, useName } from './uses.js';

export const salvageLimits = {
  /** the newest records whose chain is looked at: under a second */
  chainRowsMax: 100_000,
  /** how long a used paper counts whose own end cannot be read: longer than any paper lives */
  untilMs: 60 * 86_400_000,
} as const;

export interface Salvage {
  /** the last record whose chain holds, or that is known from the note beside; null: none is */
  readonly previous: PreviousJournal | null;
  readonly standing: Standing;
  /** none of them open: `spent`, `uncertain` (the guard decides) or `learned` */
  readonly uses: readonly UseRow[];
  readonly notices: readonly KeptNotice[];
  /** every use that there was has been read */
  readonly isWhole: boolean;
}

/**
 * @param file of the damaged journal; nobody has it open
 * @param note what lies beside it
 * @param atMs the time, for papers whose own cannot be read
 * @returns what is to be kept; nothing where nothing can be read. Never throws
 */
export function salvage(file: string, note: HeadNote | null, atMs: number): Salvage {
  let database: Database.Database | undefined;
  try {
    // SQLite would throw its log away, even so.
    if (statSync(file).size === 0) throw new StoreFault('damaged', 'nothing in it');
    database = new Database(file, { readonly: true, fileMustExist: true });
    return read(database, note, atMs);
  } catch {
    const standing = note?.standing ?? nothingStands;
    return { previous: withoutStanding(note), standing, uses: [], notices: [], isWhole: false };
  } finally {
    try {
      database?.close();
    } catch {
      // It is read no more.
    }
  }
}

function read(database: Database.Database, note: HeadNote | null, atMs: number): Salvage {
  const meta = (name: string): string | null => attempt(() => metaReader(database)(name)) ?? null;
  const { rows: stored, isWhole: areUsesWhole } = bothWays<StoredUse>(
    database,
    'SELECT * FROM uses',
    ['type', 'key', 'direction'],
    ({ type, key, direction }) => `${type} ${key} ${direction}`,
  );
  // A database of an earlier version has no checksums.
  const isSummed = stored.some((row) => 'sum' in row);
  const { rows: later, isWhole: areLaterWhole } = bothWays<LaterUses>(
    database,
    `SELECT seq, uses FROM records WHERE uses IS NOT NULL AND seq > ${throughOf(meta('uses-through'))}`,
    ['seq'],
    ({ seq }) => `${seq}`,
  );
  const found = new Map<string, UseRow>();
  const take = (row: UseRow): void => {
    const before = found.get(useName(row));
    found.set(useName(row), before === undefined ? row : stricter(before, row));
  };
  let isWhole = areUsesWhole && areLaterWhole && meta('uses-through') !== null;
  for (const row of stored) {
    const sound = isSummed ? readUse(row) : null;
    if (isSummed && sound === null) isWhole = false;
    // Of a row that was changed, its end is not believed either.
    const until = isSummed ? '' : row.until;
    take(sound ?? { ...row, until, elsewhere: row.elsewhere === 1 });
  }
  const replayed = later.toSorted((one, other) => one.seq - other.seq);
  for (const { uses } of replayed) {
    const writes = attempt(() => unpackUses(uses));
    if (writes === undefined) isWhole = false;
    for (const { key, row } of writes ?? []) {
      // In a whole journal the last word counts; in another nothing is taken back.
      if (row === null) {
        if (isWhole) found.delete(useName(key));
      } else if (isWhole) found.set(useName(row), row);
      else take(row);
    }
  }
  const sound = [...found.values()].map((row) => soundUse(row, isWhole, atMs));
  const uses = sound.filter((row) => row !== null);
  const last = lastSound(database);
  return {
    previous: previousOf(meta('journal') ?? firstId(database), last?.head ?? null, note),
    standing: standingOf(meta('standing'), note, last?.row),
    uses,
    notices:
      attempt(() =>
        database.prepare<[], KeptNotice>('SELECT id, 0 AS seq, text FROM notices').all(),
      )?.filter(isNotice) ?? [],
    isWhole: isWhole && uses.length === sound.length,
  };
}

interface LaterUses {
  readonly seq: number;
  readonly uses: string;
}

/** From the front until it breaks, then from the back: what lies behind a bad page counts too. */
function bothWays<Row>(
  database: Database.Database,
  select: string,
  order: readonly string[],
  nameOf: (row: Row) => string,
): { readonly rows: readonly Row[]; readonly isWhole: boolean } {
  const rows = new Map<string, Row>();
  const walk = (end: 'ASC' | 'DESC'): boolean => {
    try {
      const by = order.map((name) => `${name} ${end}`).join(', ');
      for (const row of database.prepare<[], Row>(`${select} ORDER BY ${by}`).iterate())
        rows.set(nameOf(row), row);
      return true;
    } catch {
      return false;
    }
  };
  const isWhole = walk('ASC');
  if (!isWhole) walk('DESC');
  return { rows: [...rows.values()], isWhole };
}

const strictness: Readonly<Record<UseState, number>> = {
  learned: 0,
  reserved: 1,
  uncertain: 2,
  spent: 3,
};

function stricter(one: UseRow, other: UseRow): UseRow {
  const row = (strictness[other.state] ?? 3) >= (strictness[one.state] ?? 3) ? other : one;
  return { ...row, elsewhere: one.elsewhere || other.elsewhere };
}

/** The use as the next journal takes it, or null where nobody can say of which paper it is. */
function soundUse(row: UseRow, isWhole: boolean, atMs: number): UseRow | null {
  const { type, key, direction } = row;
  const ofIt = { type, key, ...(direction === '' ? {} : { direction }) };
  const read = parseKnownEntry({ ...ofIt, until: row.until, at: row.at });
  const entry =
    read ??
    parseKnownEntry({
      ...ofIt,
      until: formatRfc3339(atMs + salvageLimits.untilMs),
      at: formatRfc3339(atMs),
    });
  if (entry === null) return null;
  const { until, at } = entry;
  const state = read === null || !isWhole ? usedState(entry) : endedState(row.state, entry);
  return { ...row, state, elsewhere: row.elsewhere === true, until, at, seq: 0 };
}

/** The grant that held it is over: only the guard knows how. */
function endedState(state: UseState, entry: KnownEntry): UseState {
  if (state === 'reserved') return 'uncertain';
  return Object.hasOwn(strictness, state) ? state : usedState(entry);
}

function usedState({ type }: KnownEntry): UseState {
  return type === 'ticket' || type === 'code' ? 'spent' : 'learned';
}

/** The newest record of which the one before it is the one it was chained to. */
function lastSound(
  database: Database.Database,
): { readonly head: Head; readonly row: ChainRow } | null {
  const newest = attempt(() =>
    database.prepare<[], number | null>('SELECT max(seq) FROM records').pluck().get(),
  );
  const after = Math.max(0, (newest ?? 0) - salvageLimits.chainRowsMax);
  let last: ChainRow | null = null;
  let sound: ChainRow | null = null;
  try {
    const rows = database
      .prepare<[number], ChainRow>(
        'SELECT seq, bytes, hash FROM records WHERE seq > ? ORDER BY seq',
      )
      .iterate(after);
    for (const row of rows) {
      // The oldest looked at, unless it is the journal's first, is believed only by the next one's link.
      const before: Uint8Array | undefined = row.seq === 1 ? chainStart : last?.hash;
      const isNext: boolean = last === null || row.seq === last.seq + 1;
      if (before !== undefined && !(isNext && isLinked(before, row))) break;
      if (before !== undefined) sound = row;
      last = row;
    }
  } catch {
    // Up to here.
  }
  return sound === null ? null : { head: { seq: sound.seq, hash: toHex(sound.hash) }, row: sound };
}

function isLinked(before: Uint8Array, { bytes, hash }: ChainRow): boolean {
  return toHex(linkHash(before, bytes)) === toHex(hash);
}

const journalShape = /^[0-9a-f]{32}$/;

function previousOf(
  id: string | null,
  head: Head | null,
  note: HeadNote | null,
): PreviousJournal | null {
  const journal = id !== null && journalShape.test(id) ? id : null;
  const noted = withoutStanding(note);
  if (journal === null) return noted;
  if (noted?.journal === journal && noted.seq > (head?.seq ?? 0)) return noted;
  return head === null ? null : { journal, ...head };
}

function withoutStanding(note: HeadNote | null): PreviousJournal | null {
  return note === null ? null : { journal: note.journal, seq: note.seq, hash: note.hash };
}

/** The first record names its journal, too. */
function firstId(database: Database.Database): string | null {
  const bytes = attempt(() =>
    database.prepare<[], Uint8Array>('SELECT bytes FROM records WHERE seq = 1').pluck().get(),
  );
  const record = attempt(
    () => JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as { readonly journal?: unknown },
  );
  return typeof record?.journal === 'string' ? record.journal : null;
}

/** Of two sources: entry is stopped where one says so, and time has reached what one says. */
function standingOf(
  text: string | null,
  note: HeadNote | null,
  last: ChainRow | undefined,
): Standing {
  const own = text === null ? undefined : attempt(() => unpackStanding(text));
  const noted = note?.standing ?? nothingStands;
  const { lockdown, floorMs } = own ?? noted;
  const kept = {
    lockdown: lockdown || noted.lockdown,
    floorMs: noted.floorMs === null ? floorMs : Math.max(noted.floorMs, floorMs ?? 0),
  };
  return standingAfter(kept, last);
}

function throughOf(text: string | null): number {
  const through = Number(text ?? 0);
  return Number.isSafeInteger(through) && through >= 0 ? through : 0;
}

function isNotice({ id, text }: KeptNotice): boolean {
  return (
    attempt(() => typeof id === 'string' && typeof Object(JSON.parse(text)).at === 'string') ??
    false
  );
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
