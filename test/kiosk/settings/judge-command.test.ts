/** Commands: to this gate, once, now; anything else does nothing, with a stable reason. */
import { expect, test } from 'vitest';
import { type Envelope, encodeEnvelope, signEnvelope } from '../../../config/crypto/dsse.js';
import { generatePrivateKey, type PrivateKey } from '../../../config/crypto/ed25519-key.js';
import { type AdminRole, parseTrustList } from '../../../kiosk/credential/trust.js';
import {
  type CommandContext,
  commandLimits,
  commandPayloadType,
  judgeCommand,
} from '../../../kiosk/settings/signed/judge-command.js';
import { configPayloadType } from '../../../kiosk/settings/signed/judge-step.js';

const [ann, ben, cho] = Array.from({ length: 3 }, generatePrivateKey) as [
  PrivateKey,
  PrivateKey,
  PrivateKey,
];
const admin = (key: PrivateKey, roles: readonly AdminRole[]) => ({
  name: key.publicKey.kid,
  publicKey: key.publicKey.text,
  roles,
});
const trustOf = (thresholds: object = {}) => {
  const admins = [admin(ann, ['command']), admin(ben, ['command']), admin(cho, ['policy'])];
  const read = parseTrustList({ issuers: [], admins, thresholds });
  if (!read.ok) throw new Error(read.problems[0]?.problem);
  return read.trust;
};

const nowMs = Date.parse('2020-02-12T08:00:10+08:00');
const context: CommandContext = {
  site: 'harbin',
  kiosk: 'gate-1',
  name: 'open',
  isRetained: false,
  trust: trustOf(),
  nowMs,
  startedMs: nowMs - 3_600_000,
  seen: new Map(),
};
const first = {
  site: 'harbin',
  kiosk: 'gate-1',
  id: 'c-1',
  name: 'open',
  nonce: 'n'.repeat(22),
  issued: '2020-02-12T08:00:00+08:00',
  expires: '2020-02-12T08:01:00+08:00',
  args: {},
};
const seal = (
  text: string,
  keys: readonly PrivateKey[] = [ann],
  payloadType = commandPayloadType,
): Uint8Array =>
  encodeEnvelope(
    keys.reduce<Envelope>(signEnvelope, {
      payloadType,
      payload: Buffer.from(text, 'utf8'),
      signatures: [],
    }),
  );
const textOf = (change: object = {}): string => JSON.stringify({ ...first, ...change });
const judge = (bytes: Uint8Array, change: Partial<CommandContext> = {}) =>
  judgeCommand(bytes, { ...context, ...change });
const why = (verdict: ReturnType<typeof judgeCommand>): string =>
  verdict.is === 'refused' ? verdict.why : verdict.is;

test('one that an admin has signed for this gate is taken', () => {
  expect(judge(seal(textOf()))).toMatchObject({
    is: 'taken',
    command: { id: 'c-1', name: 'open', args: {} },
    signers: [ann.publicKey.kid],
  });
});

test.each<readonly [string, Uint8Array, Partial<CommandContext>, string]>([
  ['that a broker has kept', seal(textOf()), { isRetained: true }, 'retained'],
  ['that is too large', new Uint8Array(commandLimits.bytesMax + 1), {}, 'too-large'],
  ['that is none', Buffer.from('open'), {}, 'bad-envelope'],
  ['without a signature', seal(textOf(), []), {}, 'not-signed'],
  ['of another role', seal(textOf(), [cho]), {}, 'not-signed'],
  ['that is configuration', seal(textOf(), [ann], configPayloadType), {}, 'wrong-type'],
  ['of one where two must', seal(textOf()), { trust: trustOf({ command: 2 }) }, 'below-threshold'],
  [
    'of two where two must',
    seal(textOf(), [ann, ben]),
    { trust: trustOf({ command: 2 }) },
    'taken',
  ],
  ['by another topic', seal(textOf()), { name: 'lockdown' }, 'wrong-name'],
  ['for another site', seal(textOf({ site: 'beijing' })), {}, 'wrong-site'],
  ['for another gate', seal(textOf({ kiosk: 'gate-2' })), {}, 'wrong-kiosk'],
  ['of no name', seal(textOf({ name: 'explode' })), { name: 'explode' }, 'bad-payload'],
  [
    'that lives too long',
    seal(textOf({ expires: '2020-02-12T08:01:01+08:00' })),
    {},
    'bad-payload',
  ],
  ['that ends before it begins', seal(textOf({ expires: first.issued })), {}, 'bad-payload'],
  ['of a short nonce', seal(textOf({ nonce: 'n' })), {}, 'bad-payload'],
  ['with more in it', seal(textOf({ more: 1 })), {}, 'bad-payload'],
  ['spelt otherwise', seal(` ${textOf()}`), {}, 'bad-payload'],
  ['with a doubled key', seal(textOf().replace('{', '{"id":"c-2",')), {}, 'bad-payload'],
  ['while nobody knows the time', seal(textOf()), { nowMs: null }, 'no-clock'],
  ['that is late', seal(textOf()), { nowMs: nowMs + 50_000 }, 'expired'],
  ['of the last moment', seal(textOf()), { nowMs: nowMs + 49_999 }, 'taken'],
  ['from the future', seal(textOf()), { nowMs: nowMs - 400_000, startedMs: 0 }, 'issued-ahead'],
  ['from before the start', seal(textOf()), { startedMs: nowMs - 9_000 }, 'before-start'],
  ['again', seal(textOf()), { seen: new Map([[first.nonce, nowMs]]) }, 'repeated'],
])('one %s', (_, bytes, change, expected) => {
  expect(why(judge(bytes, change))).toBe(expected);
});

test('a flood of good ones is held back, and what has expired is no part of it', () => {
  const seen = (untilMs: number) =>
    new Map(
      Array.from({ length: commandLimits.rememberedMax }, (_, index) => [
        `nonce-${index}`,
        untilMs,
      ]),
    );
  expect(why(judge(seal(textOf()), { seen: seen(nowMs + 1) }))).toBe('too-many');
  expect(why(judge(seal(textOf()), { seen: seen(nowMs) }))).toBe('taken');
});

test('who has signed and is refused is told by its id; a stranger learns nothing', () => {
  expect(judge(seal(textOf()), { nowMs: null })).toMatchObject({ id: 'c-1' });
  expect(judge(seal(textOf(), [cho]))).toMatchObject({ id: null });
  const kept = { isRetained: true };
  expect(judge(seal(textOf()), kept)).toMatchObject({ why: 'retained', id: 'c-1' });
  expect(judge(seal(textOf(), [cho]), kept)).toMatchObject({ why: 'retained', id: null });
});
