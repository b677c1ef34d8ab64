/** What a press came to, for whoever stands at the panel: said in the booth for some seconds. */

import { timing } from '../limits.js';
import { set, sound, type Turn } from '../turn.js';
import type { FeedbackCode } from './guard-state.js';

/** Says it, in place of what was said before. */
export function feedback(turn: Turn, code: FeedbackCode): void {
  sound(turn);
  set(turn, { feedback: { code, untilMs: turn.now.monotonicMs + timing.feedbackMs } });
}

/** Takes back what has been said long enough, and the opening whose reason is not asked any more. */
export function feedbackTimer(turn: Turn): void {
  const { feedback: said, opened } = turn.state;
  const nowMs = turn.now.monotonicMs;
  if (said !== null && said.untilMs <= nowMs) set(turn, { feedback: null });
  if (opened !== null && opened.untilMs <= nowMs) set(turn, { opened: null });
}
