/**
 * Law 5: each grant is looked at again, by plain reading of what it rests on. It calls none of the
 * functions that made the decision.
 */
import type { Rule } from '../../config/policy.js';
import type { Now } from '../../config/vocabulary.js';
import { findUse } from './known.js';
import { grantOf, type Observed } from './observed.js';
import type { Attempt, GateState, Grant } from './state.js';

type Settings = GateState['settings'];

/** @returns what is doubtful about the grant that this step asks for, or null */
export function doubtRefuses({ before, after, now }: Observed): string | null {
  const grant = grantOf(after.lane, ['committing']);
  if (grant === null || grantOf(before.lane, ['committing'])?.id === grant.id) return null;
  const { attempt, settings, devices } = after;
  if (attempt === null || attempt.serial !== grant.attempt) return 'grant without its attempt';
  if (now.clock !== 'synced' && now.clock !== 'holdover') return `grant by a clock ${now.clock}`;
  if (devices.relay !== 'ok' || devices.turnstile !== 'ok' || devices.thermometer !== 'ok')
    return 'grant with a part failed';
  if (after.releaseUntilMs !== null) return 'grant during a release';
  if (before.isArmTurning && after.isArmTurning) return 'grant with somebody in the arm';
  const { policy } = settings;
  const rule = policy.rules.find(({ id }) => id === grant.rule);
  if (!rule?.zones.includes(settings.zone.kind)) return 'grant by a rule of another zone';
  if (!rule.directions.includes(settings.direction)) return 'grant by a rule of another direction';
  if (rule.attended === 'required') return 'grant without the guard whom the rule asks for';
  return (
    doubtfulPerson(attempt, now, policy.settings.silenceMs) ??
    stopped(attempt, settings) ??
    doubtfulPapers(attempt, rule, now) ??
    doubtfulTemperature(attempt, policy.settings) ??
    doubtfulTicket(before, rule, grant)
  );
}

function doubtfulPerson(attempt: Attempt, now: Now, silenceMs: number): string | null {
  if (Object.keys(attempt.identities).length === 0) return 'grant to nobody';
  if (attempt.standing.type === 'held') return 'grant to a person held';
  if (attempt.standing.type === 'referred' && attempt.standing.firm) return 'grant to a referred';
  if (!(now.monotonicMs - attempt.lastEvidenceMs <= silenceMs)) return 'grant on stale evidence';
  return null;
}

/** A stop of papers alone holds whatever else is shown; a temperature's is looked at below. */
function stopped(attempt: Attempt, { policy, zone, direction }: Settings): string | null {
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
  }
  return null;
}

/** Each paper that the rule names was shown, and one that is shown for it has not run out. */
function doubtfulPapers(attempt: Attempt, rule: Rule, now: Now): string | null {
  for (const it of rule.requires) {
    if (it.op !== 'document') continue;
    const shown = attempt.documents.filter(
      ({ kind, variant }) =>
        kind === it.kind && (it.variant === undefined || it.variant === variant),
    );
    if (shown.length === 0) return `grant without a ${it.as}`;
    if (!shown.some(({ expiresSeconds }) => now.wallMs < expiresSeconds * 1000))
      return 'grant on an expired paper';
  }
  return null;
}

function doubtfulTemperature(
  { temperature }: Attempt,
  limits: Settings['policy']['settings'],
): string | null {
  if (temperature === null) return 'grant without a temperature';
  const { bodyCentidegrees: body, sampleCount, spreadCentidegrees } = temperature;
  const isNormal = body >= limits.readingCentidegreesMin && body < limits.feverCentidegrees;
  if (!isNormal) return 'grant with a temperature that is not normal';
  const isStable =
    sampleCount >= limits.samplesMin && spreadCentidegrees <= limits.samplesSpreadCentidegreesMax;
  return isStable ? null : 'grant on an unstable temperature';
}

function doubtfulTicket(before: GateState, rule: Rule, { ticket }: Grant): string | null {
  const isNeeded = rule.requires.some(({ op }) => op === 'ticket');
  if (isNeeded !== (ticket !== null)) return 'grant and rule differ about a ticket';
  if (ticket === null) return null;
  const use = findUse(before.known, 'ticket', ticket.key, ticket.direction);
  return use === null ? null : `grant on a ticket ${use.state}`;
}
