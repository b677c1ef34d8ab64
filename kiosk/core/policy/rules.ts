/**
 * The policy's evaluation: which rule is complete, which stop holds, what is missing.
 * Data decides; this file knows operators and no clause. Doubt is `missing` or `refused`, never met.
 */
import type { Condition, Stop } from '../../../config/policy.js';
import type { DeviceName, IdentitySpace, Now, Reason } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { feverStanding } from '../attempt/fever.js';
import type { DocumentEvidence, Identity } from '../evidence.js';
import { isIsolated } from '../known/known.js';
import type { GateState } from '../state.js';
import { assess, bestFirst, isComplete } from './assess.js';
import { type Case, isAttested } from './case.js';
import { asksOf, checklistOf } from './checklist.js';
import type { Decision, Flag } from './decision.js';
import { isLeaverCardNeeded } from './judge.js';
import { hasRunOut } from './paper.js';
import { refusedPapers } from './refused-papers.js';
import { judgeTemperature } from './temperature.js';
import { isRepeated } from './ticket.js';

/**
 * Evaluates the policy over an attempt's evidence.
 * @param state the gate; its policy, zone, direction, known uses, fevers, devices and what of its
 *   records is not written are read, nothing of the attempt that may be in it
 * @param attempt the evidence so far
 * @param now the moment of decision, which is the one that counts for windows and expiry
 * @returns stops first, then the case that the guard has chosen or else the complete rule of lowest
 *   order, then what is missing
 */
export function evaluate(state: GateState, attempt: Attempt, now: Now): Decision {
  const stop = stopOf(state, attempt, now);
  if (stop !== null) return stop;
  const assessed = assess(state, attempt, now);
  const complete = assessed.find(isComplete);
  if (complete !== undefined) return decideOn(complete.it);
  const best = bestFirst(assessed)[0];
  const { card } = attempt;
  return {
    outcome: 'pending',
    rule: best?.it.rule ?? null,
    ...(best === undefined ? { done: [], missing: [] } : checklistOf(best)),
    refused: refusedPapers(state, attempt, now),
    refusedCard: card !== null && hasRunOut(card, now) ? 'expired' : null,
    asks: assessed.flatMap(asksOf),
    noReading: attempt.temperature === null ? attempt.noReading : null,
  };
}

function stopOf(state: GateState, attempt: Attempt, now: Now): Decision | null {
  const { policy, zone, direction } = state.settings;
  const holding = policy.stops
    .filter((stop) => stopHolds(stop, state, attempt, now))
    .sort((a, b) => a.order - b.order);
  const first = holding[0];
  if (first === undefined) return null;
  const here = first.zones.includes(zone.kind);
  return {
    outcome: 'stop',
    stop: first,
    verdict: here ? first.outcome : 'refer',
    hold: here && first.hold,
    tells: [...new Set(holding.flatMap((stop) => stop.tells[direction]))],
  };
}

function stopHolds(stop: Stop, state: GateState, attempt: Attempt, now: Now): boolean {
  if (!stop.zones.includes(state.settings.zone.kind) && stop.elsewhere !== 'refer') return false;
  if (!stop.directions.includes(state.settings.direction)) return false;
  return stop.when.every((condition) => conditionHolds(condition, state, attempt, now));
}

/** @returns whether a paper stops whoever shows it here, whatever else is shown */
export function stopsAlone({ settings }: GateState, { kind, variant }: DocumentEvidence): boolean {
  const { policy, zone, direction } = settings;
  return policy.stops.some(
    (stop) =>
      stop.directions.includes(direction) &&
      (stop.zones.includes(zone.kind) || stop.elsewhere === 'refer') &&
      stop.when.every(
        (it) =>
          it.op === 'document' &&
          it.kind === kind &&
          (it.variant === undefined || it.variant === variant),
      ),
  );
}

function conditionHolds(
  condition: Condition,
  state: GateState,
  attempt: Attempt,
  now: Now,
): boolean {
  switch (condition.op) {
    case 'document':
      return attempt.documents.some(
        (document) =>
          document.kind === condition.kind &&
          (condition.variant === undefined || document.variant === condition.variant),
      );
    case 'isolation':
      return identitiesOf(attempt).some(
        ({ space, token }) =>
          condition.of.includes(space) && isIsolated(state.known, token, now.wallMs),
      );
    case 'temperature': {
      const limits = state.settings.policy.settings;
      const { temperature, identities } = attempt;
      if (temperature !== null && judgeTemperature(temperature, limits) === 'fever') return true;
      const standing = feverStanding(state.fevers, identities, limits, now.monotonicMs);
      return standing === 'paused' || standing === 'exhausted';
    }
    default:
      // An unknown condition must not switch a stop off: the loader refuses it, and here it holds.
      return true;
  }
}

function identitiesOf({ identities, card }: Attempt): readonly Identity[] {
  return card === null ? Object.values(identities) : [...Object.values(identities), card.identity];
}

/** The rule is complete: the gate, the guard and the day of arrival may still stand before it. */
function decideOn(it: Case): Decision {
  const { rule, attempt, papers } = it;
  const reasons = doubts(it);
  if (reasons.length > 0) return { outcome: 'gate-refers', rule, reasons };
  if (rule.attended === 'required' && attempt.attended !== rule.id)
    return { outcome: 'awaits-guard', rule, step: 'attend' };
  if (rule.isolates && attempt.arrivalDay === null)
    return { outcome: 'awaits-guard', rule, step: 'day' };
  const paperOf = (op: 'ticket' | 'host') => {
    const requirement = it.requires.find((other) => other.op === op);
    if (requirement?.op === 'ticket') return papers.get(requirement.of) ?? null;
    return requirement?.op === 'host' ? (papers.get(requirement.by) ?? null) : null;
  };
  const hostCode = paperOf('host');
  return {
    outcome: 'grant',
    rule,
    ticket: paperOf('ticket'),
    hostCode,
    needs: neededParts(it),
    flags: flagsOf(it, hostCode?.identity ?? null),
  };
}

/** Spaces of identities that are one person's: a household's members come and go at will. */
const personal: readonly IdentitySpace[] = ['id-number', 'campus-id'];

function flagsOf({ state, attempt, now }: Case, host: Identity | null): readonly Flag[] {
  const isOfPerson = ({ space, token }: Identity) =>
    personal.includes(space) && token !== host?.token;
  const people = Object.values(attempt.identities).filter(isOfPerson);
  return people.some(({ token }) => isRepeated(token, state, now)) ? ['direction-repeated'] : [];
}

/** What forbids an automatic grant under this rule: the gate's own condition. */
function doubts(it: Case): readonly Reason[] {
  const { rule, state, attempt, now } = it;
  const reasons: Reason[] = [];
  if (rule.registers !== 'no' && (state.registry === 'none' || !attempt.card?.ref))
    reasons.push('registry-missing');
  // What went before is not written: a use among it may be this one.
  if (state.unwritten.failed.length > 0) reasons.push('disk-failed');
  if (state.late.length > 0) reasons.push('disk-late');
  if (now.clock !== 'synced' && now.clock !== 'holdover') reasons.push('clock-untrusted');
  if (neededParts(it).some((device) => state.devices[device] !== 'ok')) reasons.push('part-failed');
  return reasons;
}

/** @returns the devices without which what completed the rule is not to be believed, or not done */
function neededParts(it: Case): readonly DeviceName[] {
  const needed: DeviceName[] = ['relay', 'turnstile'];
  if (it.rule.attended === 'required') needed.push('panel');
  for (const requirement of it.requires) {
    if (requirement.op === 'temperature' && !isAttested('temperature', it))
      needed.push('thermometer');
    if (requirement.op === 'document' && it.papers.has(requirement.as)) needed.push('scanner');
    if (
      requirement.op === 'card' ||
      (requirement.op === 'leaver-card' && isLeaverCardNeeded(requirement, it))
    )
      needed.push('id-card-reader');
  }
  return needed;
}
