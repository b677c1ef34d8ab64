/**
 * What the gate knows of single-use papers: its own uses and what other gates told it.
 * An immutable map in shards, so that one change copies a few hundred entries and not a hundred
 * thousand.
 */
import type { Direction, KnownEntry } from '../../config/vocabulary.js';

/** `reserved`: by a grant under way; `uncertain`: by a grant whose passage nobody saw. */
export type UseState = 'reserved' | 'spent' | 'uncertain';

export interface Use {
  readonly entry: KnownEntry;
  readonly state: UseState;
  readonly untilMs: number;
}

/** A ticket that a household has shown: the first of overlapping windows wins. */
export interface WindowSeen {
  readonly day: number;
  readonly ticket: string;
  readonly untilMs: number;
}

export interface Known {
  readonly shards: readonly ReadonlyMap<string, Use>[];
  /** household token → windows */
  readonly windows: ReadonlyMap<string, readonly WindowSeen[]>;
  readonly count: number;
}

/** More would be no campus: 200 gates, 3 days. Beyond it the entry nearest its end is not taken in. */
export const knownCountMax = 500_000;
const shardCount = 512;
/** Longest key that another gate may send: token, day and ticket of a window. */
const keyLengthMax = 96;

/** @returns a known set without entries */
export function nothingKnown(): Known {
  return { shards: new Array(shardCount).fill(new Map()), windows: new Map(), count: 0 };
}

/** @returns the use of a ticket in a direction, or of a code (no direction), or null */
export function findUse(
  known: Known,
  type: KnownEntry['type'],
  key: string,
  direction?: Direction,
): Use | null {
  const name = nameOf(type, key, direction);
  return known.shards[shardOf(name)]?.get(name) ?? null;
}

/** @returns the set with this use put or replaced; over the limit, the set unchanged */
export function putUse(known: Known, entry: KnownEntry, state: UseState): Known {
  const untilMs = Date.parse(entry.until);
  if (!Number.isFinite(untilMs)) return known;
  if (entry.type === 'window') return putWindow(known, entry, untilMs);
  const name = nameOf(entry.type, entry.key, entry.direction);
  const index = shardOf(name);
  const shard = known.shards[index];
  if (shard === undefined) return known;
  const isNew = !shard.has(name);
  if (isNew && known.count >= knownCountMax) return known;
  const shards = known.shards.slice();
  shards[index] = new Map(shard).set(name, { entry, state, untilMs });
  return { ...known, shards, count: known.count + (isNew ? 1 : 0) };
}

/** @returns the set without this use (a reservation returned by a no-show) */
export function dropUse(known: Known, entry: KnownEntry): Known {
  const name = nameOf(entry.type, entry.key, entry.direction);
  const index = shardOf(name);
  const shard = known.shards[index];
  if (!shard?.has(name)) return known;
  const next = new Map(shard);
  next.delete(name);
  const shards = known.shards.slice();
  shards[index] = next;
  return { ...known, shards, count: known.count - 1 };
}

/** @returns the windows that a household's tickets have claimed */
export function windowsOf(known: Known, household: string): readonly WindowSeen[] {
  return known.windows.get(household) ?? [];
}

/** A window's key: household token, first day, ticket id. */
export function windowKey(household: string, day: number, ticket: string): string {
  return `${household}:${day}:${ticket}`;
}

/** @returns the set without what may be forgotten at `wallMs` */
export function forgetOld(known: Known, wallMs: number): Known {
  let count = 0;
  const shards = known.shards.map((shard) => {
    const kept = [...shard].filter(([, use]) => use.untilMs > wallMs);
    count += kept.length;
    return kept.length === shard.size ? shard : new Map(kept);
  });
  const windows = new Map<string, readonly WindowSeen[]>();
  for (const [household, seen] of known.windows) {
    const kept = seen.filter((window) => window.untilMs > wallMs);
    if (kept.length > 0) windows.set(household, kept);
  }
  return { shards, windows, count };
}

/**
 * Reads an entry from outside, as untrusted in form as any message.
 * @returns the entry with its own members only, or null where it has not the shape of `_spent`
 */
export function parseKnownEntry(value: unknown): KnownEntry | null {
  if (typeof value !== 'object' || value === null) return null;
  const { type, key, direction, until, at } = value as { [name: string]: unknown };
  if (!isKnownType(type)) return null;
  if (typeof key !== 'string' || key.length === 0 || key.length > keyLengthMax) return null;
  if (direction !== undefined && direction !== 'in' && direction !== 'out') return null;
  if (type === 'ticket' && direction === undefined) return null;
  if (typeof until !== 'string' || !Number.isFinite(Date.parse(until))) return null;
  if (typeof at !== 'string' || !Number.isFinite(Date.parse(at))) return null;
  return direction === undefined ? { type, key, until, at } : { type, key, direction, until, at };
}

function isKnownType(type: unknown): type is KnownEntry['type'] {
  return (
    type === 'ticket' ||
    type === 'code' ||
    type === 'window' ||
    type === 'isolation' ||
    type === 'passage'
  );
}

function putWindow(known: Known, entry: KnownEntry, untilMs: number): Known {
  const [household, dayText, ticket] = entry.key.split(':');
  const day = Number(dayText);
  if (!household || !ticket || !Number.isSafeInteger(day)) return known;
  const seen = windowsOf(known, household);
  if (seen.some((window) => window.ticket === ticket)) return known;
  const windows = new Map(known.windows).set(household, [...seen, { day, ticket, untilMs }]);
  return { ...known, windows };
}

function nameOf(type: KnownEntry['type'], key: string, direction: Direction | undefined): string {
  return `${type}:${key}:${direction ?? ''}`;
}

/** FNV-1a over the name: spreads random ids evenly. */
function shardOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % shardCount;
}
