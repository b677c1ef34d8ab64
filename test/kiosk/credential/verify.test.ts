import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import type { Claims } from '../../../kiosk/credential/claims.js';
import { issueCredential } from '../../../kiosk/credential/issue.js';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import { personToken } from '../../../kiosk/credential/tokens.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { type VerifyContext, verifyCredential } from '../../../kiosk/credential/verify.js';

const key = generatePrivateKey();
const at = 1_581_300_000;
const ticket: Claims = {
  iat: at,
  exp: at + 1000,
  cti: '0011223344556677',
  kind: 4,
  household: '3-1-202',
  day: 18_302,
};
const code: Claims = {
  iat: at,
  exp: at + 600,
  cti: '0011223344556677',
  kind: 2,
  variant: 'student',
  sub: '2019110001',
  unit: '计算学部',
};

function contextAt(nowSeconds: number, issuer: object = {}): VerifyContext {
  const publicKey = key.publicKey.text;
  const kinds = [1, 2, 3, 4, 5, 6, 7];
  const list = { issuers: [{ name: 'office', publicKey, kinds, ...issuer }] };
  const result = parseTrustList(list);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { trust: result.trust, revocations: noRevocations, nowSeconds };
}

test('what was issued is verified with the same claims', () => {
  const result = verifyCredential(issueCredential({ issuerKey: key, claims: code }), contextAt(at));
  const cti = code.cti;
  const kid = key.publicKey.kid;
  expect(result).toEqual({
    ok: true,
    credential: { id: kid + cti, kid, cti, kindName: 'campus-card-code', claims: code },
  });
});

test('a clock that is no number refuses', () => {
  const text = issueCredential({ issuerKey: key, claims: ticket });
  expect(verifyCredential(text, contextAt(Number.NaN))).toMatchObject({ ok: false });
});

test('an issuer counts from notBefore on and no longer at notAfter', () => {
  const text = issueCredential({ issuerKey: key, claims: { ...ticket, exp: at + 100_000 } });
  const dates = { notBefore: '2020-02-10T02:00:00Z', notAfter: '2020-02-10T10:30:00.5+08:00' };
  const begin = Date.parse(dates.notBefore) / 1000;
  const end = begin + 1800.5;
  const reasonAt = (now: number) => {
    const result = verifyCredential(text, contextAt(now, dates));
    return result.ok ? null : result.reason;
  };
  expect(reasonAt(begin - 0.001)).toBe('unknown-key');
  expect(reasonAt(begin)).toBeNull();
  expect(reasonAt(end - 0.001)).toBeNull();
  expect(reasonAt(end)).toBe('unknown-key');
});

test('a revoked holder is known by token where the pepper is, old or new, and only there', () => {
  const pepper = new Uint8Array(32).fill(7);
  const token = personToken(pepper, 'household', '3-1-202');
  const holders = new Set([`household:${token}`]);
  const revocations = { ...noRevocations, holders };
  const text = issueCredential({ issuerKey: key, claims: ticket });
  const context = { ...contextAt(at), revocations };
  expect(verifyCredential(text, context).ok).toBe(true);
  const fresh = new Uint8Array(32).fill(8);
  const judged = verifyCredential(text, {
    ...context,
    tokenOf: (space, id) => [personToken(fresh, space, id), personToken(pepper, space, id)],
  });
  expect(judged).toMatchObject({ ok: false, reason: 'revoked', claims: ticket });
  const strangers = (space: 'campus-id' | 'id-number' | 'household', id: string) =>
    personToken(fresh, space, id);
  expect(verifyCredential(text, { ...context, tokenOf: strangers }).ok).toBe(true);
});

test('a used credential is refused last, with its claims and its id', () => {
  const text = issueCredential({ issuerKey: key, claims: code });
  const id = key.publicKey.kid + code.cti;
  const result = verifyCredential(text, { ...contextAt(at), isUsed: (asked) => asked === id });
  expect(result).toEqual({ ok: false, reason: 'already-used', claims: code, id });
});
