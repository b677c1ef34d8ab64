import { expect, test } from 'vitest';
import { parseRfc3339 } from '../../../config/rfc3339.js';
import { credentialReasons } from '../../../config/vocabulary.js';
import { parseRevocations, parseRevocationsBytes } from '../../../kiosk/credential/revocations.js';
import { parseTrustList, parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { verifyCredential } from '../../../kiosk/credential/verify.js';
import type { Vector } from '../../vectors/format.js';
import { loadVectors } from '../../vectors/load.js';
import { papers } from '../../vectors/papers.js';

const { vectors, trustLists, refusedTrustLists, refusedRevocationLists } = loadVectors();

const parsedLists = new Map(
  Object.entries(trustLists).map(([name, list]) => [name, parseTrustList(list)]),
);

function answer(vector: Vector): Vector['expect'] {
  const trust = parsedLists.get(vector.trust);
  const revoked = parseRevocations(vector.revoked);
  const milliseconds = parseRfc3339(vector.at);
  if (!trust?.ok || !revoked.ok || milliseconds === null) throw new Error('the vector is unfit');
  const result = verifyCredential(vector.text, {
    trust: trust.trust,
    revocations: revoked.revocations,
    nowSeconds: milliseconds / 1000,
    isUsed: (id) => vector.used.includes(id),
  });
  if (result.ok) return { ok: true, reason: null, claims: result.credential.claims };
  return { ok: false, reason: result.reason, claims: result.claims };
}

test('every vector gets the answer it expects', () => {
  const wrong = vectors.flatMap((vector) => {
    const got = answer(vector);
    return JSON.stringify(sorted(got)) === JSON.stringify(sorted(vector.expect))
      ? []
      : [{ name: vector.name, expected: vector.expect, got }];
  });
  expect(wrong).toEqual([]);
  expect(vectors.length).toBeGreaterThan(300);
});

function sorted(expectation: Vector['expect']): unknown {
  const claims = expectation.claims;
  return { ...expectation, claims: claims && Object.entries(claims).sort() };
}

test('there is a vector for every reason, and a valid one for every kind and variant', () => {
  const reasons = new Set(vectors.map(({ expect: { reason } }) => reason));
  expect([...credentialReasons].filter((reason) => !reasons.has(reason))).toEqual([]);
  const names = new Set(vectors.filter((vector) => vector.expect.ok).map(({ name }) => name));
  for (const name of Object.keys(papers)) expect(names).toContain(`valid ${name}`);
});

test('every trust list that must be refused is, and the place is named', () => {
  expect(refusedTrustLists.length).toBeGreaterThan(40);
  for (const { name, text, place } of refusedTrustLists) {
    const result = parseTrustListBytes(Buffer.from(text));
    const places = result.ok ? [] : result.problems.map((problem) => problem.place);
    expect(places, name).toContain(place);
  }
});

test('every revocation list that must be refused is, and the place is named', () => {
  expect(refusedRevocationLists.length).toBeGreaterThan(10);
  for (const { name, text, place } of refusedRevocationLists) {
    const result = parseRevocationsBytes(Buffer.from(text));
    const places = result.ok ? [] : result.problems.map((problem) => problem.place);
    expect(places, name).toContain(place);
  }
});
