/**
 * Revocations that add to a list: nothing that was revoked comes back by them, whoever has signed them.
 * The list before is not copied: a million ids stay where they are.
 */
import { contentHash } from '../journal/content-hash.js';
import type { IdSet } from './id-table.js';
import type { Revocations } from './revocations.js';

/** Ids that were added one list after the other, over one that is not touched. */
interface LayeredIds extends IdSet {
  readonly base: IdSet;
  readonly added: ReadonlySet<string>;
}

/**
 * @param before what is in force
 * @param more to be revoked as well
 * @returns both; its name is over the names of the two, in their order
 */
export function withMoreRevoked(before: Revocations, more: Revocations): Revocations {
  return {
    sha256: contentHash({ before: before.sha256, more: more.sha256 }),
    credentials: layered(before.credentials, more.credentials),
    holders: new Set([...before.holders, ...more.holders]),
    issuers: merged(before.issuers, more.issuers, Math.min),
    kinds: merged(before.kinds, more.kinds, Math.max),
  };
}

function layered(before: IdSet, more: IdSet): LayeredIds {
  const { base, added } = isLayered(before) ? before : { base: before, added: new Set<string>() };
  const all = new Set(added);
  for (const id of more.values()) if (!base.has(id)) all.add(id);
  return {
    base,
    added: all,
    size: base.size + all.size,
    has: (id) => all.has(id) || base.has(id),
    *values() {
      yield* base.values();
      yield* all;
    },
  };
}

function isLayered(ids: IdSet): ids is LayeredIds {
  return 'base' in ids && 'added' in ids;
}

function merged(
  before: ReadonlyMap<string, number>,
  more: ReadonlyMap<string, number>,
  tighter: (one: number, other: number) => number,
): ReadonlyMap<string, number> {
  const all = new Map(before);
  for (const [key, value] of more) all.set(key, tighter(value, all.get(key) ?? value));
  return all;
}
