/** `gatectl time`: signed by one and sent, or passed on until two turn a gate's time back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatKeyFile } from '../../../config/crypto/key-file.js';
import { judgeTimeMessage } from '../../../kiosk/settings/signed/judge-time.js';
import {
  type EmbeddedBroker,
  embeddedBroker,
} from '../../../scripts/simulated-board/embedded-broker.js';
import { makeAdmin } from '../../admin-steps.js';
import { trustOf } from '../../kiosk/settings/desk-rig.js';
import { payloadOf, site } from './admins.js';
import { gatectl, testFolder } from './run-in-place.js';
import { type ToldGate, toldGate } from './told-gate.js';

const kiosk = 'gate-1';
const [first, second] = ['01'.repeat(16), '02'.repeat(16)];
let broker: EmbeddedBroker;
let gate: ToldGate | null = null;
beforeEach(async () => {
  broker = await embeddedBroker();
});
afterEach(async () => {
  await gate?.close();
  gate = null;
  await broker.close();
});

function campus() {
  const folder = testFolder();
  const admins = [
    makeAdmin('ann', ['time']),
    makeAdmin('ben', ['time']),
    makeAdmin('cho', ['policy']),
  ];
  const list = { issuers: [], admins: admins.map(({ member }) => member) };
  const keyOf = (name: string): string => folder.path(`${name}.json`);
  for (const { key, member } of admins) writeFileSync(keyOf(member.name), formatKeyFile(key));
  const trust = folder.write('trust.json', list);
  const access = ['--broker', broker.url, '--protocol', '4'];
  const judge = (file: string) =>
    judgeTimeMessage(readFileSync(file), {
      ...{ site, kiosk, isRetained: false, trust: trustOf(list) },
      challengeIs: (challenge) => (challenge === first ? 'shown' : 'unknown'),
    });
  return { folder, trust, access, keyOf, judge, list };
}

async function startGate(list: object, online = true): Promise<ToldGate> {
  const to = { url: broker.url, protocol: 4 as const, tls: null };
  gate = await toldGate({ broker: to, site, kiosk, trust: trustOf(list), becomes: [] });
  await gate.say('state', { ...shown(first), online });
  return gate;
}
const shown = (timeChallenge: string) => ({
  ...{ online: true, session: '1', at: '2099-01-01T00:00:00.000Z', clock: 'conflict' },
  timeChallenge,
});

test('one admin says what time it is, now or a moment given, for gates to hear', async () => {
  const { access, keyOf, folder, judge, list } = campus();
  const told = await startGate(list);
  const by = ['--site', site, '--key', keyOf('ann')];
  const sent = await gatectl(['time', 'raise', ...by, ...access]);
  const words =
    'the broker has it; no gate answers it, and with one signature gates take it only so far:\n' +
    'a day ahead in all, and less than a minute not at all. What goes further they refuse, with the alarm\n' +
    'clock-signed-refused, unless as many as the threshold have signed it. gatectl fleet shows each gate’s clock\n' +
    'and time, and its journal what it has done: time-set or time-refused\n';
  expect([sent.code, sent.out]).toEqual([0, words]);
  await told.until(`gk/1/${site}/_all/time`);
  const out = folder.path('t.json');
  const moment = ['--at', '2020-02-12T08:00:00+08:00'];
  expect((await gatectl(['time', 'raise', ...by, ...moment, '--out', out])).code).toBe(0);
  expect(payloadOf(out)).toEqual({ site, purpose: 'raise', at: '2020-02-12T00:00:00.000Z' });
  expect(judge(out)).toMatchObject({ is: 'taken', time: { signed: 'few' } });
});

test('two admins set a gate’s time, by a file that names what the gate shows', async () => {
  const { access, keyOf, folder, trust, judge, list } = campus();
  const told = await startGate(list);
  const file = folder.path('set.json');
  const to = ['--site', site, '--kiosk', kiosk, '--out', file, '--trust', trust];
  const made = await gatectl(['time', 'set', ...to, '--key', keyOf('ann'), ...access]);
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toContain('gate-1 has 2099-01-01T00:00:00.000Z, clock conflict');
  expect(made.out).toContain('signed     1 of 2: ann\npass the file on: 1 more');
  expect(judge(file)).toMatchObject({ is: 'refused', why: 'below-threshold' });

  const signed = await gatectl(['time', 'sign', file, '--key', keyOf('ben'), '--trust', trust]);
  expect(signed.out).toContain('2 of 2: ann, ben\ngatectl time send brings it');
  expect(judge(file)).toMatchObject({ is: 'taken', challenge: first, admins: ['ann', 'ben'] });

  const sending = gatectl(['time', 'send', file, ...access]);
  await told.until(`gk/1/${site}/_all/time`);
  await told.say('state', { ...shown(second), at: '2020-02-12T00:00:00.000Z' });
  const sent = await sending;
  expect([sent.code, sent.out]).toEqual([0, 'gate-1 has set its time: 2020-02-12T00:00:00.000Z\n']);
});

test('says no where the gate does nothing, is not there, or has no challenge', async () => {
  const { access, keyOf, folder, list } = campus();
  const to = ['--site', site, '--kiosk', kiosk, '--key', keyOf('ann'), ...access];
  const set = (name: string) => gatectl(['time', 'set', ...to, '--out', folder.path(name)]);
  const unheard = await set('a.json');
  expect([unheard.code, unheard.err]).toEqual([1, expect.stringContaining('never been heard')]);
  const told = await startGate(list);
  expect((await set('b.json')).code).toBe(0);
  const kept = await gatectl(['time', 'send', folder.path('b.json'), ...access, '--retain']);
  expect([kept.code, kept.err]).toEqual([2, expect.stringContaining('leave --retain out')]);
  const sent = await gatectl(['time', 'send', folder.path('b.json'), ...access, '--timeout', '1s']);
  expect([sent.code, sent.err]).toEqual([1, expect.stringContaining('has not set its time')]);
  const { timeChallenge: _none, ...without } = shown(first);
  await told.say('state', without);
  expect((await set('c.json')).err).toContain('takes no signed time');
  await told.say('state', { ...shown(first), online: false });
  expect((await set('d.json')).err).toContain('is not on line');
});

test('what no gate would take by the list is not sent', async () => {
  const { access, keyOf, folder, trust, list } = campus();
  const told = await startGate(list);
  const raise = (name: string, ...more: string[]) =>
    gatectl(['time', 'raise', '--site', site, '--key', keyOf(name), ...more]);
  const direct = await raise('cho', ...access, '--trust', trust);
  expect([direct.code, direct.err]).toEqual([2, expect.stringContaining('no role time')]);
  const file = folder.path('cho-raise.json');
  expect((await raise('cho', '--out', file)).code).toBe(0);
  const send = () => gatectl(['time', 'send', file, ...access, '--trust', trust]);
  const nobody = await send();
  expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('nobody with the role')]);
  const set = folder.path('set.json');
  const to = ['--site', site, '--kiosk', kiosk, '--out', set, '--key', keyOf('ann')];
  expect((await gatectl(['time', 'set', ...to, ...access])).code).toBe(0);
  const few = await gatectl(['time', 'send', set, ...access, '--trust', trust]);
  expect([few.code, few.err]).toEqual([2, expect.stringContaining('1 of the 2')]);
  expect((await gatectl(['time', 'sign', file, '--key', keyOf('ann')])).code).toBe(0);
  expect((await send()).code).toBe(0);
  await told.until(`gk/1/${site}/_all/time`);
});

test('refuses what would not count, and what would be lost', async () => {
  const { access, keyOf, folder, trust } = campus();
  const by = (name: string) => ['--site', site, '--key', keyOf(name)];
  const out = ['--out', folder.path('t.json')];
  const usage = async (...words: string[]): Promise<string> => {
    const { code, err } = await gatectl(['time', ...words]);
    expect(code).toBe(2);
    return err;
  };
  expect(await usage()).toContain('one of raise, set, sign and send is expected');
  expect(await usage('raise', ...by('cho'), ...out, '--trust', trust)).toContain('no role time');
  expect(await usage('raise', ...by('ann'))).toContain('--broker and --out');
  expect((await gatectl(['time', 'raise', ...by('ann'), ...out])).code).toBe(0);
  expect(await usage('raise', ...by('ann'), ...out)).toContain('is not overwritten');
  expect(await usage('sign', trust, '--key', keyOf('ann'))).toContain('is no signed time');
  const step = folder.write('step.json', '{"payloadType":"x","payload":"","signatures":[]}');
  expect(await usage('sign', step, '--key', keyOf('ann'))).toContain('no time');
  expect(await usage('send', step, ...access)).toContain('no time');
});
