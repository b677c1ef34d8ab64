/**
 * Decisions that a policy must lead to, embedded in the step that brings it: cells of its space in the
 * words of `policy-space.ts`, each with the outcome that `gatectl policy check` gives it.
 *
 *   {"cell": "campus-gate, in: ID card: good; temperature: normal", "outcome": "deny incomplete"}
 */
import type { Policy } from '../../../config/policy.js';
import { evaluate } from '../policy/rules.js';
import { attemptOf, bench } from './policy-bench.js';
import { outcomeOf } from './policy-claims.js';
import { now } from './policy-draft.js';
import { draftOf, type Space, spacesOf } from './policy-space.js';

/**
 * @param policy of the right shape
 * @param cell in words
 * @returns what the policy decides about it, as `grant resident`; null: it has no such cell
 */
export function decideCell(policy: Policy, cell: string): string | null {
  const shape = /^([a-z-]+), (in|out): (.*)$/.exec(cell);
  if (shape === null) return null;
  const [, zone, direction, shown = ''] = shape;
  const parts = shown === 'nothing shown' ? [] : shown.split('; ');
  for (const space of spacesOf([policy])) {
    if (space.zone !== zone || space.direction !== direction) continue;
    const found = findCell(space, parts);
    if (found === null) continue;
    const draft = draftOf(space, found);
    const attempt = attemptOf(draft);
    const state = bench(policy, space.zone, space.direction).gateFor(draft, attempt.identities);
    return outcomeOf(evaluate(state, attempt, now), state).label;
  }
  return null;
}

/**
 * @param policy of the right shape
 * @param items as a step has them
 * @returns the first that does not come out, in words; null: all do
 */
export function failedSelfTest(policy: Policy, items: readonly unknown[]): string | null {
  for (const [index, item] of items.entries()) {
    const { cell, outcome } = Object(item) as { readonly [name: string]: unknown };
    if (typeof cell !== 'string' || typeof outcome !== 'string')
      return `selfTest[${index}]: must be a cell and its outcome`;
    const decided = decideCell(policy, cell);
    if (decided !== outcome) return `selfTest[${index}]: ${decided ?? 'there is no such cell'}`;
  }
  return null;
}

/** The cell of a space in which these facts are so, and all others are absent; null: there is none. */
function findCell({ facts }: Space, parts: readonly string[]): readonly number[] | null {
  const cell = facts.map(() => 0);
  for (const part of parts) {
    const at = facts.findIndex(({ name }) => part.startsWith(`${name}: `));
    const fact = facts[at];
    if (fact === undefined) return null;
    const words = part.slice(fact.name.length + 2);
    const value = fact.values.findIndex((it) => it.words === words);
    if (value < 0) return null;
    cell[at] = value;
  }
  return cell;
}
