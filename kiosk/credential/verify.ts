/**
 * Is this text a credential that counts, here and now? The checks run in one fixed order, the
 * cheapest first, and the first that fails is the answer. No clock: now is an argument. Policy
 * (windows, lifetimes, zones) comes after and elsewhere.
 */
import type { CredentialKind, CredentialReason } from '../../config/vocabulary.js';
import { decodeBase45 } from './base45.js';
import { decodeCbor } from './cbor.js';
import { type Claims, kindNameOf, parseClaims } from './claims.js';
import { parseEnvelope, verifyEnvelope } from './cose.js';
import { credentialPrefix } from './issue.js';
import { isRevoked, type Revocations, type TokenOf } from './revocations.js';
import { isIssuerCurrent, mayIssue, type TrustList } from './trust.js';

/** UTF-16 code units, prefix included: more than any QR code of the profile holds. */
export const credentialTextMax = 1_200;
/** How far an issuer's clock may run ahead of the gate's. */
export const issuedAheadSecondsMax = 300;

export interface Credential {
  /** hex kid‖cti: the credential's identity, 32 digits; never the signature */
  readonly id: string;
  readonly kid: string;
  readonly cti: string;
  readonly kindName: CredentialKind;
  readonly claims: Claims;
}

export interface VerifyContext {
  readonly trust: TrustList;
  readonly revocations: Revocations;
  /** seconds since 1970-01-01T00:00:00Z, a fraction allowed */
  readonly nowSeconds: number;
  /** whether a single-use credential of this id was used; without it none was */
  readonly isUsed?: (id: string) => boolean;
  /** only where the site's pepper is; without it revoked holders cannot be recognised */
  readonly tokenOf?: TokenOf;
}

export type Verification =
  | { readonly ok: true; readonly credential: Credential }
  | {
      readonly ok: false;
      readonly reason: CredentialReason;
      /** null until the signature and the claims hold: before, they are anybody's words */
      readonly claims: Claims | null;
      readonly id: string | null;
    };

/** Takes the text of one scan and what the gate knows; returns the credential or why not. */
export function verifyCredential(text: string, context: VerifyContext): Verification {
  if (text.length > credentialTextMax) return refuse('too-long');
  if (!text.startsWith(credentialPrefix)) return refuse('bad-prefix');
  const bytes = decodeBase45(text, credentialPrefix.length);
  if (bytes === null) return refuse('bad-base45');
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return refuse(parsed.reason);
  const { envelope } = parsed;
  const issuer = context.trust.issuers.get(envelope.kid);
  if (issuer === undefined || !isIssuerCurrent(issuer, context.nowSeconds))
    return refuse('unknown-key');
  if (!verifyEnvelope(envelope, issuer.key)) return refuse('bad-signature');
  const payload = decodeCbor(envelope.payload);
  const read = payload.ok ? parseClaims(payload.value) : null;
  if (read === null || !read.ok) return refuse('bad-claims');
  const { claims } = read;
  const { kid } = envelope;
  const id = kid + claims.cti;
  const credential = { id, kid, cti: claims.cti, kindName: kindNameOf(claims), claims };
  const reason = mayIssue(issuer, claims) ? judge(credential, context) : 'kind-not-allowed';
  return reason === null ? { ok: true, credential } : { ok: false, reason, claims, id };
}

/** The checks on an authentic credential. Each is written so that a clock of NaN refuses. */
function judge(credential: Credential, context: VerifyContext): CredentialReason | null {
  const { claims } = credential;
  const { nowSeconds } = context;
  if (claims.nbf !== undefined && !(nowSeconds >= claims.nbf)) return 'not-yet-valid';
  if (!(claims.iat <= nowSeconds + issuedAheadSecondsMax)) return 'not-yet-valid';
  if (!(nowSeconds < claims.exp)) return 'expired';
  if (isRevoked(context.revocations, credential, nowSeconds, context.tokenOf)) return 'revoked';
  return context.isUsed?.(credential.id) === true ? 'already-used' : null;
}

function refuse(reason: CredentialReason): Verification {
  return { ok: false, reason, claims: null, id: null };
}
