/**
 * The laws, each under its name, asserted after every step in production. A law looks at the step
 * from outside, with its own eyes: it calls none of the functions that made the decision.
 */
import type { Rule } from '../../config/policy.js';
import type { Now } from '../../config/vocabulary.js';
import { relayLimits } from '../../hardware/ports.js';
import { findUse } from './known.js';
import type { Effect, Input } from './messages.js';
import type { Attempt, GateState, Grant, Lane } from './state.js';

type Settings = GateState['settings'];

/** One step as the laws see it. */
export interface Observed {
  readonly before: GateState;
  readonly input: Input;
  readonly after: GateState;
  readonly effects: readonly Effect[];
  readonly now: Now;
}

/** A law says what is wrong with a step, or null. */
export type Law = (step: Observed) => string | null;

export const laws: Readonly<Record<string, Law>> = {
  'locked-by-default': lockedByDefault,
  'recorded-before-opened': recordedBeforeOpened,
  'one-grant-one-pulse-one-passage': oneGrantOnePulseOnePassage,
  'evidence-never-mixes': evidenceNeverMixes,
  'doubt-refuses': doubtRefuses,
  'fire-wins': fireWins,
};

export interface BrokenLaw {
  readonly law: string;
  readonly detail: string;
}

const inOrder = Object.entries(laws);

/** @returns the first law that a step breaks, or null */
export function findBrokenLaw(step: Observed): BrokenLaw | null {
  for (const [law, check] of inOrder) {
    const detail = check(step);
    if (detail !== null) return { law, detail };
  }
  return null;
}

/** Law 1: only the sync of the awaited grant pulses; only an EMERGENCY press releases. */
function lockedByDefault({ before, input, after, effects, now }: Observed): string | null {
  const pulses = effects.filter((effect) => effect.type === 'relay-pulse');
  if (pulses.length > 1) return 'two pulses in one step';
  const pulse = pulses[0];
  if (pulse !== undefined) {
    if (input.type !== 'committed' || input.id !== pulse.id) return `pulse on ${input.type}`;
    if (!(pulse.durationMs <= relayLimits.pulseMsMax)) return 'pulse longer than the maximum';
    if (after.lane.name !== 'granted') return `pulse with the lane ${after.lane.name}`;
    if (after.releaseUntilMs !== null) return 'pulse during a release';
  }
  const wanted = after.fire || after.emergencyUntilMs !== null;
  const { releaseUntilMs } = after;
  if ((releaseUntilMs !== null) !== wanted) return 'release without a cause, or a cause without it';
  if (releaseUntilMs !== null && !(releaseUntilMs > now.monotonicMs))
    return 'release beyond its end';
  const release = effects.findLast((effect) => effect.type === 'relay-release');
  if (release === undefined)
    return releaseUntilMs === before.releaseUntilMs ? null : 'release changed, relay not told';
  if ((release.on ? release.untilMs : null) !== releaseUntilMs) return 'relay told otherwise';
  if (!(release.untilMs - now.monotonicMs <= relayLimits.releaseMsMax)) return 'release too long';
  const begins = release.on && before.releaseUntilMs === null;
  const isPressed = input.type === 'button' && input.button === 'emergency' && input.pressed;
  const isFire = input.type === 'fire' && input.active;
  if (begins && !isPressed && !isFire) return `release on ${input.type}`;
  return null;
}

/** Law 2: append, then `committed` for this attempt, then the relay; record and ticket together. */
function recordedBeforeOpened({ before, input, after, effects }: Observed): string | null {
  const pulse = effects.find((effect) => effect.type === 'relay-pulse');
  if (pulse !== undefined && grantOf(before.lane, ['committing'])?.id !== pulse.id)
    return 'pulse for a grant that was not awaited';
  const opened = grantOf(after.lane, ['granted', 'passing', 'settling']);
  if (opened !== null) {
    if (opened.seq === null) return 'open without a record number';
    if (grantOf(before.lane, ['granted', 'passing', 'settling'])?.id !== opened.id) {
      if (input.type !== 'committed' || input.id !== opened.id) return 'opened without its sync';
    }
  }
  const asked = grantOf(after.lane, ['committing']);
  if (asked !== null && grantOf(before.lane, ['committing'])?.id !== asked.id) {
    const append = effects.find((effect) => effect.type === 'append' && effect.id === asked.id);
    if (append?.type !== 'append' || !append.urgent) return 'grant without an append';
    const record = append.records.at(-1);
    if (record?.type !== 'decision' || record['outcome'] !== 'grant')
      return 'append without the decision';
    if (record['attempt'] !== asked.attempt) return 'decision of another attempt';
    const reserved = append.uses.some(
      ({ op, entry }) => op === 'reserve' && entry.key === asked.ticket?.key,
    );
    if ((asked.ticket !== null) !== reserved) return 'ticket not in the same transaction';
  }
  return null;
}

/** Law 3: what was sensed is recorded once, and the ticket is settled with it. */
function oneGrantOnePulseOnePassage({ before, after, effects }: Observed): string | null {
  if (after.requestId < before.requestId) return 'request ids run back';
  const current = grantOf(after.lane, ['committing', 'granted', 'passing', 'settling']);
  const previous = grantOf(before.lane, ['committing', 'granted', 'passing', 'settling']);
  if (current !== null && current.id !== previous?.id && current.id < before.requestId)
    return 'a grant comes back';
  // What is only written again was looked at in its own step.
  const again = new Set(before.unwritten.failed.map((writing) => writing.records));
  const news = effects.filter((it) => it.type === 'append' && !again.has(it.records));
  const uses = news.flatMap((effect) => (effect.type === 'append' ? effect.uses : []));
  const records = news.flatMap((effect) => (effect.type === 'append' ? effect.records : []));
  const underWay = grantOf(before.lane, ['granted', 'passing']);
  const stillUnderWay = grantOf(after.lane, ['granted', 'passing']);
  if (underWay !== null && stillUnderWay?.id !== underWay.id) {
    const outcomes = records.filter(
      (record) => record.type === 'passage' && record['grant'] === underWay.seq,
    );
    if (outcomes.filter((record) => record['outcome'] !== 'tailgate').length !== 1)
      return 'a grant ended without one outcome';
    if (underWay.ticket !== null) {
      const settled = uses.filter(
        ({ op, entry }) =>
          (op === 'spend' || op === 'return') &&
          entry.type === 'ticket' &&
          entry.key === underWay.ticket?.key,
      );
      if (settled.length !== 1) return 'a ticket not settled once';
    }
  }
  const holding = grantOf(after.lane, ['committing', 'granted', 'passing']);
  if (holding?.ticket) {
    const { key, direction } = holding.ticket;
    if (findUse(after.known, 'ticket', key, direction) === null)
      return 'a ticket under way is not reserved';
  }
  return null;
}

/** Law 4: one identity a slot, nothing older than the attempt, no temperature before the identity. */
function evidenceNeverMixes({ before, after }: Observed): string | null {
  const { attempt } = after;
  if (attempt === null) return null;
  for (const document of attempt.documents) {
    if (document.takenMs < attempt.startedMs) return 'a paper older than the attempt';
    const { identity } = document;
    if (identity !== null && attempt.identities[identity.space]?.token !== identity.token)
      return `two identities in the slot ${identity.space}`;
  }
  if (attempt.temperature !== null) {
    if (attempt.identifiedMs === null || !(attempt.temperature.fromMs >= attempt.identifiedMs))
      return 'a temperature taken before the identity';
  }
  const last = before.attempt;
  if (last !== null && last.serial !== attempt.serial) {
    if (attempt.serial <= last.serial) return 'an attempt comes back';
    if (attempt.documents.some((document) => last.documents.includes(document)))
      return 'a paper of the attempt before';
    if (attempt.temperature !== null && attempt.temperature === last.temperature)
      return 'the temperature of the attempt before';
  }
  return null;
}

/** Law 5: each grant is looked at again, by plain reading of what it rests on. */
function doubtRefuses({ before, after, now }: Observed): string | null {
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

/** Law 9: the release comes in the same step, waits for no answer, and nothing is granted meanwhile. */
function fireWins({ before, input, after, effects }: Observed): string | null {
  if (input.type === 'fire' && after.fire !== input.active) return 'fire not taken in';
  if (!after.fire) return null;
  if (after.releaseUntilMs === null) return 'fire without release';
  if (after.lane.name === 'committing') return 'a grant during a fire';
  if (before.fire) return null;
  const isTold = effects.some((effect) => effect.type === 'relay-release' && effect.on);
  return isTold ? null : 'fire waits';
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

function grantOf(lane: Lane, names: readonly Lane['name'][]): Grant | null {
  return lane.name !== 'locked' && names.includes(lane.name) ? lane.grant : null;
}
