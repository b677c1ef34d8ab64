/**
 * Law 6: time never runs back, and is not run ahead. Read off the step from outside: by the time
 * before it and after it and by what the machine's clock said, never by how it was judged.
 */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { Observed } from './observed.js';

const dayMs = 86_400_000;
/** A synced clock and the time may differ by a minute; a rounding may be a thousandth of a second. */
const minuteMs = 60_000;
const roundingMs = 1;
/** A minute's error at 100 parts in a million takes 600,000 s. */
const holdoverMsMax = 600_000_000;
/** The last moment that RFC 3339 can write. */
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');
/** The machine's clock after a start: nobody knows how long the power was off. */
const daysOffMax = 10;

/** @returns how a step has turned time back, run it ahead or trusted a clock too far, or null */
export function timeNeverRunsBack(step: Observed): string | null {
  return runsBack(step) ?? runsAhead(step) ?? trustsTooMuch(step) ?? datesWrongly(step);
}

/** What time had surely reached before the step, by this run or by an earlier one. */
function reachedBefore({ before, input }: Observed): number | null {
  const own = before.time.floorMs;
  const told = input.type === 'boot' ? input.standing.floorMs : null;
  if (told === null || !(told >= 0 && told <= lastMs)) return own;
  return own === null ? told : Math.max(own, told);
}

function runsBack(step: Observed): string | null {
  const { floorMs, wallMs } = step.after.time;
  const reachedMs = reachedBefore(step);
  if (reachedMs === null) return null;
  if (floorMs === null) return 'what time had reached is forgotten';
  if (!(floorMs >= reachedMs)) return 'time runs back';
  return floorMs === wallMs ? null : 'decided by another time than the one reached';
}

function runsAhead(step: Observed): string | null {
  const { before, after, raw } = step;
  const { floorMs, clock } = after.time;
  const reachedMs = reachedBefore(step);
  if (floorMs === null) return null;
  if (reachedMs === null) return raw.clock === 'synced' ? null : 'a floor from no synced clock';
  const lapseMs = Math.max(0, raw.monotonicMs - before.time.atMs) || 0;
  const laggedMs = after.time.lagMs - before.time.lagMs;
  if (laggedMs > Math.max(0, reachedMs + lapseMs - floorMs) + roundingMs)
    return 'a lag that has not been';
  const aheadMs = floorMs - (reachedMs + lapseMs);
  if (aheadMs <= roundingMs) return null;
  if (raw.clock !== 'synced' || clock !== 'synced') return 'run ahead without a synced clock';
  const days = before.time.syncedAtMs === null ? daysOffMax : 1;
  return aheadMs <= days * dayMs + before.time.lagMs ? null : `run ahead by more than ${days} days`;
}

function trustsTooMuch({ before, after, raw }: Observed): string | null {
  const { clock, wallMs } = after.time;
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
