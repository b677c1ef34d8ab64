/**
 * From a scanned text to evidence: the credential is verified, and its person becomes a token at
 * once. Behind this file nobody sees an id.
 */
import type { CredentialKind } from '../../config/vocabulary.js';
import type { DocumentEvidence, Identity, RefusedEvidence } from '../core/evidence.js';
import { type Claims, kindNameOf } from '../credential/claims.js';
import type { Revocations } from '../credential/revocations.js';
import { type Peppers, personToken } from '../credential/tokens.js';
import type { TrustList } from '../credential/trust.js';
import { verifyCredential } from '../credential/verify.js';
import type { CardKeeper } from './card-keeper.js';
import { maskId } from './mask.js';

/** What verification needs to know of the site. */
export interface Verifier {
  readonly trust: TrustList;
  readonly revocations: Revocations;
  /** secret, 32 bytes each: tokens are made with the newest, what others made is tried with each */
  readonly peppers: Peppers;
}

/** When a code came. */
export interface ScanMoment {
  readonly takenMs: number;
  readonly wallMs: number;
  /** the clock is not trusted: the wall time has surely been reached, and may lie far behind */
  readonly isLowerBound?: boolean;
}

const guardBadge = 7;

/** What the gate remembers of what was shown before. */
export interface ScanMemory {
  readonly cards: CardKeeper;
  /** ids of the tickets seen of a household, by its token, whose days overlap with these */
  ticketsSeen(household: string, day: number): readonly string[];
}

/**
 * @param text the code as the scanner gave it
 * @param at monotonic milliseconds when it came, wall milliseconds for its dates
 * @param memory who the papers of this attempt name as holder, and the household's other tickets
 * @returns a verified document, or the refusal with the first reason in the profile's order.
 *   Whether a single-use code was used before is the core's to say: it has the memory.
 */
export function scanEvidence(
  text: string,
  at: ScanMoment,
  verifier: Verifier,
  { cards, ticketsSeen }: ScanMemory,
): DocumentEvidence | RefusedEvidence {
  const { trust, revocations, peppers } = verifier;
  const verifyAt = (nowSeconds: number) =>
    verifyCredential(text, {
      trust,
      revocations,
      nowSeconds,
      tokenOf: (space, id) => peppers.map((pepper) => personToken(pepper, space, id)),
    });
  let verified = verifyAt(at.wallMs / 1000);
  // Time is a lower bound only: a badge from after it may be good, and the guard can always work.
  if (!verified.ok && verified.reason === 'not-yet-valid' && verified.claims?.kind === guardBadge) {
    const { nbf, iat } = verified.claims;
    if (at.isLowerBound === true) verified = verifyAt(Math.max(iat, nbf ?? iat));
  }
  if (!verified.ok) {
    const { reason, claims, id } = verified;
    const kind = claims === null ? null : kindNameOf(claims);
    return { type: 'refused', reason, kind, id, takenMs: at.takenMs };
  }
  const { id, cti, kindName, claims } = verified.credential;
  const holder = 'holder' in claims ? claims.holder : undefined;
  const { takenMs } = at;
  const identity = identityOf(kindName, claims, peppers[0]);
  // One of the same days that is lost and revoked counts no more: this one takes its place.
  const seen =
    claims.kind === 4 && identity !== null ? ticketsSeen(identity.token, claims.day) : [];
  return {
    type: 'document',
    id,
    kind: kindName,
    variant: 'variant' in claims ? claims.variant : null,
    purpose: 'purpose' in claims ? claims.purpose : null,
    host: 'host' in claims ? personToken(peppers[0], 'campus-id', claims.host) : null,
    unit: 'unit' in claims ? (claims.unit ?? null) : null,
    guard: claims.kind === 7 ? personToken(peppers[0], 'campus-id', claims.sub) : null,
    identity,
    masked: 'sub' in claims ? maskId(claims.sub) : null,
    ...(holder === undefined ? {} : { boundTo: cards.show({ id, cti, holder, takenMs }) }),
    zones: 'zones' in claims ? claims.zones : null,
    day: 'day' in claims ? claims.day : null,
    replaces: seen.filter((other) => other !== id && revocations.credentials.has(other)),
    issuedSeconds: claims.iat,
    expiresSeconds: claims.exp,
    takenMs,
  };
}

/** A guard's badge names a guard, not a person who passes. */
function identityOf(kind: CredentialKind, claims: Claims, pepper: Uint8Array): Identity | null {
  if (kind === 'guard-badge') return null;
  if ('sub' in claims)
    return { space: 'campus-id', token: personToken(pepper, 'campus-id', claims.sub) };
  if ('household' in claims)
    return { space: 'household', token: personToken(pepper, 'household', claims.household) };
  return null;
}
