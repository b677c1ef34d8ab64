/**
 * What a GK1 credential says: a CWT claims set (RFC 8392) with one private claim. Each kind names
 * what it requires; what it does not use is forbidden, and anything unknown refuses the whole.
 * Pure but for hex.
 */
import {
  type CredentialKind,
  type CredentialKindNumber,
  type codeVariants,
  credentialKinds,
  formVariants,
  purposes,
} from '../../config/vocabulary.js';
import type { CborMap, CborValue } from './cbor.js';
import { Fields } from './claim-fields.js';
import { fromHex } from './cose.js';

/** Last second of the year 9999: the last that RFC 3339 can write. */
export const timeSecondsMax = 253_402_300_799;
export const zonesMax = 8;
export const zoneBytesMax = 16;
export const householdBytesMax = 16;
/** 20 Chinese characters. */
export const unitBytesMax = 60;

type FormVariant = (typeof formVariants)[number];
type CodeVariant = (typeof codeVariants)[number];
export type Purpose = (typeof purposes)[number];

/** Claims of every kind; times are whole seconds since 1970-01-01T00:00:00Z. */
interface CommonClaims {
  readonly exp: number;
  readonly nbf?: number;
  readonly iat: number;
  /** hex, 16 digits */
  readonly cti: string;
  readonly unit?: string;
}

/** What each kind adds. `holder` is hex, 32 digits: see `holderTag`. */
export type PaperClaims =
  | {
      readonly kind: 1;
      readonly variant: Exclude<FormVariant, 'external-entry'>;
      readonly sub: string;
      readonly zones: readonly string[];
    }
  | {
      readonly kind: 1;
      readonly variant: 'external-entry';
      readonly holder: string;
      readonly zones: readonly string[];
      readonly purpose: Purpose;
    }
  | { readonly kind: 2; readonly variant: Exclude<CodeVariant, 'student'>; readonly sub: string }
  | {
      readonly kind: 2;
      readonly variant: 'student';
      readonly sub: string;
      /** the college */
      readonly unit: string;
    }
  | { readonly kind: 3; readonly household: string; readonly holder?: string }
  | {
      readonly kind: 4;
      readonly household: string;
      /** first day of the two-day window: days since 1970-01-01 in the site's time zone */
      readonly day: number;
    }
  | { readonly kind: 5; readonly holder?: string }
  | {
      readonly kind: 6;
      readonly holder: string;
      readonly zones: readonly string[];
      /** the host unit */
      readonly unit: string;
      /** campus id of the host */
      readonly host: string;
    }
  | { readonly kind: 7; readonly sub: string };

export type Claims = CommonClaims & PaperClaims;

/** Every claim's name in the order in which it is shown. */
export const claimNames = [
  'sub',
  'exp',
  'nbf',
  'iat',
  'cti',
  'kind',
  'variant',
  'holder',
  'household',
  'zones',
  'unit',
  'host',
  'purpose',
  'day',
] as const;
export type ClaimName = (typeof claimNames)[number];

const claimKeys = { sub: 2, exp: 4, nbf: 5, iat: 6, cti: 7 } as const;
/** The private claim that holds the map of a paper's own keys. */
const paperClaim = -70001;
const paperKeys = {
  kind: 1,
  variant: 2,
  holder: 3,
  household: 4,
  zones: 5,
  unit: 6,
  host: 7,
  purpose: 8,
  day: 9,
} as const;

export type ClaimsResult =
  | { readonly ok: true; readonly claims: Claims }
  /** `problem` is for the issuer who has to correct it; a gate shows only `bad-claims` */
  | { readonly ok: false; readonly problem: string };

/** Takes claims; returns the name of their kind. */
export function kindNameOf(claims: Pick<Claims, 'kind'>): CredentialKind {
  return credentialKinds[claims.kind];
}

/** Takes the decoded payload; returns its claims, or the first thing wrong. Never throws. */
export function parseClaims(payload: CborValue): ClaimsResult {
  const outer = new Fields(payload, claimKeys);
  const paper = new Fields(outer.take(paperClaim), paperKeys);
  const exp = outer.uint('exp', timeSecondsMax);
  const nbf = outer.optional('nbf', () => outer.uint('nbf', timeSecondsMax));
  const iat = outer.uint('iat', timeSecondsMax);
  const cti = outer.bytes('cti', 8);
  if (!(nbf === undefined || nbf < exp)) outer.fail('nbf must be before exp');
  if (!(iat <= exp)) outer.fail('iat must not be after exp');
  const unit = paper.optional('unit', () => paper.text('unit', unitBytesMax));
  const own = readPaper(paper, outer, unit);
  const problem = outer.finish() ?? paper.finish();
  if (problem !== null || own === null) return { ok: false, problem: problem ?? 'kind: unknown' };
  const claims = { exp, ...present('nbf', nbf), iat, cti, ...own, ...present('unit', unit) };
  return { ok: true, claims };
}

/** Reads what the kind requires; null after a failure. What stays unread is forbidden. */
function readPaper(paper: Fields, outer: Fields, unit: string | undefined): PaperClaims | null {
  const kind = paper.uint('kind', 7);
  switch (kind) {
    case 1:
      return readForm(paper, outer);
    case 2: {
      const variant = paper.oneOf('variant', ['staff', 'student'] as const);
      const sub = outer.id('sub');
      if (variant === 'student') return { kind, variant, sub, unit: paper.required('unit', unit) };
      return variant === null ? null : { kind, variant, sub };
    }
    case 3:
      return { kind, household: paper.text('household', householdBytesMax), ...readHolder(paper) };
    case 4: {
      const household = paper.text('household', householdBytesMax);
      return { kind, household, day: paper.uint('day', Number.MAX_SAFE_INTEGER) };
    }
    case 5:
      return { kind, ...readHolder(paper) };
    case 6: {
      const holder = paper.bytes('holder', 16);
      const zones = paper.texts('zones', zonesMax, zoneBytesMax);
      return { kind, holder, zones, unit: paper.required('unit', unit), host: paper.id('host') };
    }
    case 7:
      return { kind, sub: outer.id('sub') };
    default:
      return null;
  }
}

function readForm(paper: Fields, outer: Fields): PaperClaims | null {
  const kind = 1;
  const variant = paper.oneOf('variant', formVariants);
  const zones = paper.texts('zones', zonesMax, zoneBytesMax);
  if (variant === null) return null;
  if (variant !== 'external-entry') return { kind, variant, sub: outer.id('sub'), zones };
  const holder = paper.bytes('holder', 16);
  const purpose = paper.oneOf('purpose', purposes);
  return purpose === null ? null : { kind, variant, holder, zones, purpose };
}

function readHolder(paper: Fields): { readonly holder?: string } {
  const holder = paper.optional('holder', () => paper.bytes('holder', 16));
  return present('holder', holder);
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [key in Name]?: Value } {
  // The cast states what a computed member name loses: {} or exactly {name: value}.
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: Value };
}

/** One claim of any kind by its name, before it is known to be allowed there. */
export type LooseClaims = {
  readonly [name in ClaimName]?: string | number | readonly string[] | undefined;
};

/**
 * Takes claims by their names, bytes as hex; returns the CBOR map of the payload. Does not judge
 * them: `parseClaims` does. Hex that is none becomes text, which is then refused there.
 */
export function claimsToCbor(claims: LooseClaims): CborMap {
  const paper = new Map<CborValue, CborValue>();
  const outer = new Map<CborValue, CborValue>();
  for (const name of claimNames) {
    const value = toCbor(name, claims[name]);
    if (value === undefined) continue;
    if (isOuter(name)) outer.set(claimKeys[name], value);
    else paper.set(paperKeys[name], value);
  }
  return outer.set(paperClaim, paper);
}

function isOuter(name: ClaimName): name is keyof typeof claimKeys {
  return name in claimKeys;
}

function toCbor(name: ClaimName, value: LooseClaims[ClaimName]): CborValue | undefined {
  const isBytes = name === 'cti' || name === 'holder';
  if (isBytes && typeof value === 'string' && /^([0-9a-f]{2})+$/i.test(value))
    return fromHex(value);
  return value;
}

/** Takes a number; says whether it is that of a credential kind. */
export function isKindNumber(value: unknown): value is CredentialKindNumber {
  return typeof value === 'number' && Object.hasOwn(credentialKinds, value);
}

/** Takes claims; returns those present by name, in the order in which they are shown. */
export function listClaims(claims: LooseClaims): Record<string, unknown> {
  const present = claimNames.filter((name) => claims[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, claims[name]]));
}
