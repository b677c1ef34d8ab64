/**
 * What of a decision is on record: the one way from what the policy says of an attempt to the members
 * of its record, for the gate that writes it and for whoever decides by it again.
 */
import type { Party, Reason } from '../../../config/vocabulary.js';
import type { JsonValue } from '../../journal/port.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { Decision } from '../policy/decision.js';
import { lastIsolationDay } from '../policy/isolation.js';
import { judgeTemperature } from '../policy/temperature.js';
import type { GateSettings } from '../settings.js';

/** A record's members that follow from the others. `refused`, `flags` … are there where they apply. */
export interface Outcome {
  readonly outcome: 'grant' | 'deny' | 'refer';
  readonly rule: string | null;
  readonly clause: string;
  readonly reasons: readonly Reason[];
  readonly tells: readonly Party[];
  readonly [member: string]: JsonValue;
}

/** What it depends on beside evidence and policy. */
export interface Booth {
  readonly settings: GateSettings;
  /** token of the guard on duty, or null */
  readonly onDuty: string | null;
}

/** Why a paper, or whoever has none, is refused. */
export interface Refused {
  readonly reason: Reason;
  readonly kind: string | null;
  readonly document: string | null;
  /** the guard's to look at in both directions */
  readonly refer: boolean;
}

/**
 * @param decision what the policy says of the attempt
 * @param attempt the evidence that it was said of
 * @returns the outcomes that it puts on record: one for each paper refused and each question, none
 *   where something is only missing
 */
export function outcomesOf(decision: Decision, attempt: Attempt, booth: Booth): readonly Outcome[] {
  switch (decision.outcome) {
    case 'grant':
      return [granted(decision, attempt, booth)];
    case 'stop': {
      const { stop, verdict, tells } = decision;
      const { id, clause } = stop;
      return [{ outcome: verdict, rule: id, clause, reasons: [id], tells: called(booth, tells) }];
    }
    case 'gate-refers':
    case 'awaits-guard': {
      const { id, clause } = decision.rule;
      const reasons: readonly Reason[] =
        decision.outcome === 'gate-refers' ? decision.reasons : ['guard-needed'];
      return [{ outcome: 'refer', rule: id, clause, reasons, tells: called(booth, ['guard']) }];
    }
    case 'pending':
      return pending(decision, attempt).map((refused) => refusalOutcome(refused, booth));
  }
}

/** @returns what the record of a refusal, or of a question to the guard, says */
export function refusalOutcome({ reason, kind, document, refer }: Refused, booth: Booth): Outcome {
  const { direction, policy } = booth.settings;
  const isReferred = refer || direction === 'out' || policy.otherwise.in === 'refer';
  return {
    outcome: isReferred ? 'refer' : 'deny',
    rule: null,
    clause: policy.otherwise.clause,
    reasons: [reason],
    tells: isReferred ? called(booth, ['guard']) : [],
    refused: { kind, document },
  };
}

/**
 * @returns whether a private part stands beside the record: the card of whom the rule registers, the
 *   exact values of a fever
 */
export function isSealedBeside(
  decision: Decision,
  { card, temperature }: Attempt,
  { settings }: Booth,
): boolean {
  if (decision.outcome === 'grant') return decision.rule.registers !== 'no' && card?.ref != null;
  if (decision.outcome !== 'stop' || temperature?.ref === undefined) return false;
  return judgeTemperature(temperature, settings.policy.settings) === 'fever';
}

function granted(
  { rule, flags, ticket }: Extract<Decision, { outcome: 'grant' }>,
  { attended, arrivalDay }: Attempt,
  { settings, onDuty }: Booth,
): Outcome {
  const isolates = rule.isolates === true && arrivalDay !== null;
  return {
    outcome: 'grant',
    rule: rule.id,
    clause: rule.clause,
    reasons: [],
    flags: [...flags],
    registers: rule.registers,
    tells: [...rule.tells],
    ticket: ticket?.id ?? null,
    ...(attended === rule.id ? { attendedBy: onDuty } : {}),
    ...(isolates
      ? { isolation: { arrivalDay, lastDay: lastIsolationDay(arrivalDay, settings) } }
      : {}),
  };
}

/** A card that has run out goes first; then what is refused; then what only the guard can answer. */
function pending(
  { refusedCard, refused, asks }: Extract<Decision, { outcome: 'pending' }>,
  { documents }: Attempt,
): readonly Refused[] {
  if (refusedCard !== null)
    return [{ reason: refusedCard, kind: null, document: null, refer: false }];
  if (refused.length > 0)
    return refused.map(({ document: { id, kind }, reason, refer }) => ({
      ...{ reason, kind, document: id, refer },
    }));
  return asks.map(({ reason, document }) => ({
    reason,
    kind: documents.find(({ id }) => id === document)?.kind ?? null,
    document,
    refer: true,
  }));
}

/** The guard is called; where none is on duty, the duty officer too: nobody waits before an empty booth. */
function called({ onDuty }: Booth, parties: readonly Party[]): readonly Party[] {
  const isUnheard = onDuty === null && parties.includes('guard');
  return isUnheard ? [...new Set<Party>([...parties, 'duty-officer'])] : [...parties];
}
