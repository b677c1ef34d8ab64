/**
 * One paper on its own: whether it is the one that a rule asks for, and what speaks against it here
 * and now, whatever else is shown.
 */
import type { Requirement } from '../../../config/policy.js';
import type { Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { CardEvidence, DocumentEvidence } from '../evidence.js';
import type { GateState } from '../state.js';
import type { PaperRefusal } from './decision.js';
import { ticketRefusal } from './ticket.js';

type Paper = Extract<Requirement, { op: 'document' }>;

/** What a paper is held against. */
export interface PaperContext {
  /** the rule's requirements in this direction */
  readonly requires: readonly Requirement[];
  readonly state: GateState;
  readonly attempt: Attempt;
  readonly now: Now;
}

/** @returns whether a paper is of the kind, variant and purpose that are required */
export function fits(requirement: Paper, document: DocumentEvidence): boolean {
  return (
    document.kind === requirement.kind &&
    (requirement.variant === undefined || document.variant === requirement.variant) &&
    (requirement.purpose === undefined || document.purpose === requirement.purpose)
  );
}

/**
 * @param name what the rule calls the paper
 * @returns the first thing that speaks against it under the rule's requirements, or null
 */
export function paperRefusal(
  document: DocumentEvidence,
  name: string,
  context: PaperContext,
): PaperRefusal | null {
  const dates = datesRefusal(document, context.state, context.now);
  if (dates !== null) return dates;
  for (const requirement of context.requires) {
    const refusal = refusalBy(requirement, document, name, context);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refusalBy(
  requirement: Requirement,
  document: DocumentEvidence,
  name: string,
  { state, attempt, now }: PaperContext,
): PaperRefusal | null {
  switch (requirement.op) {
    case 'zone':
      return requirement.of === name ? zoneRefusal(document, state) : null;
    case 'ticket':
      return requirement.of === name ? ticketRefusal(document, state, now) : null;
    case 'bound':
      return requirement.of.includes(name)
        ? holderRefusal(document, attempt.card, requirement.need)
        : null;
    default:
      return null;
  }
}

/** @returns why a paper's dates do not serve: issued for too long, or run out; else null */
export function datesRefusal(
  { kind, issuedSeconds, expiresSeconds }: DocumentEvidence,
  { settings }: GateState,
  now: Now,
): PaperRefusal | null {
  const lifetimeMax = settings.policy.settings.lifetimeSecondsMax[kind];
  if (lifetimeMax !== undefined && !(expiresSeconds - issuedSeconds <= lifetimeMax))
    return { reason: 'lifetime-too-long', refer: false };
  return now.wallMs < expiresSeconds * 1000 ? null : { reason: 'expired', refer: false };
}

/** @returns `wrong-zone` where the paper is not good for this gate's zone, else null */
export function zoneRefusal(
  { zones }: DocumentEvidence,
  { settings }: GateState,
): PaperRefusal | null {
  if (zones?.some((name) => name === '*' || name === settings.zone.name)) return null;
  return { reason: 'wrong-zone', refer: false };
}

/** @returns `wrong-holder` where the paper names somebody else than the card shown, else null */
export function holderRefusal(
  document: DocumentEvidence,
  card: CardEvidence | null,
  need: Extract<Requirement, { op: 'bound' }>['need'],
): PaperRefusal | null {
  if (!namesHolder(document))
    return need === 'each' ? { reason: 'holder-unnamed', refer: true } : null;
  if (card === null || isBoundTo(document, card)) return null;
  return { reason: 'wrong-holder', refer: false };
}

/** @returns whether the paper names anybody as its holder */
export function namesHolder({ boundTo }: DocumentEvidence): boolean {
  return boundTo !== undefined;
}

/** @returns whether the card's number is the paper's holder: whichever came later knows of the other */
export function isBoundTo(
  { id, boundTo }: DocumentEvidence,
  { identity, bound }: CardEvidence,
): boolean {
  return boundTo === identity.token || bound.includes(id);
}

/** @returns whether an ID card no longer counts */
export function hasRunOut({ validToSeconds }: CardEvidence, now: Now): boolean {
  return validToSeconds !== null && !(now.wallMs < validToSeconds * 1000);
}
