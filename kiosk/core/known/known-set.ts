/**
 * The set of known uses itself: shards, so that a change copies a few dozen entries and not a
 * hundred thousand, and an editor that makes many changes at the price of one.
 */
import type { Direction, KnownEntry } from '../../../config/vocabulary.js';
import { supersedes } from './known-merge.js';

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

export interface Shard {
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

export const emptyShard: Shard = { uses: new Map(), windows: new Map() };

interface OpenShard {
  readonly uses: Map<string, Use>;
  readonly windows: Map<string, readonly WindowSeen[]>;
}

/** Many changes at the price of one: each shard is copied at its first change only. */
export function edit(known: Known) {
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
  /** A passage or an isolation is nobody's alone: whoever tells of it, the same one stands. */
  const merge = (entry: KnownEntry, isTold: boolean): Taken => {
    const name = nameOf(entry.type, entry.key, entry.direction);
    const index = shardOf(name);
    const before = read(index).uses.get(name);
    if (before !== undefined && !supersedes(entry.type, entry, before.entry)) return 'known';
    if (before === undefined && isTold && count >= knownCountMax) return 'no-room';
    const use = {
      entry,
      state: 'spent',
      untilMs: Date.parse(entry.until),
      elsewhere: true,
    } as const;
    set(index, name, use, before === undefined);
    return 'news';
  };
  const putWindow = (entry: KnownEntry, untilMs: number, isTold: boolean): Taken => {
    const parts = windowParts(entry);
    if (parts === null) return 'known';
    const { household, day, ticket } = parts;
    const seen = read(shardOf(household)).windows.get(household) ?? [];
    const window = { day, ticket, atMs: Date.parse(entry.at), untilMs };
    const before = seen.find((it) => it.ticket === ticket);
    if (before !== undefined) {
      // Another gate saw it first: every gate is to agree on when that was.
      if (!(window.atMs < before.atMs)) return 'known';
      setWindows(household, [...seen.filter((it) => it !== before), window]);
      return 'news';
    }
    if (isTold && (count >= knownCountMax || seen.length >= windowsToldMax)) return 'no-room';
    setWindows(household, [...seen, window]);
    return 'news';
  };

  return {
    put(entry: KnownEntry, state: UseState, isElsewhere = false): void {
      const untilMs = Date.parse(entry.until);
      if (entry.type === 'window') return void putWindow(entry, untilMs, false);
      if (isMerged(entry)) return void merge(entry, false);
      const name = nameOf(entry.type, entry.key, entry.direction);
      const index = shardOf(name);
      const before = read(index).uses.get(name);
      const use = {
        entry,
        state,
        elsewhere: isElsewhere || (before?.elsewhere ?? false),
        untilMs: Math.max(untilMs, before?.untilMs ?? untilMs),
      };
      set(index, name, use, before === undefined);
    },
    learn(entry: KnownEntry): Taken {
      const untilMs = Date.parse(entry.until);
      if (entry.type === 'window') return putWindow(entry, untilMs, true);
      if (isMerged(entry)) return merge(entry, true);
      const name = nameOf(entry.type, entry.key, entry.direction);
      const index = shardOf(name);
      const before = read(index).uses.get(name);
      // Used here and there while the gates did not hear each other: said once, and never merged away.
      if (before?.state === 'spent' && !before.elsewhere && before.entry.at !== entry.at) {
        set(index, name, { ...before, elsewhere: true }, false);
        return 'double';
      }
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

type Taken = 'news' | 'known' | 'no-room' | 'double';

function isMerged({ type }: KnownEntry): boolean {
  return type === 'passage' || type === 'isolation';
}

const windowShape = /^([^:]+):(\d{1,7}):([^:]+)$/;

/** @returns the parts of a window's key, or null where it is none */
export function windowParts(
  entry: KnownEntry,
): { readonly household: string; readonly day: number; readonly ticket: string } | null {
  const [, household, day, ticket] = windowShape.exec(entry.key) ?? [];
  if (household === undefined || ticket === undefined) return null;
  return { household, day: Number(day), ticket };
}

/** @returns the name of a use within the set */
export function nameOf(
  type: KnownEntry['type'],
  key: string,
  direction: Direction | undefined,
): string {
  return `${type}:${key}:${direction ?? ''}`;
}

/** FNV-1a over the name: spreads random ids evenly. */
export function shardOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % shardCount;
}
