/**
 * Law 5: each grant is looked at again, by plain reading of what it rests on. It calls none of the
 * functions that made the decision.
 */
import type { Requirement, Rule } from '../../../config/policy.js';
import type { Attestable, Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { findUse, forgetUncertain } from '../known/known.js';
import type { Grant } from '../lane/lane-state.js';
import type { GateState } from '../state.js';
import { doubtfulAttesting, doubtfulPapers } from './doubt-papers.js';
import { grantOf, type Observed } from './observed.js';

type Settings = GateState['settings'];

/**
 * @returns what is doubtful about the grant that this step asks for, or null; the guard's own
 *   opening rests on no rule
 */
export function doubtRefuses(step: Observed): string | null {
  const { before, after, now } = step;
  const grant = grantOf(after.lane, ['committing']);
  if (grant === null || grantOf(before.lane, ['committing'])?.id === grant.id) return null;
  if (grant.override !== null) return null;
  const { attempt } = after;
  if (attempt === null || attempt.serial !== grant.attempt) return 'grant without its attempt';
  if (after.releaseUntilMs !== null) return 'grant during a release';
  if (before.isArmTurning && after.isArmTurning) return 'grant with somebody in the arm';
  // The grant's own reservation stands in the state after it; and what this step's own input tells of
  // a part comes after a grant that was due before it.
  const { devices, registry } = before;
  const gate = { ...after, devices, registry, known: knownBefore(step, grant.ticket) };
  return doubtfulGrant(gate, attempt, grant.rule, grant.ticket?.key ?? null, now);
}

/** What was known before; a ticket of which the guard has said just now that nobody passed serves again. */
function knownBefore({ before, input }: Observed, ticket: Grant['ticket']): GateState['known'] {
  if (ticket === null || input.type !== 'button' || input.button !== 'confirm') return before.known;
  const isGivenBack = before.prompt?.id.endsWith(`/ticket:unused:${ticket.key}`) === true;
  return isGivenBack ? forgetUncertain(before.known, ticket) : before.known;
}

/**
 * @param state the gate before the grant took effect
 * @param ruleId the rule that the grant names
 * @param ticket id of the ticket that the grant reserves
 * @returns what is doubtful about a grant to this person, by what it rests on, or null
 */
export function doubtfulGrant(
  state: GateState,
  attempt: Attempt,
  ruleId: string | null,
  ticket: string | null,
  now: Now,
): string | null {
  const { settings, devices } = state;
  if (now.clock !== 'synced' && now.clock !== 'holdover') return `grant by a clock ${now.clock}`;
  if (devices.relay !== 'ok' || devices.turnstile !== 'ok') return 'grant with a part failed';
  const { policy } = settings;
  const rule = policy.rules.find(({ id }) => id === ruleId);
  if (!rule?.zones.includes(settings.zone.kind)) return 'grant by a rule of another zone';
  if (!rule.directions.includes(settings.direction)) return 'grant by a rule of another direction';
  const requires = rule.requires.filter(
    ({ only }) => only === undefined || only === settings.direction,
  );
  return (
    doubtfulPerson(attempt, now, policy.settings.silenceMs) ??
    stopped(state, attempt, now) ??
    doubtfulGuard(state, attempt, rule, requires) ??
    doubtfulAttesting(attempt, rule, requires) ??
    doubtfulPapers(state, attempt, rule, requires, now) ??
    doubtfulTemperature(state, attempt, rule, now) ??
    doubtfulTicket(state, requires, ticket)
  );
}

function doubtfulPerson(attempt: Attempt, now: Now, silenceMs: number): string | null {
  if (Object.keys(attempt.identities).length === 0) return 'grant to nobody';
  if (attempt.standing.type === 'held') return 'grant to a person held';
  if (attempt.standing.type === 'referred' && attempt.standing.firm) return 'grant to a referred';
  if (!(now.monotonicMs - attempt.lastEvidenceMs <= silenceMs)) return 'grant on stale evidence';
  return null;
}

/**
 * A stop of papers alone holds whatever else is shown, and isolation is never crossed on the way
 * out; a temperature's stop is looked at below.
 */
function stopped({ settings, known }: GateState, attempt: Attempt, now: Now): string | null {
  const { policy, zone, direction } = settings;
  for (const stop of policy.stops) {
    if (!stop.directions.includes(direction)) continue;
    if (!stop.zones.includes(zone.kind) && stop.elsewhere === undefined) continue;
    const shown = stop.when.filter(
      (it) =>
        it.op === 'document' &&
        attempt.documents.some(
          ({ kind, variant }) =>
            kind === it.kind && (it.variant === undefined || it.variant === variant),
        ),
    );
    if (shown.length === stop.when.length) return `grant despite the stop ${stop.id}`;
    if (stop.id !== 'isolation') continue;
    const people = [...Object.values(attempt.identities), attempt.card?.identity];
    for (const person of people) {
      if (person === undefined || person.space === 'household') continue;
      const use = findUse(known, 'isolation', person.token);
      if (use !== null && !(now.wallMs >= use.untilMs)) return 'grant to somebody isolated';
    }
  }
  return null;
}

/** What the rule leaves to the guard has been done by a guard, and what it records can be sealed. */
function doubtfulGuard(
  { registry, devices }: GateState,
  attempt: Attempt,
  rule: Rule,
  requires: readonly Requirement[],
): string | null {
  if (rule.attended === 'required' && (attempt.attended !== rule.id || devices.panel !== 'ok'))
    return 'grant without the guard whom the rule asks for';
  const isChosen = attempt.selected === rule.id;
  if (attempt.selected !== null && !isChosen) return 'grant by another case than the chosen one';
  if (requires.some(({ op }) => op === 'selected') && !isChosen)
    return 'grant by a case that nobody chose';
  if (rule.isolates === true && attempt.arrivalDay === null)
    return 'grant without a day of arrival';
  const isSealed = registry !== 'none' && attempt.card !== null && attempt.card.ref !== null;
  return rule.registers === 'no' || isSealed ? null : 'grant without a registration';
}

function doubtfulTemperature(
  { settings, fevers, devices }: GateState,
  { temperature, attested, identities }: Attempt,
  rule: Rule,
  now: Now,
): string | null {
  const limits = settings.policy.settings;
  const what: Attestable = 'temperature';
  const isByHand = rule.attestable.includes(what) && attested.some((it) => it.what === what);
  if (temperature === null && !isByHand) return 'grant without a temperature';
  if (!isByHand && devices.thermometer !== 'ok') return 'grant with a part failed';
  const names = Object.values(identities).map(({ space, token }) => `${space}:${token}`);
  const hasFever = fevers.some(
    (seen) =>
      seen.isOpen &&
      seen.people.some((person) => names.includes(person)) &&
      (now.monotonicMs - seen.lastMs < limits.retestPauseMs ||
        seen.retestsMs.filter((ms) => now.monotonicMs - ms < limits.retestWindowMs).length >=
          limits.retestsMax),
  );
  if (hasFever && policyStopsFever(settings)) return 'grant to somebody with a fever';
  if (temperature === null) return null;
  const { bodyCentidegrees: body, sampleCount, spreadCentidegrees } = temperature;
  if (body >= limits.feverCentidegrees) return 'grant with a temperature that is not normal';
  const isSound =
    body >= limits.readingCentidegreesMin &&
    sampleCount >= limits.samplesMin &&
    spreadCentidegrees <= limits.samplesSpreadCentidegreesMax;
  return isSound || isByHand ? null : 'grant on a temperature that is no reading';
}

function policyStopsFever({ policy }: Settings): boolean {
  return policy.stops.some(({ id }) => id === 'fever');
}

function doubtfulTicket(
  { known, settings }: GateState,
  requires: readonly Requirement[],
  ticket: string | null,
): string | null {
  const isNeeded = requires.some(({ op }) => op === 'ticket');
  if (isNeeded !== (ticket !== null)) return 'grant and rule differ about a ticket';
  if (ticket === null) return null;
  const use = findUse(known, 'ticket', ticket, settings.direction);
  return use === null ? null : `grant on a ticket ${use.state}`;
}
