/**
 * What the gate knows of single-use papers: its own uses, which always go in, and what other gates
 * told it, which is bounded.
 */
import type { Direction, KnownEntry } from '../../../config/vocabulary.js';
import type { RestoredUse } from '../../journal/port.js';
import {
  edit,
  emptyShard,
  type Known,
  nameOf,
  shardCount,
  shardOf,
  type Use,
  type UseState,
  type WindowSeen,
} from './known-set.js';

/** Clocks of two gates may differ so much; a last passage later than that would hide the real ones. */
export const passageAheadMsMax = 300_000;

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

/** @returns the set without an uncertain use: the guard says that nobody passed on it */
export function forgetUncertain(known: Known, entry: KnownEntry): Known {
  const use = findUse(known, entry.type, entry.key, entry.direction);
  if (use?.state !== 'uncertain') return known;
  if (use.elsewhere) return putUse(known, use.entry, 'spent');
  const editor = edit(known);
  editor.drop(nameOf(entry.type, entry.key, entry.direction));
  return editor.done();
}

/** @returns the set with what the journal knew at start */
export function restoreUses(known: Known, uses: readonly RestoredUse[]): Known {
  const editor = edit(known);
  for (const { entry, state, elsewhere } of uses) editor.put(entry, state, elsewhere);
  return editor.done();
}

export interface Learned {
  readonly known: Known;
  /** what was news, and is to be written */
  readonly news: readonly KnownEntry[];
  /** used here, and now another gate tells of a use of its own */
  readonly doubles: readonly KnownEntry[];
  /** what there was no room for */
  readonly droppedCount: number;
}

/**
 * Takes in what other gates know. What is used elsewhere is spent here; of a reservation under way
 * it is kept until that ends. Nothing known is weakened by it; of passages the last stands, of
 * isolations the longest.
 * @param entries as `parseKnownEntry` gives them
 */
export function learnUses(known: Known, entries: readonly KnownEntry[]): Learned {
  const editor = edit(known);
  const news: KnownEntry[] = [];
  const doubles: KnownEntry[] = [];
  let droppedCount = 0;
  for (const entry of entries) {
    const taken = editor.learn(entry);
    if (taken === 'news') news.push(entry);
    if (taken === 'no-room') droppedCount += 1;
    if (taken === 'double') doubles.push(entry);
  }
  return { known: editor.done(), news, doubles, droppedCount };
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

/** @returns whether a person or a household is isolated at that time (wall milliseconds) */
export function isIsolated(known: Known, token: string, wallMs: number): boolean {
  const use = findUse(known, 'isolation', token);
  // A time that is none ends nothing.
  return use !== null && !(wallMs >= use.untilMs);
}

/** @returns the last passage of a person or a household in a direction: its wall milliseconds, or null */
export function lastPassageMs(known: Known, token: string, direction: Direction): number | null {
  const use = findUse(known, 'passage', token, direction);
  return use === null ? null : Date.parse(use.entry.at);
}
