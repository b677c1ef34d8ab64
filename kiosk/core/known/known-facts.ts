/**
 * What a decision reads of the known set, as plain values that a record can hold; and a set that
 * knows nothing else, for whoever decides by that record again (law 10).
 */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { Direction } from '../../../config/vocabulary.js';
import { findUse, nothingKnown, windowsOf } from './known.js';
import {
  emptyShard,
  type Known,
  nameOf,
  shardOf,
  type Use,
  type UseState,
  type WindowSeen,
} from './known-set.js';

export type KnownFact =
  | {
      readonly type: 'ticket';
      readonly key: string;
      readonly direction: Direction;
      readonly state: UseState;
      readonly elsewhere: boolean;
    }
  | {
      readonly type: 'passage';
      readonly key: string;
      readonly direction: Direction;
      readonly at: string;
    }
  | { readonly type: 'isolation'; readonly key: string; readonly until: string }
  /** `key`: the household's token */
  | {
      readonly type: 'window';
      readonly key: string;
      readonly day: number;
      readonly ticket: string;
      readonly at: string;
    };

const ways: readonly Direction[] = ['in', 'out'];

/**
 * @param known the whole set
 * @param tickets ids of papers
 * @param people tokens of people and households
 * @returns what the set says of them, in a fixed order
 */
export function factsOf(
  known: Known,
  tickets: Iterable<string>,
  people: Iterable<string>,
): readonly KnownFact[] {
  const facts: KnownFact[] = [];
  for (const key of tickets)
    for (const direction of ways) {
      const use = findUse(known, 'ticket', key, direction);
      if (use === null) continue;
      const { state, elsewhere } = use;
      facts.push({ type: 'ticket', key, direction, state, elsewhere });
    }
  for (const key of people) {
    for (const direction of ways) {
      const use = findUse(known, 'passage', key, direction);
      if (use !== null) facts.push({ type: 'passage', key, direction, at: use.entry.at });
    }
    const isolation = findUse(known, 'isolation', key);
    if (isolation !== null) facts.push({ type: 'isolation', key, until: isolation.entry.until });
    for (const { day, ticket, atMs } of windowsOf(known, key))
      facts.push({ type: 'window', key, day, ticket, at: formatRfc3339(atMs) });
  }
  return facts;
}

const nothing = nothingKnown();

/** @returns a set that knows these facts and nothing else */
export function knownOf(facts: readonly KnownFact[]): Known {
  if (facts.length === 0) return nothing;
  const shards = nothing.shards.slice();
  for (const fact of facts) {
    const name = fact.type === 'window' ? fact.key : useName(fact);
    const index = shardOf(name);
    const { uses, windows } = shards[index] ?? emptyShard;
    shards[index] =
      fact.type === 'window'
        ? { uses, windows: new Map(windows).set(name, [...(windows.get(name) ?? []), seen(fact)]) }
        : { uses: new Map(uses).set(name, useOf(fact)), windows };
  }
  return { shards, count: facts.length };
}

type UseFact = Exclude<KnownFact, { type: 'window' }>;

function useName(fact: UseFact): string {
  return nameOf(fact.type, fact.key, fact.type === 'isolation' ? undefined : fact.direction);
}

/** What no decision reads is filled up with what ends nothing. */
function useOf(fact: UseFact): Use {
  const { type, key } = fact;
  const until = type === 'isolation' ? fact.until : '';
  const at = type === 'passage' ? fact.at : '';
  return {
    entry: { type, key, until, at },
    state: type === 'ticket' ? fact.state : 'spent',
    elsewhere: type === 'ticket' && fact.elsewhere,
    untilMs: Date.parse(until),
  };
}

function seen({ day, ticket, at }: Extract<KnownFact, { type: 'window' }>): WindowSeen {
  return { day, ticket, atMs: Date.parse(at), untilMs: Number.POSITIVE_INFINITY };
}
