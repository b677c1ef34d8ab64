/** Trust and revocation lists that must be refused whole, each with the place to be named. */
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { fromHex } from '../../kiosk/credential/cose.js';
import type { RefusedList } from './format.js';
import type { Keys } from './make-lists.js';
import { smallOrderKeyText, smallOrderPoints } from './raw.js';

/** p + 3: the y of a point, written as no point may be. */
const nonCanonicalKeyText = encodeBase64url(fromHex(`f0${'ff'.repeat(30)}7f`));

export function refusedTrustLists(keys: Keys): readonly RefusedList[] {
  const publicKey = keys.office.publicKey.text;
  const fit = { name: 'office', publicKey, kinds: [4] };
  const other = keys.gate.publicKey.text;
  const raw = keys.office.publicKey.raw;
  const issuer = (name: string, change: object, place: string): RefusedList => ({
    name,
    text: JSON.stringify({ issuers: [{ ...fit, ...change }] }),
    place: `issuers[0].${place}`,
  });
  const list = (name: string, value: unknown, place: string): RefusedList => ({
    name,
    text: JSON.stringify(value),
    place,
  });
  const beside = (name: string, members: object, place: string) =>
    list(name, { issuers: [fit], ...members }, place);
  const admin = { name: 'a', publicKey: other, roles: ['trust'] };
  return [
    list('an array', [], ''),
    list('null', null, ''),
    list('no issuers', {}, 'issuers'),
    list('issuers as an object', { issuers: {} }, 'issuers'),
    beside('an unknown member', { comment: '' }, 'comment'),
    beside('a member named __proto__', JSON.parse('{"__proto__": {}}'), '__proto__'),
    issuer('an unknown member of an issuer', { note: 1 }, 'note'),
    issuer('no name', { name: undefined }, 'name'),
    issuer('name empty', { name: '' }, 'name'),
    issuer('no key', { publicKey: undefined }, 'publicKey'),
    issuer('key with padding', { publicKey: `${publicKey}=` }, 'publicKey'),
    issuer('key in standard base64', { publicKey: '+'.repeat(43) }, 'publicKey'),
    issuer('key with left-over bits', { publicKey: `${'A'.repeat(42)}B` }, 'publicKey'),
    issuer('key of 31 bytes', { publicKey: encodeBase64url(raw.slice(1)) }, 'publicKey'),
    issuer('key of 33 bytes', { publicKey: `${publicKey.slice(0, 42)}AA` }, 'publicKey'),
    issuer('key as number', { publicKey: 1 }, 'publicKey'),
    issuer('key of small order', { publicKey: smallOrderKeyText }, 'publicKey'),
    ...smallOrderPoints.map((hex, index) =>
      issuer(
        `key of small order, point ${index}`,
        { publicKey: encodeBase64url(fromHex(hex)) },
        'publicKey',
      ),
    ),
    issuer('key not canonical', { publicKey: nonCanonicalKeyText }, 'publicKey'),
    list('a key twice', { issuers: [fit, { ...fit, name: 'b' }] }, 'issuers[1].publicKey'),
    beside(
      'a key of issuer and admin',
      { admins: [{ ...admin, publicKey }] },
      'admins[0].publicKey',
    ),
    issuer('no kinds', { kinds: undefined }, 'kinds'),
    issuer('kinds empty', { kinds: [] }, 'kinds'),
    issuer('kind 0', { kinds: [4, 0] }, 'kinds[1]'),
    issuer('kind 8', { kinds: [8] }, 'kinds[0]'),
    issuer('kind by name', { kinds: ['exit-entry-ticket'] }, 'kinds[0]'),
    issuer('kind 1.5', { kinds: [1.5] }, 'kinds[0]'),
    issuer('variants as text', { variants: 'staff' }, 'variants'),
    issuer('variant unknown', { variants: ['visitor'] }, 'variants[0]'),
    issuer('purpose unknown', { purposes: ['visit'] }, 'purposes[0]'),
    issuer('a unit that is no text', { units: [1] }, 'units[0]'),
    issuer('zones null', { zones: null }, 'zones'),
    issuer('notBefore as number', { notBefore: 0 }, 'notBefore'),
    issuer('notAfter without offset', { notAfter: '2020-02-10T00:00:00' }, 'notAfter'),
    issuer('notAfter on 30 February', { notAfter: '2020-02-30T00:00:00Z' }, 'notAfter'),
    beside(
      'admin with an unknown role',
      { admins: [{ ...admin, roles: ['x'] }] },
      'admins[0].roles[0]',
    ),
    beside('threshold 0', { thresholds: { trust: 0 } }, 'thresholds.trust'),
    beside('threshold of an unknown channel', { thresholds: { x: 1 } }, 'thresholds.x'),
    beside('kiosk with a bad id', { kiosks: [{ id: 'Gate', publicKey: other }] }, 'kiosks[0].id'),
    beside(
      'registry without its date',
      { registry: [{ publicKey: other }] },
      'registry[0].notBefore',
    ),
    beside('time key with a name', { time: [{ publicKey: other, name: 'x' }] }, 'time[0].name'),
    { name: 'no JSON', text: '{"issuers": [}', place: '' },
    { name: 'nothing at all', text: '', place: '' },
    { name: 'a member twice', text: '{"issuers": [], "issuers": []}', place: 'issuers' },
    {
      name: 'a member twice, once in escapes',
      text: `{"issuers": [{"name": "a", "publicKey": "${publicKey}", "kinds": [4], "\\u006binds": [1]}]}`,
      place: 'issuers[0].kinds',
    },
  ];
}

export function refusedRevocationLists(keys: Keys): readonly RefusedList[] {
  const { kid } = keys.office.publicKey;
  const list = (name: string, value: unknown, place: string): RefusedList => ({
    name,
    text: JSON.stringify(value),
    place,
  });
  const before = '2020-02-10T00:00:00Z';
  return [
    list('an array', [], ''),
    list('an unknown member', { certificates: [] }, 'certificates'),
    list('credentials as an object', { credentials: {} }, 'credentials'),
    list('an id of 15 bytes', { credentials: ['00'.repeat(15)] }, 'credentials[0]'),
    list('an id that is no hex', { credentials: ['zz'.repeat(16)] }, 'credentials[0]'),
    list(
      'a holder of an unknown space',
      { holders: [{ space: 'x', token: '00'.repeat(16) }] },
      'holders[0].space',
    ),
    list('a holder without token', { holders: [{ space: 'household' }] }, 'holders[0].token'),
    list('an issuer without kid', { issuers: [{}] }, 'issuers[0].kid'),
    list(
      'an issuer from a date alone',
      { issuers: [{ kid, from: '2020-02-10' }] },
      'issuers[0].from',
    ),
    list(
      'an issuer with an unknown member',
      { issuers: [{ kid, until: before }] },
      'issuers[0].until',
    ),
    list('a kind without its date', { kinds: [{ kid, kind: 1 }] }, 'kinds[0].issuedBefore'),
    list('kind 9', { kinds: [{ kid, kind: 9, issuedBefore: before }] }, 'kinds[0].kind'),
    {
      name: 'a member twice',
      text: '{"credentials": [], "credentials": []}',
      place: 'credentials',
    },
  ];
}
