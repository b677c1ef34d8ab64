/** The records of decisions: everything that was read to make them, and nothing private. */
import type { Rule, Stop } from '../../config/policy.js';
import type { CredentialKind, Reason } from '../../config/vocabulary.js';
import type { JsonValue, RecordDraft } from '../journal/port.js';
import type { Attempt } from './attempt/attempt-state.js';
import type { CardEvidence, DocumentEvidence, TemperatureEvidence } from './evidence.js';
import type { Decision } from './policy/decision.js';
import { lastIsolationDay } from './policy/isolation.js';
import { judgeTemperature } from './policy/temperature.js';
import type { GateState } from './state.js';
import { draft, note, type Turn } from './turn.js';

/** @returns the record of a grant, with the evidence it rests on */
export function grantRecord(
  turn: Turn,
  attempt: Attempt,
  { rule, flags }: Extract<Decision, { outcome: 'grant' }>,
): RecordDraft {
  const { settings, duty } = turn.state;
  const { arrivalDay, card } = attempt;
  const isolates = rule.isolates === true && arrivalDay !== null;
  return draft(turn, 'decision', {
    outcome: 'grant',
    rule: rule.id,
    clause: rule.clause,
    reasons: [],
    flags: [...flags],
    registers: rule.registers,
    tells: [...rule.tells],
    ...subject(turn.state, attempt, turn.now.clock),
    ...(attempt.attended === rule.id ? { attendedBy: duty?.guard ?? null } : {}),
    ...(isolates
      ? { isolation: { arrivalDay, lastDay: lastIsolationDay(arrivalDay, settings) } }
      : {}),
    // Where a rule registers, the person's details are in the record: sealed.
    ...(rule.registers !== 'no' && card?.ref != null ? { sealed: card.ref } : {}),
  });
}

/** Journals a stop. */
export function recordStop(
  turn: Turn,
  attempt: Attempt,
  stop: Stop,
  outcome: 'deny' | 'refer',
  tells: readonly string[],
): void {
  const ref = attempt.temperature?.ref;
  const isFever = ref !== undefined && temperatureBand(turn.state, attempt) === 'fever';
  note(turn, 'decision', {
    outcome,
    rule: stop.id,
    clause: stop.clause,
    reasons: [stop.id],
    tells: called(turn.state, tells),
    ...subject(turn.state, attempt, turn.now.clock),
    ...(isFever ? { sealed: ref } : {}),
  });
}

/** Journals a referral whose cause is the gate and not the person. */
export function recordGateReferral(
  turn: Turn,
  attempt: Attempt,
  rule: Rule,
  reasons: readonly Reason[],
): void {
  note(turn, 'decision', {
    outcome: 'refer',
    rule: rule.id,
    clause: rule.clause,
    reasons: [...reasons],
    tells: called(turn.state, ['guard']),
    ...subject(turn.state, attempt, turn.now.clock),
  });
}

/** Journals the refusal of one piece of evidence; `attempt` null: of nobody who has one. */
export function recordRefusal(
  turn: Turn,
  outcome: 'deny' | 'refer',
  reason: Reason,
  kind: CredentialKind | null,
  document: string | null,
  attempt: number | null = turn.state.attempt?.serial ?? null,
): void {
  const { settings } = turn.state;
  note(turn, 'decision', {
    outcome,
    rule: null,
    clause: settings.policy.otherwise.clause,
    reasons: [reason],
    tells: outcome === 'refer' ? called(turn.state, ['guard']) : [],
    refused: { kind, document },
    attempt,
    ...place(turn.state),
    clock: turn.now.clock,
  });
}

/** What an override rests on: who stood there, what was shown, and why it was the guard's to decide. */
export function overrideFields(
  state: GateState,
  attempt: Attempt | null,
  clock: string,
): { readonly [key: string]: JsonValue } {
  if (attempt === null) return { attempt: null, ...place(state), clock };
  const { standing, card } = attempt;
  return {
    ...subject(state, attempt, clock),
    reasons: standing.type === 'collecting' ? [] : [...standing.reasons],
    ...(card?.ref != null ? { sealed: card.ref } : {}),
  };
}

/** The guard is called; where none is on duty, the duty officer too: nobody waits before an empty booth. */
function called({ duty }: GateState, parties: readonly string[]): string[] {
  const isUnheard = duty === null && parties.includes('guard');
  return isUnheard ? [...new Set([...parties, 'duty-officer'])] : [...parties];
}

function temperatureBand({ settings }: GateState, { temperature }: Attempt): string | null {
  return temperature === null ? null : judgeTemperature(temperature, settings.policy.settings);
}

function subject(
  state: GateState,
  attempt: Attempt,
  clock: string,
): { readonly [key: string]: JsonValue } {
  return {
    attempt: attempt.serial,
    ...place(state),
    clock,
    identities: Object.values(attempt.identities).map(({ space, token }) => ({ space, token })),
    documents: attempt.documents.map(documentFields),
    card: cardFields(attempt.card),
    attested: attempt.attested.map(({ what, guard }) => ({ what, guard })),
    selected: attempt.selected,
    temperature: temperatureFields(attempt.temperature, state),
  };
}

function place({ settings, hearsOthers }: GateState): { readonly [key: string]: JsonValue } {
  return {
    direction: settings.direction,
    zone: settings.zone.name,
    policy: settings.policyHash,
    // false: this gate did not know the latest of the others
    hearsOthers,
  };
}

function cardFields(card: CardEvidence | null): JsonValue {
  if (card === null) return null;
  const { cardKind, validToSeconds, bound } = card;
  return { kind: cardKind, validToSeconds, bound: [...bound] };
}

function documentFields(document: DocumentEvidence): JsonValue {
  const { id, kind, variant, purpose, day, issuedSeconds, expiresSeconds } = document;
  // An issuer that puts a person's number where a unit belongs must not bring it into the records.
  const unit = document.unit !== null && numberLike.test(document.unit) ? null : document.unit;
  return { id, kind, variant, purpose, unit, day, issuedSeconds, expiresSeconds };
}

/** As many digits in a row as the shortest number of an ID card has: no unit is called so. */
const numberLike = /\d{12}/;

/** A fever's exact value never leaves the gate in clear: the band and the threshold do. */
function temperatureFields(temperature: TemperatureEvidence | null, state: GateState): JsonValue {
  if (temperature === null) return null;
  const limits = state.settings.policy.settings;
  const band = judgeTemperature(temperature, limits);
  if (band !== 'normal') return { band, thresholdCentidegrees: limits.feverCentidegrees };
  return {
    band,
    bodyCentidegrees: temperature.bodyCentidegrees,
    ambientCentidegrees: temperature.ambientCentidegrees,
    compensationCentidegrees: temperature.compensationCentidegrees,
    sampleCount: temperature.sampleCount,
    spreadCentidegrees: temperature.spreadCentidegrees,
  };
}
