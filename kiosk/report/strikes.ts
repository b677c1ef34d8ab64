/** Counts what is refused of a broker's messages: a few may come by mistake, a flood does not. Pure. */

export const strikeLimits = {
  /** as many in the window are too many: twice the notices that a gate has open, and all are cheap to refuse */
  countMax: 1_000,
  windowMs: 60_000,
} as const;

export interface Strikes {
  /**
   * @param nowMs monotonic milliseconds
   * @returns whether this one is one too many; then the count begins anew
   */
  add(nowMs: number): boolean;
}

/** @returns a count of none */
export function countStrikes(): Strikes {
  let count = 0;
  let beganMs = Number.NEGATIVE_INFINITY;
  return {
    add(nowMs) {
      if (nowMs - beganMs >= strikeLimits.windowMs) {
        beganMs = nowMs;
        count = 0;
      }
      count += 1;
      if (count < strikeLimits.countMax) return false;
      count = 0;
      return true;
    },
  };
}
