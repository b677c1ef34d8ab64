/**
 * What the gate knows of single-use papers: its own uses and what other gates told it.
 * An immutable set in shards, so that one change copies a few dozen entries and not a hundred
 * thousand. Its own uses always go in; what others tell is bounded.
 */
import type { Direction, KnownEntry } from '../../config/vocabulary.js';
import type { RestoredUse } from '../journal/port.js';

/** `reserved`: by a grant under way; `uncertain`: by a grant whose passage nobody saw. */
export type UseState = 'reserved' | 'spent' | 'uncertain';

export interface Use {
  readonly entry: KnownEntry;
  readonly state: UseState;
  /** another gate has told of this use too: giving it back here must not forget that */
  readonly elsewhere: boolean;
  readonly untilMs: number;
}

/** A ticket that a household has shown: the first of overlapping windows wins. */
export interface WindowSeen {
  readonly day: number;
  readonly ticket: string;
  readonly atMs: number;
  readonly untilMs: number;
}

interface Shard {
  readonly uses: ReadonlyMap<string, Use>;
  /** household token → windows */
  readonly windows: ReadonlyMap<string, readonly WindowSeen[]>;
}

export interface Known {
  readonly shards: readonly Shard[];
  /** uses and windows */
  readonly count: number;
}

/** What others tell beyond this is not taken in: 200 gates, 3 days. Own uses always are. */
export const knownCountMax = 500_000;
/** Windows of one household that others may tell: one every two days, kept for three. */
const windowsToldMax = 16;
/** Few enough to copy their list, enough to keep each small: 500 changes in a full set take 5 ms. */
export const shardCount = 8_192;

const emptyShard: Shard = { uses: new Map(), windows: new Map() };

/** @returns a known set without entries */
export function nothingKnown(): Known {
  return { shards: new Array(shardCount).fill(emptyShard), count: 0 };
}

/** @returns the use of a ticket in a direction, or of a code (no direction), or null */
export function findUse(
  known: Known,
  type: KnownEntry['type'],
  key: string,
  direction?: Direction,
): Use | null {
  const name = nameOf(type, key, direction);
  return known.shards[shardOf(name)]?.uses.get(name) ?? null;
}

/** @returns the windows that a household's tickets have claimed */
export function windowsOf(known: Known, household: string): readonly WindowSeen[] {
  return known.shards[shardOf(household)]?.windows.get(household) ?? [];
}

/** A window's key: household token, first day, ticket id. */
export function windowKey(household: string, day: number, ticket: string): string {
  return `${household}:${day}:${ticket}`;
}

/** @returns the set with this use of the gate's own put or replaced; never forgotten earlier for it */
export function putUse(known: Known, entry: KnownEntry, state: UseState): Known {
  const editor = edit(known);
  editor.put(entry, state);
  return editor.done();
}

/** @returns the set with a reservation given back; what was used elsewhere is spent all the same */
export function returnUse(known: Known, entry: KnownEntry): Known {
  const use = findUse(known, entry.type, entry.key, entry.direction);
  if (use?.state !== 'reserved') return known;
  if (use.elsewhere) return putUse(known, use.entry, 'spent');
  const editor = edit(known);
  editor.drop(nameOf(entry.type, entry.key, entry.direction));
  return editor.done();
}

/** @returns the set with what the journal knew at start */
export function restoreUses(known: Known, uses: readonly RestoredUse[]): Known {
  const editor = edit(known);
  for (const { entry, state } of uses) editor.put(entry, state);
  return editor.done();
}

export interface Learned {
  readonly known: Known;
  /** what was news, and is to be written */
  readonly news: readonly KnownEntry[];
  /** what there was no room for */
  readonly droppedCount: number;
}

/**
 * Takes in what other gates know. What is used elsewhere is spent here; of a reservation under way
 * it is kept until that ends. Nothing known is weakened or shortened by it.
 * @param entries as `parseKnownEntry` gives them
 */
export function learnUses(known: Known, entries: readonly KnownEntry[]): Learned {
  const editor = edit(known);
  const news: KnownEntry[] = [];
  let droppedCount = 0;
  for (const entry of entries) {
    const taken = editor.learn(entry);
    if (taken === 'news') news.push(entry);
    if (taken === 'no-room') droppedCount += 1;
  }
  return { known: editor.done(), news, droppedCount };
}

/**
 * Forgets in slices: a whole set would hold up the loop.
 * @param wallMs what ends by then may be forgotten; a grant's reservation never
 * @param first the slice's first shard
 * @param count its shards
 * @returns the set without what may be forgotten
 */
export function forgetOld(known: Known, wallMs: number, first: number, count: number): Known {
  const editor = edit(known);
  for (let index = first; index < first + count; index += 1) {
    const shard = known.shards[index];
    if (shard === undefined) continue;
    for (const [name, use] of shard.uses)
      if (use.state !== 'reserved' && use.untilMs <= wallMs) editor.drop(name);
    for (const [household, seen] of shard.windows) {
      const kept = seen.filter(({ untilMs }) => untilMs > wallMs);
      if (kept.length < seen.length) editor.setWindows(household, kept);
    }
  }
  return editor.done();
}

interface OpenShard {
  readonly uses: Map<string, Use>;
  readonly windows: Map<string, readonly WindowSeen[]>;
}

/** Many changes at the price of one: each shard is copied at its first change only. */
function edit(known: Known) {
  const open = new Map<number, OpenShard>();
  let { count } = known;

  const read = (index: number): Shard => open.get(index) ?? known.shards[index] ?? emptyShard;
  const write = (index: number): OpenShard => {
    const found = open.get(index);
    if (found !== undefined) return found;
    const { uses, windows } = read(index);
    const copy = { uses: new Map(uses), windows: new Map(windows) };
    open.set(index, copy);
    return copy;
  };
  const set = (index: number, name: string, use: Use, isNew: boolean): void => {
    write(index).uses.set(name, use);
    if (isNew) count += 1;
  };
  const setWindows = (household: string, windows: readonly WindowSeen[]): void => {
    const index = shardOf(household);
    const before = read(index).windows.get(household)?.length ?? 0;
    if (windows.length === 0) write(index).windows.delete(household);
    else write(index).windows.set(household, windows);
    count += windows.length - before;
  };
  const putWindow = (entry: KnownEntry, untilMs: number, isTold: boolean): Taken => {
    const parts = windowParts(entry);
    if (parts === null) return 'known';
    const { household, day, ticket } = parts;
    const seen = read(shardOf(household)).windows.get(household) ?? [];
    if (seen.some((window) => window.ticket === ticket)) return 'known';
    if (isTold && (count >= knownCountMax || seen.length >= windowsToldMax)) return 'no-room';
    setWindows(household, [...seen, { day, ticket, atMs: Date.parse(entry.at), untilMs }]);
    return 'news';
  };

  return {
    put(entry: KnownEntry, state: UseState): void {
      const untilMs = Date.parse(entry.until);
      if (entry.type === 'window') {
        putWindow(entry, untilMs, false);
        return;
      }
      const name = nameOf(entry.type, entry.key, entry.direction);
      const index = shardOf(name);
      const before = read(index).uses.get(name);
      const use = {
        entry,
        state,
        elsewhere: before?.elsewhere ?? false,
        untilMs: Math.max(untilMs, before?.untilMs ?? untilMs),
      };
      set(index, name, use, before === undefined);
    },
    learn(entry: KnownEntry): Taken {
      const untilMs = Date.parse(entry.until);
      if (entry.type === 'window') return putWindow(entry, untilMs, true);
      const name = nameOf(entry.type, entry.key, entry.direction);
      const index = shardOf(name);
      const before = read(index).uses.get(name);
      // A snapshot repeats what is known: that is nothing to write again.
      if (before?.state === 'spent' || before?.elsewhere) return 'known';
      if (before === undefined && count >= knownCountMax) return 'no-room';
      const use: Use = {
        entry: before?.entry ?? entry,
        state: before?.state === 'reserved' ? 'reserved' : 'spent',
        elsewhere: true,
        untilMs: Math.max(untilMs, before?.untilMs ?? untilMs),
      };
      set(index, name, use, before === undefined);
      return 'news';
    },
    drop(name: string): void {
      const index = shardOf(name);
      if (!read(index).uses.has(name)) return;
      write(index).uses.delete(name);
      count -= 1;
    },
    setWindows,
    done(): Known {
      if (open.size === 0) return known;
      const shards = known.shards.slice();
      for (const [index, shard] of open) shards[index] = shard;
      return { shards, count };
    },
  };
}

type Taken = 'news' | 'known' | 'no-room';

const windowShape = /^([^:]+):(\d{1,7}):([^:]+)$/;

/** @returns the parts of a window's key, or null where it is none */
export function windowParts(
  entry: KnownEntry,
): { readonly household: string; readonly day: number; readonly ticket: string } | null {
  const [, household, day, ticket] = windowShape.exec(entry.key) ?? [];
  if (household === undefined || ticket === undefined) return null;
  return { household, day: Number(day), ticket };
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
