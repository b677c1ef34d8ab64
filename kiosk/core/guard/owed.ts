/** Details that a rule asks for and that nobody has entered before the person went through. */

import type { Grant } from '../lane/lane-state.js';
import { detailsOwedMax } from '../limits.js';
import { clearAlarm, raise, set, type Turn } from '../turn.js';

/** The person has passed: where details are missing, the booth goes on asking for them. */
export function oweDetails(turn: Turn, grant: Grant): void {
  const { attempt, detailsOwed } = turn.state;
  if (!grant.needsDetails || grant.attempt === null) return;
  const own = attempt?.serial === grant.attempt ? attempt : null;
  if (own?.detailed) return;
  const owed = { attempt: grant.attempt, masked: own?.masked ?? null };
  set(turn, { detailsOwed: [...detailsOwed, owed].slice(-detailsOwedMax) });
  raise(turn, 'details-missing');
}

/** Details of this attempt have come. */
export function settleDetails(turn: Turn, serial: number): void {
  const detailsOwed = turn.state.detailsOwed.filter(({ attempt }) => attempt !== serial);
  if (detailsOwed.length !== turn.state.detailsOwed.length) set(turn, { detailsOwed });
  if (detailsOwed.length === 0) clearAlarm(turn, 'details-missing');
}
