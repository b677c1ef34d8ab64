/**
 * Making a credential: the one way from claims to text, judged by the same reader as at the gate,
 * so that nothing can be issued that a gate would refuse for its form. No clock, no randomness:
 * times and cti are arguments.
 */
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { encodeBase45 } from './base45.js';
import { cborBytesMax, decodeCbor, encodeCbor } from './cbor.js';
import { type Claims, claimsToCbor, type LooseClaims, parseClaims } from './claims.js';
import { signEnvelope } from './cose.js';

export const credentialPrefix = 'GK1:';

/** The profile forbids these claims; the message says which and why, and names no person. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}

/**
 * Takes the issuer's private key and the claims; returns the credential's text, canonically
 * encoded. Throws ProfileError for claims that the GK1 profile forbids or that become too long.
 */
export function issueCredential(order: {
  readonly issuerKey: PrivateKey;
  readonly claims: Claims;
}): string {
  return sealClaims(order.issuerKey, order.claims);
}

/**
 * The same for claims whose shape is not yet known, e.g. from a command line: takes them by name,
 * bytes as hex; returns the text or throws ProfileError.
 */
export function sealClaims(issuerKey: PrivateKey, claims: LooseClaims): string {
  const payload = encodeLoose(claims);
  // Read back from the bytes: what is judged is what will be read.
  const decoded = decodeCbor(payload);
  if (!decoded.ok) throw new ProfileError(`the claims cannot be encoded: ${decoded.fault}`);
  const parsed = parseClaims(decoded.value);
  if (!parsed.ok) throw new ProfileError(parsed.problem);
  const bytes = signEnvelope(issuerKey, payload);
  if (bytes.length > cborBytesMax)
    throw new ProfileError(`${bytes.length} bytes, ${cborBytesMax} at most: shorten zones or unit`);
  return credentialPrefix + encodeBase45(bytes);
}

function encodeLoose(claims: LooseClaims): Uint8Array {
  try {
    return encodeCbor(claimsToCbor(claims));
  } catch (error) {
    if (error instanceof RangeError) throw new ProfileError(error.message);
    throw error;
  }
}
