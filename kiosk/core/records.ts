/** The records of decisions: everything that was read to make them, and nothing private. */
import type { CredentialKind, Reason } from '../../config/vocabulary.js';
import type { JsonValue, RecordDraft } from '../journal/port.js';
import type { Attempt } from './attempt/attempt-state.js';
import type { Decision } from './policy/decision.js';
import type { Cause } from './replay/causes.js';
import { contextFields, placeFields } from './replay/context-record.js';
import { evidenceFields, type Fields } from './replay/evidence-record.js';
import { type Booth, isSealedBeside, outcomesOf, refusalOutcome } from './replay/outcome.js';
import type { GateState } from './state.js';
import { draft, note, type Turn } from './turn.js';

/** What a decision was made by: `by` names it, the other members are what it read. */
export type Basis = { readonly by: Cause } & Fields;

/**
 * @param turn before the decision has changed anything
 * @returns the basis of what the policy says of an attempt now
 */
export function byPolicy({ state, now }: Turn, attempt: Attempt): Basis {
  return {
    by: 'policy',
    ...evidenceFields(state, attempt, now.monotonicMs),
    context: contextFields(state, attempt, now.monotonicMs),
  };
}

/** @returns the record of a grant, with the evidence it rests on */
export function grantRecord(
  turn: Turn,
  attempt: Attempt,
  decision: Extract<Decision, { outcome: 'grant' }>,
): RecordDraft {
  const [granted] = outcomesOf(decision, attempt, boothOf(turn.state));
  return draft(turn, 'decision', {
    ...granted,
    ...common(turn, attempt.serial, byPolicy(turn, attempt)),
    // Where a rule registers, the person's details are in the record: sealed.
    ...sealedBeside(turn, attempt, decision, attempt.card?.ref),
  });
}

/** Journals a stop, or a referral whose cause is the gate and not the person. */
export function recordReferral(
  turn: Turn,
  attempt: Attempt,
  decision: Extract<Decision, { outcome: 'stop' | 'gate-refers' | 'awaits-guard' }>,
): void {
  for (const outcome of outcomesOf(decision, attempt, boothOf(turn.state)))
    note(turn, 'decision', {
      ...outcome,
      ...common(turn, attempt.serial, byPolicy(turn, attempt)),
      ...sealedBeside(turn, attempt, decision, attempt.temperature?.ref),
    });
}

/**
 * Journals the refusal of one piece of evidence, or a referral to the guard.
 * @param refer whether it is the guard's in both directions
 * @param attempt null: of nobody who has one
 */
export function recordRefusal(
  turn: Turn,
  refused: {
    readonly reason: Reason;
    readonly kind: CredentialKind | null;
    readonly document: string | null;
    readonly refer: boolean;
  },
  basis: Basis,
  attempt: number | null = turn.state.attempt?.serial ?? null,
): void {
  note(turn, 'decision', {
    ...refusalOutcome(refused, boothOf(turn.state)),
    ...common(turn, attempt, basis),
  });
}

/** What an override rests on: who stood there, what was shown, and why it was the guard's to decide. */
export function overrideFields({ state, now }: Turn, attempt: Attempt | null): Fields {
  const place = placeFields(state, now.clock);
  if (attempt === null) return { attempt: null, ...place };
  const { serial, standing, card } = attempt;
  return {
    attempt: serial,
    ...place,
    ...evidenceFields(state, attempt, now.monotonicMs),
    reasons: standing.type === 'collecting' ? [] : [...standing.reasons],
    ...(card?.ref != null ? { sealed: card.ref } : {}),
  };
}

function common({ state, now }: Turn, attempt: number | null, basis: Basis): Fields {
  return { attempt, ...placeFields(state, now.clock), ...basis };
}

function sealedBeside(
  { state }: Turn,
  attempt: Attempt,
  decision: Decision,
  ref: string | null | undefined,
): { readonly sealed?: JsonValue } {
  if (ref == null || !isSealedBeside(decision, attempt, boothOf(state))) return {};
  return { sealed: ref };
}

function boothOf({ settings, duty }: GateState): Booth {
  return { settings, onDuty: duty?.guard ?? null };
}
