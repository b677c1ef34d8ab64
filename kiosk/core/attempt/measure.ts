/** A temperature comes in: it binds to nobody, starts nothing, and counts only for fresh skin. */

import type { TemperatureEvidence } from '../evidence.js';
import { judgeTemperature } from '../policy/temperature.js';
import { note, set, sound, type Turn } from '../turn.js';
import {
  isBetweenPassages,
  isFirm,
  isInTime,
  isStale,
  patienceMs,
  replaceAttempt,
  setStanding,
} from './attempt.js';
import type { Attempt, NoReading } from './attempt-state.js';
import { feverMeasured, feverStanding } from './fever.js';

/**
 * Takes in a temperature. It starts no attempt and binds to nobody: only samples after the first
 * identity count. A later fever replaces an earlier normal reading, never the other way round.
 * @returns true where there is something new to decide on
 */
export function takeTemperature(turn: Turn, temperature: TemperatureEvidence): boolean {
  const { attempt, settings } = turn.state;
  if (attempt === null || attempt.identifiedMs === null) return false;
  const { fevers } = turn.state;
  const limits = settings.policy.settings;
  const fever = feverStanding(fevers, attempt.identities, limits, turn.now.monotonicMs);
  if (fever === 'paused' || fever === 'exhausted') return false;
  const isRetest = fever === 'measure';
  if (isFirm(attempt) && !(isRetest && attempt.standing.reasons.includes('fever'))) return false;
  // Of who was referred a while ago nobody knows whether it is still the same hand.
  if (isStale(turn, attempt)) return false;
  if (!isInTime(turn, temperature.takenMs, temperature.fromMs)) return false;
  const band =
    temperature.fromMs >= attempt.identifiedMs ? judgeTemperature(temperature, limits) : 'not-new';
  if (band !== 'normal' && band !== 'fever') {
    if (attempt.noReading !== band && (attempt.temperature === null || isRetest))
      replaceAttempt(turn, noReading(turn, attempt, band));
    return false;
  }
  if (isStanding(attempt, temperature) && band === 'normal' && !isRetest) return false;
  sound(turn);
  const isFirst = attempt.temperature === null || isRetest;
  set(turn, {
    fevers: feverMeasured(
      fevers,
      attempt.identities,
      limits,
      turn.now.monotonicMs,
      band === 'fever',
    ),
  });
  replaceAttempt(turn, {
    ...attempt,
    temperature,
    noReading: null,
    lastEvidenceMs: isFirst ? turn.now.monotonicMs : attempt.lastEvidenceMs,
    deadlineMs: isFirst
      ? turn.now.monotonicMs + patienceMs(turn.state, attempt.standing)
      : attempt.deadlineMs,
  });
  set(turn, { verdict: null });
  // A retest is decided on anew, whatever it says: what was measured is on record.
  if (isFirm(attempt)) setStanding(turn, { type: 'collecting' });
  return true;
}

/** A sensor that was in trouble is sound again: what it read before is not. A fever stays a stop. */
export function dropTemperature(turn: Turn): void {
  const { attempt, lane } = turn.state;
  if (attempt === null || !isBetweenPassages(lane) || isFirm(attempt)) return;
  replaceAttempt(turn, { ...attempt, temperature: null, noReading: null });
}

/** A normal reading stands until skin comes anew: who was measured too early is measured again. */
function isStanding({ temperature: before }: Attempt, { fromMs }: TemperatureEvidence): boolean {
  return before !== null && !(fromMs > before.takenMs);
}

function noReading(turn: Turn, attempt: Attempt, band: NoReading): Attempt {
  sound(turn);
  note(turn, 'no-reading', { attempt: attempt.serial, why: band });
  return { ...attempt, noReading: band };
}
