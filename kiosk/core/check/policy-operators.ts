/** The operators that the evaluation knows; a policy that came past the schema may hold others. */

import type { PlacedProblem } from '../../../config/placed-problem.js';
import type { Condition, Policy, Requirement } from '../../../config/policy.js';

const requirementOperators: Readonly<Record<Requirement['op'], true>> = {
  document: true,
  card: true,
  bound: true,
  host: true,
  'recent-exit': true,
  'leaver-card': true,
  attested: true,
  selected: true,
  same: true,
  zone: true,
  ticket: true,
  temperature: true,
};

const conditionOperators: Readonly<Record<Condition['op'], true>> = {
  isolation: true,
  temperature: true,
  document: true,
};

/** @returns every operator of the policy that the evaluation does not know, with its place */
export function unknownOperators({ rules, stops }: Policy): readonly PlacedProblem[] {
  return [
    ...stops.flatMap(({ when }, index) =>
      unknown(when, conditionOperators, `stops[${index}].when`),
    ),
    ...rules.flatMap(({ requires }, index) =>
      unknown(requires, requirementOperators, `rules[${index}].requires`),
    ),
  ];
}

function unknown(
  parts: readonly { readonly op: string }[],
  operators: { readonly [op: string]: true },
  place: string,
): readonly PlacedProblem[] {
  return parts.flatMap(({ op }, index) =>
    Object.hasOwn(operators, op)
      ? []
      : [{ place: `${place}[${index}].op`, problem: `"${op}" is no operator` }],
  );
}
