/** One rule against one attempt's evidence. Doubt is `missing` or `refused`, never `met`. */
import type { Requirement, Rule } from '../../config/policy.js';
import type { Now, Reason } from '../../config/vocabulary.js';
import type { DocumentEvidence } from './evidence.js';
import type { Attempt, GateState } from './state.js';
import { judgeTemperature } from './temperature.js';
import { judgeTicket } from './ticket.js';

/** A paper that no applicable rule can use now, and why. `refer`: the guard is to look at it. */
export interface RefusedDocument {
  readonly document: DocumentEvidence;
  readonly reason: Reason;
  readonly refer: boolean;
}

export type Judgement =
  | { readonly is: 'met' }
  | { readonly is: 'missing' }
  | { readonly is: 'refused'; readonly reason: Reason; readonly refer: boolean };

const met: Judgement = { is: 'met' };
const missing: Judgement = { is: 'missing' };

/** @returns one judgement for each of the rule's requirements, in their order */
export function judgeRule(rule: Rule, state: GateState, attempt: Attempt, now: Now): Judgement[] {
  return rule.requires.map((requirement) => judge(requirement, rule, state, attempt, now));
}

function judge(
  requirement: Requirement,
  rule: Rule,
  state: GateState,
  attempt: Attempt,
  now: Now,
): Judgement {
  const { policy, zone } = state.settings;
  switch (requirement.op) {
    case 'document': {
      const document = documentFor(rule, requirement.as, attempt);
      return document === null ? missing : judgeDates(document, state, now);
    }
    case 'same': {
      const documents = requirement.of.map((name) => documentFor(rule, name, attempt));
      const tokens = new Set(
        documents.map((document) =>
          document?.identity?.space === requirement.identity ? document.identity.token : null,
        ),
      );
      return tokens.size === 1 && !tokens.has(null) ? met : missing;
    }
    case 'zone': {
      const zones = documentFor(rule, requirement.of, attempt)?.zones;
      if (zones === undefined) return missing;
      if (zones?.some((name) => name === '*' || name === zone.name)) return met;
      return { is: 'refused', reason: 'wrong-zone', refer: false };
    }
    case 'ticket': {
      const ticket = documentFor(rule, requirement.of, attempt);
      if (ticket === null) return missing;
      const refusal = judgeTicket(ticket, state, now);
      return refusal === null ? met : { is: 'refused', ...refusal };
    }
    case 'temperature': {
      const { temperature } = attempt;
      if (temperature === null) return missing;
      return judgeTemperature(temperature, policy.settings) === requirement.is ? met : missing;
    }
    default:
      // Law 5: what is not understood is not met. The loader refuses such a policy in the first place.
      return missing;
  }
}

function judgeDates(document: DocumentEvidence, state: GateState, now: Now): Judgement {
  const lifetimeMax = state.settings.policy.settings.lifetimeSecondsMax[document.kind];
  if (lifetimeMax !== undefined && document.expiresSeconds - document.issuedSeconds > lifetimeMax)
    return { is: 'refused', reason: 'lifetime-too-long', refer: false };
  if (!(now.wallMs < document.expiresSeconds * 1000))
    return { is: 'refused', reason: 'expired', refer: false };
  return met;
}

/** @returns the attempt's paper that a rule calls `name`, or null */
export function documentFor(rule: Rule, name: string, attempt: Attempt): DocumentEvidence | null {
  for (const requirement of rule.requires) {
    if (requirement.op !== 'document' || requirement.as !== name) continue;
    const found = attempt.documents.find((document) => fits(requirement, document));
    if (found !== undefined) return found;
  }
  return null;
}

/** @returns whether a paper is of the kind, and the variant where one is named, that is required */
export function fits(
  requirement: Extract<Requirement, { op: 'document' }>,
  document: DocumentEvidence,
): boolean {
  return (
    document.kind === requirement.kind &&
    (requirement.variant === undefined || document.variant === requirement.variant)
  );
}

/** A paper is refused where each rule that could use it refuses it, and where no rule uses it. */
export function refusalOf(
  document: DocumentEvidence,
  rules: readonly Rule[],
  state: GateState,
  attempt: Attempt,
  now: Now,
): RefusedDocument[] {
  const alone = { ...attempt, documents: [document] };
  const refusals: RefusedDocument[] = [];
  for (const rule of rules) {
    if (!rule.requires.some((it) => it.op === 'document' && fits(it, document))) continue;
    const refused = judgeRule(rule, state, alone, now).find(({ is }) => is === 'refused');
    if (refused?.is !== 'refused') return [];
    refusals.push({ document, reason: refused.reason, refer: refused.refer });
  }
  return refusals.length > 0
    ? refusals.slice(0, 1)
    : [{ document, reason: 'no-rule', refer: false }];
}
