/** The life of a step of configuration: taken, tried, confirmed or taken back, whatever happens meanwhile. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Envelope, encodeEnvelope, signEnvelope } from '../../../config/crypto/dsse.js';
import { generatePrivateKey, type PrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { keptOf, resumedChannel } from '../../../kiosk/settings/kept/kept-channel.js';
import {
  type ChannelEffect,
  type ChannelInput,
  type ChannelsState,
  channelOf,
  type Facts,
  noChannels,
} from '../../../kiosk/settings/signed/channel-state.js';
import { type Channel, channels } from '../../../kiosk/settings/signed/config-step.js';
import { configPayloadType } from '../../../kiosk/settings/signed/judge-step.js';
import { channelLimits, stepChannels } from '../../../kiosk/settings/signed/step-channels.js';

const [ann, ben] = [generatePrivateKey(), generatePrivateKey()] as const;
const admins = [ann, ben].map((key) => ({
  name: key.publicKey.kid,
  publicKey: key.publicKey.text,
  roles: [...channels],
}));
const list = parseTrustList({ issuers: [], admins });
if (!list.ok) throw new Error(list.problems[0]?.problem);
const nowMs = Date.parse('2020-02-12T08:00:00+08:00');
const facts: Facts = {
  site: 'harbin',
  kiosk: 'gate-1',
  groups: [],
  version: '1.0.0',
  trust: list.trust,
  floorMs: nowMs,
  nowMs,
  monotonicMs: 0,
};
const sha = 'ab'.repeat(32);
const message = (change: object, keys: readonly PrivateKey[] = [ann, ben]): Uint8Array => {
  const { content = { body: {} }, ...others } = change as { content?: object };
  const payload = Buffer.from(
    JSON.stringify({
      site: 'harbin',
      channel: 'policy',
      seq: 1,
      prevSha256: null,
      issued: '2020-02-12T07:59:00+08:00',
      expires: '2020-03-12T08:00:00+08:00',
      target: { all: true },
      requires: {},
      minVersion: '1.0.0',
      probationSeconds: 600,
      selfTest: [],
      ...others,
      ...content,
      reason: 'a test',
    }),
  );
  const envelope: Envelope = { payloadType: configPayloadType, payload, signatures: [] };
  return encodeEnvelope(keys.reduce(signEnvelope, envelope));
};

/** One gate, its effects answered by hand. */
function gate(from: ChannelsState = noChannels) {
  let state = from;
  let atMs = 0;
  const all: ChannelEffect[] = [];
  const put = (input: ChannelInput, change: Partial<Facts> = {}): readonly ChannelEffect[] => {
    const result = stepChannels(state, input, { ...facts, monotonicMs: atMs, ...change });
    state = result.state;
    all.push(...result.effects);
    return result.effects;
  };
  const own = (channel: Channel = 'policy') => channelOf(state, channel);
  const arrive = (change: object = {}, keys?: readonly PrivateKey[]) => {
    const channel = (change as { channel?: Channel }).channel ?? 'policy';
    return put({ type: 'arrived', channel, bytes: message(change, keys) });
  };
  const answer = (
    type: 'fetched' | 'tested' | 'committed',
    more: { ok?: boolean; tightens?: boolean; channel?: Channel; code?: string } = {},
  ) => {
    const { ok = true, tightens = false, channel = 'policy', code = '' } = more;
    const sha256 = own(channel).staged?.mark.sha256 ?? sha;
    return put({ type, channel, sha256, ok, tightens, code } as ChannelInput);
  };
  return {
    put,
    own,
    arrive,
    answer,
    all,
    state: () => state,
    now: () => atMs,
    pass(ms: number) {
      atMs += ms;
      return put({ type: 'tick' });
    },
    fault: (fault: 'device-lost' | 'invariant' | 'nobody-admitted', on = true) =>
      put({ type: 'fault', fault, on }),
    install(change: object = {}) {
      arrive(change);
      const channel = (change as { channel?: Channel }).channel ?? 'policy';
      answer('tested', { channel });
      return answer('committed', { channel });
    },
    phases: () =>
      all.flatMap((it) =>
        it.type === 'report' ? [`${it.mark.seq} ${it.phase} ${it.code}`.trim()] : [],
      ),
  };
}

test('a policy goes from the message to its confirmation', () => {
  const it = gate();
  expect(it.arrive()[0]).toMatchObject({ type: 'test', channel: 'policy' });
  expect(it.own()).toMatchObject({ mark: null, inForce: null });
  expect(it.answer('tested')[0]).toMatchObject({ type: 'commit', after: { mark: { seq: 1 } } });
  expect(it.own()).toMatchObject({ mark: null, inForce: null });
  expect(it.answer('committed')[0]).toMatchObject({ type: 'apply', inForce: { seq: 1 } });
  expect(it.own()).toMatchObject({ mark: { seq: 1 }, inForce: { seq: 1 }, staged: null });
  it.pass(599_999);
  expect(it.own().trial).not.toBeNull();
  it.pass(1);
  expect(it.own().trial).toBeNull();
  expect(it.phases()).toEqual(['1 pending testing', '1 probation', '1 confirmed']);
});

test('blobs are fetched first; what never comes is refused, and may come again', () => {
  const it = gate();
  const change = { content: { blobs: [{ sha256: sha, bytes: 9 }] } };
  expect(it.arrive(change)[0]).toMatchObject({ type: 'fetch', blobs: [{ bytes: 9 }] });
  it.pass(channelLimits.stagedMs);
  expect(it.own()).toMatchObject({ staged: null, mark: null });
  it.arrive(change);
  it.answer('fetched');
  it.answer('tested', { ok: false, code: 'blob-missing' });
  it.arrive(change);
  expect(it.answer('fetched')[0]).toMatchObject({ type: 'test' });
  expect(it.phases()).toEqual([
    '1 pending fetching',
    '1 refused late',
    '1 pending fetching',
    '1 refused blob-missing',
    '1 pending fetching',
  ]);
});

test('a failing self-test, a full disk: nothing changes, and the number is free still', () => {
  const it = gate();
  it.arrive();
  it.answer('tested', { ok: false, code: 'self-test-3' });
  it.arrive();
  it.answer('tested');
  it.answer('committed', { ok: false });
  expect(it.own()).toMatchObject({ mark: null, inForce: null, staged: null });
  expect(it.all.some(({ type }) => type === 'apply')).toBe(false);
  it.install();
  expect(it.own()).toMatchObject({ inForce: { seq: 1 } });
  expect(it.phases().filter((phase) => phase.includes('refused'))).toEqual([
    '1 refused self-test-3',
    '1 refused disk',
  ]);
});

describe('of one signature', () => {
  test('what tightens is taken, and is on no trial', () => {
    const it = gate();
    it.arrive({ channel: 'revocation' }, [ann]);
    it.answer('tested', { tightens: true, channel: 'revocation' });
    it.answer('committed', { channel: 'revocation' });
    expect(it.own('revocation')).toMatchObject({ inForce: { seq: 1 }, trial: null });
    expect(it.phases().at(-1)).toBe('1 confirmed');
  });
  test('what was few becomes enough while it is being staged', () => {
    const it = gate();
    const change = { content: { blobs: [{ sha256: sha, bytes: 9 }] } };
    it.arrive(change, [ann]);
    expect(it.arrive(change)).toEqual([]);
    expect(it.arrive(change, [ben])).toEqual([]);
    it.answer('fetched');
    it.answer('tested');
    it.answer('committed');
    expect(it.own().inForce?.seq).toBe(1);
  });
  test('what does not is refused, and moves nothing', () => {
    const it = gate();
    it.arrive({}, [ann]);
    it.answer('tested');
    expect(it.phases().at(-1)).toBe('1 refused below-threshold');
    expect(it.own()).toMatchObject({ mark: null, inForce: null, staged: null });
  });
});

describe('on trial', () => {
  test('a fault that it can cause and that lasts takes it back, and its number with it for good', () => {
    const it = gate();
    it.install();
    it.pass(600_000);
    const { inForce: first } = it.own();
    it.install({ seq: 2, prevSha256: first?.sha256 });
    it.fault('nobody-admitted');
    it.pass(channelLimits.faultMs - 1);
    expect(it.own().inForce?.seq).toBe(2);
    const effects = it.pass(1);
    expect(effects.map(({ type }) => type)).toEqual(['commit', 'apply', 'report']);
    expect(it.own()).toMatchObject({ inForce: first, mark: { seq: 2 }, trial: null });
    expect(it.phases().at(-1)).toBe('2 reverted nobody-admitted');
    // It does not come again.
    expect(it.arrive({ seq: 2, prevSha256: first?.sha256 })).toEqual([]);
  });
  test('one that was there before proves nothing, until it has been away', () => {
    const it = gate();
    it.fault('device-lost');
    it.install({ channel: 'device' });
    it.pass(60_000);
    expect(it.own('device').inForce?.seq).toBe(1);
    it.fault('device-lost', false);
    it.fault('device-lost');
    it.pass(channelLimits.faultMs);
    expect(it.own('device').inForce).toBeNull();
  });
  test('one that it cannot cause, or that does not last, is no reason', () => {
    const it = gate();
    it.install();
    it.fault('device-lost');
    it.pass(60_000);
    it.fault('invariant');
    it.pass(5_000);
    it.fault('invariant', false);
    it.pass(60_000);
    expect(it.own().inForce?.seq).toBe(1);
    it.pass(600_000);
    expect(it.phases().at(-1)).toBe('1 confirmed');
  });
  test('after it, nothing is taken back', () => {
    const it = gate();
    it.install();
    it.pass(600_000);
    it.fault('invariant');
    it.pass(60_000);
    expect(it.own().inForce?.seq).toBe(1);
  });
  test('goes on through a restart, with what was left of it', () => {
    const it = gate();
    it.install();
    it.pass(400_000);
    const kept = keptOf(it.own(), it.now());
    const byChannel = new Map(noChannels.byChannel).set('policy', resumedChannel(kept, 0));
    const again = gate({ byChannel, faults: new Set() });
    again.pass(199_999);
    expect(again.own().trial).not.toBeNull();
    again.pass(1);
    expect(again.own().trial).toBeNull();
  });
  test('a second on top of it goes back behind both', () => {
    const it = gate();
    it.install();
    const { inForce } = it.own();
    it.install({ seq: 2, prevSha256: inForce?.sha256 });
    it.fault('invariant');
    it.pass(channelLimits.faultMs);
    expect(it.own()).toMatchObject({ inForce: null, mark: { seq: 2 } });
  });
  test('trust and revocations are never', () => {
    for (const channel of ['revocation', 'trust'] as const) {
      const it = gate();
      it.install({ channel, content: { body: { issuers: [], admins } } });
      it.fault('invariant');
      it.pass(60_000);
      expect(it.own(channel)).toMatchObject({ inForce: { seq: 1 }, trial: null });
    }
  });
});

test('what waits for another channel is judged when that has come', () => {
  const it = gate();
  it.arrive({ requires: { revocation: 1 } });
  expect(it.own().staged).toBeNull();
  it.arrive({ channel: 'revocation' });
  it.answer('tested', { channel: 'revocation' });
  it.answer('committed', { channel: 'revocation' });
  expect(it.own().staged?.mark.seq).toBe(1);
});

test('the mark of what was lost stands, whatever comes for other gates on the way back to it', () => {
  const lost = {
    ...channelOf(noChannels, 'revocation'),
    mark: { seq: 3, sha256: sha },
    isLost: true,
  };
  const it = gate({ ...noChannels, byChannel: new Map([['revocation', lost]]) });
  it.arrive({ channel: 'revocation', target: { kiosks: ['gate-2'] } });
  expect(it.own('revocation')).toMatchObject({ mark: { seq: 3 }, isLost: true });
  it.install({ channel: 'revocation', seq: 2, prevSha256: sha });
  expect(it.own('revocation')).toMatchObject({
    mark: { seq: 3 },
    inForce: { seq: 2 },
    isLost: true,
  });
});

test('what is in force and has expired goes on, and is told once', () => {
  const it = gate();
  it.install();
  const late = { nowMs: Date.parse('2020-03-12T08:00:00+08:00') };
  const effects = [...it.put({ type: 'tick' }, late), ...it.put({ type: 'tick' }, late)];
  expect(effects.filter(({ type }) => type === 'stale')).toEqual([
    { type: 'stale', channel: 'policy', on: true },
  ]);
  expect(it.own().inForce?.seq).toBe(1);
});

test('a replay, another of the same number and a stranger’s are told with an alarm', () => {
  const it = gate();
  it.install();
  const { mark } = it.own();
  it.install({ seq: 2, prevSha256: mark?.sha256 });
  const alarms = [
    it.arrive(),
    it.arrive({ seq: 2, probationSeconds: 1 }),
    it.arrive({ seq: 3, prevSha256: sha }),
    it.arrive({ seq: 3 }, [generatePrivateKey()]),
  ].flat();
  expect(alarms.map((it) => (it.type === 'refused' ? [it.why, it.isAlarm] : it))).toEqual([
    ['rollback', true],
    ['equivocation', true],
    ['broken-link', true],
    ['not-signed', true],
  ]);
});

test('whatever comes in whatever order: what is in force was signed, tested and kept, and marks only grow', () => {
  /** the same few messages for all runs: signing is dear */
  const seqs = [1, 2, 3];
  const pool = new Map<string, { readonly channel: Channel; readonly bytes: Uint8Array }>(
    channels.flatMap((channel) =>
      seqs.flatMap((seq) =>
        [[ann, ben], [ann]].map((keys, index) => {
          const content = { body: channel === 'trust' ? { issuers: [], admins } : {} };
          const prevSha256 = seq === 1 ? null : sha;
          const bytes = message({ channel, seq, prevSha256, content }, keys);
          return [`${channel} ${seq} ${index}`, { channel, bytes }] as const;
        }),
      ),
    ),
  );
  const inputs: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
    fc.constantFrom(...pool.keys()).map((name) => ['arrive', name] as const),
    fc.constantFrom(...channels).map((channel) => ['go on', channel] as const),
    fc.constantFrom(...channels).map((channel) => ['go on', channel] as const),
    fc.constantFrom(...channels).map((channel) => ['go on', channel] as const),
    fc.constantFrom(...channels).map((channel) => ['go on', channel] as const),
    fc
      .tuple(
        fc.constantFrom('fetched', 'tested', 'tested', 'committed', 'committed'),
        fc.constantFrom(...channels),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
      )
      .map((it) => ['answer', it] as const),
    fc
      .tuple(fc.constantFrom('device-lost', 'invariant'), fc.boolean())
      .map((it) => ['fault', it] as const),
    fc.constantFrom(1_000, 10_000, 10_000, 700_000).map((ms) => ['pass', ms] as const),
  );
  const seen = { applied: 0, reverted: 0, confirmed: 0 };
  fc.assert(
    fc.property(fc.array(inputs, { minLength: 60, maxLength: 120 }), (script) => {
      const it = gate();
      const committing = new Map<Channel, string>();
      for (const [what, value] of script) {
        const before = it.state();
        let effects: readonly ChannelEffect[] = [];
        let isKept = false;
        if (what === 'arrive') {
          const { channel, bytes } = pool.get(String(value)) ?? {
            channel: 'policy',
            bytes: sha as never,
          };
          effects = it.put({ type: 'arrived', channel, bytes });
        } else if (what === 'answer') {
          const [type, channel, ok, tightens, isOld] = value as [
            'tested',
            Channel,
            boolean,
            boolean,
            boolean,
          ];
          const staged = it.own(channel).staged;
          const sha256 = isOld ? sha : (staged?.mark.sha256 ?? sha);
          isKept = `${type}` === 'committed' && ok && committing.get(channel) === sha256;
          effects = it.put({ type, channel, sha256, ok, tightens, code: 'x' } as ChannelInput);
        } else if (what === 'go on') {
          const channel = value as Channel;
          const staged = it.own(channel).staged;
          if (staged === null) continue;
          const type = staged.stage === 'committing' ? 'committed' : 'tested';
          isKept = type === 'committed' && committing.get(channel) === staged.mark.sha256;
          effects = it.answer(type, { channel, tightens: staged.signed === 'few' });
        } else if (what === 'fault') {
          const [fault, on] = value as ['invariant', boolean];
          effects = it.fault(fault, on);
        } else effects = it.pass(Number(value));
        for (const effect of effects)
          if (effect.type === 'commit') committing.set(effect.channel, effect.sha256);
        for (const channel of channels) {
          const [was, is] = [channelOf(before, channel), it.own(channel)];
          expect(is.mark?.seq ?? 0).toBeGreaterThanOrEqual(was.mark?.seq ?? 0);
          if (was.mark !== null && is.mark?.seq === was.mark.seq) expect(is.mark).toEqual(was.mark);
          expect((is.inForce?.seq ?? 0) <= (is.mark?.seq ?? 0)).toBe(true);
          if (channel === 'trust' || channel === 'revocation') expect(is.trial).toBeNull();
          if (is.inForce === was.inForce) continue;
          const isReverted = effects.some(
            (effect) =>
              effect.type === 'report' && effect.channel === channel && effect.phase === 'reverted',
          );
          expect(isKept || isReverted).toBe(true);
          if (isReverted) {
            expect(was.trial).not.toBeNull();
            expect(is.mark).toEqual(was.mark);
            expect(is.inForce).toEqual(was.trial?.before ?? null);
          } else if (was.staged?.signed === 'few') expect(is.trial).toBeNull();
        }
      }
      const phases = it.phases().join('\n');
      if (phases.includes('reverted')) seen.reverted += 1;
      if (phases.includes('confirmed')) seen.confirmed += 1;
      if (it.all.some(({ type }) => type === 'apply')) seen.applied += 1;
    }),
    { numRuns: 300 },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(5);
});
