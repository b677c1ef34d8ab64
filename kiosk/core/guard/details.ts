/** What the guard enters at the booth: the texts are sealed already, here they find their attempt. */
import { replaceAttempt } from '../attempt/attempt.js';
import { mayMeasureByHand } from '../attempt/by-hand.js';
import type { DetailsEvidence } from '../evidence.js';
import { isolateEntered } from '../lane/reservation.js';
import { clearAlarm, note, set, type Turn } from '../turn.js';
import { measuredByHand } from './confirm.js';
import { feedback } from './feedback.js';
import { settleDetails } from './owed.js';

/** Takes in details of an attempt, open or over, by a guard on duty, or of the last emergency. */
export function takeDetails(turn: Turn, details: DetailsEvidence): void {
  const { attempt, duty, attemptSerial, settings } = turn.state;
  const { fields, ref, household, campusId, bodyCentidegrees } = details;
  const guard = duty?.guard ?? null;
  if (details.attempt === null) {
    note(turn, 'emergency-details', {
      fields: [...fields],
      guard,
      tells: ['duty-officer'],
      ...(ref === null ? {} : { sealed: ref }),
    });
    set(turn, { isEmergencyEntered: true });
    return clearAlarm(turn, 'emergency-details');
  }
  // Of an attempt that never was nothing can be told.
  if (!(details.attempt >= 1 && details.attempt <= attemptSerial)) return;
  if (guard === null) return feedback(turn, 'nobody-on-duty');
  note(turn, 'details', {
    attempt: details.attempt,
    fields: [...fields],
    household,
    campusId,
    guard,
    ...(ref === null ? {} : { sealed: ref }),
  });
  isolateEntered(turn, details.attempt, [household, campusId]);
  settleDetails(turn, details.attempt, fields);
  if (attempt === null || attempt.serial !== details.attempt) return;
  replaceAttempt(turn, {
    ...attempt,
    household: household ?? attempt.household,
    campusId: campusId ?? attempt.campusId,
    entered: [...new Set([...attempt.entered, ...fields])],
  });
  if (bodyCentidegrees === null) return;
  if (!mayMeasureByHand(turn.state, attempt, turn.now.monotonicMs)) return;
  const limits = settings.policy.settings;
  const isReading =
    bodyCentidegrees >= limits.readingCentidegreesMin &&
    bodyCentidegrees <= limits.readingCentidegreesMax;
  if (isReading) measuredByHand(turn, bodyCentidegrees >= limits.feverCentidegrees, guard);
}
