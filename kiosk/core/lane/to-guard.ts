/** A person whose grant came to nothing by the gate's own fault, or another gate's news. */
import { setStanding } from '../attempt/attempt.js';
import { recordRefusal } from '../records.js';
import type { Turn } from '../turn.js';
import type { Grant } from './lane-state.js';

/** Why a grant that was decided is not opened. */
type Hindrance = 'disk-late' | 'disk-failed' | 'ticket-uncertain' | 'already-used' | 'part-failed';

/** The rest is not to be asked again: the guard decides on it, or opens. */
const mayBeSettled: readonly Hindrance[] = ['ticket-uncertain', 'part-failed'];

/** Refers whom a grant was for to the guard, where the person is still there. */
export function giveToGuard(turn: Turn, { attempt, ticket }: Grant, reason: Hindrance): void {
  if (turn.state.attempt === null || turn.state.attempt.serial !== attempt) return;
  recordRefusal(turn, 'refer', reason, null, ticket?.key ?? null);
  const firm = !mayBeSettled.includes(reason);
  setStanding(turn, { type: 'referred', reasons: [reason], firm });
}
