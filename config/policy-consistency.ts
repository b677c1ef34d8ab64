/** What the shape of a policy cannot say: whether its parts fit each other. */

import { type PaperName, traitsOf } from './papers.js';
import type { PlacedProblem } from './placed-problem.js';
import { attestableFor, type Policy, type Rule, readsOf, requirementsIn } from './policy.js';
import { ofReferences } from './policy-references.js';
import type { CredentialKind } from './vocabulary.js';

/** What no guard's word replaces (with the ID card, which is no document). */
const neverAttested: readonly CredentialKind[] = ['campus-card-code', 'exit-entry-ticket'];

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
    ['silenceMs', 'referredMs'],
    ['retestPauseMs', 'retestWindowMs'],
    // Who came back longer ago than this has been isolated already.
    ['arrivalDaysBackMax', 'isolationDays'],
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

/** A paper is named as its kind is told apart: with a variant and a purpose, or without. */
function ofName(paper: PaperName, place: string): readonly PlacedProblem[] {
  const { purposes } = traitsOf(paper);
  return [
    ...ofVariant(paper, place),
    ...ofPart('purpose', paper.kind, paper.purpose, purposes, place),
  ];
}

function ofVariant(paper: PaperName, place: string): readonly PlacedProblem[] {
  return ofPart('variant', paper.kind, paper.variant, traitsOf(paper).variants, place);
}

function ofPart(
  part: 'variant' | 'purpose',
  kind: CredentialKind,
  value: string | undefined,
  known: readonly string[] | undefined,
  place: string,
): readonly PlacedProblem[] {
  const at = `${place}.${part}`;
  if (known === undefined)
    return value === undefined
      ? []
      : [{ place: at, problem: `this ${kind} has no ${part}s: remove it` }];
  if (value === undefined) return [{ place: at, problem: `missing: one of ${known.join(', ')}` }];
  if (!known.includes(value))
    return [{ place: at, problem: `${kind} has only ${known.join(', ')}` }];
  return [];
}

function ofRule(entry: Rule, place: string): readonly PlacedProblem[] {
  return [
    ...ofDocuments(entry, place),
    ...ofReferences(entry, place),
    ...ofMusts(entry, place),
    ...ofTickets(entry, place),
    ...ofAttesting(entry, place),
    ...ofReads(entry, place),
  ];
}

function ofDocuments({ requires }: Rule, place: string): readonly PlacedProblem[] {
  const names = new Set<string>();
  return requires.flatMap((part, index) => {
    if (part.op !== 'document') return [];
    const at = `${place}.requires[${index}]`;
    const problems = [...ofName(part, at)];
    if (names.has(part.as)) problems.push({ place: `${at}.as`, problem: `"${part.as}" twice` });
    names.add(part.as);
    if (part.kind === 'guard-badge')
      problems.push({ place: `${at}.kind`, problem: 'a guard badge lets nobody pass' });
    if (part.or !== undefined && neverAttested.includes(part.kind))
      problems.push({ place: `${at}.or`, problem: `no guard attests a ${part.kind}: remove it` });
    if (part.or !== undefined && part.optional)
      problems.push({ place: `${at}.or`, problem: 'an optional paper needs nothing in its place' });
    return problems;
  });
}

/** A ticket that no requirement judges would never be spent, and only one is reserved by a grant. */
function ofTickets(entry: Rule, place: string): readonly PlacedProblem[] {
  const isSound = entry.directions.every((direction) => {
    const requires = requirementsIn(entry, direction);
    const judged = requires.flatMap((part) => (part.op === 'ticket' ? [part.of] : []));
    const papers = requires.filter(
      (part) => part.op === 'document' && part.kind === 'exit-entry-ticket',
    );
    return (
      papers.length === judged.length &&
      papers.length <= 1 &&
      papers.every((part) => part.op === 'document' && judged.includes(part.as))
    );
  });
  if (isSound) return [];
  return [
    { place: `${place}.requires`, problem: 'needs one "ticket" requirement for its one ticket' },
  ];
}

/**
 * The five musts: an automatic grant names a holder and follows a normal temperature; who is
 * registered or isolated is known by the ID card.
 */
function ofMusts(entry: Rule, place: string): readonly PlacedProblem[] {
  const isAlways = (wanted: (part: Rule['requires'][number]) => boolean) =>
    entry.directions.every((direction) => requirementsIn(entry, direction).some(wanted));
  const hasCard = isAlways(({ op }) => op === 'card');
  const namesHolder = isAlways(
    (part) =>
      part.op === 'card' ||
      (part.op === 'document' &&
        part.optional === undefined &&
        part.or === undefined &&
        traitsOf(part).gives !== undefined),
  );
  const at = `${place}.requires`;
  return [
    ...(namesHolder
      ? []
      : [{ place: at, problem: 'needs a "card", or a "document" that says who passes' }]),
    ...(isAlways(({ op }) => op === 'temperature')
      ? []
      : [{ place: at, problem: 'needs a "temperature" requirement' }]),
    ...(entry.registers === 'no' || hasCard
      ? []
      : [{ place: `${place}.registers`, problem: 'needs a "card" to register from' }]),
    ...(entry.isolates === undefined || (hasCard && !entry.directions.includes('out'))
      ? []
      : [{ place: `${place}.isolates`, problem: 'needs a "card", and the way in only' }]),
  ];
}

/** What is attested somewhere in the rule is listed, and what is listed can be attested. */
function ofAttesting(entry: Rule, place: string): readonly PlacedProblem[] {
  const missing = entry.requires.flatMap((part, index) => {
    const isNamed = part.op === 'attested' || (part.op === 'document' && part.or !== undefined);
    const what = attestableFor(part);
    if (!isNamed || what === null || entry.attestable.includes(what)) return [];
    const at = `${place}.requires[${index}].${part.op === 'attested' ? 'what' : 'or'}`;
    return [{ place: at, problem: `"${what}" must stand in attestable` }];
  });
  const idle = entry.attestable.flatMap((what, index) =>
    entry.attestable.indexOf(what) === index &&
    entry.requires.some((part) => attestableFor(part) === what)
      ? []
      : [
          {
            place: `${place}.attestable[${index}]`,
            problem: `"${what}" meets no requirement, or twice`,
          },
        ],
  );
  return [...missing, ...idle];
}

function ofReads(entry: Rule, place: string): readonly PlacedProblem[] {
  const actual = readsOf(entry);
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
