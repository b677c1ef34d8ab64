/** What the guard enters at the booth: the texts are sealed already, here they find their attempt. */
import { replaceAttempt } from '../attempt/attempt.js';
import { feverStanding } from '../attempt/fever.js';
import type { DetailsEvidence } from '../evidence.js';
import { isolateHousehold } from '../lane/reservation.js';
import { clearAlarm, note, type Turn } from '../turn.js';
import { measuredByHand } from './confirm.js';
import { settleDetails } from './owed.js';

/** Takes in details of an attempt, open or over, or of the last emergency. */
export function takeDetails(turn: Turn, details: DetailsEvidence): void {
  const { attempt, duty, attemptSerial, settings, fevers } = turn.state;
  const { fields, ref, household, bodyCentidegrees } = details;
  const guard = duty?.guard ?? null;
  if (details.attempt === null) {
    note(turn, 'emergency-details', {
      fields: [...fields],
      guard,
      tells: ['duty-officer'],
      ...(ref === null ? {} : { sealed: ref }),
    });
    return clearAlarm(turn, 'emergency-details');
  }
  // Of an attempt that never was nothing can be told.
  if (!(details.attempt >= 1 && details.attempt <= attemptSerial)) return;
  note(turn, 'details', {
    attempt: details.attempt,
    fields: [...fields],
    household,
    guard,
    ...(ref === null ? {} : { sealed: ref }),
  });
  if (household !== null) isolateHousehold(turn, details.attempt, household);
  settleDetails(turn, details.attempt);
  if (attempt === null || attempt.serial !== details.attempt) return;
  replaceAttempt(turn, {
    ...attempt,
    household: household ?? attempt.household,
    detailed: true,
  });
  // A temperature is a measurement: only a guard on duty makes one, and not in a fever's pause.
  if (bodyCentidegrees === null || guard === null || attempt.identifiedMs === null) return;
  const limits = settings.policy.settings;
  const fever = feverStanding(fevers, attempt.identities, limits, turn.now.monotonicMs);
  if (fever === 'paused' || fever === 'exhausted') return;
  const isReading =
    bodyCentidegrees >= limits.readingCentidegreesMin &&
    bodyCentidegrees <= limits.readingCentidegreesMax;
  if (isReading) measuredByHand(turn, bodyCentidegrees >= limits.feverCentidegrees, guard);
}
