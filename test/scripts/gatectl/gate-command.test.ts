/** `gatectl command`, before a gate’s own desk behind a broker: asked, answered, refused, and not answered. */
import { chmodSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../../config/crypto/key-file.js';
import { formatLockedKeyFile } from '../../../config/crypto/locked-key-file.js';
import type { CommandName } from '../../../config/vocabulary.js';
import { systemClock, systemScheduler } from '../../../hardware/linux/clock.js';
import type { CommandResult } from '../../../kiosk/core/messages.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import { openLog } from '../../../kiosk/log.js';
import { type BrokerLink, connectBroker } from '../../../kiosk/report/broker-link.js';
import { startCommandDesk } from '../../../kiosk/settings/desk/command-desk.js';
import {
  type EmbeddedBroker,
  embeddedBroker,
} from '../../../scripts/simulated-board/embedded-broker.js';
import { gatectl, testFolder } from './run-in-place.js';

const site = 'main-campus';
const base = `gk/1/${site}/gate-1`;
const passphrase = 'five words by chance: gate';

let broker: EmbeddedBroker;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  broker = await embeddedBroker();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await broker.close();
});

/** Two admins; both must sign where `threshold` is 2. The second one's key is locked. */
function campus(threshold = 1) {
  const folder = testFolder();
  const keys = { ann: generatePrivateKey(), ben: generatePrivateKey(), dan: generatePrivateKey() };
  writeFileSync(folder.path('ann.json'), formatKeyFile(keys.ann));
  writeFileSync(folder.path('ben.json'), formatLockedKeyFile(keys.ben, passphrase));
  writeFileSync(folder.path('dan.json'), formatKeyFile(keys.dan));
  const words = folder.write('words', `${passphrase}\n`);
  chmodSync(words, 0o600);
  const member = (name: 'ann' | 'ben' | 'dan', role: string) => ({
    ...{ name, publicKey: keys[name].publicKey.text, roles: [role] },
  });
  const admins = [member('ann', 'command'), member('ben', 'command'), member('dan', 'policy')];
  const list = { issuers: [], admins, thresholds: { command: threshold } };
  const read = parseTrustList(list);
  if (!read.ok) throw new Error('no list');
  const ask = (name: string, ...more: string[]) => {
    const place = ['--site', site, '--kiosk', 'gate-1', '--broker', broker.url, '--protocol', '4'];
    return gatectl(['command', name, ...place, ...more]);
  };
  const key = (name: 'ann' | 'ben' | 'dan'): string[] => ['--key', folder.path(`${name}.json`)];
  return { folder, words, trust: read.trust, list: folder.write('trust.json', list), ask, key };
}

interface Gate {
  readonly given: readonly string[];
  readonly link: BrokerLink;
  say(topic: string, payload: string, retain: boolean): Promise<void>;
}

/** @param result what the gate makes of each command; null: it dies over it */
async function gate(
  trust: ReturnType<typeof campus>['trust'],
  result: (name: CommandName, id: string) => CommandResult | null = () => 'done',
): Promise<Gate> {
  const clock = systemClock();
  const given: string[] = [];
  const desk = startCommandDesk({
    ...{ names: { site, kiosk: 'gate-1' }, clock, log: openLog({ level: 'silent' }) },
    trust: () => trust,
    nowMs: () => clock.now().wallMs,
    give(name, id, admins) {
      given.push([name, ...admins].join(' '));
      const came = result(name, id);
      if (came !== null) desk.answered(id, name, came);
    },
    lampTest: () => {},
    diagnostics: () => ({ lane: 'locked\u001b[2J', alarms: ['forced'] }),
    fault: (fault) => void given.push(fault),
  });
  const link = await new Promise<BrokerLink>((resolve) => {
    const made = connectBroker(
      {
        ...{ url: broker.url, protocol: 4, tls: null, clientId: 'gate-1', keepAliveSeconds: 30 },
        ...{ sessionSeconds: 0, filters: desk.guest.filters },
      },
      { clock, scheduler: systemScheduler(), chance: () => 0 },
      {
        up() {
          const { publish, subscribe, unsubscribe } = made;
          desk.guest.up({ publish, subscribe, unsubscribe });
          resolve(made);
        },
        down: () => {},
        message(message, taken) {
          desk.guest.message(message);
          taken();
        },
      },
    );
  });
  ends.push(() => link.close());
  const say = (topic: string, payload: string, retain: boolean): Promise<void> =>
    new Promise((resolve) => {
      link.publish({ topic: `${base}/${topic}`, payload, retain }, () => resolve());
    });
  await say('state', JSON.stringify({ online: true, session: '1' }), true);
  return { given, link, say };
}

test('asks a gate, says what is about to be done, and what it has come to', async () => {
  const { trust, ask, key } = campus();
  const { given } = await gate(trust);
  const opened = await ask('open', ...key('ann'));
  expect(opened).toMatchObject({ code: 0, out: expect.stringContaining('opened for one passage') });
  expect(opened.out).toContain('gate-1：已开门，放行一次');
  expect(opened.err).toContain('in the name of the guard on duty');
  const lamps = await ask('lamp-test', ...key('ann'));
  expect([lamps.code, lamps.err]).toEqual([0, '']);
  expect(given).toEqual(['open ann', 'lamp-test ann']);
});

test('shows the figures of diagnostics, and lets none of them steer the terminal', async () => {
  const { trust, ask, key } = campus();
  await gate(trust);
  const { code, out } = await ask('diagnostics', ...key('ann'));
  expect(code).toBe(0);
  expect(out).toContain('lane         locked\ufffd[2J');
  expect(out).toContain('alarms       ["forced"]');
  const json = JSON.parse((await ask('diagnostics', ...key('ann'), '--json')).out);
  expect(json).toMatchObject({
    ok: true,
    kiosk: 'gate-1',
    status: 'ok',
    detail: { alarms: ['forced'] },
  });
});

test('says no where the gate does not do it, and why', async () => {
  const { trust, ask, key } = campus();
  await gate(trust, (name) => (name === 'open' ? 'nobody-on-duty' : 'relay-refused'));
  const open = await ask('open', ...key('ann'));
  expect([open.code, open.out]).toEqual([1, '']);
  expect(open.err).toContain('nobody is on duty there: a guard holds NEXT');
  const json = await ask('release', ...key('ann'), '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    ok: false,
    status: 'rejected',
    code: 'relay-refused',
  });
});

test('takes as many keys as must sign, asks for none that is not enough, and opens locked ones', async () => {
  const { trust, ask, key, list, words } = campus(2);
  const { given } = await gate(trust);
  const both = [...key('ben'), '--passphrase-file', words, ...key('ann')];
  expect((await ask('lockdown', ...both, '--trust', list)).code).toBe(0);
  expect(given).toEqual(['lockdown ann ben']);
  const alone = await ask('lockdown', ...key('ann'), '--trust', list);
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('1 signature is missing')]);
  expect(alone.err).toContain('of ben');
  const wrong = await ask('lockdown', ...key('ann'), ...key('dan'), '--trust', list);
  expect(wrong.err).toMatch(/kid [0-9a-f]{16} has no role command on this list: .* not count/);
  const twice = await ask('lockdown', ...key('ann'), ...key('ann'));
  expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('given twice')]);
  expect(given).toHaveLength(1);
});

test('without an answer says what may be, and what to do; whom a gate does not know it does not answer', async () => {
  const { trust, ask, key } = campus();
  const { given } = await gate(trust, () => null);
  const dead = await ask('open', ...key('ann'), '--wait', '1s');
  expect([dead.code, dead.out]).toEqual([1, '']);
  expect(dead.err).toContain('no answer: it may have been done; it is over now');
  expect(dead.err).toContain('gatectl command diagnostics');
  expect(dead.err).toContain('to send it again is a new command, and an open opens once more');
  const stranger = await ask('open', ...key('dan'), '--wait', '1s', '--json');
  expect(JSON.parse(stranger.out)).toMatchObject({ ok: false, status: 'no-answer' });
  expect(given).toEqual(['open ann', 'configuration-forged']);
});

test('an answer that a broker has kept, or to another command, is none', async () => {
  const { trust, ask, key } = campus();
  const { say } = await gate(trust, () => null);
  const forged = { id: '0'.repeat(16), status: 'ok', code: '', detail: null };
  await say('rsp/release', JSON.stringify(forged), true);
  const { code, out } = await ask('release', ...key('ann'), '--wait', '1s', '--json');
  expect([code, JSON.parse(out).status]).toEqual([1, 'no-answer']);
});

test('that a second copy was refused is no answer to the first', async () => {
  const { trust, ask, key } = campus();
  const repeated = { status: 'rejected', code: 'repeated', detail: null };
  const { say } = await gate(trust, (name, id) => {
    void say(`rsp/${name}`, JSON.stringify({ id, ...repeated }), false);
    return name === 'release' ? 'done' : null;
  });
  expect((await ask('release', ...key('ann'))).code).toBe(0);
  const lost = await ask('open', ...key('ann'), '--wait', '1s');
  expect(lost.code).toBe(1);
  expect(lost.err).toContain('it had come before, and that answer is lost: it may have been done');
});

test('sends nothing to a gate that is away', async () => {
  const { trust, ask, key } = campus();
  const { given, say } = await gate(trust);
  await say('state', JSON.stringify({ online: false, session: '1' }), true);
  const { code, err } = await ask('open', ...key('ann'));
  expect([code, given]).toEqual([1, []]);
  expect(err).toBe('gatectl command: gate-1 is not connected; nothing was sent\n');
});

test('wrong usage: no such command, no key, too long a wait', async () => {
  const { ask, key } = campus();
  expect(await ask('explode', ...key('ann'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('there are open, lockdown'),
  });
  expect((await ask('open')).code).toBe(2);
  expect(await ask('open', ...key('ann'), '--wait', '61s')).toMatchObject({
    code: 2,
    err: expect.stringContaining('over after 60 s'),
  });
  expect((await gatectl(['command', '--help'])).out).toContain('Usage: gatectl command NAME');
});
