/** An admin's gatectl beside a kept play, as a newcomer has it, and what comes of that at its two gates. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePublicKey } from '../../config/crypto/ed25519-key.js';
import { shippedPolicyPath } from '../../config/load.js';
import type { Direction } from '../../config/vocabulary.js';
import { type Play, startPlay } from './play.js';

const site = 'main-campus';
/** Warm, and no fever by the policy that is shipped. */
const warmCelsius = 37;
const shipped = JSON.parse(readFileSync(shippedPolicyPath, 'utf8'));
const colder = { ...shipped, settings: { ...shipped.settings, feverCentidegrees: 3_690 } };
/** Every case of a policy is looked at, at both gates, on however crowded a machine. */
const patient = { timeout: 120_000 };
const soon = ['--probation', '1', '--unchecked'];

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play?.close());

/** How the gates say that they stand with a channel. */
const status = async (channel: string) => {
  const rows = await play.asked('config', 'status', '--site', site, ...play.broker);
  return (rows as { channel: string }[]).filter((row) => row.channel === channel);
};
const bothConfirmed = (seq: number) => [
  { gate: 'sim-in', reported: seq, phase: 'confirmed' },
  { gate: 'sim-out', reported: seq, phase: 'confirmed' },
];

/** Shows papers at a gate, and a wrist of these degrees. @returns what is decided, in words */
async function shows(
  papers: readonly string[],
  celsius: number | null,
  gate: Direction = 'in',
): Promise<string | undefined> {
  const before = (await play.last('decision', gate))?.seq;
  for (const paper of papers) await play.act({ action: 'scan', paper }, gate);
  if (celsius !== null) await play.act({ action: 'wrist', celsius }, gate);
  const decided = async (): Promise<unknown> => (await play.last('decision', gate))?.seq;
  await expect
    .poll(async () => {
      // On a crowded machine a wrist may be taken away unread: it is held out again, as people do.
      // Whose arm is free holds out nothing any more: until they walked it might be locked again.
      const isFree = ['wait', 'go'].includes((await play.board(gate)).screen ?? '');
      if (celsius !== null && !isFree && (await decided()) === before)
        await play.act({ action: 'wrist', celsius }, gate);
      return await decided();
    })
    .not.toBe(before);
  return (await play.last('decision', gate))?.what.en;
}

/** Somebody warm, with sound papers, comes to the gate in, and passes where that is granted. */
async function warmStaff(): Promise<string | undefined> {
  await play.act({ action: 'new-people' });
  const decided = await shows(['duty-staff/form', 'duty-staff/code'], warmCelsius);
  if (decided?.startsWith('grant') === true) await passes('in');
  return decided;
}

async function passes(gate: Direction): Promise<void> {
  await play.act({ action: 'walk', how: 'through' }, gate);
  await expect.poll(async () => (await play.board(gate)).lane?.name).toBe('locked');
}

test('a command is done at its gate, told to who has sent it, and on record', async () => {
  await play.isReady();
  await play.isReady('out');
  expect((await play.board()).lamps.fault).toBe(false);
  expect((await play.command('lamp-test', 'ann')).code).toBe(0);
  await expect.poll(async () => (await play.board()).lamps.fault).toBe(true);
  expect((await play.command('lockdown', 'ann')).code).toBe(0);
  expect((await play.board()).screen).toBe('lockdown');
  expect((await play.board('out')).screen).not.toBe('lockdown');
  await expect.poll(async () => (await play.last('command'))?.what.en).toBe('lockdown: done');
  expect((await play.command('release', 'ben')).code).toBe(0);
  expect((await play.board()).screen).not.toBe('lockdown');
});

test('the gates have the package’s version, whoever asks', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const fleet = await play.asked('fleet', '--site', site, ...play.broker);
  expect(fleet).toMatchObject([
    { gate: 'sim-in', version },
    { gate: 'sim-out', version },
  ]);
  const told = await play.command('diagnostics', 'ann');
  expect(told.stdout).toMatch(new RegExp(`version +${version}\\n`));
});

test('a policy of two admins is enforced, and after a power cut still', async () => {
  expect(await warmStaff()).toBe('grant duty-staff');
  const step = await play.step('policy', 1, colder, ...soon);
  expect(await play.flash(step)).toMatchObject({ ok: true, gates: [{}, {}] });
  expect(await status('policy')).toMatchObject(bothConfirmed(1));
  expect(await warmStaff()).toBe('refer fever');

  const before = await play.last('configuration');
  await play.act({ action: 'power', on: false });
  expect((await play.board()).power).toBe(false);
  await play.act({ action: 'power', on: true });
  await expect.poll(async () => (await play.last('configuration'))?.seq).not.toBe(before?.seq);
  const { policy, trust, configuration } = JSON.parse(before?.rest ?? '{}');
  const entered = JSON.parse((await play.last('configuration'))?.rest ?? '{}');
  expect(entered).toMatchObject({ event: 'entered', policy, trust, configuration });
  await play.isReady();
  expect(await warmStaff()).toBe('refer fever');
  expect(await status('policy')).toMatchObject(bothConfirmed(1));
});

test('the power goes while a step is tried: it comes again from the broker', async () => {
  const step = await play.step('policy', 2, shipped, ...soon);
  expect((await play.gatectl('config', 'flash', step, '--no-wait')).code).toBe(0);
  await expect
    .poll(async () => (await play.last('config-step'))?.what.en)
    .toBe('policy 2 pending: testing');
  await play.act({ action: 'power', on: false });
  await play.act({ action: 'power', on: true });
  await play.isReady();
  await expect.poll(() => status('policy'), patient).toMatchObject(bothConfirmed(2));
  expect(await warmStaff()).toBe('grant duty-staff');
});

test('what one admin revokes is refused at both gates, beside what the offices have revoked', async () => {
  expect(await shows(['revoked/form'], null)).toBe('deny revoked');
  const { issuers } = JSON.parse(readFileSync(play.kept('trust.json'), 'utf8'));
  const personnel = issuers.find(({ name }: { name: string }) => name === 'personnel office');
  const office = parsePublicKey(personnel.publicKey);
  if (!office.ok) throw new Error('no key');
  const signed = ['--key', play.kept('cho.json'), '--trust', play.kept('trust.json')];
  const step = play.at('revocation-1.json');
  const order = ['--issuer', office.key.kid, '--site', site, '--seq', '1', '--reason', 'stolen'];
  await play.asked('revoke', ...order, ...signed, '--out', step);
  expect(await play.flash(step)).toMatchObject({ ok: true });
  await play.act({ action: 'new-people' });
  expect(await shows(['duty-staff/form'], null)).toBe('deny revoked');
  // A way out denies nobody: the guard is asked.
  expect(await shows(['duty-staff/form'], null, 'out')).toBe('refer revoked');
  expect(await shows(['revoked/form'], null)).toBe('deny revoked');
});

test('a use at the gate out is known at the gate in, over the broker', async () => {
  await play.isReady('out');
  await play.act({ action: 'new-people' });
  const papers = ['resident/pass', 'resident/ticket'];
  expect(await shows(papers, 36.5, 'out')).toBe('grant resident');
  await passes('out');
  await expect
    .poll(async () => (await play.last('others'))?.what.en ?? 'others heard')
    .toBe('others heard');
  expect(await shows(papers, 36.5)).toBe('grant resident');
  await passes('in');
});

test('a new trust list counts at once: a command that takes two admins now is not done for one', async () => {
  const list = JSON.parse(readFileSync(play.kept('trust.json'), 'utf8'));
  const step = await play.step('trust', 1, { ...list, thresholds: { command: 2 } });
  expect(await play.flash(step)).toMatchObject({ ok: true });
  expect((await play.command('acknowledge', 'ann')).code).toBe(1);
  expect((await play.command('acknowledge', 'ann', 'cho')).code).toBe(0);
});

test('settings of devices are in force where a simulated gate has them: who may open from afar', async () => {
  const open = async (): Promise<string | undefined> => {
    const before = (await play.last('command'))?.seq;
    await play.command('open', 'ann', 'ben');
    // The answer may be here before its record is, and that of the command before this one, too.
    await expect
      .poll(async () => {
        const last = await play.last('command');
        return last?.seq !== before && last?.what.en.startsWith('open: ');
      })
      .toBe(true);
    return (await play.last('command'))?.what.en;
  };
  expect(await open()).toBe('open: not-allowed');
  const step = await play.step('device', 1, { commands: { open: true } }, '--probation', '1');
  expect(await play.flash(step)).toMatchObject({ ok: true });
  expect(await open()).toBe('open: nobody-on-duty');
});

test('a gate that does not know the time goes by what an admin has signed', async () => {
  await play.act({ action: 'clock-state', state: 'floor' });
  const at = new Date(Date.parse((await play.board()).clock.at) + 3_600_000).toISOString();
  const raise = ['time', 'raise', '--site', site, '--key', play.kept('ann.json'), '--at', at];
  expect((await play.gatectl(...raise)).code).toBe(0);
  await expect.poll(async () => (await play.last('time-set'))?.what.en).toBe(`to ${at}`);
});

test('Ctrl-C ends it', async () => {
  play.child.kill('SIGINT');
  expect((await play.child.ended).code).toBe(0);
});
