/**
 * Refuses a policy that says anything the gate does not know, or says it twice: doubt in a rule
 * would be doubt at the gate. First the shape (zod), then what a shape cannot say.
 */
import { z } from 'zod';
import type { Policy } from './policy.js';
import { contradictions } from './policy-consistency.js';
import { type PlacedProblem, problemsOf } from './problems.js';
import {
  attestables,
  codeVariants,
  credentialKinds,
  directions,
  formVariants,
  identitySpaces,
  parties,
  purposes,
  stopIds,
  zoneKinds,
} from './vocabulary.js';

/** Rules and stops of one policy: the notice has 11 and 3; every attempt looks at all of them. */
const entriesMax = 64;
/** Requirements of one rule: the longest of the notice has 8. */
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
  maxAbsenceHours: z.int().min(1).max(336),
  isolationDays: z.int().min(1).max(60),
  isolationCountsArrival: z.boolean(),
  arrivalDaysBackMax: z.int().min(0).max(30),
  retestsMax: z.int().min(0).max(5),
  retestPauseMs: z
    .int()
    .min(0)
    .max(10 * minuteMs),
  retestWindowMs: z
    .int()
    .min(10 * minuteMs)
    .max(24 * 60 * minuteMs),
  dutyMsMax: z
    .int()
    .min(10 * minuteMs)
    .max(24 * 60 * minuteMs),
  promptShownMs: z.int().min(200).max(5_000),
  companionsMax: z.int().min(0).max(10),
});

const attestable = z.enum(attestables);
const spaces = z.array(z.enum(identitySpaces)).min(1).max(identitySpaces.length);

const condition = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('isolation'), of: spaces }),
  z.strictObject({ op: z.literal('temperature'), is: z.literal('fever') }),
  z.strictObject({ op: z.literal('document'), kind, variant: variant.exactOptional() }),
]);

const stop = z.strictObject({
  id: z.enum(stopIds),
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

const only = z.enum(directions).exactOptional();
const requirement = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('document'),
    only,
    as: id,
    kind,
    variant: variant.exactOptional(),
    purpose: z.enum(purposes).exactOptional(),
    label: phrase,
    optional: z.literal(true).exactOptional(),
    or: attestable.exactOptional(),
  }),
  z.strictObject({ op: z.literal('card'), only, label: phrase }),
  z.strictObject({
    op: z.literal('bound'),
    only,
    of: names,
    need: z.enum(['each', 'where-named', 'one']),
  }),
  z.strictObject({ op: z.literal('host'), only, of: id, by: id }),
  z.strictObject({ op: z.literal('recent-exit'), only }),
  z.strictObject({ op: z.literal('leaver-card'), only, of: id, label: phrase }),
  z.strictObject({ op: z.literal('attested'), only, what: attestable, label: phrase }),
  z.strictObject({ op: z.literal('selected'), only }),
  z.strictObject({
    op: z.literal('same'),
    only,
    identity: z.enum(identitySpaces),
    of: names.min(2),
  }),
  z.strictObject({ op: z.literal('zone'), only, of: id }),
  z.strictObject({ op: z.literal('ticket'), only, of: id }),
  z.strictObject({
    op: z.literal('temperature'),
    only,
    is: z.literal('normal'),
    before: id.exactOptional(),
  }),
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
  isolates: z.literal(true).exactOptional(),
  tells: party,
  attestable: z.array(attestable).max(attestables.length),
});

const policySchema: z.ZodType<Policy> = z.strictObject({
  $schema: z.string().max(200).exactOptional(),
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

/** The JSON schema (2020-12) that is shipped as `policy.schema.json`. */
export function policyJsonSchema(): unknown {
  return { ...z.toJSONSchema(policySchema), title: 'gate-kiosk: admission policy' };
}
