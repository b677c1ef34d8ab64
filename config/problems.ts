/**
 * What is wrong with a file, told so that the person who wrote it can mend it: the file, the place
 * in it and what to do. Turns the schema library's findings into those words.
 */
import type { z } from 'zod';
import type { PlacedProblem } from './placed-problem.js';

export type { PlacedProblem };

export interface Problem extends PlacedProblem {
  readonly file: string;
}

type Issue = z.core.$ZodIssue;
type Place = readonly PropertyKey[];

export const unknownKeyProblem = 'unknown key: remove it or correct its spelling';

const plainName = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** The place of an object's member: `issuers[2].publicKey`, `a["x y"]`. */
export function memberPlace(place: string, name: string): string {
  if (!plainName.test(name)) return `${place}[${JSON.stringify(name)}]`;
  return place === '' ? name : `${place}.${name}`;
}

/** `['rules', 0, 'of']` as `rules[0].of`. */
export function placeText(path: Place): string {
  return path.reduce<string>(
    (place, step) =>
      typeof step === 'number' ? `${place}[${step}]` : memberPlace(place, String(step)),
    '',
  );
}

/**
 * Every finding of a refused value, in the order of the schema. Parse with `reportInput: true`:
 * that tells a missing value from one of the wrong type. Values themselves are shown only where
 * the schema lists the allowed ones, so that no secret can be echoed from elsewhere.
 */
export function problemsOf(error: z.core.$ZodError): readonly PlacedProblem[] {
  return error.issues.flatMap(ofIssue);
}

function ofIssue(issue: Issue): readonly PlacedProblem[] {
  const place = placeText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        place: placeText([...issue.path, key]),
        problem: unknownKeyProblem,
      }));
    case 'invalid_type':
      return [{ place, problem: typeProblem(issue) }];
    case 'invalid_value':
      if (issue.input === undefined) return [{ place, problem: 'missing' }];
      return [{ place, problem: `must be ${listed(issue.values)}` }];
    case 'too_small':
      return [{ place, problem: `must be at least ${issue.minimum}${unitOf(issue.origin)}` }];
    case 'too_big':
      return [{ place, problem: `must be at most ${issue.maximum}${unitOf(issue.origin)}` }];
    case 'invalid_union':
      return [{ place, problem: unionProblem(issue) }];
    default:
      return [{ place, problem: issue.message }];
  }
}

function typeProblem(issue: z.core.$ZodIssueInvalidType): string {
  const wanted = wordOf(issue.expected);
  if (issue.input === undefined) return `missing: ${wanted} is needed here`;
  return `must be ${wanted}`;
}

function wordOf(type: string): string {
  if (type === 'int') return 'a whole number';
  if (type === 'record') return 'an object';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  if (origin === 'array') return ' items long';
  return '';
}

function listed(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 1 ? String(texts[0]) : `one of ${texts.join(', ')}`;
}

/** Our unions are all told apart by one key, so that the findings inside need no guessing. */
function unionProblem(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = 'options' in issue ? issue.options : undefined;
  return options === undefined ? issue.message : `must be ${listed(options)}`;
}
