/**
 * The whole of a policy, looked at before it decides about anybody: first what it says about itself,
 * then every cell of what it reads (`policy-space.ts`), through the evaluation that decides at gates.
 */
import type { Policy } from '../../../config/policy.js';
import { contradictions } from '../../../config/policy-consistency.js';
import type { Direction, ZoneKind } from '../../../config/vocabulary.js';
import { assess, isComplete } from '../policy/assess.js';
import { evaluate } from '../policy/rules.js';
import { attemptOf, bench } from './policy-bench.js';
import { type Broken, brokenBy, outcomeOf } from './policy-claims.js';
import { now } from './policy-draft.js';
import { unknownOperators } from './policy-operators.js';
import { cellCount, cellsOf, cellWords, draftOf, type Space, spacesOf } from './policy-space.js';

/** Enumerating more takes too long to be done before each change of a policy. */
export const cellsMax = 300_000;

export interface Fault {
  readonly code:
    | Broken['code']
    | 'unknown-operator'
    | 'contradiction'
    | 'space-too-large'
    | 'unreachable-rule';
  /** `rules[3].requires[2].op`, `stops`, `otherwise.out`; empty: the whole policy */
  readonly place: string;
  readonly problem: string;
  /** the first cell where it shows, in words; null: it shows in none */
  readonly cell: string | null;
}

/** Two rules that one set of evidence completes: the first decides. */
export interface Pair {
  readonly first: string;
  readonly second: string;
  readonly zone: ZoneKind;
  readonly direction: Direction;
  /** the first such set, in words */
  readonly cell: string;
}

export interface PolicyCheck {
  readonly ok: boolean;
  /** how many there are; enumerated unless the fault says otherwise */
  readonly cells: number;
  /** `grant resident`, `refer fever`, … → cells, most first */
  readonly outcomes: readonly { readonly outcome: string; readonly cells: number }[];
  readonly pairs: readonly Pair[];
  /** ids of rules that no cell ends in */
  readonly unreachable: readonly string[];
  /** the first */
  readonly fault: Fault | null;
}

/** Told every few thousand cells; a check takes seconds. */
export type Progress = (done: number, all: number) => void;
const progressEvery = 5_000;

/**
 * @param policy of the right shape, as the schema gives it; what it means is not trusted
 * @param progress told how far it is
 * @param only a gate's own zone and direction: it decides in no other, and pairs, which are no fault, are
 *   left out
 * @returns what was counted and found; never throws
 */
export function checkPolicy(
  policy: Policy,
  progress: Progress = () => {},
  only: Pick<Space, 'zone' | 'direction'> | null = null,
): PolicyCheck {
  const [problem] = unknownOperators(policy);
  if (problem !== undefined)
    return refused({ code: 'unknown-operator', ...problem, cell: null }, 0);
  const [contradiction] = contradictions(policy);
  if (contradiction !== undefined)
    return refused({ code: 'contradiction', ...contradiction, cell: null }, 0);
  const spaces = spacesOf([policy]);
  const cells = cellCount(spaces);
  if (cells > cellsMax) {
    const words = `reads ${cells} combinations, more than ${cellsMax}: split it, or read less`;
    return refused({ code: 'space-too-large', place: '', problem: words, cell: null }, cells);
  }
  if (only === null) return enumerate(policy, spaces, policy.rules, progress);
  // The space of all rules together is for pairs alone (`policy-space.ts`).
  const own = spaces.filter(
    ({ zone, direction, rule }) =>
      zone === only.zone && direction === only.direction && rule !== null,
  );
  const rules = policy.rules.filter(({ id }) => own.some(({ rule }) => rule === id));
  return enumerate(policy, own, rules, progress, false);
}

function refused(fault: Fault, cells: number): PolicyCheck {
  return { ok: false, cells, outcomes: [], pairs: [], unreachable: [], fault };
}

function enumerate(
  policy: Policy,
  spaces: readonly Space[],
  rules: Policy['rules'],
  progress: Progress,
  isWhole = true,
): PolicyCheck {
  const cells = cellCount(spaces);
  const counts = new Map<string, number>();
  const pairs = new Map<string, Pair>();
  const reached = new Set<string>();
  let fault: Fault | null = null;
  let done = 0;
  for (const space of spaces) {
    const { zone, direction } = space;
    const gate = bench(policy, zone, direction);
    for (const cell of cellsOf(space)) {
      const draft = draftOf(space, cell);
      const attempt = attemptOf(draft);
      const state = gate.gateFor(draft, attempt.identities);
      const decision = evaluate(state, attempt, now);
      const outcome = outcomeOf(decision, state);
      counts.set(outcome.label, (counts.get(outcome.label) ?? 0) + 1);
      if (fault === null) {
        const broken = brokenBy(state, attempt, decision, outcome, now);
        if (broken !== null) fault = { ...broken, cell: cellWords(space, cell) };
      }
      if (outcome.rule !== null) reached.add(outcome.rule);
      if (outcome.rule !== null && isWhole) {
        const complete = assess(state, attempt, now)
          .filter(isComplete)
          .map(({ it }) => it.rule.id);
        for (const second of complete.slice(1)) {
          const name = [zone, direction, outcome.rule, second].join(' ');
          if (pairs.has(name)) continue;
          const words = cellWords(space, cell);
          pairs.set(name, { first: outcome.rule, second, zone, direction, cell: words });
        }
      }
      done += 1;
      if (done % progressEvery === 0) progress(done, cells);
    }
  }
  const unreachable = rules.map(({ id }) => id).filter((id) => !reached.has(id));
  fault ??= unreachableFault(policy, unreachable);
  const outcomes = [...counts]
    .map(([outcome, count]) => ({ outcome, cells: count }))
    .sort((a, b) => b.cells - a.cells);
  const list = [...pairs.values()];
  return { ok: fault === null, cells, outcomes, pairs: list, unreachable, fault };
}

function unreachableFault({ rules }: Policy, unreachable: readonly string[]): Fault | null {
  const [id] = unreachable;
  if (id === undefined) return null;
  const place = `rules[${rules.findIndex((rule) => rule.id === id)}]`;
  const problem = `"${id}" decides in no cell: nobody ever passes by it`;
  return { code: 'unreachable-rule', place, problem, cell: null };
}
