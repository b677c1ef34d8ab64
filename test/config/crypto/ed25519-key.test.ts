import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { expect, test } from 'vitest';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import {
  generatePrivateKey,
  kidOf,
  loadPublicKey,
  parsePublicKey,
  privateKeyFromSeed,
  signBytes,
  verifyBytes,
} from '../../../config/crypto/ed25519-key.js';
import { judgeExchangeKey, judgePoint } from '../../../config/crypto/edwards25519.js';
import {
  addOrder,
  join,
  neutralPoint,
  signWithNeutralR,
  smallOrderPoints,
} from '../../vectors/raw.js';

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const messages = fc.uint8Array({ maxLength: 300 });
/** tweetnacl takes milliseconds for each. */
const few = { numRuns: 15 };

test('keys and signatures are those of tweetnacl', () => {
  fc.assert(
    fc.property(seeds, messages, (seed, message) => {
      const key = privateKeyFromSeed(seed);
      const theirs = nacl.sign.keyPair.fromSeed(seed);
      expect(key.publicKey.raw).toEqual(theirs.publicKey);
      const signature = signBytes(key, message);
      expect(signature).toEqual(nacl.sign.detached(message, theirs.secretKey));
      expect(nacl.sign.detached.verify(message, signature, key.publicKey.raw)).toBe(true);
      expect(verifyBytes(key.publicKey, message, signature)).toBe(true);
    }),
    few,
  );
});

test('a signature with S + L is refused, though tweetnacl accepts it', () => {
  fc.assert(
    fc.property(seeds, messages, (seed, message) => {
      const key = privateKeyFromSeed(seed);
      const malleable = addOrder(signBytes(key, message));
      expect(verifyBytes(key.publicKey, message, malleable)).toBe(false);
      expect(nacl.sign.detached.verify(message, malleable, key.publicKey.raw)).toBe(true);
    }),
    few,
  );
});

test('an R of small order is refused, though OpenSSL accepts it', () => {
  const key = generatePrivateKey();
  const message = new Uint8Array(20);
  const signature = signWithNeutralR(key, message);
  expect(verify(null, message, key.publicKey.keyObject, signature)).toBe(true);
  expect(verifyBytes(key.publicKey, message, signature)).toBe(false);
});

test('every key of small order is refused: OpenSSL accepts a forgery under the neutral one', () => {
  for (const hex of smallOrderPoints) expect(judgePoint(join(hex))).toBe('small-order');
  const der = join('302a300506032b6570032100', neutralPoint);
  const weak = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  const forged = join(neutralPoint, new Uint8Array(32));
  expect(verify(null, new Uint8Array(5), weak, forged)).toBe(true);
  expect(loadPublicKey(neutralPoint)).toEqual({ ok: false, problem: 'small-order' });
});

test('every y of p or more is refused, with and without the sign bit', () => {
  for (let last = 0xed; last <= 0xff; last += 1)
    for (const top of ['7f', 'ff']) {
      const bytes = join(last.toString(16), 'ff'.repeat(30), top);
      expect(judgePoint(bytes)).toBe('non-canonical');
    }
});

test('bytes that are no point are refused, and those of real keys never', () => {
  expect(judgePoint(join(`02${'00'.repeat(31)}`))).toBe('not-on-curve');
  for (let count = 0; count < 20; count += 1)
    expect(judgePoint(generatePrivateKey().publicKey.raw)).toBeNull();
});

test('an exchange key of small order or of p or more is refused', () => {
  const weak = ['00', '01', 'ec', 'ed', 'ee'].map((first) =>
    join(first, (first < '02' ? '00' : 'ff').repeat(30), first < '02' ? '00' : '7f'),
  );
  for (const bytes of weak) expect(judgeExchangeKey(bytes)).not.toBeNull();
  const order8 = 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800';
  expect(judgeExchangeKey(join(order8))).toBe('small-order');
  expect(judgeExchangeKey(join(`09${'00'.repeat(31)}`))).toBeNull();
  for (const hex of smallOrderPoints) expect(judgeExchangeKey(join(hex))).toBe('small-order');
  for (let count = 0; count < 20; count += 1)
    expect(
      judgeExchangeKey(
        generateKeyPairSync('x25519')
          .publicKey.export({ format: 'der', type: 'spki' })
          .subarray(-32),
      ),
    ).toBeNull();
});

test('signatures of another length or another message are refused', () => {
  const key = generatePrivateKey();
  const message = new Uint8Array([1, 2, 3]);
  const signature = signBytes(key, message);
  for (const wrong of [new Uint8Array(), signature.slice(0, 63), join(signature, '00')])
    expect(verifyBytes(key.publicKey, message, wrong)).toBe(false);
  expect(verifyBytes(key.publicKey, new Uint8Array([1, 2]), signature)).toBe(false);
  expect(verifyBytes(generatePrivateKey().publicKey, message, signature)).toBe(false);
});

test('a public key has one text, and its kid is the head of its SHA-256', () => {
  // RFC 8032 §7.1, test 1
  const raw = join('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  expect(kidOf(raw)).toBe('21fe31dfa154a261');
  const text = encodeBase64url(raw);
  expect(parsePublicKey(text)).toMatchObject({ ok: true, key: { text, kid: '21fe31dfa154a261' } });
  expect(parsePublicKey(`${text}=`)).toEqual({ ok: false, problem: 'bad-base64url' });
  expect(parsePublicKey(text.slice(0, 40))).toEqual({ ok: false, problem: 'wrong-size' });
});
