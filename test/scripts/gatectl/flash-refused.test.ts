/** `gatectl config flash` where a step is in the way: nothing is published, and the admin is told which. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import {
  type EmbeddedBroker,
  embeddedBroker,
} from '../../../scripts/simulated-board/embedded-broker.js';
import { site, threeAdmins } from './admins.js';
import { gatectl, testFolder } from './run-in-place.js';
import { type ToldGate, toldGate } from './told-gate.js';

let broker: EmbeddedBroker;
const gates: ToldGate[] = [];
beforeEach(async () => {
  broker = await embeddedBroker();
});
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close();
  await broker.close();
});

function campus() {
  const folder = testFolder();
  const admins = threeAdmins(folder);
  const read = parseTrustListBytes(readFileSync(admins.trust));
  if (!read.ok) throw new Error('no list');
  const { trust } = read;
  const access = ['--broker', broker.url, '--protocol', '4'];
  const gate = async (kiosk: string, becomes = ['confirmed']): Promise<ToldGate> => {
    const to = { url: broker.url, protocol: 4 as const, tls: null };
    const made = await toldGate({ broker: to, site, kiosk, trust, becomes });
    gates.push(made);
    return made;
  };
  let pulseMs = 300;
  const step = async (name: string, ...words: string[]): Promise<string> => {
    pulseMs += 1;
    const body = folder.write('body.json', { devices: { turnstile: { pulseMs } } });
    const config = ['config', 'new', '--channel', 'device', '--body', body];
    const place = words.includes('--site') ? [] : ['--site', site];
    const out = ['--reason', name, '--out', folder.path(name)];
    const made = await gatectl([...config, ...place, ...out, ...words]);
    if (made.code !== 0) throw new Error(made.err);
    return await admins.sign(folder.path(name), 'ann', 'ben');
  };
  const flash = (file: string, ...words: string[]) =>
    gatectl(['config', 'flash', file, ...access, ...words]);
  const status = async () => {
    const { out } = await gatectl(['config', 'status', '--site', site, ...access, '--json']);
    return JSON.parse(out) as { gate: string; desired: number; is: string; code: string }[];
  };
  return { folder, admins, access, gate, step, flash, status };
}

const desired = `gk/1/${site}/_all/cfg/desired/device`;

test('an older step takes the place of no newer one, with gates or without', async () => {
  const { gate, step, flash, status } = campus();
  const one = await gate('gate-1');
  const d1 = await step('d1.json', '--seq', '1');
  const d2 = await step('d2.json', '--previous', d1);
  for (const file of [d1, d2]) expect((await flash(file)).code).toBe(0);
  const d3 = await step('d3.json', '--previous', d2);
  // One that is for the same gate alone, and older than what stands for all.
  for (const words of [[], ['--no-wait'], ['--to', 'gate-1'], ['--stages', '100%']]) {
    const { code, out, err } = await flash(d1, ...words);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('nothing was published');
    expect(err).toContain('device 1 is older (rollback): device 2 stands at the broker');
    expect(err).toContain('config new --previous');
  }
  expect((await flash(d1)).err).toContain('device 2 was accepted by gate-1');
  expect(one.heard.filter((it) => it.includes('/cfg/'))).toEqual([desired, desired]);
  expect(await status()).toMatchObject([{ desired: 2, is: 'as desired' }]);
  // The same bytes once more, and the next.
  for (const file of [d2, d3]) expect((await flash(file)).code).toBe(0);
});

test('another step of the same number is not published, of revocations neither', async () => {
  const { folder, admins, gate, step, flash } = campus();
  await gate('gate-1');
  const d1 = await step('d1.json', '--seq', '1');
  expect((await flash(d1)).code).toBe(0);
  const twin = await step('twin.json', '--seq', '1');
  const { code, err } = await flash(twin);
  expect([code, err]).toEqual([1, expect.stringContaining('another device 1')]);
  expect(err).toContain('was accepted by gate-1: a number counts once (equivocation)');
  const revoke = async (name: string, id: string): Promise<string> => {
    const out = folder.path(name);
    const by = ['--key', admins.keyOf('ann'), '--out', out];
    await gatectl(['revoke', id.repeat(16), '--site', site, '--seq', '1', '--reason', 'x', ...by]);
    return out;
  };
  const [r1, other] = [await revoke('r1.json', '11'), await revoke('other.json', '22')];
  expect((await flash(r1, '--no-wait')).code).toBe(0);
  expect(await flash(other, '--no-wait')).toMatchObject({
    code: 1,
    err: expect.stringContaining('another revocation 1'),
  });
  expect((await flash(r1)).code).toBe(0);
});

test('an older revocation is told once more where a later one stands', async () => {
  const { folder, admins, gate, flash } = campus();
  await gate('gate-1');
  const by = ['--reason', 'x', '--key', admins.keyOf('ann')];
  const [r1, r2] = [folder.path('r1.json'), folder.path('r2.json')];
  const first = ['--site', site, '--seq', '1', '--out', r1];
  await gatectl(['revoke', '11'.repeat(16), ...by, ...first]);
  await gatectl(['revoke', '22'.repeat(16), ...by, '--previous', r1, '--out', r2]);
  for (const file of [r1, r2, r1]) expect((await flash(file)).code).toBe(0);
});

test('what stands for single gates keeps only those from an older step', async () => {
  const { gate, step, flash } = campus();
  for (const name of ['gate-1', 'gate-2']) await gate(name);
  const d1 = await step('d1.json', '--seq', '1');
  const d2 = await step('d2.json', '--previous', d1, '--target', 'kiosk:gate-1');
  for (const file of [d1, d2]) expect((await flash(file)).code).toBe(0);
  const twin = await step('twin.json', '--previous', d1, '--target', 'kiosk:gate-2');
  expect((await flash(twin)).code).toBe(0);
  const { code, err } = await flash(d1);
  expect([code, err]).toEqual([1, expect.stringContaining('broker for gate-1, gate-2')]);
});

test('what nobody on the list has signed keeps no step out', async () => {
  const { folder, admins, gate, step, flash } = campus();
  const one = await gate('gate-1');
  const far = await step('far.json', '--seq', '9', '--prev-sha256', 'ab'.repeat(32));
  const envelope = JSON.parse(readFileSync(far, 'utf8'));
  const forged = folder.write('forged.json', { ...envelope, signatures: [] });
  await one.put(desired, readFileSync(forged));
  const d1 = await step('d1.json', '--seq', '1');
  const { code, err } = await flash(d1, '--no-wait');
  expect([code, err]).toEqual([1, expect.stringContaining('--trust FILE passes over')]);
  expect((await flash(d1, '--trust', admins.trust)).code).toBe(0);
});

test('a step that does not name the one before it is refused before any gate refuses it', async () => {
  const { access, gate, step, flash, status } = campus();
  const one = await gate('gate-1');
  await gate('gate-2');
  const d1 = await step('d1.json', '--seq', '1');
  expect((await flash(d1, '--to', 'gate-1')).code).toBe(0);
  const stray = await step('d2.json', '--seq', '2', '--prev-sha256', 'ab'.repeat(32));
  const { code, err } = await flash(stray);
  expect(code).toBe(1);
  expect(err).toContain('device 2 does not name the step before it (broken-link): device 1 (');
  expect(err).toContain('was accepted by gate-1');
  expect(err).toContain('--to names the others');
  const both = await flash(d1, stray);
  expect(both.err).toContain('broken-link): device 1 (');
  expect(both.err).toContain('is brought along, and goes first, to gate-2');
  // Somebody else has put it there all the same: the table says why it is not gone by.
  await one.put(desired, readFileSync(stray));
  const rows = (await status()).filter(({ gate: name }) => name === 'gate-1');
  expect(rows).toMatchObject([{ is: 'refused', code: 'broken-link', desired: 2 }]);
  const other = await gatectl(['config', 'status', '--site', 'other', ...access]);
  expect(other.code).toBe(1);
  expect(other.err).toContain('no gate of site other is heard at this broker: is the name right?');
});

test('a gate that is online and takes nothing is not said to be away', async () => {
  const { gate, step, flash } = campus();
  await gate('gate-1', []);
  const { code, out } = await flash(await step('d1.json', '--seq', '1'), '--timeout', '1s');
  expect(code).toBe(1);
  expect(out).toContain('gate-1: device 1 waiting; it is online and has not taken it');
  expect(out).toContain('config-refused');
  expect(out).not.toContain('when it is there again');
});

test('a step of a site of which nothing is heard is not published', async () => {
  const { admins, gate, step, flash, access } = campus();
  await gate('gate-1');
  const file = await step('other.json', '--site', 'other', '--seq', '1');
  for (const words of [[], ['--trust', admins.trust]]) {
    const { code, err } = await flash(file, ...words);
    expect([code, err]).toEqual([2, expect.stringContaining('nothing of site other is there')]);
  }
  const fleet = await gatectl(['fleet', '--site', 'other', ...access]);
  expect(fleet.err).toContain('no gate of site other is heard at this broker: is the name right?');
  expect((await gatectl(['fleet', '--site', site, ...access])).err).toBe('');
  const to = await flash(file, '--to', 'gate-7', '--timeout', '1s');
  expect(to.out).toContain('published device 1');
});
