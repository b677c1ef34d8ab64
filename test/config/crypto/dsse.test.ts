/** Envelopes: what is signed, who counts as a signer, and what is no envelope at all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../config/crypto/base64.js';
import {
  type Envelope,
  encodeEnvelope,
  envelopeLimits,
  keyidOf,
  parseEnvelope,
  preAuthEncoding,
  signEnvelope,
  signersOf,
} from '../../../config/crypto/dsse.js';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';

const keys = [generatePrivateKey(), generatePrivateKey(), generatePrivateKey()] as const;
const publicKeys = keys.map(({ publicKey }) => publicKey);
const payload = Buffer.from('{"a":1}', 'utf8');
const payloadType = 'application/vnd.gate-kiosk.config+json';
const unsigned: Envelope = { payloadType, payload, signatures: [] };
const signed = [keys[0], keys[1]].reduce(signEnvelope, unsigned);
/** of Ed25519's group, RFC 8032 section 5.1 */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

function parsed(value: unknown) {
  return parseEnvelope(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}
const asJson = (): Record<string, unknown> =>
  JSON.parse(Buffer.from(encodeEnvelope(signed)).toString('utf8'));

test('what is signed is the encoding of the specification’s own example', () => {
  const bytes = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  expect(Buffer.from(bytes).toString('utf8')).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

test('comes out as it went in, with its signers', () => {
  const back = parseEnvelope(encodeEnvelope(signed));
  expect(back.ok).toBe(true);
  if (!back.ok) return;
  expect(Buffer.from(back.envelope.payload)).toEqual(payload);
  expect(signersOf(back.envelope, publicKeys)).toEqual(publicKeys.slice(0, 2));
  expect(signersOf(back.envelope, publicKeys.slice(1))).toEqual([publicKeys[1]]);
});

test('with any byte of payload, type or signature changed there is a signer less', () => {
  const turn = (bytes: Uint8Array, at: number): Uint8Array => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };
  for (let at = 0; at < payload.length; at += 1)
    expect(signersOf({ ...signed, payload: turn(payload, at) }, publicKeys)).toEqual([]);
  for (const type of ['application/vnd.gate-kiosk.command+json', `${payloadType} `, ''])
    expect(signersOf({ ...signed, payloadType: type }, publicKeys)).toEqual([]);
  for (let at = 0; at < 64; at += 1) {
    const signatures = signed.signatures.map((it, index) =>
      index === 0 ? { ...it, sig: turn(it.sig, at) } : it,
    );
    expect(signersOf({ ...signed, signatures }, publicKeys)).toEqual([publicKeys[1]]);
  }
});

test('a key counts once: signed twice, under two ids, under another’s', () => {
  const [first, second] = signed.signatures;
  if (first === undefined || second === undefined) throw new Error('not signed');
  const again = { ...signed, signatures: [first, first, { ...first, keyid: second.keyid }] };
  expect(signersOf(again, publicKeys)).toEqual([publicKeys[0]]);
  expect(signersOf(again, [...publicKeys, ...publicKeys])).toEqual([publicKeys[0]]);
});

test('the same signature with the group’s order added to it is none', () => {
  const [first] = signed.signatures;
  const sig = Buffer.from(first?.sig ?? []);
  const scalar = BigInt(`0x${Buffer.from(sig.subarray(32)).reverse().toString('hex')}`) + order;
  const high = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
  const signatures = [
    { keyid: first?.keyid ?? '', sig: Buffer.concat([sig.subarray(0, 32), high]) },
  ];
  expect(signersOf({ ...signed, signatures }, publicKeys)).toEqual([]);
});

test('signing anew takes the place of the same key’s signature', () => {
  const [key] = keys;
  const again = signEnvelope(signed, key);
  expect(again.signatures.map(({ keyid }) => keyid).toSorted()).toEqual(
    publicKeys.slice(0, 2).map(keyidOf).toSorted(),
  );
});

describe('is refused', () => {
  const { payload: text, signatures } = asJson();
  const [one] = signatures as { keyid: string; sig: string }[];
  test.each<readonly [string, unknown]>([
    ['no JSON', 'x'],
    ['an array', []],
    ['without a payload', { payloadType, signatures }],
    ['with another member', { ...asJson(), more: 1 }],
    ['with a doubled member', JSON.stringify(asJson()).replace('{', '{"payload":"",')],
    ['with a prototype', JSON.stringify(asJson()).replace('{', '{"__proto__":{},')],
    ['with bytes behind it', `${JSON.stringify(asJson())} x`],
    ['a number as payload', { ...asJson(), payload: 1 }],
    ['base64url', { ...asJson(), payload: '-_-_' }],
    ['base64 without padding', { ...asJson(), payload: `${text}`.replace(/=+$/, '').slice(0, -1) }],
    ['left-over bits', { ...asJson(), payload: 'QR==' }],
    ['signatures that are no array', { ...asJson(), signatures: {} }],
    ['too many signatures', { ...asJson(), signatures: Array(17).fill(one) }],
    ['a short signature', { ...asJson(), signatures: [{ ...one, sig: 'AAAA' }] }],
    ['an id in capitals', { ...asJson(), signatures: [{ ...one, keyid: 'A'.repeat(64) }] }],
    ['a signature with more', { ...asJson(), signatures: [{ ...one, cert: '' }] }],
    ['deep nesting', '['.repeat(20_000)],
  ])('%s', (_, value) => {
    expect(parsed(value)).toEqual({ ok: false, why: 'bad-envelope' });
  });

  test('one that is too large, before it is read', () => {
    expect(parsed('x'.repeat(envelopeLimits.bytesMax + 1))).toEqual({
      ok: false,
      why: 'too-large',
    });
  });

  test('bytes that are no UTF-8', () => {
    expect(parseEnvelope(Buffer.from([0x7b, 0xff, 0x7d]))).toMatchObject({ ok: false });
  });
});

test('base64 has one text for each byte string', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(decodeBase64(text)).toEqual(bytes);
      for (const other of [`${text}=`, ` ${text}`, `${text}\n`, text.replaceAll('=', '')])
        if (other !== text) expect(decodeBase64(other)).toBeNull();
    }),
  );
});
