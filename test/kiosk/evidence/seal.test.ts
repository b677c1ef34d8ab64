import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  openSealed,
  registryKey,
  registryPublicKey,
  sealer,
} from '../../../kiosk/evidence/seal.js';
import { canonicalJson } from '../../../kiosk/journal/canonical.js';
import type { JsonValue } from '../../../kiosk/journal/port.js';
import { partHash, sealedLimits } from '../../../kiosk/journal/sealed-part.js';

const privateKey = randomBytes(32);
const publicKey = registryPublicKey(privateKey);
const contents = { type: 'id-card', name: '张三', number: '11010119900307001X' };

function seal(value: JsonValue) {
  const part = sealer(publicKey, randomBytes)(value);
  if (part === null) throw new Error('not sealed');
  return part;
}

/** JSON as records have it: safe integers, no lone surrogates. */
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('what was sealed is what the registry opens, and nobody else', () => {
  fc.assert(
    fc.property(json, (value) => {
      const part = seal(value);
      expect(part.hash).toBe(partHash(part));
      const opened = openSealed(privateKey, part);
      expect(opened.ok && canonicalJson(opened.contents)).toEqual(canonicalJson(value));
      const other = openSealed(new Uint8Array(32).fill(7), part);
      expect(other).toEqual({ ok: false, why: 'not-for-this-key' });
    }),
    { numRuns: 50 },
  );
});

test('any changed bit of a box is noticed', () => {
  const { salt, box } = seal(contents);
  const bytes = Buffer.from(box, 'base64url');
  const anyBit = fc.tuple(fc.nat(bytes.length - 1), fc.nat(7));
  fc.assert(
    fc.property(anyBit, ([index, bit]) => {
      // The top bit of a public key is no part of it (RFC 7748 section 5).
      fc.pre(!(index === 31 && bit === 7));
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ (1 << bit), index);
      const part = { salt, box: changed.toString('base64url') };
      expect(openSealed(privateKey, part)).toEqual({ ok: false, why: 'not-for-this-key' });
    }),
    { numRuns: 60 },
  );
});

test('the same contents twice share no key, no nonce, no salt and no ciphertext', () => {
  const [first, second] = [seal(contents), seal(contents)].map(({ salt, box }) => {
    const bytes = Buffer.from(box, 'base64url').toString('hex');
    return [salt, bytes.slice(0, 64), bytes.slice(64, 112), bytes.slice(112)];
  });
  for (const [index, piece] of (first ?? []).entries()) expect(second?.[index]).not.toBe(piece);
});

test('readings for one record share a key pair, and nothing else', () => {
  const sealIt = sealer(publicKey, randomBytes);
  const parts = [sealIt(contents), sealIt(contents)];
  for (const part of parts)
    expect(part && openSealed(privateKey, part)).toEqual({ ok: true, contents });
  const boxes = parts.map((part) => Buffer.from(part?.box ?? '', 'base64url').toString('hex'));
  const [keys, nonces, ciphertexts] = [boxes, boxes, boxes].map((each, index) => {
    const [from, to] = [[0, 64], [64, 112], [112]][index] ?? [];
    return new Set(each.map((hex) => hex.slice(from, to))).size;
  });
  expect([keys, nonces, ciphertexts]).toEqual([1, 2, 2]);
});

test('nothing of the contents stands in the part', () => {
  const part = seal(contents);
  const bytes = Buffer.from(part.box, 'base64url');
  for (const word of [contents.name, contents.number, 'id-card'])
    expect(bytes.includes(word)).toBe(false);
});

test('contents without a canonical form, or too long, are not sealed', () => {
  const sealIt = sealer(publicKey, randomBytes);
  expect(sealIt({ name: '\ud800' })).toBeNull();
  expect(sealIt({ half: 0.5 })).toBeNull();
  const overhead = 32 + 24 + 16;
  const longest = sealedLimits.boxBytesMax - overhead - '""'.length;
  expect(sealIt('x'.repeat(longest))).not.toBeNull();
  expect(sealIt('x'.repeat(longest + 1))).toBeNull();
});

test('what is no part is told from what is not for this key', () => {
  const { salt, box } = seal(contents);
  for (const part of [
    { salt: 'ab', box },
    { salt, box: '' },
    { salt, box: `${box}=` },
    { salt, box: box.slice(0, 92) },
  ])
    expect(openSealed(privateKey, part)).toEqual({ ok: false, why: 'bad-part' });
});

test('the newest registry key that is valid serves; none valid: the newest, and it is said', () => {
  const key = (notBeforeSeconds: number) => ({
    raw: new Uint8Array(32).fill(notBeforeSeconds),
    notBeforeSeconds,
  });
  const registry = [key(20), key(30), key(10)];
  const chosen = (nowSeconds: number) => {
    const found = registryKey(registry, nowSeconds);
    return found.state === 'none' ? 'none' : `${found.state} ${found.raw[0]}`;
  };
  expect(chosen(40)).toBe('current 30');
  expect(chosen(30)).toBe('current 30');
  expect(chosen(29)).toBe('current 20');
  expect(chosen(10)).toBe('current 10');
  expect(chosen(9)).toBe('early 30');
  expect(chosen(Number.NaN)).toBe('early 30');
  expect(registryKey([], 40)).toEqual({ state: 'none' });
});

test('the worked example in RECORDS.md opens', () => {
  const page = readFileSync(join(process.cwd(), 'kiosk/journal/RECORDS.md'), 'utf8');
  const lines = page.split('\n');
  const saltAt = lines.indexOf('04'.repeat(16));
  const [salt = '', box = '', text = ''] = lines.slice(saltAt, saltAt + 3);
  const opened = openSealed(new Uint8Array(32).fill(1), { salt, box });
  expect(opened.ok && canonicalJson(opened.contents)).toEqual({ ok: true, text });
  expect(page).toContain(`\`sealed\` is \`${partHash({ salt, box })}\``);
});
