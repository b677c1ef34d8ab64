/** The enrolment file: opened by its passphrase alone, and by nothing of it changed. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contentBytesMax,
  deriveFileKey,
  isEnrolmentFile,
  openFile,
  sealFile,
} from '../../../kiosk/enrol/sealed-file.js';

const digits = '1234567890123456789012345';
const content = Buffer.from('{"pepper":"of the site"}', 'utf8');
const file = sealFile(content, digits, randomBytes);

/** The slow derivation, once for each salt: what is tried here is the lock. */
const keys = new Map<string, Uint8Array>();
const derive: typeof deriveFileKey = (passphrase, salt) => {
  const name = `${passphrase} ${Buffer.from(salt).toString('hex')}`;
  const key = keys.get(name) ?? deriveFileKey(passphrase, salt);
  keys.set(name, key);
  return key;
};

test('gives back what was locked in, and shows nothing of it', () => {
  expect(openFile(file, digits)).toEqual({ ok: true, content });
  expect(Buffer.from(file).includes('pepper')).toBe(false);
  expect(Buffer.from(sealFile(content, digits, randomBytes)).equals(file)).toBe(false);
});

test('is not opened by another passphrase', () => {
  const other = '1234567890123456789012346';
  expect(openFile(file, other)).toEqual({ ok: false, why: 'wrong-passphrase' });
});

test('with any byte changed is refused', () => {
  for (let at = 0; at < file.length; at += 1) {
    const changed = Uint8Array.from(file);
    changed[at] = (changed[at] ?? 0) ^ 1;
    // A changed salt is another key; one derivation stands for all sixteen.
    const isSalt = at >= 8 && at < 24;
    const key = isSalt && at > 8 ? () => randomBytes(32) : derive;
    expect(openFile(changed, digits, key).ok, `byte ${at}`).toBe(false);
  }
});

test('cut or continued is refused, and foreign bytes never throw', () => {
  for (let length = 0; length < file.length; length += 1)
    expect(openFile(file.slice(0, length), digits, derive).ok).toBe(false);
  expect(openFile(Buffer.concat([file, Buffer.of(0)]), digits, derive).ok).toBe(false);
  const any = fc.uint8Array({ maxLength: 100 });
  fc.assert(fc.property(any, (bytes) => !isEnrolmentFile(bytes)));
});

test('holds no more than a board reads', () => {
  const tooMuch = new Uint8Array(contentBytesMax + 1);
  expect(() => sealFile(tooMuch, digits, randomBytes)).toThrow(RangeError);
});
