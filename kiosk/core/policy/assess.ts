/** All rules against one attempt: which apply here, which is complete, which the papers fit best. */
import { traitsOf } from '../../../config/papers.js';
import { type Requirement, type Rule, requirementsIn } from '../../../config/policy.js';
import type { IdentitySpace, Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { GateSettings } from '../settings.js';
import type { GateState } from '../state.js';
import { type Case, caseOf, isAttested } from './case.js';
import { type Judgement, judgeCase } from './judge.js';
import { fits, isBoundTo, namesHolder } from './paper.js';

export interface Assessed {
  readonly it: Case;
  /** one for each of the case's requirements, in their order */
  readonly judgements: readonly Judgement[];
}

/** @returns the rules for this zone and direction, lowest order first */
export function applicableRules({ settings }: GateState): readonly Rule[] {
  const known = rulesHere.get(settings);
  if (known !== undefined) return known;
  const { policy, zone, direction } = settings;
  const rules = policy.rules
    .filter((rule) => rule.zones.includes(zone.kind) && rule.directions.includes(direction))
    .sort((a, b) => a.order - b.order);
  rulesHere.set(settings, rules);
  return rules;
}

/** What follows from the settings alone is worked out once for each of them. */
const rulesHere = new WeakMap<GateSettings, readonly Rule[]>();

/** @returns whether a rule counts only where the guard has chosen it as the person's case */
export function isGuardsCase({ requires }: Rule): boolean {
  return requires.some(({ op }) => op === 'selected');
}

/**
 * @returns the rules that the attempt can complete, lowest order first: the one that the guard has
 *   chosen, or without a choice those that need none
 */
export function assess(state: GateState, attempt: Attempt, now: Now): readonly Assessed[] {
  const rules = applicableRules(state).filter((rule) =>
    attempt.selected === null
      ? isTouched(rule, attempt) && !isGuardsCase(rule)
      : rule.id === attempt.selected,
  );
  return rules.map((rule) => {
    const it = caseOf(rule, state, attempt, now);
    return { it, judgements: judgeCase(it) };
  });
}

/** A rule of which nothing is shown is neither complete nor the best: most are, and cost nothing. */
function isTouched({ requires }: Rule, { documents, card, attested }: Attempt): boolean {
  if (attested.length > 0) return true;
  return requires.some((it) =>
    it.op === 'document'
      ? documents.some((document) => fits(it, document))
      : card !== null && readsCard(it),
  );
}

/** @returns whether every requirement is met, and everybody whom the attempt names is accounted for */
export function isComplete({ it, judgements }: Assessed): boolean {
  return judgements.every(({ is }) => is === 'met') && accountsForAll(it);
}

/**
 * Two people's evidence never completes one rule (law 4): what names somebody of whom the rule says
 * nothing may be another person's, and the temperature with it. So may a paper that names its holder
 * and that the rule does not use, unless it is the one on the card that the rule reads. A guard who
 * has chosen the case has looked at who stands there.
 */
export function accountsForAll({ requires, papers, attempt }: Case): boolean {
  if (attempt.selected !== null) return true;
  const shown = [...papers.values()];
  const card = requires.some(readsCard) ? attempt.card : null;
  const isOfNobodyKnown = attempt.documents.some(
    (document) =>
      namesHolder(document) &&
      !shown.includes(document) &&
      !(card !== null && isBoundTo(document, card)),
  );
  if (isOfNobodyKnown) return false;
  const used = shown.map(({ identity }) => identity);
  if (card !== null) used.push(card.identity);
  return Object.values(attempt.identities).every((held) =>
    used.some((identity) => identity?.space === held.space && identity.token === held.token),
  );
}

/** @returns whether the requirement looks at the ID card of who passes */
export function readsCard({ op }: Requirement): boolean {
  return op === 'card' || op === 'leaver-card';
}

/** @returns whether some rule uses evidence of both identity spaces, so that both can be one person */
export function joins(
  state: GateState,
  held: readonly IdentitySpace[],
  added: IdentitySpace,
): boolean {
  const selected = state.attempt?.selected ?? null;
  return applicableRules(state)
    .filter((rule) => !isGuardsCase(rule) || rule.id === selected)
    .some((rule) => {
      const spaces = spacesOf(requirementsIn(rule, state.settings.direction));
      return spaces.has(added) && held.every((space) => spaces.has(space));
    });
}

function spacesOf(requires: readonly Requirement[]): ReadonlySet<IdentitySpace> {
  return new Set(
    requires.flatMap((requirement) => {
      if (readsCard(requirement)) return ['id-number'];
      const space = requirement.op === 'document' ? traitsOf(requirement).gives : undefined;
      return space === undefined ? [] : [space];
    }),
  );
}

/** How many of a case's requirements somebody has shown or attested something for. */
export function shownCount({ requires, papers, attempt, rule }: Case): number {
  return requires.filter((requirement) => {
    if (requirement.op === 'document')
      return (
        papers.has(requirement.as) ||
        (requirement.or !== undefined && isAttested(requirement.or, { rule, attempt }))
      );
    if (requirement.op === 'attested') return isAttested(requirement.what, { rule, attempt });
    return readsCard(requirement) && attempt.card !== null;
  }).length;
}

/**
 * @returns those that the evidence fits, best first: most shown, least missing, and of equals the
 *   highest order, because rules of lower order are for fewer people. What the guard has chosen fits.
 */
export function bestFirst(assessed: readonly Assessed[]): readonly Assessed[] {
  return assessed
    .map((one) => ({
      one,
      shown: shownCount(one.it),
      open: one.judgements.filter(({ is }) => is !== 'met').length,
    }))
    .filter(({ one, shown }) => shown > 0 || one.it.attempt.selected !== null)
    .sort(
      (a, b) => b.shown - a.shown || a.open - b.open || b.one.it.rule.order - a.one.it.rule.order,
    )
    .map(({ one }) => one);
}
