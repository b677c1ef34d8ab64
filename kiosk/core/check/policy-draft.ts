/**
 * A person and a gate put together for the policy's check: every part of the gate is sound, one
 * person shows what a cell says, in a fixed order of moments, at noon of a fixed day in site time.
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
  ZoneKind,
} from '../../../config/vocabulary.js';
import type { Attempt, Refusal } from '../attempt/attempt-state.js';
import type { CardEvidence, DocumentEvidence, Identity, TemperatureEvidence } from '../evidence.js';
import { nothingKnown, putUse } from '../known/known.js';
import type { Known, UseState } from '../known/known-set.js';
import { type GateState, initialState } from '../state.js';

type Paper = Extract<Requirement, { op: 'document' }>;

const msPerDay = 86_400_000;
/** 2020-02-12, a day within the time of the notice; any other would do. */
export const day = 18_304;
const startMs = 100_000;
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

/** A gate under a policy, to which cells are brought one after the other. */
export interface Bench {
  readonly policy: Policy;
  /** @returns the gate as this cell finds it */
  gateFor(draft: Draft, people: Attempt['identities']): GateState;
}

/** @returns a gate of this kind where every part is sound and nothing is known */
export function bench(policy: Policy, kind: ZoneKind, direction: Direction): Bench {
  const base: GateState = {
    ...initialState(
      {
        site: 'site',
        kiosk: 'kiosk',
        zone: { name: zoneName, kind },
        direction,
        utcOffsetMinutes: 0,
        policy,
        policyHash: '',
        pulseMs: 300,
        hasPassageSensor: true,
      },
      now,
    ),
    devices: {
      relay: 'ok',
      turnstile: 'ok',
      scanner: 'ok',
      thermometer: 'ok',
      'id-card-reader': 'ok',
      panel: 'ok',
    },
    registry: 'current',
  };
  // What is known takes a copy of its shards to change: each combination is made once.
  const cache = new Map<string, Known>();
  const knownFor = (uses: Draft['uses']): Known => {
    const name = uses
      .map(({ entry, state }) =>
        [entry.type, entry.key, entry.direction, entry.at, state].join(' '),
      )
      .join();
    const found = cache.get(name);
    if (found !== undefined) return found;
    const made = uses.reduce(
      (known, { entry, state }) => putUse(known, entry, state),
      nothingKnown(),
    );
    cache.set(name, made);
    return made;
  };
  return {
    policy,
    gateFor({ uses, hasFever }, people) {
      const known = knownFor(uses);
      if (!hasFever) return { ...base, known };
      const fever = {
        people: Object.values(people).map(({ space, token }) => `${space}:${token}`),
        firstMs: now.monotonicMs - 1,
        lastMs: now.monotonicMs - 1,
        retests: policy.settings.retestsMax,
        isOpen: true,
      };
      return { ...base, known, fevers: [fever] };
    },
  };
}

/** @returns the person of a cell; the host whom a filing names is nobody who passes */
export function attemptOf(draft: Draft): Attempt {
  const { documents, card, temperature, refusals, selected, attended, arrivalDay } = draft;
  const identities: Partial<Record<IdentitySpace, Identity>> = {};
  const hosts = documents.map(({ host }) => host);
  for (const { identity } of documents)
    if (identity !== null && !(identity.space === 'campus-id' && hosts.includes(identity.token)))
      identities[identity.space] ??= identity;
  if (card !== null) identities['id-number'] ??= card.identity;
  return {
    serial: 1,
    startedMs: startMs,
    identities,
    identifiedMs: startMs,
    masked: null,
    documents,
    card,
    attested: draft.attested.map((what) => ({ what, guard: 'guard', atMs: moments.byHand })),
    selected,
    arrivalDay,
    attended,
    companions: 0,
    household: null,
    detailed: false,
    refusals,
    temperature,
    noReading: null,
    standing: { type: 'collecting' },
    lastEvidenceMs: now.monotonicMs,
    deadlineMs: now.monotonicMs + 30_000,
  };
}
