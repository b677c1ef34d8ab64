/** `gatectl config flash`, `config status` and `fleet`, before gates that take, refuse, and go back. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseTrustListBytes } from '../../../kiosk/credential/trust.js';
import { type OrderValues, readOrder, writeNewStep } from '../../../scripts/gatectl/config-new.js';
import {
  type EmbeddedBroker,
  embeddedBroker,
} from '../../../scripts/simulated-board/embedded-broker.js';
import { payloadOf, site, threeAdmins } from './admins.js';
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

const taken = ['pending', 'probation', 'confirmed'];

function campus() {
  const folder = testFolder();
  const admins = threeAdmins(folder);
  const read = parseTrustListBytes(readFileSync(admins.trust));
  if (!read.ok) throw new Error('no list');
  const { trust } = read;
  const access = ['--broker', broker.url, '--protocol', '4'];
  const gate = async (kiosk: string, becomes = taken, code = ''): Promise<ToldGate> => {
    const to = { url: broker.url, protocol: 4 as const, tls: null };
    const made = await toldGate({ broker: to, site, kiosk, trust, becomes, code });
    gates.push(made);
    return made;
  };
  const step = async (name: string, ...words: string[]): Promise<string> => {
    const out = folder.path(name);
    const body = folder.write('device.json', { devices: { turnstile: { pulseMs: 300 } } });
    const config = ['config', 'new', '--channel', 'device', '--body', body, '--out', out];
    const made = await gatectl([...config, '--site', site, '--reason', name, ...words]);
    if (made.code !== 0) throw new Error(made.err);
    return await admins.sign(out, 'ann', 'ben');
  };
  const flash = (file: string, ...words: string[]) =>
    gatectl(['config', 'flash', file, ...access, ...words]);
  return { folder, admins, access, gate, step, flash };
}

test('brings a step to every gate that is known, and tells of each until it goes by it', async () => {
  const { access, gate, step, flash } = campus();
  const [one] = [await gate('gate-1'), await gate('gate-2')];
  const { code, out, err } = await flash(await step('d1.json', '--seq', '1'));
  expect([code, err]).toEqual([0, '']);
  for (const kiosk of ['gate-1', 'gate-2']) expect(out).toContain(`${kiosk}  device 1 confirmed`);
  expect(out).toContain('2 of 2 gates go by it');
  expect(one.heard.filter((it) => it.includes('cfg'))).toEqual([
    `gk/1/${site}/_all/cfg/desired/device`,
  ]);
  const status = await gatectl(['config', 'status', '--site', site, ...access]);
  expect(status.code).toBe(0);
  expect(status.out).toMatch(/gate-2 +yes +device +1 +1 +confirmed +as desired/);
  const fleet = await gatectl(['fleet', '--site', site, ...access, '--json']);
  expect(JSON.parse(fleet.out)).toMatchObject([
    { gate: 'gate-1', online: 'yes', device: '1', trust: null, said: '2020-02-12T00:00:00.000Z' },
    { gate: 'gate-2' },
  ]);
});

test('says no where one refuses it, goes back, or is not there, and what to do', async () => {
  const { access, gate, step, flash } = campus();
  await gate('gate-1', ['pending', 'refused'], 'self-test');
  await gate('gate-2', ['pending', 'probation', 'reverted'], 'device-lost');
  await gate('gate-3');
  await gate('gate-4', ['pending']);
  const file = await step('d1.json', '--seq', '1');
  const { code, out } = await flash(
    file,
    '--timeout',
    '2s',
    '--to',
    'gate-1,gate-2,gate-3,gate-4,gate-5',
  );
  expect(code).toBe(1);
  expect(out).toContain('1 of 5 gates go by it');
  expect(out).toContain('gate-1: device 1 refused: self-test; kiosk/settings/CONFIGURATION.md');
  expect(out).toContain('gate-2: device 1 reverted: device-lost; it goes by the step before');
  expect(out).toContain('gate-4: device 1 pending; it has not decided yet');
  expect(out).toContain('gate-5: device 1 waiting (never heard); it takes the step when');
  const status = await gatectl(['config', 'status', '--site', site, ...access, '--json']);
  expect(status.code).toBe(1);
  expect(JSON.parse(status.out).map((row: { is: string }) => row.is)).toEqual([
    ...['refused', 'reverted', 'as desired', 'pending'],
  ]);
});

test('a gate that is named twice is one gate', async () => {
  const { gate, step, flash } = campus();
  await gate('gate-1');
  const { code, out } = await flash(await step('d1.json', '--seq', '1'), '--to', 'gate-1,gate-1');
  expect([code, out]).toEqual([0, expect.stringContaining('1 of 1 gates go by it\n')]);
});

test('a refusal of an earlier try is not taken for the answer to this one', async () => {
  const { gate, step, flash } = campus();
  const file = await step('d1.json', '--seq', '1');
  const late = await gate('gate-1', ['pending', 'refused'], 'late');
  expect((await flash(file)).code).toBe(1);
  await late.close();
  await gate('gate-1');
  expect((await flash(file)).code).toBe(0);
});

test('in stages asks the next gates only when those before go by it, and stops at the first that goes back', async () => {
  const { gate, step, flash } = campus();
  const names = ['gate-1', 'gate-2', 'gate-3', 'gate-4'];
  const told = [];
  for (const name of names) told.push(await gate(name, name === 'gate-2' ? ['reverted'] : taken));
  const first = await step('d1.json', '--seq', '1');
  const { code, out } = await flash(first, '--stages', '1,2,100%');
  expect(code).toBe(1);
  expect(out).toContain('stage 2 of 3: gate-2');
  expect(out).toContain('1 of 2 gates go by it; 2 gates were not asked');
  expect(told.map(({ heard }) => heard.filter((it) => it.includes('/cfg/')).length)).toEqual([
    ...[1, 1, 0, 0],
  ]);
  // The next step, to all at once, takes away what stands for single gates.
  // (What stood for it alone it still hears when it comes back, before that.)
  await told[1]?.close();
  const mended = await gate('gate-2');
  const next = await flash(await step('d2.json', '--previous', first), '--json');
  expect([next.code, JSON.parse(next.out).ok]).toEqual([0, true]);
  const base = `gk/1/${site}/gate-2/cfg/desired/device`;
  expect(mended.heard.filter((it) => it.includes('/cfg/'))).toEqual([
    ...[base, `gk/1/${site}/_all/cfg/desired/device`],
    ...(mended.heard.includes(`${base}∅`) ? [`${base}∅`] : []),
  ]);
  const fresh = await gate('gate-9');
  await fresh.until(`gk/1/${site}/_all/cfg/desired/device`);
  expect(fresh.heard.filter((it) => it.includes('/cfg/'))).toEqual([
    `gk/1/${site}/_all/cfg/desired/device`,
  ]);
});

test('once all stages have it, it stands for the whole site, and for nobody alone; old chunks go', async () => {
  const { folder, admins, gate, flash } = campus();
  for (const name of ['gate-1', 'gate-2', 'gate-3']) await gate(name);
  const config = async (name: string, text: string, words: OrderValues): Promise<string> => {
    const out = folder.path(name);
    const order = readOrder('device', { reason: name, ...words });
    // Larger than any that a gate takes: what becomes of chunks is the same with each channel.
    const body = { text: text.repeat(100_000) };
    await writeNewStep({ ...order, body }, { out }, { out: async () => {} });
    return await admins.sign(out, 'ann', 'ben');
  };
  const first = await config('d1.json', 'a', { site, seq: '1' });
  expect((await flash(first)).code).toBe(0);
  const second = await config('d2.json', 'b', { previous: first });
  const staged = await flash(second, '--stages', '1,50%,100%');
  expect([staged.code, staged.out]).toEqual([0, expect.stringContaining('3 of 3 gates go by it')]);
  const sha = (file: string) => (payloadOf(file)['blobs'] as { sha256: string }[])[0]?.sha256;
  const stands = async (kiosk: string): Promise<readonly string[]> => {
    const fresh = await gate(kiosk);
    await fresh.until(`gk/1/${site}/_all/cfg/desired/device`);
    await fresh.until(`gk/1/${site}/_all/blob/${sha(second)}/2`);
    return fresh.heard.filter((it) => !it.includes(sha(second) ?? ''));
  };
  // Also for one of the name that was asked alone.
  for (const kiosk of ['gate-9', 'gate-1'])
    expect(await stands(kiosk)).toEqual([`gk/1/${site}/_all/cfg/desired/device`]);
});

test('a step for single gates goes to their own topics, one for groups needs their names', async () => {
  const { gate, step, flash } = campus();
  const [one, two] = [await gate('gate-1'), await gate('gate-2')];
  const own = await step('d1.json', '--seq', '1', '--target', 'kiosk:gate-2');
  const { code, out } = await flash(own);
  expect([code, out]).toEqual([0, expect.stringContaining('1 of 1 gates')]);
  expect(one.heard.some((it) => it.includes('/cfg/'))).toBe(false);
  expect(two.heard).toContain(`gk/1/${site}/gate-2/cfg/desired/device`);
  expect((await flash(own, '--to', 'gate-1')).err).toContain('not for it');
  const group = await step('d2.json', '--previous', own, '--target', 'group:north');
  expect((await flash(group)).err).toContain('name those of north with --to');
});

test('sends blobs first, and takes away the steps that a whole snapshot of revocations replaces', async () => {
  const { folder, admins, access, gate, flash } = campus();
  const one = await gate('gate-1', ['confirmed']);
  const key = ['--key', admins.keyOf('ann')];
  const [r1, r2] = [folder.path('r1.json'), folder.path('r2.json')];
  const id = '11'.repeat(16);
  await gatectl([
    'revoke',
    id,
    '--site',
    site,
    '--seq',
    '1',
    '--reason',
    'lost',
    '--out',
    r1,
    ...key,
  ]);
  expect((await flash(r1)).code).toBe(0);
  const credentials = Array.from({ length: 3_000 }, (_, index) =>
    index.toString(16).padStart(32, '0'),
  );
  const body = folder.write('list.json', { credentials: [...credentials, id] });
  const config = ['config', 'new', '--channel', 'revocation', '--body', body, '--previous', r1];
  await gatectl([...config, '--reason', 'snapshot', '--out', r2]);
  await admins.sign(r2, 'ann', 'ben');
  expect((await flash(r2, '--trust', admins.trust)).code).toBe(0);
  const topics = one.heard
    .filter((it) => !it.includes('settled'))
    .map((it) => it.slice(`gk/1/${site}/`.length));
  expect(topics.map((it) => it.replace(/[0-9a-f]{64}/, 'sha'))).toEqual([
    ...['_all/cfg/desired/revocation/1'],
    ...['_all/blob/sha/0', '_all/blob/sha/1', '_all/blob/sha/2', '_all/cfg/desired/revocation/2'],
    ...(topics.length > 5 ? ['_all/cfg/desired/revocation/1∅'] : []),
  ]);
  const status = await gatectl(['config', 'status', '--site', site, ...access, '--json']);
  expect(JSON.parse(status.out)).toMatchObject([{ desired: 2, reported: 2, is: 'as desired' }]);
  const fresh = await gate('gate-2', ['confirmed']);
  await fresh.until(`gk/1/${site}/_all/cfg/desired/revocation/2`);
  expect(fresh.heard.filter((it) => it.includes('/cfg/'))).toEqual([
    `gk/1/${site}/_all/cfg/desired/revocation/2`,
  ]);
});

test('sends nothing that gates would refuse, and says so where no gate or broker is there', async () => {
  const { folder, admins, step, flash } = campus();
  const file = await step('d1.json', '--seq', '1');
  expect((await flash(file)).err).toContain('no gate is known');
  expect((await flash(file, '--no-wait')).code).toBe(0);
  const body = folder.write('device.json', {});
  const bare = folder.path('bare.json');
  const config = ['config', 'new', '--channel', 'device', '--body', body, '--out', bare];
  await gatectl([...config, '--site', site, '--seq', '1', '--reason', 'x']);
  expect((await flash(bare)).err).toContain('is not signed: gatectl config sign');
  await admins.sign(bare, 'cho');
  const few = await flash(bare, '--trust', admins.trust);
  expect(few.err).toContain('1 signature is missing by the list in force; of ann, ben');
  expect(few.err).not.toContain('count for nothing');
  expect((await flash(file, '--stages', '10,1')).err).toBeTruthy();
  expect((await flash(file, '--stages', 'some')).code).toBe(2);
});

test('signatures of keys that are not on the list are named: they count for nothing', async () => {
  const { folder, admins, flash } = campus();
  const [body, out] = [folder.write('device.json', {}), folder.path('s.json')];
  const config = ['config', 'new', '--channel', 'device', '--body', body, '--out', out];
  await gatectl([...config, '--site', site, '--seq', '1', '--reason', 'x']);
  const keys = ['eve', 'fay'].map((name) => admins.keyOf(name));
  for (const key of keys) await gatectl(['keys', 'new', '--out', key]);
  const both = keys.flatMap((key) => ['--key', key]);
  expect((await gatectl(['config', 'sign', out, ...both])).code).toBe(0);
  const { code, err } = await flash(out, '--trust', admins.trust);
  expect([code, err]).toEqual([2, expect.stringContaining('2 signatures are missing')]);
  expect(err).toContain('2 of its signatures are of keys without the role device on this list');
  expect(err).toContain('they count for nothing');
});

test('fleet tells what each gate says of itself, and that its connection was lost', async () => {
  const { access, gate } = campus();
  const one = await gate('gate-1');
  const fleet = async () =>
    JSON.parse((await gatectl(['fleet', '--site', site, ...access, '--json'])).out)[0];
  await one.say('state', {
    ...{ online: true, session: '2', at: '2020-02-12T00:00:00.000Z', clock: 'synced' },
    ...{ backlog: 7, version: '0.2.0', devices: { scanner: 'lost', panel: 'ok' } },
  });
  expect(await fleet()).toMatchObject({
    ...{ online: 'yes', clock: 'synced', backlog: 7, devices: ['scanner lost'], version: '0.2.0' },
  });
  const table = await gatectl(['fleet', '--site', site, ...access, '--once']);
  expect(table.out).toMatch(/^gate +online +clock/);
  await one.say('state', { online: false, session: '2' });
  expect(await fleet()).toMatchObject({ online: 'NO' });
});

test('a broker that is not there is said at once, with its name', async () => {
  const { step, flash } = campus();
  const file = await step('d1.json', '--seq', '1');
  await broker.stop();
  const { code, err } = await flash(file);
  expect([code, err]).toEqual([1, expect.stringContaining(`--broker is ${broker.url}`)]);
});
