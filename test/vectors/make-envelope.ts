/** Vectors about the text, the envelope, the key and the signature. */
import { sign } from 'node:crypto';
import { kidOf } from '../../config/crypto/ed25519-key.js';
import { decodeBase45 } from '../../kiosk/credential/base45.js';
import { encodeCbor } from '../../kiosk/credential/cbor.js';
import { claimsToCbor } from '../../kiosk/credential/claims.js';
import { fromHex, toBeSigned } from '../../kiosk/credential/cose.js';
import { issueCredential } from '../../kiosk/credential/issue.js';
import type { Vector } from './format.js';
import { type Keys, refusedText } from './make-lists.js';
import { papers } from './papers.js';
import {
  addOrder,
  forge,
  forgeBytes,
  headerOf,
  join,
  signWithNeutralR,
  smallOrderPoints,
  textOf,
} from './raw.js';

export function makeEnvelopeVectors(keys: Keys): readonly Vector[] {
  const claims = papers['form staff-entry'];
  const good = issueCredential({ issuerKey: keys.office, claims });
  const payload = encodeCbor(claimsToCbor(claims));
  return [
    ...textVectors(good),
    ...structureVectors(keys, payload),
    ...headerVectors(keys, payload),
    ...signatureVectors(keys, payload),
  ];
}

function textVectors(good: string): readonly Vector[] {
  const body = good.slice(4);
  return [
    refusedText('1,201 characters', `GK1:${'0'.repeat(1_197)}`, 'too-long'),
    refusedText('1,201 characters of another profile', `HC1:${'0'.repeat(1_197)}`, 'too-long'),
    refusedText(
      '602 characters that are 1,202 UTF-16 units',
      `GK1:${'😀'.repeat(599)}`,
      'too-long',
    ),
    refusedText('1,200 UTF-16 units', `GK1:${'😀'.repeat(598)}`, 'bad-base45'),
    refusedText('1,200 characters', `GK1:${'0'.repeat(1_196)}`, 'bad-structure'),
    refusedText('nothing', '', 'bad-prefix'),
    refusedText('prefix in lower case', `gk1:${body}`, 'bad-prefix'),
    refusedText('prefix of another profile', `HC1:${body}`, 'bad-prefix'),
    refusedText('prefix without its colon', `GK1${body}`, 'bad-prefix'),
    refusedText('a space before the prefix', ` ${good}`, 'bad-prefix'),
    refusedText('a byte order mark before the prefix', `\uFEFF${good}`, 'bad-prefix'),
    refusedText('a lower-case letter', good.toLowerCase().replace('gk1:', 'GK1:'), 'bad-base45'),
    refusedText('a full-width letter', `GK1:Ａ${body.slice(1)}`, 'bad-base45'),
    refusedText('a line feed at the end', `${good}\n`, 'bad-base45'),
    refusedText('a NUL inside', `GK1:\u0000${body.slice(1)}`, 'bad-base45'),
    refusedText('one character left over', 'GK1:0000', 'bad-base45'),
    refusedText('a group of three above 65,535', 'GK1::::', 'bad-base45'),
    refusedText('a group of three that is 65,536', 'GK1:HGW', 'bad-base45'),
    refusedText('a group of two above 255', 'GK1:::', 'bad-base45'),
    refusedText('a group of two that is 256', 'GK1:V5', 'bad-base45'),
    refusedText('only the prefix', 'GK1:', 'bad-structure'),
    refusedText('a space more at the end', `${good} `, extraSpaceReason(good)),
  ];
}

/** Space is a base45 character: it is data, and whether it fits depends on the length. */
function extraSpaceReason(good: string): 'bad-base45' | 'bad-structure' {
  return decodeBase45(`${good} `, 4) === null ? 'bad-base45' : 'bad-structure';
}

function structureVectors(keys: Keys, payload: Uint8Array): readonly Vector[] {
  const key = keys.office;
  const header = headerOf(key);
  const bytes = forgeBytes(key, payload, {});
  const bad = (name: string, text: string) => refusedText(name, text, 'bad-structure');
  const signature = bytes.slice(-64);
  const long = (length: number) => {
    const padding = (count: number) =>
      encodeCbor(new Map([...claimsToCbor(papers.badge), [-70002, 'x'.repeat(count)]]));
    const overhead = forgeBytes(key, padding(300), {}).length - 300;
    return forge(key, padding(length - overhead));
  };
  return [
    bad('no tag', forge(key, payload, { tag: '' })),
    bad('tag 17', forge(key, payload, { tag: 'd1' })),
    bad('tag 18 in two bytes', forge(key, payload, { tag: 'd812' })),
    bad('tag 18 twice', forge(key, payload, { tag: 'd2d2' })),
    bad('tag 61 before tag 18', forge(key, payload, { tag: 'd83dd2' })),
    bad('an array of three', forge(key, payload, { array: '83', unprotected: '' })),
    bad('an array of five', forge(key, payload, { array: '85', tail: 'f6' })),
    bad('an array of four in two bytes', forge(key, payload, { array: '9804' })),
    bad('an array of indefinite length', forge(key, payload, { array: '9f', tail: 'ff' })),
    bad(
      'an array that claims 2^64 - 1 items',
      forge(key, payload, { array: '9bffffffffffffffff' }),
    ),
    bad('a byte after the end', forge(key, payload, { tail: '00' })),
    bad('one byte missing', textOf(bytes.slice(0, -1))),
    bad('half', textOf(bytes.slice(0, bytes.length / 2))),
    bad('a map instead of the array', textOf(join('d2a0'))),
    bad('a break alone', textOf(join('ff'))),
    bad('protected header as a map', forge(key, payload, { headerItem: header })),
    bad(
      'protected header of indefinite length',
      forge(key, payload, { headerItem: join('5f', encodeCbor(header), 'ff') }),
    ),
    bad('payload absent', forge(key, payload, { payloadItem: join('f6') })),
    bad('payload as a map', forge(key, payload, { payloadItem: payload })),
    bad(
      'payload length in three bytes',
      forge(key, payload, {
        payloadItem: join('5900', join(payload.length.toString(16)), payload),
      }),
    ),
    bad(
      'payload of indefinite length',
      forge(key, payload, { payloadItem: join('5f', encodeCbor(payload), 'ff') }),
    ),
    bad('signature of 63 bytes', forge(key, payload, { signature: signature.slice(0, 63) })),
    bad('signature of 65 bytes', forge(key, payload, { signature: join(signature, '00') })),
    bad('signature empty', forge(key, payload, { signature: new Uint8Array() })),
    bad('an unprotected header', forge(key, payload, { unprotected: 'a1182000' })),
    bad('unprotected headers as an array', forge(key, payload, { unprotected: '80' })),
    bad('513 bytes', long(513)),
    refusedText('512 bytes, with an unknown claim', long(512), 'bad-claims'),
  ];
}

function headerVectors(keys: Keys, payload: Uint8Array): readonly Vector[] {
  const key = keys.office;
  const kid = encodeCbor(fromHex(key.publicKey.kid));
  const withHeader = (...parts: readonly (string | Uint8Array)[]) =>
    forge(key, payload, { header: join(...parts) });
  const bad = (name: string, text: string) => refusedText(name, text, 'bad-structure');
  const alg = (name: string, text: string) => refusedText(name, text, 'bad-algorithm');
  return [
    bad('protected header empty', withHeader('')),
    bad('protected header is no map', withHeader('8201', kid)),
    bad('protected header with a byte after it', withHeader('a2012704', kid, '00')),
    bad('protected header in the wrong order', withHeader('a204', kid, '0127')),
    bad('protected header with alg twice', withHeader('a30127012704', kid)),
    bad('protected header with alg in two bytes', withHeader('a201380704', kid)),
    bad('protected header of indefinite length inside', withHeader('bf012704', kid, 'ff')),
    bad('a content type besides', withHeader('a301270300', '04', kid)),
    bad('no kid', withHeader('a10127')),
    bad('no alg', withHeader('a104', kid)),
    bad('no alg, another header instead', withHeader('a2030004', kid)),
    bad('kid of 7 bytes', withHeader('a201270447', kid.slice(1, 8))),
    bad('kid of 9 bytes', withHeader('a201270449', kid.slice(1), '00')),
    bad('kid as text', withHeader('a2012704683030303030303030')),
    bad(
      'kid only unprotected',
      forge(key, payload, {
        header: join('a10127'),
        unprotected: `a104${Buffer.from(kid).toString('hex')}`,
      }),
    ),
    bad('another algorithm and no kid', withHeader('a10126')),
    alg('alg ES256', withHeader('a2012604', kid)),
    alg('alg Ed25519 of RFC 9864', withHeader('a2013204', kid)),
    alg('alg 8', withHeader('a2010804', kid)),
    alg('alg as text', withHeader('a201654564445341', '04', kid)),
    alg('alg null', withHeader('a201f604', kid)),
    alg(
      'another algorithm and an unknown key',
      forge(keys.stranger, payload, {
        header: join('a2012604', encodeCbor(fromHex(keys.stranger.publicKey.kid))),
      }),
    ),
  ];
}

function signatureVectors(keys: Keys, payload: Uint8Array): readonly Vector[] {
  const key = keys.office;
  const header = headerOf(key);
  const message = toBeSigned(header, payload);
  const honest = forgeBytes(key, payload, {}).slice(-64);
  const other = encodeCbor(claimsToCbor({ ...papers['form staff-entry'], zones: ['*'] }));
  const bad = (name: string, text: string) => refusedText(name, text, 'bad-signature');
  const signedAs = (parts: readonly (string | Uint8Array)[]) =>
    forge(key, payload, {
      signature: new Uint8Array(sign(null, encodeCbor([...parts]), key.keyObject)),
    });
  const weakKid = fromHex(kidOf(fromHex(smallOrderPoints[4] ?? '')));
  const flipped = honest.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
  return [
    refusedText('an unknown key', forge(keys.stranger, payload), 'unknown-key'),
    refusedText('an empty trust list', forge(key, payload), 'unknown-key', { trust: 'empty' }),
    refusedText(
      'the kid of a key of small order',
      forge(key, payload, { header: join('a2012704', encodeCbor(weakKid)) }),
      'unknown-key',
    ),
    bad('another payload under the signature', forge(key, other, { signature: honest })),
    bad('one bit of R', forge(key, payload, { signature: flipped })),
    bad('signature of zeros', forge(key, payload, { signature: new Uint8Array(64) })),
    bad('another key under this kid', forge(keys.stranger, payload, { header })),
    bad('S + L', forge(key, payload, { signature: addOrder(honest) })),
    bad('R of small order', forge(key, payload, { signature: signWithNeutralR(key, message) })),
    bad('signed without external_aad', signedAs(['Signature1', header, new Uint8Array(), payload])),
    bad('signed as another profile', signedAs(['Signature1', header, join('474b32'), payload])),
    bad('signed as COSE_Sign', signedAs(['Signature', header, join('474b31'), payload])),
    bad('signed as text, not bytes', signedAs(['Signature1', header, 'GK1', payload])),
    bad(
      'only the payload signed',
      forge(key, payload, { signature: new Uint8Array(sign(null, payload, key.keyObject)) }),
    ),
  ];
}
