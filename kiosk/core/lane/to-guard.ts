/** A person whose grant came to nothing by the gate's own fault, or another gate's news. */
import { setStanding } from '../attempt/attempt.js';
import { recordRefusal } from '../records.js';
import type { Hindrance } from '../replay/causes.js';
import type { Turn } from '../turn.js';
import type { Grant } from './lane-state.js';

/** The rest is not to be asked again: the guard decides on it, or opens. */
const mayBeSettled: readonly Hindrance[] = ['ticket-uncertain', 'part-failed'];

/** Refers whom a grant was for to the guard, where the person is still there. */
export function giveToGuard(turn: Turn, { attempt, ticket }: Grant, reason: Hindrance): void {
  if (turn.state.attempt === null || turn.state.attempt.serial !== attempt) return;
  const document = ticket?.key ?? null;
  recordRefusal(turn, { reason, kind: null, document, refer: true }, { by: 'lane' });
  const firm = !mayBeSettled.includes(reason);
  setStanding(turn, { type: 'referred', reasons: [reason], firm });
}
