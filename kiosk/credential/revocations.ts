/**
 * The revocation list: which credentials, persons, issuers and old papers no longer count.
 * Persons are named by tokens, so only who has the site's pepper can judge those entries.
 */
import { createHash } from 'node:crypto';
import type { PlacedProblem } from '../../config/problems.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { type IdentitySpace, identitySpaces } from '../../config/vocabulary.js';
import { canonicalJson } from '../journal/canonical.js';
import { contentHash } from '../journal/content-hash.js';
import { type Claims, isKindNumber } from './claims.js';
import { buildIdTable, type IdSet, openIdTable } from './id-table.js';
import { ListReader } from './list-reader.js';
import { readManyIds } from './many-ids.js';

/** A million credentials, with their quotes and commas, and as much again for the rest. */
export const revocationListBytesMax = 67_108_864;
/** From here on, some 1,900 credentials, they are kept in a table. */
const longListBytes = 65_536;
const credentialIdBytes = 16;
const tokenBytes = 16;
const kidBytes = 8;

export interface Revocations {
  /** hex, of the list's canonical JSON: its name in records; null: there is no list */
  readonly sha256: string | null;
  /** hex kid‖cti */
  readonly credentials: IdSet;
  /** `space:token` */
  readonly holders: ReadonlySet<string>;
  /** earliest second since 1970 from which the issuer's papers no longer count, by kid */
  readonly issuers: ReadonlyMap<string, number>;
  /** papers issued before this second do not count, by `kid/kind` */
  readonly kinds: ReadonlyMap<string, number>;
}

export type RevocationsResult =
  | { readonly ok: true; readonly revocations: Revocations }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/**
 * Makes a person's token; during a rotation of the pepper a person has two. Given only where the
 * pepper is.
 */
export type TokenOf = (space: IdentitySpace, id: string) => string | readonly string[];

/** Nothing is revoked. */
export const noRevocations: Revocations = {
  sha256: null,
  credentials: new Set(),
  holders: new Set(),
  issuers: new Map(),
  kinds: new Map(),
};

/** Takes a file's bytes; returns the list or every problem. JSON is read strictly. */
export function parseRevocationsBytes(bytes: Uint8Array): RevocationsResult {
  const isLong = bytes.length >= longListBytes && bytes.length <= revocationListBytesMax;
  const quick = isLong ? parseMany(bytes) : null;
  if (quick !== null) return quick;
  const json = parseStrictJsonBytes(bytes, revocationListBytesMax);
  return json.ok ? parseRevocations(json.value) : json;
}

/** The same list and the same name as the long way gives; null: it has to be gone. */
function parseMany(bytes: Uint8Array): RevocationsResult | null {
  const many = readManyIds(bytes);
  if (many === null) return null;
  const json = parseStrictJsonBytes(many.rest, revocationListBytesMax);
  if (!json.ok || Object.hasOwn(Object(json.value), 'credentials')) return null;
  const others = parseRevocations(json.value);
  const canonical = canonicalJson(json.value);
  if (!others.ok || !canonical.ok) return null;
  const tail = canonical.text === '{}' ? '}' : `,${canonical.text.slice(1)}`;
  const sha256 = createHash('sha256').update(many.head).update(tail, 'utf8').digest('hex');
  const credentials = openIdTable(buildIdTable(many.words));
  return { ok: true, revocations: { ...others.revocations, sha256, credentials } };
}

/** Takes a parsed JSON value; returns the list or every problem with its place. */
export function parseRevocations(value: unknown): RevocationsResult {
  const reader = new ListReader();
  const members = reader.object(value, '', ['credentials?', 'holders?', 'issuers?', 'kinds?']);
  if (members === null) return { ok: false, problems: reader.problems };
  const credentials = members.list('credentials', (item, place) =>
    reader.hex(item, place, credentialIdBytes),
  );
  const holders = members.list('holders', (item, place) => readHolder(reader, item, place));
  const issuers = new Map<string, number>();
  for (const { kid, from } of members.list('issuers', (it, at) => readIssuer(reader, it, at)))
    issuers.set(kid, Math.min(from, issuers.get(kid) ?? from));
  const kinds = new Map<string, number>();
  for (const { key, before } of members.list('kinds', (it, at) => readKind(reader, it, at)))
    kinds.set(key, Math.max(before, kinds.get(key) ?? before));
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  const sets = { credentials: new Set(credentials), holders: new Set(holders) };
  return { ok: true, revocations: { sha256: contentHash(value), ...sets, issuers, kinds } };
}

function readHolder(reader: ListReader, value: unknown, place: string): string | null {
  const members = reader.object(value, place, ['space', 'token']);
  const space = members?.read('space', (item, at) => reader.oneOf(item, at, identitySpaces));
  const token = members?.read('token', (item, at) => reader.hex(item, at, tokenBytes));
  return space && token ? `${space}:${token}` : null;
}

function readIssuer(reader: ListReader, value: unknown, place: string) {
  const members = reader.object(value, place, ['kid', 'from?']);
  if (members === null) return null;
  const kid = members.read('kid', (item, at) => reader.hex(item, at, kidBytes)) ?? '';
  const from = members.read('from', (item, at) => reader.timeSeconds(item, at));
  return { kid, from: from ?? Number.NEGATIVE_INFINITY };
}

function readKind(reader: ListReader, value: unknown, place: string) {
  const members = reader.object(value, place, ['kid', 'kind', 'issuedBefore']);
  if (members === null) return null;
  const kid = members.read('kid', (item, at) => reader.hex(item, at, kidBytes)) ?? '';
  const kind = members.read('kind', (item, at) => {
    if (isKindNumber(item)) return item;
    reader.fail(at, 'must be a kind, a number from 1 to 7');
    return null;
  });
  const before = members.read('issuedBefore', (item, at) => reader.timeSeconds(item, at)) ?? 0;
  return { key: kindKey(kid, kind ?? 0), before };
}

function kindKey(kid: string, kind: number): string {
  return `${kid}/${kind}`;
}

/**
 * Takes the list, the issuer's kid, the claims, the time in seconds and, where the pepper is, a
 * way to make tokens; says whether the credential is revoked. A revoked issuer is judged by now
 * and not by `iat`, for who stole the key also writes `iat`.
 */
export function isRevoked(
  revocations: Revocations,
  credential: { readonly kid: string; readonly claims: Claims },
  nowSeconds: number,
  tokenOf?: TokenOf,
): boolean {
  const { kid, claims } = credential;
  if (isPaperRevoked(revocations, kid, claims, nowSeconds)) return true;
  if (tokenOf === undefined || revocations.holders.size === 0) return false;
  if ('sub' in claims && isHolderRevoked(revocations, 'campus-id', claims.sub, tokenOf))
    return true;
  return (
    'household' in claims && isHolderRevoked(revocations, 'household', claims.household, tokenOf)
  );
}

/** The same of the paper alone, whoever holds it: `cti` in hex, `iat` in seconds. */
export function isPaperRevoked(
  revocations: Revocations,
  kid: string,
  { cti, kind, iat }: Pick<Claims, 'cti' | 'kind' | 'iat'>,
  nowSeconds: number,
): boolean {
  if (revocations.credentials.has(kid + cti)) return true;
  const from = revocations.issuers.get(kid);
  if (from !== undefined && (nowSeconds >= from || iat >= from)) return true;
  const before = revocations.kinds.get(kindKey(kid, kind));
  return before !== undefined && iat < before;
}

/**
 * Takes the list and one identity; says whether its holder is revoked. For ID numbers the gate
 * asks when the card is read: a credential holds only a tag of its own.
 */
export function isHolderRevoked(
  revocations: Revocations,
  space: IdentitySpace,
  id: string,
  tokenOf: TokenOf,
): boolean {
  const tokens = tokenOf(space, id);
  const each = typeof tokens === 'string' ? [tokens] : tokens;
  return each.some((token) => revocations.holders.has(`${space}:${token}`));
}
