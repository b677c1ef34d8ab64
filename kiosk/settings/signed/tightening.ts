/**
 * Whether a change only tightens: then one signature is enough, for whoever must lock somebody out at
 * night. Decided by what the change does, never by what its envelope says. Pure.
 */
import type { IdSet } from '../../credential/id-table.js';
import type { Revocations } from '../../credential/revocations.js';

/**
 * @param before what is in force
 * @param after what would be
 * @returns whether everything that is revoked stays so, as early and as widely
 */
export function onlyRevokesMore(before: Revocations, after: Revocations): boolean {
  return (
    isWithin(before.credentials, after.credentials) &&
    isWithin(before.holders, after.holders) &&
    // An issuer's key counts up to `from`: sooner is tighter.
    everyEntry(before.issuers, after.issuers, (was, is) => is <= was) &&
    // Papers issued before it do not count: later is tighter.
    everyEntry(before.kinds, after.kinds, (was, is) => is >= was)
  );
}

function isWithin(before: IdSet, after: IdSet): boolean {
  for (const it of before.values()) if (!after.has(it)) return false;
  return true;
}

function everyEntry(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  isTighter: (was: number, is: number) => boolean,
): boolean {
  return [...before].every(([key, was]) => {
    const is = after.get(key);
    return is !== undefined && isTighter(was, is);
  });
}
