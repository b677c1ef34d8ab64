/**
 * The trust list: whose signatures count, for which kinds, within which fences and dates; and the
 * other keys of a site. A list with one problem is refused whole, with every problem named.
 */

import type { PublicKey } from '../../config/crypto/ed25519-key.js';
import type { PlacedProblem } from '../../config/problems.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import {
  type CredentialKindNumber,
  codeVariants,
  formVariants,
  purposes,
} from '../../config/vocabulary.js';
import { contentHash } from '../journal/content-hash.js';
import { type Claims, isKindNumber } from './claims.js';
import { KeyReader } from './key-reader.js';
import type { Members } from './list-reader.js';

/** A list with a few hundred issuers is 100 KB. */
export const trustListBytesMax = 1_048_576;
export const adminRoles = ['trust', 'policy', 'revocation', 'device', 'command', 'time'] as const;
export type AdminRole = (typeof adminRoles)[number];
/** A signed envelope carries no more signatures than this. */
const thresholdMax = 16;
const kioskIdShape = /^[a-z0-9][a-z0-9-]{0,31}$/;
const formAndCodeVariants = [...formVariants, ...codeVariants];

export interface Issuer {
  readonly name: string;
  readonly key: PublicKey;
  readonly kinds: ReadonlySet<CredentialKindNumber>;
  /** Fences: null is none. */
  readonly variants: ReadonlySet<string> | null;
  readonly purposes: ReadonlySet<string> | null;
  readonly units: ReadonlySet<string> | null;
  readonly zones: ReadonlySet<string> | null;
  /** Seconds since 1970: counts while notBefore ≤ now < notAfter. */
  readonly notBeforeSeconds: number;
  readonly notAfterSeconds: number;
}

export interface TrustList {
  /** hex, of the list's canonical JSON: its name in records */
  readonly sha256: string;
  /** by kid (hex) */
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly admins: readonly {
    readonly name: string;
    readonly key: PublicKey;
    readonly roles: ReadonlySet<AdminRole>;
  }[];
  readonly thresholds: ReadonlyMap<AdminRole, number>;
  /** keys to which personal data is sealed: X25519, raw bytes */
  readonly registry: readonly { readonly raw: Uint8Array; readonly notBeforeSeconds: number }[];
  readonly collectors: readonly { readonly name: string; readonly key: PublicKey }[];
  readonly kiosks: readonly { readonly id: string; readonly key: PublicKey }[];
  readonly time: readonly { readonly key: PublicKey }[];
}

export type TrustResult =
  | { readonly ok: true; readonly trust: TrustList }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/** Takes a file's bytes; returns the trust list or every problem. JSON is read strictly. */
export function parseTrustListBytes(bytes: Uint8Array): TrustResult {
  const json = parseStrictJsonBytes(bytes, trustListBytesMax);
  return json.ok ? parseTrustList(json.value) : json;
}

/** Takes a parsed JSON value; returns the trust list, keys loaded, or every problem. */
export function parseTrustList(value: unknown): TrustResult {
  const reader = new TrustReader();
  const trust = reader.list(value, contentHash(value));
  if (trust === null || reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return { ok: true, trust };
}

/** Takes an issuer and a time in seconds; says whether its key counts then. */
export function isIssuerCurrent(issuer: Issuer, nowSeconds: number): boolean {
  return nowSeconds >= issuer.notBeforeSeconds && nowSeconds < issuer.notAfterSeconds;
}

/**
 * Takes an issuer and claims; says whether the issuer may sign them: their kind, and where it is
 * fenced their variant, purpose, unit and each zone. What a kind does not use is not fenced.
 */
export function mayIssue(issuer: Issuer, claims: Claims): boolean {
  if (!issuer.kinds.has(claims.kind)) return false;
  if ('variant' in claims && !isInside(issuer.variants, claims.variant)) return false;
  if ('purpose' in claims && !isInside(issuer.purposes, claims.purpose)) return false;
  // Every kind may name a unit, so one that names none is outside the fence.
  if (!isInside(issuer.units, claims.unit)) return false;
  if (!('zones' in claims) || issuer.zones?.has('*')) return true;
  return claims.zones.every((zone) => isInside(issuer.zones, zone));
}

function isInside(fence: ReadonlySet<string> | null, word: string | undefined): boolean {
  return fence === null || (word !== undefined && fence.has(word));
}

class TrustReader extends KeyReader {
  list(value: unknown, sha256: string | null): TrustList | null {
    const members = this.object(value, '', [
      'issuers',
      'admins?',
      'thresholds?',
      'registry?',
      'collectors?',
      'kiosks?',
      'time?',
    ]);
    if (members === null) return null;
    const issuers = members.list('issuers', (item, place) => this.#issuer(item, place));
    const byKid = new Map(issuers.map((issuer) => [issuer.key.kid, issuer]));
    // Equal keys are named one by one; different keys of one kid are a collision made on purpose.
    if (byKid.size < issuers.length && this.problems.length === 0)
      this.fail('issuers', 'two keys have the same kid');
    if (sha256 === null) this.fail('', 'a text has half of a surrogate pair');
    return {
      sha256: sha256 ?? '',
      issuers: byKid,
      admins: members.list('admins', (item, place) => this.#admin(item, place)),
      thresholds: members.read('thresholds', (it, at) => this.#thresholds(it, at)) ?? new Map(),
      registry: members.list('registry', (item, place) => this.#registry(item, place)),
      collectors: members.list('collectors', (item, place) => this.#collector(item, place)),
      kiosks: members.list('kiosks', (item, place) => this.#kiosk(item, place)),
      time: members.list('time', (item, place) => this.#time(item, place)),
    };
  }

  #issuer(value: unknown, place: string): Issuer | null {
    const members = this.object(value, place, [
      'name',
      'publicKey',
      'kinds',
      'variants?',
      'purposes?',
      'units?',
      'zones?',
      'notBefore?',
      'notAfter?',
    ]);
    if (members === null) return null;
    const name = members.read('name', (item, at) => this.word(item, at)) ?? '';
    const key = this.key(members);
    const kinds = members.list('kinds', (item, at) => this.#kind(item, at));
    if (members.read('kinds', (item) => Array.isArray(item) && item.length === 0) === true)
      this.fail(members.placeOf('kinds'), 'must not be empty');
    const time = (item: unknown, at: string) => this.timeSeconds(item, at);
    const issuer = {
      name,
      kinds: new Set(kinds),
      variants: this.#fence(members, 'variants', formAndCodeVariants),
      purposes: this.#fence(members, 'purposes', purposes),
      units: this.#fence(members, 'units', null),
      zones: this.#fence(members, 'zones', null),
      notBeforeSeconds: members.read('notBefore', time) ?? Number.NEGATIVE_INFINITY,
      notAfterSeconds: members.read('notAfter', time) ?? Number.POSITIVE_INFINITY,
    };
    return key === null ? null : { ...issuer, key };
  }

  #kind(value: unknown, place: string): CredentialKindNumber | null {
    if (isKindNumber(value)) return value;
    this.fail(place, 'must be a kind, a number from 1 to 7');
    return null;
  }

  #fence(
    members: Members,
    name: string,
    allowed: readonly string[] | null,
  ): ReadonlySet<string> | null {
    return members.read(name, (value, place) => {
      const word = (item: unknown, at: string) =>
        allowed === null ? this.word(item, at) : this.oneOf(item, at, allowed);
      return new Set(this.array(value, place, word));
    });
  }

  #admin(value: unknown, place: string): TrustList['admins'][number] | null {
    const members = this.object(value, place, ['name', 'publicKey', 'roles']);
    if (members === null) return null;
    const name = members.read('name', (item, at) => this.word(item, at)) ?? '';
    const key = this.key(members);
    const roles = members.list('roles', (item, at) => this.oneOf(item, at, adminRoles));
    return key === null ? null : { name, key, roles: new Set(roles) };
  }

  #thresholds(value: unknown, place: string): ReadonlyMap<AdminRole, number> {
    const members = this.object(
      value,
      place,
      adminRoles.map((role) => `${role}?`),
    );
    const thresholds = new Map<AdminRole, number>();
    for (const role of adminRoles) {
      const count = members?.read(role, (item, at) => this.#threshold(item, at));
      if (count !== undefined && count !== null) thresholds.set(role, count);
    }
    return thresholds;
  }

  #threshold(value: unknown, place: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= thresholdMax)
      return value;
    this.fail(place, `must be a whole number from 1 to ${thresholdMax}`);
    return 1;
  }

  #registry(value: unknown, place: string): TrustList['registry'][number] | null {
    const members = this.object(value, place, ['publicKey', 'notBefore']);
    if (members === null) return null;
    const notBeforeSeconds =
      members.read('notBefore', (item, at) => this.timeSeconds(item, at)) ?? 0;
    const raw = this.exchangeKey(members);
    return raw === null ? null : { raw, notBeforeSeconds };
  }

  #collector(value: unknown, place: string): TrustList['collectors'][number] | null {
    const members = this.object(value, place, ['name', 'publicKey']);
    if (members === null) return null;
    const name = members.read('name', (item, at) => this.word(item, at)) ?? '';
    const key = this.key(members);
    return key === null ? null : { name, key };
  }

  #kiosk(value: unknown, place: string): TrustList['kiosks'][number] | null {
    const members = this.object(value, place, ['id', 'publicKey']);
    if (members === null) return null;
    const id = members.read('id', (item, at) => this.#kioskId(item, at)) ?? '';
    const key = this.key(members);
    return key === null ? null : { id, key };
  }

  #kioskId(value: unknown, place: string): string {
    if (typeof value === 'string' && kioskIdShape.test(value)) return value;
    this.fail(place, 'must be 1 to 32 lower-case letters, digits or hyphens');
    return '';
  }

  #time(value: unknown, place: string): TrustList['time'][number] | null {
    const members = this.object(value, place, ['publicKey']);
    const key = members === null ? null : this.key(members);
    return key === null ? null : { key };
  }
}
