/**
 * What must hold of every cell of a policy's space, by plain reading of the cell: who is granted,
 * who is stopped, and that every outcome cites its clause. None of it trusts the policy's own words.
 */
import type { Policy } from '../../../config/policy.js';
import type { Now } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { isIsolated } from '../known/known.js';
import { doubtfulGrant } from '../laws/doubt.js';
import type { Decision } from '../policy/decision.js';
import type { GateState } from '../state.js';

/** The outcome of a cell in a line, and what it cites. */
export interface Outcome {
  /** `grant resident`, `refer fever`, `deny incomplete`, `await attend duty-staff` */
  readonly label: string;
  readonly verdict: 'grant' | 'deny' | 'refer';
  readonly clause: string;
  /** the rule that would let pass; null: none */
  readonly rule: string | null;
}

export interface Broken {
  readonly code:
    | 'student-not-stopped'
    | 'isolation-not-stopped'
    | 'fever-not-stopped'
    | 'grant-to-nobody'
    | 'grant-without-temperature'
    | 'grant-on-doubt'
    | 'bare-refusal'
    | 'no-clause';
  /** where in the policy */
  readonly place: string;
  readonly problem: string;
}

/** @returns what a decision comes to at a gate under this policy; what is refused is refused first */
export function outcomeOf(decision: Decision, { settings }: GateState): Outcome {
  const { otherwise } = settings.policy;
  switch (decision.outcome) {
    case 'grant': {
      const { id, clause } = decision.rule;
      return { label: `grant ${id}`, verdict: 'grant', clause, rule: id };
    }
    case 'awaits-guard': {
      const { id, clause } = decision.rule;
      return { label: `await ${decision.step} ${id}`, verdict: 'refer', clause, rule: id };
    }
    case 'gate-refers': {
      const { id, clause } = decision.rule;
      return { label: `refer ${decision.reasons[0]}`, verdict: 'refer', clause, rule: id };
    }
    case 'stop': {
      const { id, clause } = decision.stop;
      const { verdict } = decision;
      return { label: `${verdict} ${id}`, verdict, clause, rule: null };
    }
    case 'pending': {
      const [refused] = decision.refused;
      const [ask] = decision.asks;
      const { clause } = otherwise;
      const usual = otherwise[settings.direction];
      const reason =
        refused?.reason ?? decision.refusedCard ?? ask?.reason ?? ('incomplete' as const);
      const isAsked = refused === undefined && decision.refusedCard === null && ask !== undefined;
      const verdict = refused?.refer || isAsked ? 'refer' : usual;
      return { label: `${verdict} ${reason}`, verdict, clause, rule: null };
    }
  }
}

/** @returns the first thing that is wrong with a cell, or null */
export function brokenBy(
  state: GateState,
  attempt: Attempt,
  decision: Decision,
  outcome: Outcome,
  now: Now,
): Broken | null {
  return (
    notStopped(state, attempt, decision, now) ??
    wrongGrant(state, attempt, decision, outcome, now) ??
    bareRefusal(state, decision, outcome) ??
    withoutClause(state.settings.policy, decision, outcome)
  );
}

function notStopped(
  state: GateState,
  attempt: Attempt,
  decision: Decision,
  now: Now,
): Broken | null {
  if (decision.outcome === 'stop') return null;
  const isStudent = attempt.documents.some(
    ({ kind, variant }) => kind === 'campus-card-code' && variant === 'student',
  );
  if (isStudent)
    return broken('student-not-stopped', 'stops', 'a student’s code is shown, and no stop holds');
  const people = Object.values(attempt.identities).filter(({ space }) => space !== 'household');
  const isAway = people.some(({ token }) => isIsolated(state.known, token, now.wallMs));
  if (isAway && state.settings.direction === 'out')
    return broken(
      'isolation-not-stopped',
      'stops',
      'somebody isolated goes out, and no stop holds',
    );
  const { feverCentidegrees } = state.settings.policy.settings;
  const isHot = (attempt.temperature?.bodyCentidegrees ?? 0) >= feverCentidegrees;
  const isKnown = state.fevers.some(({ people: names }) =>
    Object.values(attempt.identities).some(({ space, token }) =>
      names.includes(`${space}:${token}`),
    ),
  );
  return isHot || isKnown
    ? broken('fever-not-stopped', 'stops', 'a fever is measured, and no stop holds')
    : null;
}

function wrongGrant(
  state: GateState,
  attempt: Attempt,
  decision: Decision,
  { rule }: Outcome,
  now: Now,
): Broken | null {
  if (rule === null) return null;
  const { policy } = state.settings;
  const place = `rules[${policy.rules.findIndex(({ id }) => id === rule)}]`;
  if (Object.keys(attempt.identities).length === 0)
    return broken('grant-to-nobody', place, 'lets somebody pass whom nothing names');
  const body = attempt.temperature?.bodyCentidegrees;
  const { readingCentidegreesMin, feverCentidegrees } = policy.settings;
  const isNormal = body !== undefined && body >= readingCentidegreesMin && body < feverCentidegrees;
  if (!isNormal && !attempt.attested.some(({ what }) => what === 'temperature'))
    return broken('grant-without-temperature', place, 'lets pass without a normal temperature');
  if (decision.outcome !== 'grant') return null;
  const ticket = decision.ticket?.id ?? null;
  const doubt = doubtfulGrant(state, attempt, rule, ticket, now);
  return doubt === null ? null : broken('grant-on-doubt', place, doubt);
}

/** On a way out only a student is refused: everybody else is referred (clause 九). */
function bareRefusal(
  { settings }: GateState,
  decision: Decision,
  { verdict }: Outcome,
): Broken | null {
  if (settings.direction !== 'out' || verdict !== 'deny') return null;
  if (decision.outcome !== 'stop')
    return broken('bare-refusal', 'otherwise.out', 'refuses on a way out');
  const { stop } = decision;
  if (stop.id === 'student') return null;
  const index = settings.policy.stops.indexOf(stop);
  return broken('bare-refusal', `stops[${index}].outcome`, `${stop.id} refuses on a way out`);
}

function withoutClause(
  { rules, stops, otherwise }: Policy,
  decision: Decision,
  { clause }: Outcome,
): Broken | null {
  const isCited = [...rules, ...stops, otherwise].some((entry) => entry.clause === clause);
  if (isCited && clause.trim() !== '') return null;
  const place =
    decision.outcome === 'pending'
      ? 'otherwise.clause'
      : decision.outcome === 'stop'
        ? `stops[${stops.indexOf(decision.stop)}].clause`
        : `rules[${rules.indexOf(decision.rule)}].clause`;
  return broken('no-clause', place, 'decides and cites no clause');
}

function broken(code: Broken['code'], place: string, problem: string): Broken {
  return { code, place, problem };
}
