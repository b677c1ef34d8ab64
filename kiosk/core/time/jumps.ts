/**
 * How far synchronised clocks have moved time ahead of the monotonic clock, in all (law 6). A limit on each
 * look at the clock would be none: a forged time service moves it by a little less, once a second.
 *
 * It is counted by days of the monotonic clock, and what was moved in one counts in that day and in the
 * next. So no 24 hours have more than the limit, wherever they begin, and what was moved is forgotten
 * after one day at the least and two at the most.
 */
const dayMs = 86_400_000;

/** Milliseconds. */
export interface Jumps {
  /** in this day of the monotonic clock */
  readonly thisDayMs: number;
  /** in the one before it */
  readonly dayBeforeMs: number;
}

export const noJumps: Jumps = { thisDayMs: 0, dayBeforeMs: 0 };

/**
 * @param jumps as counted at `fromMs`
 * @param fromMs monotonic moment
 * @param toMs a later one
 * @returns what of them counts then
 */
export function jumpsAt(jumps: Jumps, fromMs: number, toMs: number): Jumps {
  const days = Math.floor(toMs / dayMs) - Math.floor(fromMs / dayMs);
  if (!(days > 0)) return jumps;
  return { thisDayMs: 0, dayBeforeMs: days === 1 ? jumps.thisDayMs : 0 };
}

/** @returns with a jump of this day more, milliseconds */
export function withJump({ thisDayMs, dayBeforeMs }: Jumps, jumpMs: number): Jumps {
  return { thisDayMs: thisDayMs + jumpMs, dayBeforeMs };
}

/** @returns all that counts, milliseconds */
export function allJumpsMs({ thisDayMs, dayBeforeMs }: Jumps): number {
  return thisDayMs + dayBeforeMs;
}
