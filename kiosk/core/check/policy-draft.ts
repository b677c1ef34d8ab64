/**
 * What one person shows in a cell of the policy's check, in a fixed order of moments, at noon of a
 * fixed day in site time.
 */

import { traitsOf } from '../../../config/papers.js';
import type { Policy, Requirement } from '../../../config/policy.js';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type {
  Attestable,
  Direction,
  IdentitySpace,
  KnownEntry,
  Now,
} from '../../../config/vocabulary.js';
import type { Refusal } from '../attempt/attempt-state.js';
import type { CardEvidence, DocumentEvidence, Identity, TemperatureEvidence } from '../evidence.js';
import type { UseState } from '../known/known-set.js';

type Paper = Extract<Requirement, { op: 'document' }>;

const msPerDay = 86_400_000;
/** 2020-02-12, a day within the time of the notice; any other would do. */
export const day = 18_304;
export const startMs = 100_000;
export const now: Now = {
  monotonicMs: startMs + 20_000,
  wallMs: day * msPerDay + msPerDay / 2,
  clock: 'synced',
};
export const nowSeconds = now.wallMs / 1000;
const issuedSeconds = nowSeconds - 1;
/** When things happen in the attempt, monotonic milliseconds; a host's code comes last. */
export const moments = {
  paper: startMs + 1_000,
  beforeCard: startMs + 2_000,
  card: startMs + 3_000,
  temperature: startMs + 5_000,
  byHand: startMs + 7_000,
  host: startMs + 9_000,
} as const;

/** Who and what there is: one person, one household, one host, one student, and somebody else. */
export const tokens = {
  'campus-id': 'me',
  'id-number': 'my-card',
  household: 'home',
  host: 'host',
  student: 'student',
  other: 'other',
} as const;
export const zoneName = 'here';

/** What one cell shows, while it is put together. */
export interface Draft {
  readonly documents: DocumentEvidence[];
  readonly attested: Attestable[];
  readonly refusals: Refusal[];
  readonly uses: { readonly entry: KnownEntry; readonly state: UseState }[];
  card: CardEvidence | null;
  temperature: TemperatureEvidence | null;
  /** a fever of the person within the hour, and no measurement left */
  hasFever: boolean;
  selected: string | null;
  attended: string | null;
  arrivalDay: number | null;
}

/** @returns a person who has shown nothing */
export function emptyDraft(): Draft {
  return {
    documents: [],
    attested: [],
    refusals: [],
    uses: [],
    card: null,
    temperature: null,
    hasFever: false,
    selected: null,
    attended: null,
    arrivalDay: null,
  };
}

/**
 * @param change what is special about it
 * @returns a paper of the kind that a rule asks for, good for this person at this gate
 */
export function paperFor(
  { kind, variant, purpose }: Pick<Paper, 'kind' | 'variant' | 'purpose'>,
  change: Partial<DocumentEvidence> = {},
): DocumentEvidence {
  const name = {
    kind,
    ...(variant === undefined ? {} : { variant }),
    ...(purpose === undefined ? {} : { purpose }),
  };
  const { gives, hasZones, namesHost } = traitsOf(name);
  return {
    type: 'document',
    id: [kind, variant, purpose].join(' '),
    kind,
    variant: variant ?? null,
    purpose: purpose ?? null,
    identity: gives === undefined ? null : identityOf(gives),
    host: namesHost === true ? tokens.host : null,
    unit: null,
    guard: null,
    masked: null,
    zones: hasZones === true ? [zoneName] : null,
    day: kind === 'exit-entry-ticket' ? day : null,
    replaces: [],
    issuedSeconds,
    expiresSeconds: nowSeconds + 30,
    takenMs: moments.paper,
    ...change,
  };
}

function identityOf(space: IdentitySpace): Identity {
  return { space, token: tokens[space] };
}

/** @returns the person's own ID card, good unless it is changed */
export function cardFor(change: Partial<CardEvidence> = {}): CardEvidence {
  return {
    type: 'card',
    cardKind: 'resident',
    validToSeconds: null,
    identity: identityOf('id-number'),
    ref: 'sealed',
    bound: [],
    masked: '',
    takenMs: moments.card,
    ...change,
  };
}

/** @returns a reading that is stable enough for all these policies, hundredths of a degree Celsius */
export function readingOf(
  bodyCentidegrees: number,
  policies: readonly Policy[],
  fromMs: number = moments.temperature,
): TemperatureEvidence {
  const limits = policies.map(({ settings }) => settings);
  return {
    type: 'temperature',
    bodyCentidegrees,
    ambientCentidegrees: Math.max(...limits.map((it) => it.ambientCentidegreesMin)),
    compensationCentidegrees: 0,
    sampleCount: Math.max(...limits.map((it) => it.samplesMin)),
    spreadCentidegrees: 0,
    fromMs,
    takenMs: fromMs + 300,
  };
}

/** @returns something that the gate knows, since some hours, for a year */
export function knownSince(
  type: KnownEntry['type'],
  key: string,
  hoursAgo: number,
  direction?: Direction,
): KnownEntry {
  return {
    type,
    key,
    ...(direction === undefined ? {} : { direction }),
    at: formatRfc3339(now.wallMs - hoursAgo * 3_600_000),
    until: formatRfc3339(now.wallMs + 365 * msPerDay),
  };
}
