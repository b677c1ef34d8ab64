/**
 * The policy's evaluation: which rule is complete, which stop holds, what is missing.
 * Data decides; this file knows operators and no clause. Doubt is `missing` or `refused`, never met.
 */
import { traitsOf } from '../../config/papers.js';
import type { Phrase, Requirement, Rule, Stop } from '../../config/policy.js';
import type { DeviceName, IdentitySpace, Now, Party, Reason } from '../../config/vocabulary.js';
import type { DocumentEvidence } from './evidence.js';
import {
  documentFor,
  fits,
  type Judgement,
  judgeRule,
  type RefusedDocument,
  refusalOf,
} from './judge.js';
import type { Attempt, GateState, NoReading } from './state.js';
import { judgeTemperature } from './temperature.js';

/** A line of the checklist. */
export interface Missing {
  readonly id: string;
  readonly label: Phrase;
}

export type Decision =
  | { readonly outcome: 'grant'; readonly rule: Rule; readonly ticket: DocumentEvidence | null }
  | {
      readonly outcome: 'stop';
      readonly stop: Stop;
      readonly verdict: 'deny' | 'refer';
      readonly hold: boolean;
      readonly tells: readonly Party[];
    }
  /** complete, but the gate itself is not to be trusted with it */
  | { readonly outcome: 'gate-refers'; readonly rule: Rule; readonly reasons: readonly Reason[] }
  | {
      readonly outcome: 'pending';
      readonly done: readonly Missing[];
      readonly missing: readonly Missing[];
      readonly refused: readonly RefusedDocument[];
      readonly noReading: NoReading | null;
    };

/**
 * Evaluates the policy over an attempt's evidence.
 * @param state the gate; only policy, zone, direction, known uses and devices are read
 * @param attempt the evidence so far
 * @param now the moment of decision, which is the one that counts for windows and expiry
 * @returns stops first, then the complete rule of lowest order, then what is missing
 */
export function evaluate(state: GateState, attempt: Attempt, now: Now): Decision {
  const { policy, zone, direction } = state.settings;
  const holding = policy.stops
    .filter((stop) => stopHolds(stop, state, attempt))
    .sort((a, b) => a.order - b.order);
  const first = holding[0];
  if (first !== undefined) {
    const here = first.zones.includes(zone.kind);
    return {
      outcome: 'stop',
      stop: first,
      verdict: here ? first.outcome : 'refer',
      hold: here && first.hold,
      tells: [...new Set(holding.flatMap((stop) => stop.tells[direction]))],
    };
  }
  const rules = applicableRules(state).sort((a, b) => a.order - b.order);
  const assessed = rules.map((rule) => ({
    rule,
    judgements: judgeRule(rule, state, attempt, now),
  }));
  const complete = assessed.find(({ judgements }) => judgements.every(({ is }) => is === 'met'));
  if (complete !== undefined) {
    const reasons = doubts(state, complete.rule, now);
    if (reasons.length > 0) return { outcome: 'gate-refers', rule: complete.rule, reasons };
    return {
      outcome: 'grant',
      rule: complete.rule,
      ticket: ticketOf(complete.rule, attempt),
    };
  }
  return {
    outcome: 'pending',
    ...checklist(assessed, attempt),
    refused: attempt.documents.flatMap((document) =>
      refusalOf(document, rules, state, attempt, now),
    ),
    noReading: attempt.temperature === null ? attempt.noReading : null,
  };
}

/** @returns the rules for this zone and direction */
function applicableRules(state: GateState): Rule[] {
  const { policy, zone, direction } = state.settings;
  return policy.rules.filter(
    (rule) => rule.zones.includes(zone.kind) && rule.directions.includes(direction),
  );
}

/** @returns whether some rule uses papers of both identity spaces, so that both can be one person */
export function joins(
  state: GateState,
  held: readonly IdentitySpace[],
  added: IdentitySpace,
): boolean {
  return applicableRules(state).some((rule) => {
    const spaces = spacesOf(rule);
    return spaces.has(added) && held.every((space) => spaces.has(space));
  });
}

function spacesOf(rule: Rule): Set<IdentitySpace> {
  return new Set(
    rule.requires.flatMap((requirement) => {
      const space = requirement.op === 'document' ? traitsOf(requirement).gives : undefined;
      return space === undefined ? [] : [space];
    }),
  );
}

function stopHolds(stop: Stop, state: GateState, attempt: Attempt): boolean {
  if (!stop.zones.includes(state.settings.zone.kind) && stop.elsewhere !== 'refer') return false;
  if (!stop.directions.includes(state.settings.direction)) return false;
  return stop.when.every((condition) => {
    switch (condition.op) {
      case 'document':
        return attempt.documents.some(
          (document) =>
            document.kind === condition.kind &&
            (condition.variant === undefined || document.variant === condition.variant),
        );
      case 'temperature':
        return (
          attempt.temperature !== null &&
          judgeTemperature(attempt.temperature, state.settings.policy.settings) === condition.is
        );
      default:
        // An unknown condition must not switch a stop off: the loader refuses it, and here it holds.
        return true;
    }
  });
}

/** The checklist follows the rule that the shown papers fit best. */
function checklist(
  assessed: readonly { rule: Rule; judgements: readonly Judgement[] }[],
  attempt: Attempt,
): { done: Missing[]; missing: Missing[] } {
  const best = assessed
    .map(({ rule, judgements }) => ({
      rule,
      judgements,
      shown: rule.requires.filter(
        (it) => it.op === 'document' && attempt.documents.some((document) => fits(it, document)),
      ).length,
    }))
    .filter(({ shown }) => shown > 0)
    .sort((a, b) => b.shown - a.shown || a.rule.order - b.rule.order)[0];
  const items: { done: Missing[]; missing: Missing[] } = { done: [], missing: [] };
  best?.rule.requires.forEach((requirement, index) => {
    const line = lineOf(requirement);
    if (line === null) return;
    (best.judgements[index]?.is === 'met' ? items.done : items.missing).push(line);
  });
  return items;
}

function lineOf(requirement: Requirement): Missing | null {
  if (requirement.op === 'document') return { id: requirement.as, label: requirement.label };
  if (requirement.op === 'temperature')
    return { id: 'temperature', label: { zh: '体温', en: 'Temperature' } };
  return null;
}

/** @returns the paper that the rule's grant reserves, or null where it needs none */
function ticketOf(rule: Rule, attempt: Attempt): DocumentEvidence | null {
  const requirement = rule.requires.find(({ op }) => op === 'ticket');
  return requirement?.op === 'ticket' ? documentFor(rule, requirement.of, attempt) : null;
}

/** What forbids an automatic grant under this rule: the rule's own words, or the gate's condition. */
function doubts(state: GateState, rule: Rule, now: Now): Reason[] {
  const reasons: Reason[] = [];
  // Nobody confirms and nothing is sealed at this gate yet: the guard does both by hand.
  if (rule.attended === 'required' || rule.registers !== 'no') reasons.push('guard-needed');
  // What went before is not written: a use among it may be this one.
  if (state.unwritten.failed.length > 0) reasons.push('disk-failed');
  if (state.late.length > 0) reasons.push('disk-late');
  if (now.clock !== 'synced' && now.clock !== 'holdover') reasons.push('clock-untrusted');
  const needed: DeviceName[] = ['relay', 'turnstile'];
  if (rule.requires.some(({ op }) => op === 'temperature')) needed.push('thermometer');
  if (rule.requires.some(({ op }) => op === 'document')) needed.push('scanner');
  if (needed.some((device) => state.devices[device] !== 'ok')) reasons.push('part-failed');
  return reasons;
}
