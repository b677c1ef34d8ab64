/**
 * What a time that admins, or a time service of the site, have signed does to what is known of the time
 * (law 6). How long a message was under way nobody knows, so it says no more than that its moment has been:
 * it can raise the floor and never makes a clock trusted.
 *
 *   raise   time has reached this. One signature moves it by a day in all before the next synchronisation:
 *           whoever has stolen one key closes a gate for a day and not for a year. With as many as the
 *           site's threshold it moves as far as they say. What the next synchronisation finds so counts
 *           as its own (`clock.ts`), so neither lets the other begin anew
 *   set     it is this, whatever is believed: the only way back, and theirs who are that many
 *
 * A clock that is trusted knows better than a message that came late: there a raise does nothing.
 */
import { isTime, type Time } from './clock.js';
import { noJumps } from './jumps.js';

/** Milliseconds. */
export const signedTimeLimits = {
  /** all that single signatures may run time ahead of what was reckoned, since it was last sure: law 6’s step */
  aheadMsMax: 86_400_000,
  /** less is not worth a record; so a key that floods fills no journal */
  leastMs: 60_000,
  /** a trusted clock and an admin's may differ by so much before it is worth an alarm */
  toleranceMs: 300_000,
} as const;

export interface SignedTime {
  readonly purpose: 'raise' | 'set';
  /** wall milliseconds */
  readonly atMs: number;
  /** `all`: by as many admins as the site's threshold, two at least */
  readonly signed: 'all' | 'few';
}

export type SignedTimeResult =
  | 'raised'
  | 'set'
  /** it has been reached already */
  | 'not-later'
  /** far ahead of a clock that is trusted */
  | 'contradicts-clock'
  /** further than one signature may move it */
  | 'too-far'
  | 'below-threshold'
  | 'no-time';

/**
 * @param time as judged for this moment
 * @param given what was signed
 * @returns what is known then, and what came of it; for all but `raised` and `set` the same as before
 */
export function takeSigned(
  time: Time,
  { purpose, atMs, signed }: SignedTime,
): { readonly time: Time; readonly result: SignedTimeResult } {
  if (!isTime(atMs)) return { time, result: 'no-time' };
  const reachedMs = Math.floor(atMs);
  if (purpose === 'set')
    return signed === 'all'
      ? { time: setTo(time, reachedMs), result: 'set' }
      : { time, result: 'below-threshold' };
  const { floorMs, wallMs, clock, lagMs, signedMs, isOnlySigned } = time;
  const aheadMs = reachedMs - wallMs;
  if (clock === 'synced' || clock === 'holdover') {
    const isFar = aheadMs > signedTimeLimits.toleranceMs;
    return { time, result: isFar ? 'contradicts-clock' : 'not-later' };
  }
  // Where nothing was sure, what the machine's clock shows is no bound: an earlier time is sure, at least.
  if (floorMs !== null && aheadMs < signedTimeLimits.leastMs) return { time, result: 'not-later' };
  const movedMs = signedMs + aheadMs;
  const isTooFar = Math.max(aheadMs, movedMs) > signedTimeLimits.aheadMsMax;
  if (signed === 'few' && isTooFar) return { time, result: 'too-far' };
  const raised = {
    floorMs: reachedMs,
    wallMs: reachedMs,
    lagMs: Math.max(0, lagMs - Math.max(0, aheadMs)),
    signedMs: signed === 'few' ? movedMs : 0,
    isOnlySigned: floorMs === null || isOnlySigned,
  };
  return { time: { ...time, ...raised }, result: 'raised' };
}

/**
 * From there on a synchronisation is held to what was set: the power is not off, and nothing is unknown.
 * How far time was moved before says nothing of it any more.
 */
function setTo(time: Time, reachedMs: number): Time {
  return {
    ...time,
    floorMs: reachedMs,
    wallMs: reachedMs,
    clock: 'floor',
    lagMs: 0,
    syncedAtMs: null,
    jumps: noJumps,
    signedMs: 0,
    isSet: true,
    isOnlySigned: false,
  };
}
