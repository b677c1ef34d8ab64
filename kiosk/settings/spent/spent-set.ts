/**
 * What one gate tells the others of uses, as a set: the same in any order and however often. Of a paper
 * each use counts; of passages, isolations and windows one stands. The core takes entries in one by one
 * (`core/known`); this is for what is to be told. Pure.
 */
import type { KnownEntry } from '../../../config/vocabulary.js';
import { supersedes } from '../../core/known/known-merge.js';
import { nameOf } from '../../core/known/known-set.js';

/** Uses of one paper in one direction that are kept, the earliest: the second already says it all. */
export const usesOfOneMax = 4;

export interface SpentSet {
  /** @returns how many of them were news */
  add(entries: readonly KnownEntry[]): number;
  /** Forgets one of `list`, and what else it has of the same name that ends with it. */
  drop(entry: KnownEntry): void;
  /** @returns how many papers, people and households it knows something of */
  size(): number;
  /** As it stands now, what was added last first. */
  list(): readonly KnownEntry[];
}

/** @returns a set without entries */
export function openSpentSet(): SpentSet {
  /** in the order of their last change */
  const byName = new Map<string, readonly KnownEntry[]>();
  const addOne = (entry: KnownEntry): boolean => {
    const name = nameOf(entry.type, entry.key, entry.direction);
    const held = byName.get(name) ?? [];
    const next = isSingleUse(entry) ? withUse(held, entry) : withNewer(held, entry);
    if (next === held) return false;
    byName.delete(name);
    byName.set(name, next);
    return true;
  };
  return {
    add: (entries) => entries.filter(addOne).length,
    drop(entry) {
      const name = nameOf(entry.type, entry.key, entry.direction);
      const rest = (byName.get(name) ?? []).filter(({ until }) => until !== entry.until);
      if (rest.length === 0) byName.delete(name);
      else byName.set(name, rest);
    },
    size: () => byName.size,
    list: () => [...byName.values()].reverse().flat(),
  };
}

function withNewer(held: readonly KnownEntry[], entry: KnownEntry): readonly KnownEntry[] {
  const [before] = held;
  return before === undefined || supersedes(entry.type, entry, before) ? [entry] : held;
}

/** Two entries of one time are one use. */
function withUse(held: readonly KnownEntry[], entry: KnownEntry): readonly KnownEntry[] {
  const same = held.find((it) => timeOf(it) === timeOf(entry));
  if (same !== undefined && !supersedes(entry.type, entry, same)) return held;
  const next = [...held.filter((it) => it !== same), entry]
    .sort((left, right) => timeOf(left) - timeOf(right))
    .slice(0, usesOfOneMax);
  return next.includes(entry) ? next : held;
}

function isSingleUse({ type }: KnownEntry): boolean {
  return type === 'ticket' || type === 'code';
}

function timeOf({ at }: KnownEntry): number {
  return Date.parse(at);
}
