/** What the shape of a policy cannot say: whether its parts fit each other. */
import { type Policy, type Requirement, type Rule, readsOf } from './policy.js';
import type { PlacedProblem } from './problems.js';
import {
  type CredentialKind,
  codeVariants,
  formVariants,
  type IdentitySpace,
} from './vocabulary.js';

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

/** Which variants a kind has; the others have none (GK1 profile, key 2). */
const variantsOf: { readonly [kind in CredentialKind]?: readonly string[] } = {
  'approval-form': formVariants,
  'campus-card-code': codeVariants,
};

function ofVariant(
  paper: { kind: CredentialKind; variant?: string },
  place: string,
): readonly PlacedProblem[] {
  const variants = variantsOf[paper.kind];
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

/** The identities a paper can carry at all (GK1 profile, section 2): others would never match. */
function identitiesOf(paper: Paper): readonly IdentitySpace[] {
  switch (paper.kind) {
    case 'approval-form':
      return paper.variant === 'external-entry' ? ['id-number'] : ['campus-id'];
    case 'campus-card-code':
      return ['campus-id'];
    case 'residence-pass':
      return ['household', 'id-number'];
    case 'exit-entry-ticket':
      return ['household'];
    case 'resumption-certificate':
    case 'visit-filing':
      return ['id-number'];
    case 'guard-badge':
      return [];
  }
}

const zonedKinds: readonly CredentialKind[] = ['approval-form', 'visit-filing'];

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
  return [...problems, ...ofMusts(entry, place), ...ofReads(entry, place)];
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
      (part.op === 'zone' && zonedKinds.includes(paper.kind)) ||
      (part.op === 'ticket' && paper.kind === 'exit-entry-ticket') ||
      (part.op === 'same' && identitiesOf(paper).includes(part.identity));
    if (fits) return [];
    const what = part.op === 'same' ? part.identity : part.op;
    return [{ place: at, problem: `${paper.kind} carries no ${what}` }];
  });
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
