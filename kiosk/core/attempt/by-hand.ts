/** Whether the guard's own thermometer counts for who stands there. */
import type { GateState } from '../state.js';
import { isFirm } from './attempt.js';
import type { Attempt } from './attempt-state.js';
import { feverStanding } from './fever.js';

/**
 * @param nowMs monotonic milliseconds
 * @returns whether a reading by hand counts now: it binds to who is known, not in a fever's pause, and
 *   lifts nothing but a fever
 */
export function mayMeasureByHand(
  { fevers, settings }: GateState,
  attempt: Attempt,
  nowMs: number,
): boolean {
  const { identifiedMs, identities, standing } = attempt;
  if (identifiedMs === null || standing.type === 'held') return false;
  if (isFirm(attempt) && !attempt.standing.reasons.includes('fever')) return false;
  const fever = feverStanding(fevers, identities, settings.policy.settings, nowMs);
  return fever !== 'paused' && fever !== 'exhausted';
}
