/** Which of the papers shown serve no rule here and now: they are told and dropped. */
import { type Requirement, type Rule, requirementsIn } from '../../../config/policy.js';
import type { Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { DocumentEvidence } from '../evidence.js';
import type { GateState } from '../state.js';
import { applicableRules, isGuardsCase, readsCard } from './assess.js';
import type { RefusedDocument } from './decision.js';
import { fits, paperRefusal } from './paper.js';

interface User {
  readonly requires: readonly Requirement[];
  /** the guard has chosen it, or it needs no choice where nothing is chosen */
  readonly isInPlay: boolean;
  /** it can use all that is shown */
  readonly usesEverything: boolean;
}

/**
 * @returns every paper that each rule which could use it refuses, or that no rule uses. Where some
 *   rule can use everything that is shown, only such rules count
 */
export function refusedPapers(
  state: GateState,
  attempt: Attempt,
  now: Now,
): readonly RefusedDocument[] {
  if (attempt.documents.length === 0) return [];
  const users = applicableRules(state).map((rule) => userOf(rule, state, attempt));
  return attempt.documents.flatMap(
    (document) => refusalOf(document, users, { state, attempt, now }) ?? [],
  );
}

function userOf(rule: Rule, { settings }: GateState, { documents, card, selected }: Attempt): User {
  const requires = requirementsIn(rule, settings.direction);
  return {
    requires,
    isInPlay: selected === null ? !isGuardsCase(rule) : rule.id === selected,
    usesEverything:
      documents.every((document) => requires.some((it) => isFor(it, document))) &&
      (card === null || requires.some(readsCard)),
  };
}

function refusalOf(
  document: DocumentEvidence,
  all: readonly User[],
  context: { readonly state: GateState; readonly attempt: Attempt; readonly now: Now },
): RefusedDocument | null {
  const users = all.filter(({ requires }) => requires.some((it) => isFor(it, document)));
  if (users.length === 0) return { document, reason: 'no-rule', refer: false };
  const inPlay = users.filter(({ isInPlay }) => isInPlay);
  const fitting = inPlay.filter(({ usesEverything }) => usesEverything);
  const judging = [fitting, inPlay].find((some) => some.length > 0) ?? users;
  let first: RefusedDocument | null = null;
  for (const { requires } of judging)
    for (const it of requires) {
      if (it.op !== 'document' || !fits(it, document)) continue;
      const refusal = paperRefusal(document, it.as, { requires, ...context });
      if (refusal === null) return null;
      first ??= { document, ...refusal };
    }
  return first;
}

function isFor(requirement: Requirement, document: DocumentEvidence): boolean {
  return requirement.op === 'document' && fits(requirement, document);
}
