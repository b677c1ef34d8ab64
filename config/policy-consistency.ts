/** What the shape of a policy cannot say: whether its parts fit each other. */

import { identitiesOf, type PaperName, traitsOf } from './papers.js';
import { type Policy, type Requirement, type Rule, readsOf } from './policy.js';
import type { PlacedProblem } from './problems.js';

/**
 * Every place where a policy of the right shape says what cannot be meant: equal orders, names
 * that point nowhere, papers that cannot carry what is asked of them, misdeclared reads.
 */
export function contradictions(policy: Policy): readonly PlacedProblem[] {
  return [
    ...ofSettings(policy.settings),
    ...equals('stops', policy.stops),
    ...equals('rules', policy.rules),
    ...policy.stops.flatMap((entry, index) =>
      entry.when.flatMap((part, at) =>
        part.op === 'document' ? ofVariant(part, `stops[${index}].when[${at}]`) : [],
      ),
    ),
    ...policy.rules.flatMap((entry, index) => ofRule(entry, `rules[${index}]`)),
  ];
}

function ofSettings(settings: Policy['settings']): readonly PlacedProblem[] {
  const pairs = [
    ['readingCentidegreesMin', 'feverCentidegrees'],
    ['feverCentidegrees', 'readingCentidegreesMax'],
    ['ambientCentidegreesMin', 'ambientCentidegreesMax'],
  ] as const;
  return pairs
    .filter(([low, high]) => settings[low] >= settings[high])
    .map(([low, high]) => ({ place: `settings.${low}`, problem: `must be below ${high}` }));
}

/** Orders decide between entries and ids name them in records: neither may be ambiguous. */
function equals(
  list: string,
  entries: readonly { readonly id: string; readonly order: number }[],
): readonly PlacedProblem[] {
  return entries.flatMap((entry, index) => {
    const earlier = entries.slice(0, index);
    const sameOrder = earlier.find((other) => other.order === entry.order);
    const sameId = earlier.some((other) => other.id === entry.id);
    return [
      ...(sameOrder
        ? [
            {
              place: `${list}[${index}].order`,
              problem: `${entry.order} is the order of "${sameOrder.id}" too: each needs its own`,
            },
          ]
        : []),
      ...(sameId ? [{ place: `${list}[${index}].id`, problem: `"${entry.id}" stands twice` }] : []),
    ];
  });
}

function ofVariant(paper: PaperName, place: string): readonly PlacedProblem[] {
  const { variants } = traitsOf(paper);
  const at = `${place}.variant`;
  if (variants === undefined)
    return paper.variant === undefined
      ? []
      : [{ place: at, problem: `${paper.kind} has no variants: remove it` }];
  if (paper.variant === undefined)
    return [{ place: at, problem: `missing: one of ${variants.join(', ')}` }];
  if (!variants.includes(paper.variant))
    return [{ place: at, problem: `${paper.kind} has only ${variants.join(', ')}` }];
  return [];
}

type Paper = Extract<Requirement, { op: 'document' }>;

function ofRule(entry: Rule, place: string): readonly PlacedProblem[] {
  const papers = new Map<string, Paper>();
  const problems: PlacedProblem[] = [];
  for (const [index, part] of entry.requires.entries()) {
    if (part.op !== 'document') continue;
    const at = `${place}.requires[${index}]`;
    problems.push(...ofVariant(part, at));
    if (papers.has(part.as)) problems.push({ place: `${at}.as`, problem: `"${part.as}" twice` });
    papers.set(part.as, part);
  }
  for (const [index, part] of entry.requires.entries())
    problems.push(...ofReference(part, papers, `${place}.requires[${index}]`));
  return [
    ...problems,
    ...ofMusts(entry, place),
    ...ofTickets(entry, place),
    ...ofReads(entry, place),
  ];
}

function ofReference(
  part: Requirement,
  papers: ReadonlyMap<string, Paper>,
  place: string,
): readonly PlacedProblem[] {
  if (part.op === 'document' || part.op === 'temperature') return [];
  const wanted = typeof part.of === 'string' ? [part.of] : part.of;
  return wanted.flatMap((name, index) => {
    const at = typeof part.of === 'string' ? `${place}.of` : `${place}.of[${index}]`;
    const paper = papers.get(name);
    if (paper === undefined)
      return [{ place: at, problem: `"${name}" names no document of this rule` }];
    const fits =
      (part.op === 'zone' && traitsOf(paper).hasZones === true) ||
      (part.op === 'ticket' && paper.kind === 'exit-entry-ticket') ||
      (part.op === 'same' && identitiesOf(paper).includes(part.identity));
    if (fits) return [];
    const what = part.op === 'same' ? part.identity : part.op;
    return [{ place: at, problem: `${paper.kind} carries no ${what}` }];
  });
}

/** A ticket that no requirement judges would never be spent, and only one is reserved by a grant. */
function ofTickets(entry: Rule, place: string): readonly PlacedProblem[] {
  const judged = entry.requires.flatMap((part) => (part.op === 'ticket' ? [part.of] : []));
  const papers = entry.requires.filter(
    (part) => part.op === 'document' && part.kind === 'exit-entry-ticket',
  );
  const isSound =
    papers.length === judged.length &&
    papers.length <= 1 &&
    papers.every((part) => part.op === 'document' && judged.includes(part.as));
  if (isSound) return [];
  return [
    { place: `${place}.requires`, problem: 'needs one "ticket" requirement for its one ticket' },
  ];
}

/** The five musts: an automatic grant names a holder and follows a normal temperature. */
function ofMusts(entry: Rule, place: string): readonly PlacedProblem[] {
  const has = (op: Requirement['op']) => entry.requires.some((part) => part.op === op);
  return (['document', 'temperature'] as const)
    .filter((op) => !has(op))
    .map((op) => ({ place: `${place}.requires`, problem: `needs a "${op}" requirement` }));
}

function ofReads(entry: Rule, place: string): readonly PlacedProblem[] {
  const actual = readsOf(entry.requires);
  const missing = actual.filter((path) => !entry.reads.includes(path));
  const idle = entry.reads.filter(
    (path, index) => !actual.includes(path) || entry.reads.indexOf(path) !== index,
  );
  return [
    ...missing.map((path) => ({ place: `${place}.reads`, problem: `must declare "${path}"` })),
    ...idle.map((path) => ({
      place: `${place}.reads`,
      problem: `"${path}" is not read, or twice`,
    })),
  ];
}
