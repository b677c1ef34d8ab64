/** One rule against one attempt's evidence. Doubt is `missing`, `refused` or a question, never `met`. */
import type { Requirement } from '../../../config/policy.js';
import type { Attestable, Reason } from '../../../config/vocabulary.js';
import type { CardEvidence } from '../evidence.js';
import { isIsolated, lastPassageMs, passageAheadMsMax } from '../known/known.js';
import { type Case, countingReadings, isAttested } from './case.js';
import type { PaperRefusal } from './decision.js';
import { datesRefusal, hasRunOut, holderRefusal, namesHolder, zoneRefusal } from './paper.js';
import { ticketQuestion, ticketRefusal } from './ticket.js';

const msPerHour = 3_600_000;

export type Judgement =
  | { readonly is: 'met' }
  | { readonly is: 'missing' }
  | ({ readonly is: 'refused' } & PaperRefusal)
  /** the guard's to settle; `isLast`: asked once everything else but the temperature is there */
  | {
      readonly is: 'ask';
      readonly reason: Reason;
      readonly attest: Attestable | null;
      readonly document: string | null;
      readonly isLast: boolean;
    };

type Of<Op extends Requirement['op']> = Extract<Requirement, { op: Op }>;

const met: Judgement = { is: 'met' };
const missing: Judgement = { is: 'missing' };

/** @returns one judgement for each requirement that the rule makes in this direction, in their order */
export function judgeCase(it: Case): readonly Judgement[] {
  return it.requires.map((requirement) => judge(requirement, it));
}

function judge(requirement: Requirement, it: Case): Judgement {
  const { state, attempt, now, papers } = it;
  switch (requirement.op) {
    case 'document': {
      const paper = papers.get(requirement.as);
      if (paper !== undefined) return judged(datesRefusal(paper, state, now));
      return isReplaced(requirement, it) ? met : missing;
    }
    case 'card':
      if (attempt.card === null) return missing;
      return hasRunOut(attempt.card, now)
        ? { is: 'refused', reason: 'expired', refer: false }
        : met;
    case 'same': {
      const tokens = new Set(
        requirement.of.map((name) => {
          const identity = papers.get(name)?.identity;
          return identity?.space === requirement.identity ? identity.token : null;
        }),
      );
      return tokens.size === 1 && !tokens.has(null) ? met : missing;
    }
    case 'zone': {
      const paper = papers.get(requirement.of);
      return paper === undefined ? missing : judged(zoneRefusal(paper, state));
    }
    case 'bound':
      return judgeBinding(requirement, it);
    case 'host':
      // Only a code of the filing's own host is taken for it: see `caseOf`.
      return papers.has(requirement.of) && papers.has(requirement.by) ? met : missing;
    case 'ticket':
      return judgeTicket(requirement, it);
    case 'recent-exit':
      return judgeRecentExit(it);
    case 'leaver-card': {
      if (!papers.has(requirement.of)) return missing;
      return isLeaverCardNeeded(requirement, it) && cardOf(it) === null ? missing : met;
    }
    case 'attested':
      return isAttested(requirement.what, it) ? met : missing;
    case 'selected':
      return attempt.selected === it.rule.id ? met : missing;
    case 'temperature': {
      // On the way on which nobody shows the later paper there is nothing to come before.
      const { before } = requirement;
      const isOrdered = it.requires.some((other) => other.op === 'document' && other.as === before);
      return countingReadings(it, isOrdered).length > 0 ? met : missing;
    }
    default:
      // Law 5: what is not understood is not met. The loader refuses such a policy in the first place.
      return missing;
  }
}

function judged(refusal: PaperRefusal | null): Judgement {
  return refusal === null ? met : { is: 'refused', ...refusal };
}

/** @returns the ID card, or null where none was read or it has run out */
export function cardOf({ attempt, now }: Case): CardEvidence | null {
  return attempt.card === null || hasRunOut(attempt.card, now) ? null : attempt.card;
}

/** A paper that is not shown is no lack where nobody is asked for it, or the guard has attested. */
function isReplaced(requirement: Of<'document'>, it: Case): boolean {
  if (requirement.optional) return true;
  return requirement.or !== undefined && isAttested(requirement.or, it);
}

function judgeBinding({ of, need }: Of<'bound'>, it: Case): Judgement {
  const card = cardOf(it);
  if (card === null) return missing;
  const shown = of.flatMap((name) => it.papers.get(name) ?? []);
  for (const paper of shown) {
    const refusal = holderRefusal(paper, card, need);
    if (refusal !== null) return judged(refusal);
  }
  if (need === 'where-named' || (need === 'one' && shown.some(namesHolder))) return met;
  const isAllThere = of.every((name) => it.papers.has(name) || isReplacedByName(name, it));
  if (!isAllThere) return missing;
  if (need === 'each' || isAttested('originals', it)) return met;
  return ask(it, 'holder-unnamed', 'originals', null, false);
}

function isReplacedByName(name: string, it: Case): boolean {
  return it.requires.some(
    (other) => other.op === 'document' && other.as === name && isReplaced(other, it),
  );
}

function judgeTicket({ of }: Of<'ticket'>, it: Case): Judgement {
  const ticket = it.papers.get(of);
  if (ticket === undefined) return missing;
  const refusal = ticketRefusal(ticket, it.state, it.now);
  if (refusal !== null) return judged(refusal);
  const question = ticketQuestion(ticket, it.state);
  if (question === 'ticket-uncertain') return ask(it, question, null, ticket.id, false);
  if (question === null || isAttested('not-returning', it)) return met;
  return ask(it, question, 'not-returning', ticket.id, false);
}

function judgeRecentExit(it: Case): Judgement {
  const card = cardOf(it);
  if (card === null) return missing;
  const leftMs = lastPassageMs(it.state.known, card.identity.token, 'out');
  const absenceMs = it.state.settings.policy.settings.maxAbsenceHours * msPerHour;
  // One that is still to come was dated by a time that admins have set back: it says nothing.
  const agoMs = leftMs === null ? Number.NaN : it.now.wallMs - leftMs;
  if (agoMs >= -passageAheadMsMax && agoMs <= absenceMs) return met;
  if (isAttested('not-returning', it)) return met;
  return ask(it, 'exit-unknown', 'not-returning', null, true);
}

/** @returns whether a member of the household is isolated, so that who leaves shows the ID card */
export function isLeaverCardNeeded({ of }: Of<'leaver-card'>, it: Case): boolean {
  const household = it.papers.get(of)?.identity;
  return (
    household !== undefined &&
    (household === null || isIsolated(it.state.known, household.token, it.now.wallMs))
  );
}

function ask(
  { rule }: Case,
  reason: Reason,
  attest: Attestable | null,
  document: string | null,
  isLast: boolean,
): Judgement {
  const isListed = attest !== null && rule.attestable.includes(attest);
  return { is: 'ask', reason, attest: isListed ? attest : null, document, isLast };
}
