/** Timers are data: when the state wants to be looked at again. */
import type { Prompt } from './guard/guard-state.js';
import { timing } from './limits.js';
import type { GateState } from './state.js';

/** @returns when a fire's release is to be told again, long before the relay's own limit ends it */
export function fireRenewalMs({ fire, releaseUntilMs }: GateState): number {
  if (!fire || releaseUntilMs === null) return Number.POSITIVE_INFINITY;
  return releaseUntilMs - timing.fireHoldMs / 2;
}

/** @returns from when on CONFIRM counts for what is shown */
export function promptReadyMs({ settings }: GateState, { sinceMs }: Prompt): number {
  return sinceMs + settings.policy.settings.promptShownMs;
}

/** By the monotonic clock, or by the badge's date as the time goes now: a jump ahead brings it nearer. */
function dutyEndMs({ duty, time }: GateState): number {
  if (duty === null) return Number.POSITIVE_INFINITY;
  return Math.min(duty.untilMs, time.atMs + (duty.expiresMs - time.wallMs));
}

/** @returns the earliest deadline in the state, monotonic milliseconds; timers are data */
export function nextDeadlineMs(state: GateState): number {
  const { attempt, lane, verdict, unwritten, prompt, feedback, opened } = state;
  const never = Number.POSITIVE_INFINITY;
  return Math.min(
    state.housekeepingMs,
    attempt?.deadlineMs ?? never,
    'grant' in lane ? lane.deadlineMs : never,
    state.emergencyUntilMs ?? never,
    fireRenewalMs(state),
    verdict?.untilMs ?? never,
    unwritten.retryMs ?? never,
    prompt === null || prompt.isReady ? never : promptReadyMs(state, prompt),
    dutyEndMs(state),
    feedback?.untilMs ?? never,
    opened?.untilMs ?? never,
  );
}
