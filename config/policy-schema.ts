/**
 * Refuses a policy that says anything the gate does not know, or says it twice: doubt in a rule
 * would be doubt at the gate. First the shape (zod), then what a shape cannot say.
 */
import { z } from 'zod';
import { attestables, type Policy, type Requirement, type Rule, readsOf } from './policy.js';
import { type PlacedProblem, problemsOf } from './problems.js';
import {
  type CredentialKind,
  codeVariants,
  credentialKinds,
  directions,
  formVariants,
  type IdentitySpace,
  identitySpaces,
  parties,
  zoneKinds,
} from './vocabulary.js';

/** Rules and stops of one policy: the notice has 11 and 3; every attempt looks at all of them. */
const entriesMax = 64;
/** Requirements of one rule: the longest of the notice has 7. */
const requirementsMax = 16;
/** A checklist line on a screen of 800 pixels; titles go into records too. */
const phraseCharactersMax = 80;

const minuteMs = 60_000;
const daySeconds = 86_400;

const kinds = Object.values(credentialKinds);
const order = z.int().min(1).max(9_999);
const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9 and -, beginning with a letter');
const words = z.string().min(1).max(phraseCharactersMax);
const phrase = z.strictObject({ zh: words, en: words });
const clause = z.string().min(1).max(16);
const kind = z.enum(kinds);
const variant = z.enum([...formVariants, ...codeVariants]);
const party = z.array(z.enum(parties)).max(parties.length);
const zones = z.array(z.enum(zoneKinds)).min(1).max(zoneKinds.length);
const ways = z.array(z.enum(directions)).min(1).max(directions.length);
const names = z.array(id).min(1).max(requirementsMax);

const settings = z.strictObject({
  feverCentidegrees: z.int().min(3_600).max(3_900),
  readingCentidegreesMin: z.int().min(3_000).max(3_650),
  readingCentidegreesMax: z.int().min(4_000).max(4_500),
  samplesMin: z.int().min(1).max(50),
  samplesSpreadCentidegreesMax: z.int().min(1).max(100),
  ambientCentidegreesMin: z.int().min(-4_000).max(3_000),
  ambientCentidegreesMax: z.int().min(2_000).max(6_000),
  silenceMs: z
    .int()
    .min(5_000)
    .max(5 * minuteMs),
  referredMs: z
    .int()
    .min(minuteMs)
    .max(60 * minuteMs),
  identityChangesMax: z.int().min(1).max(20),
  identityChangesWindowMs: z
    .int()
    .min(10_000)
    .max(10 * minuteMs),
  lifetimeSecondsMax: z.partialRecord(
    kind,
    z
      .int()
      .min(60)
      .max(366 * daySeconds),
  ),
  ticketWindowDays: z.int().min(1).max(14),
  reentryHours: z.int().min(0).max(168),
  // the relay's owner holds at most 121 s without being asked again
  emergencyMs: z.int().min(10_000).max(120_000),
});

const condition = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('temperature'), is: z.literal('fever') }),
  z.strictObject({ op: z.literal('document'), kind, variant: variant.exactOptional() }),
]);

const stop = z.strictObject({
  id,
  order,
  clause,
  title: phrase,
  when: z.array(condition).min(1).max(requirementsMax),
  zones,
  directions: ways,
  outcome: z.enum(['deny', 'refer']),
  hold: z.boolean(),
  tells: z.strictObject({ in: party, out: party }),
  elsewhere: z.literal('refer').exactOptional(),
  shows: z.literal('see-guard'),
});

const requirement = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('document'),
    as: id,
    kind,
    variant: variant.exactOptional(),
    label: phrase,
  }),
  z.strictObject({ op: z.literal('same'), identity: z.enum(identitySpaces), of: names.min(2) }),
  z.strictObject({ op: z.literal('zone'), of: id }),
  z.strictObject({ op: z.literal('ticket'), of: id }),
  z.strictObject({ op: z.literal('temperature'), is: z.literal('normal') }),
]);

const rule = z.strictObject({
  id,
  order,
  clause,
  title: phrase,
  zones,
  directions: ways,
  attended: z.enum(['required', 'optional']),
  reads: z
    .array(z.string().max(80))
    .min(1)
    .max(2 * requirementsMax),
  requires: z.array(requirement).min(1).max(requirementsMax),
  registers: z.enum(['no', 'yes', 'in-detail']),
  tells: party,
  attestable: z.array(z.enum(attestables)).max(attestables.length),
});

const policySchema: z.ZodType<Policy> = z.strictObject({
  policy: z.literal('notice-8'),
  version: z.literal(1),
  title: phrase,
  settings,
  stops: z.array(stop).max(entriesMax),
  rules: z.array(rule).min(1).max(entriesMax),
  otherwise: z.strictObject({
    clause,
    in: z.enum(['deny', 'refer']),
    out: z.enum(['deny', 'refer']),
    nextStep: phrase,
  }),
});

export type LoadedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/**
 * Takes a parsed JSON value; returns the policy, or every problem with its place in it
 * (`rules[1].requires[0].of`). What a shape cannot say is looked at once the shape is right.
 */
export function loadPolicy(value: unknown): LoadedPolicy {
  const parsed = policySchema.safeParse(value, { reportInput: true });
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  const problems = contradictions(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, policy: parsed.data };
}

function contradictions(policy: Policy): readonly PlacedProblem[] {
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
