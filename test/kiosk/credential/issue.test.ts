import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { decodeBase45, encodeBase45 } from '../../../kiosk/credential/base45.js';
import { issueCredential, ProfileError, sealClaims } from '../../../kiosk/credential/issue.js';
import { noRevocations } from '../../../kiosk/credential/revocations.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { verifyCredential } from '../../../kiosk/credential/verify.js';
import { atSeconds, papers } from '../../vectors/papers.js';

const key = generatePrivateKey();
const parsed = parseTrustList({
  issuers: [{ name: 'office', publicKey: key.publicKey.text, kinds: [1, 2, 3, 4, 5, 6, 7] }],
});
if (!parsed.ok) throw new Error('the list is unfit');
const context = { trust: parsed.trust, revocations: noRevocations, nowSeconds: atSeconds };
const texts = Object.values(papers).map((claims) => issueCredential({ issuerKey: key, claims }));

test('every paper is the encoding that cborg gives it, canonical in every part', () => {
  for (const text of texts) {
    const bytes = decodeBase45(text, 4) ?? new Uint8Array();
    const tags = { 18: Tagged.decoder(18) };
    const envelope: unknown = decode(bytes, { useMaps: true, strict: true, tags });
    expect(new Uint8Array(encode(envelope, rfc8949EncodeOptions))).toEqual(bytes);
    const parts = envelope instanceof Tagged ? envelope.value : [];
    for (const part of [parts[0], parts[2]]) {
      const inner: unknown = decode(part, { useMaps: true, strict: true });
      expect(new Uint8Array(encode(inner, rfc8949EncodeOptions))).toEqual(new Uint8Array(part));
    }
  }
});

test('a changed byte of a valid credential is always refused', () => {
  const anyChange = fc.record({
    text: fc.constantFrom(...texts),
    place: fc.nat(),
    change: fc.integer({ min: 1, max: 255 }),
  });
  fc.assert(
    fc.property(anyChange, ({ text, place, change }) => {
      const bytes = decodeBase45(text, 4) ?? new Uint8Array();
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ change;
      expect(verifyCredential(`GK1:${encodeBase45(bytes)}`, context).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test('a changed, missing or added character of a valid text is always refused', () => {
  const edits = fc.tuple(
    fc.constantFrom(...texts),
    fc.nat(),
    fc.nat(2),
    fc.string({ minLength: 1, maxLength: 2 }),
  );
  fc.assert(
    fc.property(edits, ([text, place, removed, added]) => {
      const at = place % text.length;
      const changed = text.slice(0, at) + added + text.slice(at + removed);
      fc.pre(changed !== text);
      expect(verifyCredential(changed, context).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test('no text at all makes the verifier throw', () => {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
  const random = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1_300 }),
    fc.string({ unit: fc.constantFrom('\uD800', '\uDFFF', 'G', ':'), maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 1_300 }),
    fc.uint8Array({ maxLength: 600 }).map(encodeBase45),
  );
  fc.assert(
    fc.property(random, fc.boolean(), (text, hasPrefix) => {
      const result = verifyCredential(hasPrefix ? `GK1:${text}` : text, context);
      expect(result).toMatchObject({ ok: false, claims: null, id: null });
    }),
    { numRuns: 1_000 },
  );
});

test('claims that the profile forbids are not issued, and the message says which', () => {
  const { badge, ticket } = papers;
  const cases = [
    [{ ...badge, sub: '' }, /^sub:/],
    [{ ...badge, day: 1 }, /^day: not used by this kind/],
    [{ ...badge, unit: '\uD800' }, /lone surrogate/],
    [{ ...badge, exp: 1.5 }, /safe integer/],
    [{ ...badge, cti: 'xyz' }, /^cti:/],
    [{ ...badge, unit: 'x'.repeat(600) }, /too-long/],
    [{ ...ticket, household: undefined }, /^household:/],
  ] as const;
  for (const [claims, message] of cases) {
    expect(() => sealClaims(key, claims)).toThrow(ProfileError);
    expect(() => sealClaims(key, claims)).toThrow(message);
  }
});
