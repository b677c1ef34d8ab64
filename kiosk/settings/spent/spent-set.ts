/**
 * What gates tell each other of uses, as sets: one form for one set, and a union that is the same in any
 * order and however often. The core takes entries in one by one (`core/known`); this is for whoever
 * keeps what a gate tells, and looks for papers that were used twice. Pure.
 */
import type { KnownEntry } from '../../../config/vocabulary.js';
import { supersedes } from '../../core/known/known-merge.js';
import { nameOf } from '../../core/known/known-set.js';

/** In its one form: by name, then by time; as `mergeSpent` gives it. */
export type SpentSet = readonly KnownEntry[];

/** Uses of one paper in one direction that are kept, the earliest: the second already says it all. */
export const usesOfOneMax = 4;

/**
 * Takes entries in any order, sets among them; returns their union. A ticket or a code keeps each of
 * its uses, told apart by their time; of passages, isolations and windows one stands (`supersedes`).
 */
export function mergeSpent(...parts: readonly (readonly KnownEntry[])[]): SpentSet {
  const byName = new Map<string, KnownEntry[]>();
  for (const entry of parts.flat()) {
    const name = nameOf(entry.type, entry.key, entry.direction);
    const held = byName.get(name);
    if (held === undefined) byName.set(name, [entry]);
    else if (isSingleUse(entry)) joinUse(held, entry);
    else if (held[0] !== undefined && supersedes(entry.type, entry, held[0])) held[0] = entry;
  }
  const names = [...byName].sort(([left], [right]) => (left < right ? -1 : 1));
  return names.flatMap(([, uses]) =>
    uses.toSorted((left, right) => timeOf(left) - timeOf(right)).slice(0, usesOfOneMax),
  );
}

function joinUse(held: KnownEntry[], entry: KnownEntry): void {
  const index = held.findIndex((it) => timeOf(it) === timeOf(entry));
  const same = held[index];
  if (same === undefined) held.push(entry);
  else if (supersedes(entry.type, entry, same)) held[index] = entry;
}

/** Takes a set and a time in milliseconds; returns the set without what is over by then. */
export function stillSpent(set: SpentSet, wallMs: number): SpentSet {
  // A time that is none ends nothing.
  return set.filter(({ until }) => !(Date.parse(until) <= wallMs));
}

/** One paper, used more than once in one direction: at gates that did not hear each other. */
export interface DoubleUse {
  readonly type: KnownEntry['type'];
  readonly key: string;
  readonly direction: KnownEntry['direction'] | null;
  /** RFC 3339, the earliest first */
  readonly times: readonly string[];
}

/** Takes a set; returns every ticket and code in it that was used twice. */
export function doubleUses(set: SpentSet): readonly DoubleUse[] {
  const byName = new Map<string, KnownEntry[]>();
  for (const entry of set) {
    if (!isSingleUse(entry)) continue;
    const name = nameOf(entry.type, entry.key, entry.direction);
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  return [...byName.values()].flatMap((uses) => {
    const [first] = uses;
    if (first === undefined || uses.length < 2) return [];
    const { type, key, direction = null } = first;
    return [{ type, key, direction, times: uses.map(({ at }) => at) }];
  });
}

function isSingleUse({ type }: KnownEntry): boolean {
  return type === 'ticket' || type === 'code';
}

function timeOf({ at }: KnownEntry): number {
  return Date.parse(at);
}
