/** What a gate or a broker says may be a lie, or nothing: an admin is told no more than it proves. */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatKeyFile } from '../../../config/crypto/key-file.js';
import {
  type EmbeddedBroker,
  embeddedBroker,
} from '../../../scripts/simulated-board/embedded-broker.js';
import { makeAdmin } from '../../admin-steps.js';
import { trustOf } from '../../kiosk/settings/desk-rig.js';
import { site, threeAdmins } from './admins.js';
import { gatectl, testFolder } from './run-in-place.js';
import { type ToldGate, toldGate } from './told-gate.js';

const kiosk = 'gate-1';
const steering = '\u001b]0;all is well\u0007\u009b2J';
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

const shown = (timeChallenge: string) => ({
  ...{ online: true, session: '1', at: '2099-01-01T00:00:00.000Z', clock: 'conflict' },
  ...{ bootId: 'boot-1', timeChallenge },
});

async function aTimeToSend() {
  const folder = testFolder();
  const ann = makeAdmin('ann', ['time']);
  const key = folder.path('ann.json');
  writeFileSync(key, formatKeyFile(ann.key));
  const to = { url: broker.url, protocol: 4 as const, tls: null };
  const trust = trustOf({ issuers: [], admins: [ann.member] });
  const told = await toldGate({ broker: to, site, kiosk, trust, becomes: [] });
  gate = told;
  await told.say('state', shown(first));
  const access = ['--broker', broker.url, '--protocol', '4'];
  const file = folder.path('set.json');
  const by = ['--site', site, '--kiosk', kiosk, '--key', key, '--out', file];
  const made = await gatectl(['time', 'set', ...by, ...access]);
  expect(made.code).toBe(0);
  const send = async (then: object, timeout = '1s') => {
    const sending = gatectl(['time', 'send', file, ...access, '--timeout', timeout]);
    await told.until(`gk/1/${site}/_all/time`);
    await told.say('state', then);
    return await sending;
  };
  return { told, send };
}

test.each<[string, object]>([
  ['a will that shows an older challenge', { ...shown(second), online: false }],
  ['a will that shows none', { online: false, session: '1' }],
  ['another run of the daemon', { ...shown(second), bootId: 'boot-2' }],
  ['no challenge any more', { ...shown(first), timeChallenge: null }],
])('a gate has not set its time by %s', async (_name, then) => {
  const { send } = await aTimeToSend();
  const { code, err } = await send(then);
  expect([code, err]).toEqual([1, expect.stringContaining('has not set its time')]);
});

test('what a gate says of its time does not steer the terminal', async () => {
  const { send } = await aTimeToSend();
  const { code, out } = await send({ ...shown(second), at: steering }, '30s');
  expect(code).toBe(0);
  expect(out).toContain('gate-1 has set its time');
  expect(out).not.toMatch(/(?!\n)\p{Cc}/u);
});

test('stages that wait for nothing are refused: all gates would have the step at once', async () => {
  const folder = testFolder();
  const admins = threeAdmins(folder);
  const body = folder.write('device.json', { devices: { turnstile: { pulseMs: 300 } } });
  const out = folder.path('d1.json');
  const words = ['--channel', 'device', '--body', body, '--out', out, '--seq', '1'];
  const made = await gatectl(['config', 'new', ...words, '--site', site, '--reason', 'r']);
  expect([made.code, made.err]).toEqual([0, '']);
  const step = await admins.sign(out, 'ann', 'ben');
  const to = ['--broker', broker.url, '--protocol', '4', '--to', 'gate-1,gate-2,gate-3'];
  const ran = await gatectl(['config', 'flash', step, ...to, '--stages', '1,100%', '--no-wait']);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('--no-wait')]);
});

test('a broker that does not say that it has told all is not taken to have told all', async () => {
  const folder = testFolder();
  const { trust } = threeAdmins(folder);
  // As one whose ACL keeps the end of what stands there from an admin.
  const authorizeForward = (_: unknown, packet: AedesPublishPacket) =>
    packet.topic.includes('/settled/') ? null : packet;
  const silent = await Aedes.createBroker({ authorizeForward });
  const server = createServer(silent.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const to = ['--broker', `mqtt://127.0.0.1:${port}`, '--protocol', '4', '--trust', trust];
    const { code, err } = await gatectl(['config', 'status', '--site', site, ...to]);
    expect([code, err]).toEqual([1, expect.stringContaining('has not said that this is all')]);
  } finally {
    await new Promise<void>((resolve) => silent.close(resolve));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}, 20_000);
