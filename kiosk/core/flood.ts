/**
 * Whoever holds the same wrong code before the scanner all night must not fill the disk: what is
 * refused or ignored again and again is on record a number of times, and then counted. What is
 * refused for the first time of an attempt always has a record of its own.
 */
import { refusalLimits } from './limits.js';
import { note, set, type Turn } from './turn.js';

/**
 * Asks for one record of what comes again and again.
 * @param name the type of the record and its reason: few in number
 * @returns true where it may be written; false where it has been counted instead
 */
export function mayNote(turn: Turn, name: string): boolean {
  const { monotonicMs } = turn.now;
  const { flood } = turn.state;
  const { burst, everyMs } = refusalLimits;
  const more = Math.floor((monotonicMs - flood.atMs) / everyMs);
  const left = Math.min(burst, flood.left + more);
  // Where all may be written again, what is left of a wait counts for nothing.
  const atMs = left === burst ? monotonicMs : flood.atMs + more * everyMs;
  if (left > 0) {
    set(turn, { flood: { ...flood, left: left - 1, atMs } });
    return true;
  }
  const omitted = new Map(flood.omitted);
  omitted.set(name, (omitted.get(name) ?? 0) + 1);
  set(turn, { flood: { left, atMs, omitted } });
  return false;
}

/**
 * Journals that a scan or a card came to nothing.
 * @param why `lane`: it does not take evidence now; `referred`: the guard has been called for who
 *   stands there, and further papers change nothing; `late`: it was taken before the attempt began
 */
export function noteIgnored(turn: Turn, why: 'lane' | 'referred' | 'late'): void {
  const lane = turn.state.lane.name;
  if (mayNote(turn, `scan-ignored/${why}`)) note(turn, 'scan-ignored', { lane, why });
}

/** Writes down how much has had no record since the last time; called now and then. */
export function noteOmitted(turn: Turn): void {
  const { flood } = turn.state;
  if (flood.omitted.size === 0) return;
  const counts = [...flood.omitted].map(([what, count]) => ({ what, count }));
  note(turn, 'omitted', { counts });
  set(turn, { flood: { ...flood, omitted: new Map() } });
}
