/** What the guard could attest or choose for the person who stands there: for the booth's prompts. */
import { attestableFor, type Requirement, type Rule } from '../../../config/policy.js';
import type { Attestable, Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { feverStanding } from '../attempt/fever.js';
import type { GateState } from '../state.js';
import {
  type Assessed,
  applicableRules,
  assess,
  bestFirst,
  isGuardsCase,
  shownCount,
} from './assess.js';
import { isAttested, mayAttest } from './case.js';
import { asksOf } from './checklist.js';

export interface Offers {
  /** what a rule that fits best still lacks, most useful first */
  readonly attest: readonly Attestable[];
  /** the cases that the guard may choose here, lowest order first */
  readonly cases: readonly Rule[];
}

/**
 * @param state the gate; policy, zone, direction, known uses and fevers are read
 * @param attempt the evidence so far
 * @param now the moment of the prompt
 * @returns what attesting would meet a requirement now, and the cases that apply here. Whether a
 *   stop holds is not looked at: it decides before any of this.
 */
export function offersOf(state: GateState, attempt: Attempt, now: Now): Offers {
  const fitting = bestFirst(assess(state, attempt, now));
  const standing = feverStanding(
    state.fevers,
    attempt.identities,
    state.settings.policy.settings,
    now.monotonicMs,
  );
  const isTooEarly = standing === 'paused' || standing === 'exhausted';
  const shownMost = Math.max(...fitting.map(({ it }) => shownCount(it)));
  const attest = fitting
    .filter(({ it }) => shownCount(it) === shownMost)
    .flatMap(lacksOf)
    .filter((what) => mayAttest(what, attempt) && !(what === 'temperature' && isTooEarly));
  return { attest: [...new Set(attest)], cases: applicableRules(state).filter(isGuardsCase) };
}

/** First what is asked, then what is missing, each in the checklist's order. */
function lacksOf(assessed: Assessed): readonly Attestable[] {
  const { it, judgements } = assessed;
  const asked = asksOf(assessed).map(({ attest }) => attest);
  const lacking = it.requires.map((requirement, index) =>
    judgements[index]?.is === 'missing' && isShowable(requirement)
      ? attestableFor(requirement)
      : null,
  );
  return [...asked, ...lacking].flatMap((what) =>
    what !== null && it.rule.attestable.includes(what) && !isAttested(what, it) ? [what] : [],
  );
}

/** What only compares is settled by what it compares, until that is there and it is asked. */
function isShowable({ op }: Requirement): boolean {
  return op === 'document' || op === 'attested' || op === 'temperature';
}
