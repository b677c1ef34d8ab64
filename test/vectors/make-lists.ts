/** The keys and trust lists that the vectors share, and the short way to write one vector. */
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { CredentialReason } from '../../config/vocabulary.js';
import { type Claims, type LooseClaims, listClaims } from '../../kiosk/credential/claims.js';
import { issueCredential } from '../../kiosk/credential/issue.js';
import type { Vector } from './format.js';
import { atSeconds } from './papers.js';

/** `stranger` is on no list. */
export const keyNames = ['office', 'dated', 'fenced', 'starred', 'gate', 'stranger'] as const;
export type Keys = Readonly<Record<(typeof keyNames)[number], PrivateKey>>;

export const dates = { notBefore: '2020-02-10T00:00:00Z', notAfter: '2020-02-12T08:00:00+08:00' };

/** Takes the keys; returns the lists by name. Nearly every vector uses `site`. */
export function makeTrustLists(keys: Keys): Record<string, object> {
  const issuer = (name: keyof Keys, kinds: readonly number[], more: object = {}) => ({
    name,
    publicKey: keys[name].publicKey.text,
    kinds,
    ...more,
  });
  const site = {
    issuers: [
      issuer('office', [1, 2, 3, 4, 5, 6, 7]),
      issuer('dated', [3], dates),
      issuer('fenced', [1, 4, 6], {
        variants: ['staff-entry', 'external-entry'],
        purposes: ['service', 'logistics'],
        units: ['School of Physics', '计算学部'],
        zones: ['main', 'lab-2'],
      }),
      issuer('starred', [1, 2], { zones: ['*'], variants: ['lab-duty', 'staff'], purposes: [] }),
      issuer('gate', [7]),
    ],
  };
  return { site, empty: { issuers: [] } };
}

export function at(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

type Setting = Partial<Pick<Vector, 'trust' | 'at' | 'revoked' | 'used'>>;

/** A text whose claims nobody may see: anything before `kind-not-allowed`. */
export function refusedText(
  name: string,
  text: string,
  reason: CredentialReason,
  setting: Setting = {},
): Vector {
  return makeVector(name, text, reason, null, setting);
}

/** An authentic credential: `reason` null is accepted. */
export function authentic(
  name: string,
  key: PrivateKey,
  claims: Claims,
  reason: CredentialReason | null = null,
  setting: Setting = {},
): Vector {
  const text = issueCredential({ issuerKey: key, claims });
  const shown = reason === 'unknown-key' ? null : claims;
  return makeVector(name, text, reason, shown, setting);
}

function makeVector(
  name: string,
  text: string,
  reason: CredentialReason | null,
  claims: LooseClaims | null,
  setting: Setting,
): Vector {
  return {
    name,
    text,
    trust: setting.trust ?? 'site',
    at: setting.at ?? at(atSeconds),
    revoked: setting.revoked ?? {},
    used: setting.used ?? [],
    expect: { ok: reason === null, reason, claims: claims === null ? null : listClaims(claims) },
  };
}
