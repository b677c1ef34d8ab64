/** Tells a contact that chatters from one that is used. Pure. */
import { settleMs } from './contact.js';

/** More changes than this in a second are a loose contact: a hand makes five presses at most. */
const changesMax = 10;
const windowMs = 1_000;

/** A contact that chattered is sound again after this long without an edge. */
export const quietMs = 1_000;

export interface ChatterWatch {
  /** Takes an edge's time (not running back); true: too many changes within the last second. */
  edge(atMs: number): boolean;
}

/**
 * Makes a watch that has seen nothing. Edges within the 20 ms after the one that began a change are
 * its bounces and make one change with it, so that quick clean presses and bad ones weigh the same.
 */
export function chatterWatch(): ChatterWatch {
  let changesMs: readonly number[] = [];
  return {
    edge(atMs) {
      const beganMs = changesMs.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (atMs - beganMs >= settleMs) changesMs = [...changesMs, atMs].slice(-changesMax - 1);
      changesMs = changesMs.filter((changeMs) => atMs - changeMs < windowMs);
      return changesMs.length > changesMax;
    },
  };
}
