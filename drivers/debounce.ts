/**
 * A contact's level once it has come to rest. Pure and by the edges' own time stamps: edges that
 * were read late, several at once, give the same answer as edges read in time.
 */

export interface SettledLevel {
  readonly active: boolean;
  /** when the level that settled began */
  readonly sinceMs: number;
}

export interface Debounce {
  /** Takes the next edge; returns the level before it, if that had settled and is news. */
  edge(active: boolean, atMs: number): SettledLevel | null;
  /** Time has passed; returns the present level, if it has settled and is news. */
  tick(nowMs: number): SettledLevel | null;
  /** When the present level settles, or null where it is no news. */
  readonly settlesAtMs: number | null;
}

/** Makes a debounce that knows `active` as settled. A level counts after `settleMs` of rest. */
export function debounce(settleMs: number, initiallyActive: boolean): Debounce {
  let settled = initiallyActive;
  let level = initiallyActive;
  let sinceMs = Number.NEGATIVE_INFINITY;

  const settle = (nowMs: number): SettledLevel | null => {
    if (level === settled || nowMs - sinceMs < settleMs) return null;
    settled = level;
    return { active: level, sinceMs };
  };
  return {
    edge(active, atMs) {
      const news = settle(atMs);
      if (active !== level) {
        level = active;
        sinceMs = atMs;
      }
      return news;
    },
    tick: settle,
    get settlesAtMs() {
      return level === settled ? null : sinceMs + settleMs;
    },
  };
}
