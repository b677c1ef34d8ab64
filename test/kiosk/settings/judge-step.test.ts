/** What a gate takes as a step of its configuration, and what it refuses, with its stable reason. */
import { describe, expect, test } from 'vitest';
import { type Envelope, encodeEnvelope, signEnvelope } from '../../../config/crypto/dsse.js';
import { generatePrivateKey, type PrivateKey } from '../../../config/crypto/ed25519-key.js';
import type { AdminRole } from '../../../kiosk/credential/trust.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { type Channel, stepLimits } from '../../../kiosk/settings/signed/config-step.js';
import {
  configPayloadType,
  judgeLimits,
  judgeStep,
  type Mark,
  type StepContext,
} from '../../../kiosk/settings/signed/judge-step.js';

const [ann, ben, cho, dan, thief] = Array.from({ length: 5 }, generatePrivateKey) as [
  PrivateKey,
  PrivateKey,
  PrivateKey,
  PrivateKey,
  PrivateKey,
];
const all = ['trust', 'policy', 'revocation', 'device'] as const;
const admin = (key: PrivateKey, roles: readonly AdminRole[] = all) => ({
  name: key.publicKey.kid,
  publicKey: key.publicKey.text,
  roles,
});
const list = (...admins: readonly object[]) => ({ issuers: [], admins });
const trustOf = (value: unknown) => {
  const read = parseTrustList(value);
  if (!read.ok) throw new Error(read.problems[0]?.problem);
  return read.trust;
};
const trust = trustOf(list(admin(ann), admin(ben), admin(cho), admin(dan, ['device'])));

const nowMs = Date.parse('2020-02-12T08:00:00+08:00');
const context: StepContext = {
  site: 'harbin',
  kiosk: 'gate-1',
  groups: ['north'],
  version: '1.2.3',
  channel: 'policy',
  trust,
  marks: new Map(),
  floorMs: nowMs - 60_000,
  nowMs,
};
const first = {
  site: 'harbin',
  channel: 'policy',
  seq: 1,
  prevSha256: null as string | null,
  issued: '2020-02-12T07:59:00+08:00',
  expires: '2020-03-12T08:00:00+08:00',
  target: { all: true } as object,
  requires: {},
  minVersion: '1.0.0',
  probationSeconds: 600,
  selfTest: [],
  body: { rules: [] } as unknown,
  reason: 'term begins',
};
const textOf = (change: object = {}): string => JSON.stringify({ ...first, ...change });
const seal = (
  text: string,
  keys: readonly PrivateKey[] = [ann, ben],
  payloadType = configPayloadType,
): Envelope => {
  const payload = Buffer.from(text, 'utf8');
  return keys.reduce<Envelope>(signEnvelope, { payloadType, payload, signatures: [] });
};
const judge = (envelope: Envelope, change: Partial<StepContext> = {}) =>
  judgeStep(encodeEnvelope(envelope), { ...context, ...change });
const marked = (mark: Mark, channel: Channel = 'policy') => ({ marks: new Map([[channel, mark]]) });
const sha = 'ab'.repeat(32);
const why = (verdict: ReturnType<typeof judgeStep>): string =>
  verdict.is === 'refused' ? verdict.why : verdict.is;

test('a step that two admins of its role have signed is taken, with its number and its signers', () => {
  const verdict = judge(seal(textOf()));
  expect(verdict).toMatchObject({
    is: 'taken',
    signed: 'all',
    signers: [ann.publicKey.kid, ben.publicKey.kid],
    mark: { seq: 1 },
    step: { channel: 'policy', reason: 'term begins', content: { is: 'body' } },
  });
});

describe('signatures', () => {
  test.each<readonly [string, readonly PrivateKey[], string]>([
    ['none', [], 'not-signed'],
    ['a stranger’s', [thief], 'not-signed'],
    ['those of another role', [dan], 'not-signed'],
    ['one, and a stranger’s', [ann, thief], 'taken'],
    ['two', [ann, cho], 'taken'],
  ])('%s', (_, keys, expected) => {
    expect(why(judge(seal(textOf(), keys)))).toBe(expected);
  });

  test('one of two is few, whatever else has signed', () => {
    expect(judge(seal(textOf(), [ann, thief, dan]))).toMatchObject({ is: 'taken', signed: 'few' });
  });

  test('a key of two names is one', () => {
    const envelope = seal(textOf(), [ann]);
    const signatures = [...envelope.signatures, ...seal(textOf(), [ann]).signatures];
    const keyid = seal(textOf(), [ben]).signatures[0]?.keyid ?? '';
    const other = signatures.map((it) => ({ ...it, keyid }));
    const twice = { ...envelope, signatures: [...signatures, ...other] };
    expect(judge(twice)).toMatchObject({ is: 'taken', signed: 'few' });
  });

  test('a key that the list has retired', () => {
    const later = trustOf(list(admin(ben), admin(cho)));
    expect(judge(seal(textOf()), { trust: later })).toMatchObject({ signed: 'few' });
    expect(why(judge(seal(textOf(), [ann]), { trust: later }))).toBe('not-signed');
  });

  test('for another type, and with one byte of payload or signature changed', () => {
    const command = 'application/vnd.gate-kiosk.command+json';
    expect(why(judge(seal(textOf(), [ann, ben], command)))).toBe('wrong-type');
    const envelope = seal(textOf());
    for (let at = 0; at < envelope.payload.length; at += 7) {
      const payload = Buffer.from(envelope.payload);
      payload[at] = (payload[at] ?? 0) ^ 1;
      expect(why(judge({ ...envelope, payload }))).toBe('not-signed');
    }
  });

  test('the payload is not read before one holds', () => {
    expect(why(judge(seal('not JSON', [thief])))).toBe('not-signed');
    expect(why(judge(seal('not JSON')))).toBe('bad-payload');
  });
});

describe('what it says', () => {
  test.each<readonly [string, string, string]>([
    ['another site', textOf({ site: 'beijing' }), 'wrong-site'],
    ['another channel', textOf({ channel: 'device' }), 'wrong-channel'],
    ['newer software', textOf({ minVersion: '1.10.0' }), 'software-too-old'],
    ['older software', textOf({ minVersion: '1.2.3' }), 'taken'],
    ['white space', textOf().replace(':', ': '), 'bad-payload'],
    ['another spelling of a number', textOf().replace('600', '6e2'), 'bad-payload'],
    ['a doubled key', textOf().replace('{', '{"seq":9,'), 'bad-payload'],
    ['a prototype', textOf().replace('"body":{', '"body":{"__proto__":{},'), 'bad-payload'],
    ['an unknown member', textOf({ more: 1 }), 'bad-payload'],
    ['body and blobs', textOf({ blobs: [{ sha256: sha, bytes: 1 }] }), 'bad-payload'],
    ['neither', textOf({ body: undefined }), 'bad-payload'],
    ['blobs', textOf({ body: undefined, blobs: [{ sha256: sha, bytes: 1 }] }), 'bad-payload'],
    ['a seq of 0', textOf({ seq: 0 }), 'bad-payload'],
    ['half a seq', textOf({ seq: 1.5 }), 'bad-payload'],
    ['no gates', textOf({ target: { kiosks: [] } }), 'bad-payload'],
    ['two targets', textOf({ target: { all: true, kiosks: ['gate-1'] } }), 'bad-payload'],
    ['not all', textOf({ target: { all: false } }), 'bad-payload'],
    ['a hash in capitals', textOf({ prevSha256: sha.toUpperCase() }), 'bad-payload'],
    [
      'deep nesting',
      textOf({ body: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }),
      'bad-payload',
    ],
  ])('%s', (name, text, expected) => {
    // Blobs stand in another place than the body: written as its signer would.
    const { body, reason, ...others } = first;
    const blobs = [{ sha256: sha, bytes: 1 }];
    const written = name === 'blobs' ? JSON.stringify({ ...others, blobs, reason }) : text;
    expect(why(judge(seal(written)))).toBe(name === 'blobs' ? 'taken' : expected);
    expect(body).toBeDefined();
  });
});

test('its blobs together have no more bytes than one of them may', () => {
  const { body, reason, ...others } = first;
  const judged = (...bytes: readonly number[]) => {
    const blobs = bytes.map((it) => ({ sha256: sha, bytes: it }));
    return why(judge(seal(JSON.stringify({ ...others, blobs, reason }))));
  };
  const { blobBytesMax } = stepLimits;
  expect(body).toBeDefined();
  expect(judged(blobBytesMax)).toBe('taken');
  expect(judged(blobBytesMax - 1, 1)).toBe('taken');
  expect(judged(blobBytesMax, 1)).toBe('bad-payload');
});

describe('its number', () => {
  const last: Mark = { seq: 7, sha256: sha };
  const step = (change: object, keys = [ann, ben]) =>
    judge(seal(textOf(change), keys), marked(last));
  test.each<readonly [string, object, string, string]>([
    ['the next', { seq: 8, prevSha256: sha }, 'taken', 'taken'],
    [
      'the next behind another',
      { seq: 8, prevSha256: 'cd'.repeat(32) },
      'broken-link',
      'broken-link',
    ],
    ['the next as if it were the first', { seq: 8 }, 'broken-link', 'broken-link'],
    ['a jump', { seq: 9, prevSha256: 'cd'.repeat(32) }, 'taken', 'not-next'],
    ['the longest jump', { seq: 7 + judgeLimits.jumpMax }, 'taken', 'not-next'],
    ['a longer one', { seq: 8 + judgeLimits.jumpMax }, 'jump-too-far', 'not-next'],
    ['the same with other bytes', { seq: 7 }, 'equivocation', 'equivocation'],
    ['an older one', { seq: 6 }, 'rollback', 'rollback'],
  ])('%s', (_, change, whole, few) => {
    expect(why(step(change))).toBe(whole);
    expect(why(step(change, [ann]))).toBe(few);
  });

  test('on the way back to what was lost, too, is of one step only', () => {
    const bytes = seal(textOf({ channel: 'revocation', seq: 3, prevSha256: sha }));
    const at = (inForce: Mark) => ({
      ...{ channel: 'revocation' as const, ...marked({ seq: 7, sha256: sha }, 'revocation') },
      lost: new Map([['revocation' as const, inForce]]),
    });
    const verdict = judge(bytes, at({ seq: 2, sha256: sha }));
    if (verdict.is !== 'taken') throw new Error(verdict.is);
    expect(why(judge(bytes, at(verdict.mark)))).toBe('known');
    expect(why(judge(bytes, at({ seq: 3, sha256: sha })))).toBe('equivocation');
  });

  test('the one that was accepted is known, however often it comes', () => {
    const verdict = judge(seal(textOf()));
    if (verdict.is !== 'taken') throw new Error(verdict.is);
    expect(judge(seal(textOf(), [ben, cho]), marked(verdict.mark))).toEqual({ is: 'known' });
  });

  test('of one stolen key never goes further than one, and never hides what the others sign', () => {
    let mark: Mark = { seq: 0, sha256: '' };
    for (let round = 1; round <= 20; round += 1) {
      const text = textOf({ seq: round, prevSha256: round === 1 ? null : mark.sha256 });
      const verdict = judge(seal(text, [ann]), round === 1 ? {} : marked(mark));
      if (verdict.is !== 'taken') throw new Error(verdict.is);
      expect(verdict.signed).toBe('few');
      ({ mark } = verdict);
    }
    expect(why(judge(seal(textOf({ seq: 900 })), marked(mark)))).toBe('taken');
  });
});

describe('time', () => {
  test.each<readonly [string, object, Partial<StepContext>, string]>([
    ['signed tomorrow', { issued: '2020-02-13T08:00:00+08:00' }, {}, 'issued-ahead'],
    ['by a clock a little ahead', { issued: '2020-02-12T08:04:59+08:00' }, {}, 'taken'],
    ['expired', { expires: '2020-02-12T08:00:00+08:00' }, {}, 'expired'],
    ['expired before it was signed', { expires: '2020-02-11T08:00:00+08:00' }, {}, 'expired'],
    ['in 1970', {}, { nowMs: 0, floorMs: 0 }, 'issued-ahead'],
    ['in 2099', {}, { nowMs: Date.parse('2099-01-01T00:00:00Z') }, 'expired'],
    ['never synced', {}, { nowMs: null, floorMs: null }, 'taken'],
    [
      'not synced, and surely over',
      {},
      { nowMs: null, floorMs: Date.parse('2020-04-01T00:00:00Z') },
      'expired',
    ],
  ])('%s', (_, change, at, expected) => {
    expect(why(judge(seal(textOf(change)), at))).toBe(expected);
  });
});

describe('whom it is for', () => {
  test.each<readonly [object, string]>([
    [{ kiosks: ['gate-1', 'gate-2'] }, 'taken'],
    [{ kiosks: ['gate-2'] }, 'not-ours'],
    [{ groups: ['south', 'north'] }, 'taken'],
    [{ groups: ['south'] }, 'not-ours'],
  ])('%j', (target, expected) => {
    expect(why(judge(seal(textOf({ target }))))).toBe(expected);
  });

  test('one for others moves the number only where enough have signed it', () => {
    const text = textOf({ target: { kiosks: ['gate-2'] } });
    expect(judge(seal(text))).toMatchObject({ is: 'not-ours', mark: { seq: 1 } });
    expect(judge(seal(text, [ann]))).toEqual({ is: 'not-ours', mark: null });
  });

  test('what it rests on must be there first', () => {
    const envelope = seal(textOf({ requires: { trust: 3 } }));
    expect(judge(envelope)).toEqual({ is: 'wait', channel: 'trust', seq: 3 });
    const reached = marked({ seq: 3, sha256: sha }, 'trust');
    expect(why(judge(envelope, reached))).toBe('taken');
  });
});

describe('trust', () => {
  const next = list(admin(ben), admin(cho), admin(dan));
  const step = (keys: readonly PrivateKey[], change: object = {}, at: Partial<StepContext> = {}) =>
    judge(seal(textOf({ channel: 'trust', body: next, ...change }), keys), {
      channel: 'trust',
      ...at,
    });
  test('goes on with enough of the old and enough of the new', () => {
    expect(why(step([ann, ben, dan]))).toBe('taken');
    expect(why(step([ben, cho]))).toBe('taken');
  });
  test('with too few of either it does not', () => {
    expect(why(step([ann]))).toBe('below-threshold');
    expect(why(step([dan, thief]))).toBe('not-signed');
    expect(step([ann, ben])).toEqual({
      is: 'refused',
      why: 'below-threshold',
      detail: 'of the new list',
    });
  });
  test('one step at a time', () => {
    const at = marked({ seq: 4, sha256: sha }, 'trust');
    expect(why(step([ben, cho], { seq: 5, prevSha256: sha }, at))).toBe('taken');
    expect(why(step([ben, cho], { seq: 6, prevSha256: sha }, at))).toBe('not-next');
    expect(why(step([ben, cho], { seq: 5 }, at))).toBe('broken-link');
  });
  test('a list that its own admins could not change again', () => {
    expect(why(step([ben, cho], { body: list(admin(ben)) }))).toBe('locked-out');
    const three = { ...next, thresholds: { trust: 4 } };
    expect(why(step([ben, cho, dan], { body: three }))).toBe('locked-out');
  });
  test('a list that is none, or for some gates only', () => {
    expect(why(step([ben, cho], { body: { issuers: 1 } }))).toBe('bad-body');
    expect(why(step([ben, cho], { target: { kiosks: ['gate-1'] } }))).toBe('bad-payload');
  });
});

test('a site’s own thresholds count', () => {
  const three = trustOf({ ...list(admin(ann), admin(ben), admin(cho)), thresholds: { policy: 3 } });
  expect(judge(seal(textOf()), { trust: three })).toMatchObject({ signed: 'few' });
  expect(judge(seal(textOf(), [ann, ben, cho]), { trust: three })).toMatchObject({ signed: 'all' });
});
