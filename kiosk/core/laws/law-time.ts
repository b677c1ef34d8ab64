/**
 * Law 6: time never runs back, and is not run ahead. Read off the step from outside: by the time
 * before it and after it and by what the machine's clock and the admins said, never by how it was judged.
 */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { Input } from '../messages.js';
import type { Observed } from './observed.js';

const dayMs = 86_400_000;
/** A synced clock and the time may differ by a minute; a rounding may be a thousandth of a second. */
const minuteMs = 60_000;
const roundingMs = 1;
/** Who may turn time back, or bring it further than one signature may. */
const adminsMin = 2;
/** A minute's error at 100 parts in a million takes 600,000 s. */
const holdoverMsMax = 600_000_000;
/** The last moment that RFC 3339 can write. */
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');
/** The machine's clock after a start: nobody knows how long the power was off. */
const daysOffMax = 10;

/** @returns how a step has turned time back, run it ahead or trusted a clock too far, or null */
export function timeNeverRunsBack(step: Observed): string | null {
  return (
    runsBack(step) ??
    runsAhead(step) ??
    forgetsJumps(step) ??
    trustsTooMuch(step) ??
    datesWrongly(step)
  );
}

type Signed = Extract<Input, { type: 'signed-time' }>;

/** What two admins or more have said, as many as the site asks for: it may go anywhere. */
function saidByTwo({ input }: Observed): Signed | null {
  if (input.type !== 'signed-time') return null;
  return input.signed === 'all' && input.admins.length >= adminsMin ? input : null;
}

/** Only they may turn time back, and to what they have said. */
function isSetByTwo(step: Observed): boolean {
  const said = saidByTwo(step);
  return said?.purpose === 'set' && step.after.time.floorMs === Math.floor(said.atMs);
}

/** What time had surely reached before the step, by this run or by an earlier one. */
function reachedBefore({ before, input }: Observed): number | null {
  const own = before.time.floorMs;
  // What admins have set in this run is later word than a journal's that comes back in its middle.
  const told = input.type === 'boot' && !before.time.isSet ? input.standing.floorMs : null;
  if (told === null || !(told >= 0 && told <= lastMs)) return own;
  return own === null ? told : Math.max(own, told);
}

function runsBack(step: Observed): string | null {
  const { floorMs, wallMs } = step.after.time;
  const reachedMs = reachedBefore(step);
  if (reachedMs === null) return null;
  if (floorMs === null) return 'what time had reached is forgotten';
  if (!(floorMs >= reachedMs) && !isSetByTwo(step)) return 'time runs back';
  return floorMs === wallMs ? null : 'decided by another time than the one reached';
}

function runsAhead(step: Observed): string | null {
  const { before, after, raw } = step;
  const { floorMs, clock } = after.time;
  const reachedMs = reachedBefore(step);
  if (floorMs === null) return null;
  const signed = movesSigned(step);
  if (signed !== null) return signed;
  if (isSetByTwo(step)) return null;
  if (reachedMs === null) {
    if (raw.clock === 'synced' || isSigned(step)) return null;
    return 'a floor from no synced clock';
  }
  if (after.time.isOnlySigned && !before.time.isOnlySigned)
    return 'what a clock was sure of, taken for what was signed';
  const lapseMs = lapseOf(step);
  const laggedMs = after.time.lagMs - before.time.lagMs;
  if (laggedMs > Math.max(0, reachedMs + lapseMs - floorMs) + roundingMs)
    return 'a lag that has not been';
  const aheadMs = floorMs - (reachedMs + lapseMs);
  if (aheadMs <= roundingMs) return null;
  if (isSigned(step))
    return saidByTwo(step) !== null || aheadMs <= dayMs ? null : 'run ahead by one signature';
  if (raw.clock !== 'synced' || clock !== 'synced') return 'run ahead without a synced clock';
  // Of no clock so far: how old what was signed is nobody knows.
  if (before.time.isOnlySigned && reachedMs === before.time.floorMs) return null;
  const days = isFirstSync(step) ? daysOffMax : 1;
  return aheadMs <= days * dayMs + before.time.lagMs ? null : `run ahead by more than ${days} days`;
}

/** A signed time that was taken brings it to the moment that it names. */
function isSigned({ input, after }: Observed): boolean {
  return input.type === 'signed-time' && after.time.floorMs === Math.floor(input.atMs);
}

/** What single signatures have moved is counted, and forgotten only where time is sure again. */
function movesSigned(step: Observed): string | null {
  const { before, after, raw } = step;
  const { floorMs, clock, signedMs } = after.time;
  if (floorMs === null || saidByTwo(step) !== null) return null;
  if (signedMs > dayMs) return 'run ahead by single signatures';
  // What a synced clock finds so is that clock's: `forgetsJumps`.
  if (clock === 'synced') return null;
  const lapseMs = lapseOf(step);
  // Of a gate that was never sure it counts from what the machine's clock shows.
  const shownMs = raw.wallMs >= 0 && raw.wallMs <= lastMs ? raw.wallMs : 0;
  const reachedMs = reachedBefore(step) ?? Math.max(before.time.wallMs, shownMs);
  const reckonedMs = reachedMs + lapseMs;
  const movedMs = isSigned(step) ? floorMs - reckonedMs : 0;
  const isCounted = signedMs - before.time.signedMs >= movedMs - roundingMs;
  return isCounted ? null : 'what a single signature has moved is not counted';
}

/** How long the step before was ago, by the monotonic clock. */
function lapseOf({ before, raw }: Observed): number {
  return Math.max(0, raw.monotonicMs - before.time.atMs) || 0;
}

/** In this run, unless admins have said what time it is. */
function isFirstSync({ before }: Observed): boolean {
  return before.time.syncedAtMs === null && !before.time.isSet;
}

/**
 * Synced clocks run time ahead by a day at most in any day of the monotonic clock. So whatever moves the
 * furthest that time can be (where it is, and what it lags behind) is counted, in the day when it is and in
 * the next one; only the first of a run has days of its own.
 */
function forgetsJumps(step: Observed): string | null {
  const { before, after } = step;
  if (isSetByTwo(step)) return null;
  const { thisDayMs, dayBeforeMs } = after.time.jumps;
  const earlier = before.time.jumps;
  const nights =
    Math.floor((before.time.atMs + lapseOf(step)) / dayMs) - Math.floor(before.time.atMs / dayMs);
  const keptMs = nights === 0 ? earlier.thisDayMs : 0;
  const keptBeforeMs = [earlier.dayBeforeMs, earlier.thisDayMs][nights] ?? 0;
  if (!(thisDayMs >= keptMs && dayBeforeMs >= keptBeforeMs)) return 'jumps ahead are forgotten';
  if (thisDayMs + dayBeforeMs > dayMs) return 'run ahead by more than a day within a day';
  const { floorMs, lagMs, clock, syncedAtMs } = after.time;
  // Or the next one would be the first once more.
  const isSynced = clock === 'synced' || before.time.syncedAtMs !== null;
  if ((isSynced && syncedAtMs === null) || (before.time.isSet && !after.time.isSet))
    return 'a synchronisation is forgotten';
  const reachedMs = reachedBefore(step);
  if (floorMs === null || reachedMs === null || clock !== 'synced') return null;
  if (before.time.isOnlySigned && reachedMs === before.time.floorMs) return null;
  const furthestMs = reachedMs + lapseOf(step) + before.time.lagMs;
  // What single signatures have moved is forgotten now.
  const signedMs = Math.max(0, before.time.signedMs - Math.max(0, after.time.signedMs));
  const offMs = isFirstSync(step) ? daysOffMax * dayMs : 0;
  const movedMs = floorMs + lagMs - furthestMs + signedMs - offMs;
  return thisDayMs - keptMs >= movedMs - roundingMs ? null : 'a jump ahead is not counted';
}

function trustsTooMuch(step: Observed): string | null {
  const { before, after, raw } = step;
  const { clock, wallMs } = after.time;
  if (isSetByTwo(step) && (clock === 'synced' || clock === 'holdover'))
    return `${clock} by what admins say`;
  if (clock === 'synced') {
    if (raw.clock !== 'synced') return `synced by a clock that says ${raw.clock}`;
    return Math.abs(wallMs - raw.wallMs) <= minuteMs ? null : 'synced to another time';
  }
  if (clock !== 'holdover') return null;
  if (raw.clock === 'floor' || raw.clock === 'conflict') return `holdover of a clock ${raw.clock}`;
  const { syncedAtMs } = before.time;
  if (syncedAtMs === null) return 'holdover of a clock that was never synced';
  return raw.monotonicMs - syncedAtMs >= holdoverMsMax ? 'holdover for too long' : null;
}

/** What is only written again was dated in its own step; what is kept for the next run is this one. */
function datesWrongly({ before, after, effects }: Observed): string | null {
  const again = new Set(before.unwritten.failed.map(({ order }) => order));
  const { floorMs, wallMs } = after.time;
  const dated = formatRfc3339(wallMs);
  const keptMs = floorMs === null ? null : Math.floor(floorMs);
  for (const effect of effects) {
    if (effect.type !== 'append') continue;
    const order = after.unwritten.sent.get(effect.id)?.order ?? effect.id;
    if (!again.has(order) && effect.records.some(({ at }) => at !== dated))
      return 'a record of another time';
    if (effect.standing !== undefined && effect.standing.floorMs !== keptMs)
      return 'another floor is kept';
  }
  return null;
}
