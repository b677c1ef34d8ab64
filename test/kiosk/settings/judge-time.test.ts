/** Signed times: whose they are, for which gate; anything else is nothing, with a stable reason. */
import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import type { AdminRole } from '../../../kiosk/credential/trust.js';
import { commandPayloadType } from '../../../kiosk/settings/signed/judge-command.js';
import {
  judgeTimeMessage,
  type TimeContext,
  timeLimits,
} from '../../../kiosk/settings/signed/judge-time.js';
import { makeAdmin } from '../../admin-steps.js';
import { sealText, signTime } from '../../admin-times.js';
import { trustOf } from './desk-rig.js';

const time: AdminRole[] = ['time'];
const [ann, ben, cho] = [
  makeAdmin('ann', time),
  makeAdmin('ben', time),
  makeAdmin('cho', ['policy']),
];
const [service, stranger] = [generatePrivateKey(), generatePrivateKey()];
const listOf = (thresholds: object) =>
  trustOf({
    issuers: [],
    admins: [ann.member, ben.member, cho.member],
    thresholds,
    time: [{ publicKey: service.publicKey.text }],
  });

const shown = 'ab'.repeat(16);
const at = '2020-02-12T08:00:00.250+08:00';
const atMs = Date.parse(at);
const raise = { site: 'harbin', purpose: 'raise', at };
const set = { site: 'harbin', purpose: 'set', kiosk: 'gate-1', challenge: shown, at };
const context: TimeContext = {
  ...{ site: 'harbin', kiosk: 'gate-1', isRetained: false, trust: listOf({}) },
  challengeIs: (challenge) =>
    challenge === shown ? 'shown' : challenge === 'cd'.repeat(16) ? 'used' : 'unknown',
};
const judge = (bytes: Uint8Array, change: Partial<TimeContext> = {}) =>
  judgeTimeMessage(bytes, { ...context, ...change });
const why = (bytes: Uint8Array, change: Partial<TimeContext> = {}): string => {
  const verdict = judge(bytes, change);
  return verdict.is === 'refused' ? verdict.why : verdict.is;
};

test('what was signed is taken, with who has signed it and whether they are enough', () => {
  const few = { purpose: 'raise', atMs, signed: 'few' };
  const kid = service.publicKey.kid;
  expect(judge(signTime(raise, [ann.key]))).toEqual({
    ...{ is: 'taken', time: few, challenge: null, admins: ['ann'], services: [] },
  });
  expect(judge(signTime(raise, [service]))).toMatchObject({ time: few, services: [kid] });
  // A service beside one admin is no second admin.
  expect(judge(signTime(raise, [ann.key, service]))).toMatchObject({ time: few, admins: ['ann'] });
  expect(judge(signTime(raise, [ben.key, ann.key]))).toMatchObject({
    ...{ time: { signed: 'all' }, admins: ['ann', 'ben'] },
  });
  expect(judge(signTime(set, [ann.key, ben.key]))).toMatchObject({
    ...{ time: { purpose: 'set', atMs, signed: 'all' }, challenge: shown },
  });
});

test('a broker may keep what says that a moment has been, and not what turns time back', () => {
  const isRetained = true;
  expect(why(signTime(raise, [ann.key]), { isRetained })).toBe('taken');
  expect(why(signTime(set, [ann.key, ben.key]), { isRetained })).toBe('retained');
});

test('another gate’s is none of ours, and a threshold below two is two', () => {
  expect(why(signTime({ ...set, kiosk: 'gate-2' }, [ann.key, ben.key]))).toBe('not-ours');
  const trust = listOf({ time: 1 });
  expect(why(signTime(set, [ann.key]), { trust })).toBe('below-threshold');
  expect(judge(signTime(raise, [ann.key]), { trust })).toMatchObject({ time: { signed: 'few' } });
  expect(why(signTime(set, [ann.key, ben.key]), { trust: listOf({ time: 3 }) })).toBe(
    'below-threshold',
  );
});

const both = [ann.key, ben.key];
test.each([
  ['too large', 'too-large', new Uint8Array(timeLimits.bytesMax + 1)],
  ['no envelope', 'bad-envelope', Buffer.from('{}')],
  ['a command', 'wrong-type', signTime(raise, both, commandPayloadType)],
  ['nobody’s', 'not-signed', signTime(raise, [])],
  ['a stranger’s', 'not-signed', signTime(raise, [stranger])],
  ['an admin’s of another role', 'not-signed', signTime(raise, [cho.key])],
  ['set by a time service', 'not-signed', signTime(set, [service])],
  ['set by one admin', 'below-threshold', signTime(set, [ann.key])],
  ['set by one admin and a service', 'below-threshold', signTime(set, [ann.key, service])],
  ['set by one admin twice', 'below-threshold', signTime(set, [ann.key, ann.key])],
  ['another site’s', 'wrong-site', signTime({ ...raise, site: 'dalian' }, both)],
  [
    'a challenge of another time',
    'wrong-challenge',
    signTime({ ...set, challenge: '0'.repeat(32) }, both),
  ],
  ['what has been done', 'repeated', signTime({ ...set, challenge: 'cd'.repeat(16) }, both)],
  ['another purpose', 'bad-payload', signTime({ ...raise, purpose: 'lower' }, both)],
  ['no moment', 'bad-payload', signTime({ ...raise, at: '2020-02-30T08:00:00Z' }, both)],
  ['a number for one', 'bad-payload', signTime({ ...raise, at: 1e12 }, both)],
  ['a member too many', 'bad-payload', signTime({ ...raise, kiosk: 'gate-1' }, both)],
  ['a member too few', 'bad-payload', signTime({ ...set, challenge: undefined }, both)],
  [
    'a challenge that is none',
    'bad-payload',
    signTime({ ...set, challenge: 'AB'.repeat(16) }, both),
  ],
  ['white space', 'bad-payload', sealText(JSON.stringify(raise, null, 1), both)],
  [
    'a member twice',
    'bad-payload',
    sealText(`{"site":"x",${JSON.stringify(raise).slice(1)}`, both),
  ],
  ['no object', 'bad-payload', sealText('[]', both)],
])('%s', (_what, reason, bytes) => {
  expect(why(bytes)).toBe(reason);
});

test('any byte changed makes it nobody’s, or none', () => {
  const bytes = signTime(raise, [ann.key]);
  for (let index = 0; index < bytes.length; index += 1) {
    const other = Uint8Array.from(bytes);
    other[index] = (other[index] ?? 0) ^ 1;
    expect(judge(other).is, `byte ${index}`).toBe('refused');
  }
});
