/** Isolation after a return from elsewhere: who is isolated, and until when. Days in site time. */

import type { Rule } from '../../../config/policy.js';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { KnownEntry, Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { GateSettings } from '../settings.js';
import type { GateState } from '../state.js';

const msPerDay = 86_400_000;

/** @returns the day of a moment in site time, days since 1970-01-01 */
export function siteDay(wallMs: number, { utcOffsetMinutes }: GateSettings): number {
  return Math.floor((wallMs + utcOffsetMinutes * 60_000) / msPerDay);
}

/** @returns the last day of an isolation that began with this day of arrival */
export function lastIsolationDay(arrivalDay: number, { policy }: GateSettings): number {
  const { isolationDays, isolationCountsArrival } = policy.settings;
  return arrivalDay + isolationDays - (isolationCountsArrival ? 1 : 0);
}

/**
 * @returns an entry for each identity of the attempt that its rule isolates: the person on the ID
 *   card, the household and the campus id of staff (their papers, or as the guard entered them)
 */
export function isolationEntries(
  { settings }: GateState,
  attempt: Attempt,
  rule: Rule,
  now: Now,
): readonly KnownEntry[] {
  if (rule.isolates !== true || attempt.arrivalDay === null) return [];
  const endMs = (lastIsolationDay(attempt.arrivalDay, settings) + 1) * msPerDay;
  const until = formatRfc3339(endMs - settings.utcOffsetMinutes * 60_000);
  const tokens = new Set(Object.values(attempt.identities).map(({ token }) => token));
  if (attempt.household !== null) tokens.add(attempt.household);
  if (attempt.campusId !== null) tokens.add(attempt.campusId);
  return [...tokens].map((key) => ({
    type: 'isolation',
    key,
    until,
    at: formatRfc3339(now.wallMs),
  }));
}
