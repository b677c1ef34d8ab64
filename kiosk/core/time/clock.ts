/**
 * Law 6: time never runs back, and is not run ahead. What the machine's clock says is judged before
 * anything is decided, recorded or verified by it; what comes out is the time that everybody uses.
 *
 *   synced     the machine's clock is synchronised and near what was reckoned: it is believed
 *   holdover   it was believed in this run; since then time is reckoned by the monotonic clock,
 *              which errs by less than a minute
 *   floor      reckoned from what time had surely reached when the last run ended, or from a last
 *              synchronisation too long ago: a lower bound, no more
 *   conflict   a synchronised clock contradicts what is known: it is not believed
 *
 * In all of them the time is one that has surely been reached (`floorMs`), so what is over by it is
 * over. Without a synchronised clock it goes on with the monotonic clock from there: a wrong clock
 * of the machine, or somebody who sets it by hand, changes nothing.
 *
 * The first synchronisation of a run is another matter: how long the machine was off nobody knows,
 * so there is no lapse that a jump could be measured against. A gate that stood without power over
 * a long weekend must open on Monday by itself, so this one jump may be `powerOffMsMax`; broken
 * time sources miss by years. Beyond it the clock is in conflict like any other.
 *
 * All later ones may move it by `jumpMsMax` in all in any 24 hours of the monotonic clock
 * (`jumps.ts`), or a forged time service would run it ahead in small steps. What single signatures
 * have moved counts with what the synchronisation moves that finds it so, or each would let the
 * other begin anew.
 *
 * A clock behind the floor makes time stand still: it is in conflict until it has caught up, and
 * so a wrong jump ahead that was believed heals in as long as it was wide. If it was the clock that
 * erred, it jumps ahead again some day: what time lags behind the monotonic clock is allowed for.
 *
 * A gate that was never synchronised has nothing to hold on to: it shows the machine's clock, at
 * `floor`, and its first synchronisation sets the time, whatever was shown. A time that was signed before
 * may be of any age, so it holds nothing: that synchronisation may be as far ahead of it as it is.
 *
 * A time that was signed raises the floor, or sets it: `signed-time.ts`.
 */
import { type ClockState, clockStates, type Now } from '../../../config/vocabulary.js';
import { allJumpsMs, type Jumps, jumpsAt, noJumps, withJump } from './jumps.js';

/** Milliseconds but for the drift. */
export const clockLimits = {
  /** synchronisations may move time so far ahead of the reckoning in a day; beyond it somebody errs */
  jumpMsMax: 86_400_000,
  /** the first one of a run: the longest public holiday (8 days) with a margin, and less than the
   * 14 days of an isolation, so that no single jump ends one */
  powerOffMsMax: 10 * 86_400_000,
  /** a synchronised clock may lag so far behind the floor: time stands still for it */
  behindMsMax: 60_000,
  /** holdover lasts while time errs by less */
  errorMsMax: 60_000,
  /** how far off a clock may be when it is synchronised: SNTP over a campus network */
  initialErrorMs: 1_000,
  /** how fast a board's crystal drifts at the worst, in the cold */
  driftPartsPerMillion: 100,
} as const;

/** 9999-12-31T23:59:59.999Z: the last moment that a record can be dated with. */
const lastMs = 253_402_300_799_999;

/** What is known of the time (law 6). Wall and monotonic milliseconds. */
export interface Time {
  /** what time has surely reached; null: never synced, so nothing is sure */
  readonly floorMs: number | null;
  /** the time that the last step decided and recorded by: the floor, where there is one */
  readonly wallMs: number;
  readonly clock: ClockState;
  /** monotonic moment of that step */
  readonly atMs: number;
  /** by how much slower than the monotonic clock the time has gone, for a synced clock behind it */
  readonly lagMs: number;
  /** monotonic moment when a synced clock was last believed; null: not in this run, or not since `isSet` */
  readonly syncedAtMs: number | null;
  /** how far synchronised clocks have moved it ahead; of the first in a run what is over `powerOffMsMax` */
  readonly jumps: Jumps;
  /** how far single signatures have moved it since it was last sure (`signed-time.ts`) */
  readonly signedMs: number;
  /** admins have said in this run what time it is: how long the machine was off is known */
  readonly isSet: boolean;
  /** the floor is what was signed, and nothing else: no clock of this gate has been sure yet */
  readonly isOnlySigned: boolean;
}

export interface JudgedTime {
  readonly time: Time;
  readonly now: Now;
}

/**
 * @param raw what the machine's clock says
 * @returns the moment in whole milliseconds, not later: what is decided by can then be written down
 *   as it is (law 10), for records have no fractions
 */
export function wholeMoment({ monotonicMs, wallMs, clock }: Now): Now {
  return { monotonicMs: Math.floor(monotonicMs), wallMs: Math.floor(wallMs), clock };
}

/** @returns what is known of the time before the journal has told of a floor */
export function unknownTime(raw: Now): Time {
  return {
    floorMs: null,
    wallMs: isTime(raw.wallMs) ? raw.wallMs : 0,
    clock: 'floor',
    atMs: raw.monotonicMs,
    lagMs: 0,
    syncedAtMs: null,
    jumps: noJumps,
    signedMs: 0,
    isSet: false,
    isOnlySigned: false,
  };
}

/**
 * @param time as known
 * @param floorMs what time had surely reached by an earlier run, or null; as untrusted as a file
 * @returns the time, not before that floor; how long ago the floor was is not known
 */
export function takeFloor(time: Time, floorMs: number | null): Time {
  if (floorMs === null || !isTime(floorMs)) return time;
  // A journal that comes back in the middle of a run knows nothing of what admins have set since.
  if (time.isSet) return time;
  // A file may hold a fraction: what it says has surely been reached.
  const reachedMs = Math.max(Math.ceil(floorMs), time.floorMs ?? 0);
  return { ...time, floorMs: reachedMs, wallMs: reachedMs, isOnlySigned: false };
}

/**
 * @param time what was known before
 * @param raw what the machine's clock says; of its state and the judged one the worse counts
 * @returns what is known now, and the moment to decide, record and verify by. Never before
 *   `time.floorMs`, whatever the machine's clock says.
 */
export function judgeTime(time: Time, raw: Now): JudgedTime {
  const { floorMs, lagMs, syncedAtMs, signedMs, isSet, isOnlySigned } = time;
  const reckonedMs = reckon(time, raw);
  if (raw.clock !== 'synced') {
    const isShown = floorMs === null && isTime(raw.wallMs);
    const wallMs = isShown ? Math.max(time.wallMs, raw.wallMs) : reckonedMs;
    return judged(time, raw, { wallMs, clock: worse(raw.clock, unsynced(time, raw)) });
  }
  if (!isTime(raw.wallMs)) return judged(time, raw, { wallMs: reckonedMs, clock: 'conflict' });
  const believed = {
    clock: 'synced',
    syncedAtMs: atMs(time, raw),
    signedMs: 0,
    isOnlySigned: false,
  } as const;
  if (floorMs === null)
    return judged(time, raw, { ...believed, wallMs: raw.wallMs, floorMs: raw.wallMs });
  const { jumpMsMax, powerOffMsMax, behindMsMax } = clockLimits;
  const isFirst = syncedAtMs === null && !isSet;
  const wallMs = Math.max(raw.wallMs, floorMs);
  const aheadMs = wallMs - reckonedMs;
  const movedMs = aheadMs + Math.max(0, signedMs);
  const freeMs = isOnlySigned ? Number.POSITIVE_INFINITY : lagMs + (isFirst ? powerOffMsMax : 0);
  const countedMs = Math.max(0, movedMs - freeMs);
  const jumps = withJump(jumpsNow(time, raw), countedMs);
  // How old what was signed is nobody knows.
  const isTooFar =
    !isOnlySigned && (isFirst ? aheadMs > powerOffMsMax + lagMs : allJumpsMs(jumps) > jumpMsMax);
  if (!isTooFar && raw.wallMs >= floorMs - behindMsMax)
    return judged(time, raw, {
      ...{ wallMs, ...believed, jumps },
      // A lag makes good what signatures have moved, or it is caught up with: not both.
      lagMs: Math.max(0, lagMs - movedMs),
    });
  // Time stands still for one that is behind, whatever else is wrong with it.
  const heldMs = Math.min(wallMs, reckonedMs);
  const held = { wallMs: heldMs, lagMs: lagMs + reckonedMs - heldMs } as const;
  return judged(time, raw, { ...held, clock: 'conflict' });
}

/** @returns where the monotonic clock alone would have brought the time, wall milliseconds */
export function reckon(time: Time, raw: Now): number {
  return Math.min(time.wallMs + (atMs(time, raw) - time.atMs), lastMs);
}

/** @returns whether a clock can mean this: from 1970 to 9999 */
export function isTime(wallMs: number): boolean {
  return wallMs >= 0 && wallMs <= lastMs;
}

/** What changes; a floor that is known is where time is. */
function judged(
  time: Time,
  raw: Now,
  change: Pick<Time, 'wallMs' | 'clock'> & Partial<Time>,
): JudgedTime {
  const { wallMs, clock } = change;
  const floorMs = time.floorMs === null ? null : wallMs;
  return {
    time: { ...time, floorMs, jumps: jumpsNow(time, raw), ...change, atMs: atMs(time, raw) },
    now: { monotonicMs: raw.monotonicMs, wallMs, clock },
  };
}

/** A monotonic clock that runs back, or is none, lets no time pass. */
function atMs(time: Time, { monotonicMs }: Now): number {
  return monotonicMs > time.atMs ? monotonicMs : time.atMs;
}

/** What of the jumps counts at this moment still. */
function jumpsNow(time: Time, raw: Now): Jumps {
  return jumpsAt(time.jumps, time.atMs, atMs(time, raw));
}

function unsynced(time: Time, raw: Now): ClockState {
  const { syncedAtMs } = time;
  if (syncedAtMs === null) return 'floor';
  const { initialErrorMs, driftPartsPerMillion, errorMsMax } = clockLimits;
  const sinceMs = atMs(time, raw) - syncedAtMs;
  const errorMs = initialErrorMs + (sinceMs * driftPartsPerMillion) / 1_000_000;
  return errorMs < errorMsMax ? 'holdover' : 'floor';
}

/** In the order of the vocabulary: from good to bad. */
function worse(one: ClockState, other: ClockState): ClockState {
  return clockStates.indexOf(one) > clockStates.indexOf(other) ? one : other;
}
