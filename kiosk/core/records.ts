/** The records of decisions: everything that was read to make them, and nothing private. */
import type { Rule, Stop } from '../../config/policy.js';
import type { CredentialKind, Reason } from '../../config/vocabulary.js';
import type { JsonValue, RecordDraft } from '../journal/port.js';
import type { DocumentEvidence, TemperatureEvidence } from './evidence.js';
import type { Attempt, GateState } from './state.js';
import { judgeTemperature } from './temperature.js';
import { draft, note, type Turn } from './turn.js';

/** @returns the record of a grant, with the evidence it rests on */
export function grantRecord(turn: Turn, attempt: Attempt, rule: Rule): RecordDraft {
  return draft(turn, 'decision', {
    outcome: 'grant',
    rule: rule.id,
    clause: rule.clause,
    reasons: [],
    tells: [...rule.tells],
    ...subject(turn.state, attempt, turn.now.clock),
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
  note(turn, 'decision', {
    outcome,
    rule: stop.id,
    clause: stop.clause,
    reasons: [stop.id],
    tells: [...tells],
    ...subject(turn.state, attempt, turn.now.clock),
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
    tells: ['guard'],
    ...subject(turn.state, attempt, turn.now.clock),
  });
}

/** Journals the refusal of one piece of evidence. */
export function recordRefusal(
  turn: Turn,
  outcome: 'deny' | 'refer',
  reason: Reason,
  kind: CredentialKind | null,
  document: string | null,
): void {
  const { attempt, settings } = turn.state;
  note(turn, 'decision', {
    outcome,
    rule: null,
    clause: settings.policy.otherwise.clause,
    reasons: [reason],
    tells: outcome === 'refer' ? ['guard'] : [],
    refused: { kind, document },
    attempt: attempt?.serial ?? null,
    ...place(settings),
    clock: turn.now.clock,
  });
}

function subject(
  state: GateState,
  attempt: Attempt,
  clock: string,
): { readonly [key: string]: JsonValue } {
  return {
    attempt: attempt.serial,
    ...place(state.settings),
    clock,
    identities: Object.values(attempt.identities).map(({ space, token }) => ({ space, token })),
    documents: attempt.documents.map(documentFields),
    temperature: temperatureFields(attempt.temperature, state),
  };
}

function place(settings: GateState['settings']): { readonly [key: string]: JsonValue } {
  return {
    direction: settings.direction,
    zone: settings.zone.name,
    policy: settings.policyHash,
  };
}

function documentFields(document: DocumentEvidence): JsonValue {
  const { id, kind, variant, day, issuedSeconds, expiresSeconds } = document;
  return { id, kind, variant, day, issuedSeconds, expiresSeconds };
}

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
