/**
 * Counts what is refused until it is written down: nobody waits for it, and a transaction for each slice of
 * a flood would be a gift to whoever sends it. Pure.
 */
import type { Refused } from './inbox.js';

export interface Tally {
  add(refused: Refused): void;
  /** @returns the sums by gate and reason, and forgets them */
  take(): readonly Refused[];
  isEmpty(): boolean;
}

/** @returns one that has counted nothing */
export function refusedTally(): Tally {
  const sums = new Map<string, Refused>();
  return {
    add(refused) {
      const place = `${refused.why} ${refused.kiosk ?? ''}`;
      const count = (sums.get(place)?.count ?? 0) + refused.count;
      sums.set(place, { ...refused, count });
    },
    take() {
      const all = [...sums.values()];
      sums.clear();
      return all;
    },
    isEmpty: () => sums.size === 0,
  };
}
