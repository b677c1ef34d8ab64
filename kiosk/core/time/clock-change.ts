/** A change of the clock's state is on record, and an alarm for as long as it grants nothing. */
import type { ClockState, Now } from '../../../config/vocabulary.js';
import { clearAlarm, note, raise, type Turn } from '../turn.js';
import type { Time } from './clock.js';
import { clockLimits, isTime, reckon } from './clock.js';

const alarmOf: Readonly<Partial<Record<ClockState, string>>> = {
  floor: 'clock-untrusted',
  conflict: 'clock-conflict',
};

/**
 * Journals what has become of the clock in this step: another state, or a jump ahead that was
 * believed.
 * @param before what was known of the time before the step
 * @param raw what the machine's clock says
 * @param wallMs the time by that clock alone, where a signed one has moved it in the same step
 */
export function clockJudged(
  turn: Turn,
  before: Time,
  raw: Now,
  wallMs = turn.state.time.wallMs,
): void {
  const { clock } = turn.state.time;
  const reckonedMs = reckon(before, raw);
  if (clock !== before.clock || wallMs - reckonedMs > clockLimits.behindMsMax)
    note(turn, 'clock', {
      from: before.clock,
      to: clock,
      jumpSeconds: isTime(raw.wallMs) ? Math.trunc((raw.wallMs - reckonedMs) / 1000) : null,
    });
  for (const [state, code] of Object.entries(alarmOf)) {
    const isRaised = turn.state.alarms.some((alarm) => alarm.code === code);
    if (state !== clock) clearAlarm(turn, code);
    else if (!isRaised) raise(turn, code);
  }
}
