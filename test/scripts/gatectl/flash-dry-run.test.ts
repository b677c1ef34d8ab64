/** `gatectl config flash --dry-run`: a policy step against what a collector has of two gates. */
import { beforeEach, expect, test } from 'vitest';
import type { Policy } from '../../../config/policy.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { hashOfPolicy } from '../../../kiosk/settings/gate-settings.js';
import { makeAdmin } from '../../admin-steps.js';
import { journalId, type MadeRecord, madeJournal, storeRig } from '../../kiosk/collector/rig.js';
import { code, form, Hands, shippedPolicy, startWallMs } from '../../kiosk/core/hands.js';
import { site } from './admins.js';
import { gatectl, testFolder } from './run-in-place.js';

const policy = shippedPolicy();
const dayMs = 86_400_000;

/** People with these temperatures, one after the other. */
function day(temperatures: readonly number[]): readonly RecordDraft[] {
  const gate = new Hands({ policyHash: hashOfPolicy(policy) });
  for (const [index, body] of temperatures.entries()) {
    gate.show(form(`p${index}`));
    gate.show(code(`p${index}`));
    gate.measure(body);
    if (gate.state.lane.name === 'committing') {
      gate.commit();
      gate.pass();
    }
    gate.wait(2_000);
  }
  return gate.records;
}

let rig: ReturnType<typeof storeRig>;
beforeEach(() => {
  rig = storeRig();
  return () => rig.dispose();
});

/** A normal one, a warm one and a fever at the first gate, a warm one at the second; closed. */
function collected(later: readonly MadeRecord[] = []): string {
  const days = { 'gate-1': day([3_650, 3_700, 3_810]), 'gate-2': day([3_700]) };
  for (const [index, [kiosk, records]] of Object.entries(days).entries())
    rig.take(madeJournal(journalId(index + 1), [...records, ...later]).batch(1), kiosk);
  rig.store.close();
  return rig.file;
}

function fevers(feverCentidegrees: number): Policy {
  return { ...policy, settings: { ...policy.settings, feverCentidegrees } };
}

async function trial(
  database: string,
  body: object,
  words: readonly string[] = [],
  ...to: string[]
) {
  return await trialOf('policy', database, body, words, ['--unchecked', ...to]);
}

async function trialOf(
  channel: string,
  database: string,
  body: object,
  words: readonly string[] = [],
  more: readonly string[] = [],
) {
  const folder = testFolder();
  const step = folder.path('p1.json');
  const made = await gatectl([
    ...['config', 'new', '--channel', channel, '--site', site, '--seq', '1'],
    ...['--body', folder.write('body.json', body), '--reason', 'winter', '--out', step],
    ...more,
  ]);
  if (made.code !== 0) throw new Error(made.err);
  return await gatectl(['config', 'flash', step, '--dry-run', database, ...words]);
}

test('the policy they were made by decides all the same; nobody has signed it, and nothing is sent', async () => {
  const { code: exit, out, err } = await trial(collected(), policy);
  expect([exit, err]).toEqual([0, '']);
  expect(out).toContain('gate-1  decisions 3: 3 the same, 0 different, 0 undecidable');
  expect(out).toContain('gate-2  decisions 1: 1 the same');
  expect(out).toContain('in all     decisions 4: 4 the same');
});

test('a stricter one: which would differ, of which gate, and what they would be', async () => {
  const file = collected();
  const { code: exit, out } = await trial(file, fevers(3_680));
  expect(exit).toBe(1);
  expect(out).toContain('1 × grant duty-staff (二) → refer fever (体温必测)');
  expect(out).toMatch(/gate-2 +\d+ +2020-02-12T\S+ +duty-staff +grant duty-staff .* refer fever/);
  const json = JSON.parse((await trial(file, fevers(3_680), ['--json', '--shown', '1'])).out);
  expect(json).toMatchObject({
    ...{ ok: false, step: { channel: 'policy', seq: 1 }, file },
    // What was a fever is one still.
    decisions: { all: 4, same: 2, different: 2, undecidable: 0 },
    first: [{ gate: 'gate-1', rule: 'duty-staff', from: 'grant duty-staff (二)' }],
  });
  expect(json.first).toHaveLength(1);
  const told = await trial(file, fevers(3_680), ['--shown', '1']);
  expect(told.out).toMatch(/the first that would differ, and \d more/);
});

test('what needs a sealed value is undecidable, and no difference', async () => {
  const { code: exit, out } = await trial(collected(), fevers(3_800));
  expect(exit).toBe(0);
  expect(out).toContain('gate-1  decisions 3: 2 the same, 0 different, 1 undecidable');
  expect(out).toContain('undecidable: a sealed value would be needed');
});

test('only the gates that the step is for, or that are named', async () => {
  const file = collected();
  const one = await trial(file, policy, [], '--target', 'kiosk:gate-2,gate-9');
  expect(one.out).not.toContain('gate-1');
  expect(one.out).toContain('in all     decisions 1: ');
  expect(one.err).toBe('gatectl config flash: nothing of gate-9 is there\n');
  const named = await trial(file, policy, ['--to', 'gate-1']);
  expect(named.out).toContain('in all     decisions 3: ');
  expect((await trial(file, policy, ['--to', 'gate-7'])).code).toBe(2);
  const groups = await trial(file, policy, [], '--target', 'group:north');
  expect([groups.code, groups.err]).toEqual([2, expect.stringContaining('name gates by --to')]);
});

test('the last week that is there, and no more unless it is asked for', async () => {
  const file = collected([{ type: 'panel', atMs: startWallMs + 8 * dayMs }]);
  const week = await trial(file, fevers(3_680));
  expect([week.code, week.out]).toEqual([0, expect.stringContaining('in all     decisions 0: ')]);
  const month = await trial(file, fevers(3_680), ['--since', '30d']);
  expect([month.code, month.out]).toEqual([1, expect.stringContaining('decisions 4: ')]);
});

test('a record that is none of its kind is counted, and shown', async () => {
  const file = collected([{ type: 'decision', rule: 'duty-staff', outcome: 'grant' }]);
  const { code: exit, out } = await trial(file, policy, ['--json']);
  expect(exit).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    decisions: { all: 6, same: 4, different: 0, malformed: 2 },
    first: [{ gate: 'gate-1', to: expect.stringContaining('malformed at') }, { gate: 'gate-2' }],
  });
});

/** Of the issuer of every paper of these people. */
const kid = '0'.repeat(16);

test('of revocations: which grants rest on a paper that would be revoked', async () => {
  const kinds = [{ kid, kind: 2, issuedBefore: '2030-01-01T00:00:00Z' }];
  const file = collected();
  const { code: exit, out } = await trialOf('revocation', file, { kinds });
  expect(exit).toBe(1);
  expect(out).toContain('in all     decisions 4: 1 the same, 3 different, 0 undecidable');
  expect(out).toContain('2 × grant duty-staff (二) → campus-card-code refused: revoked');
  expect(out).toContain('whether other papers would have done nobody knows');
  const none = await trialOf('revocation', file, { credentials: [] });
  expect([none.code, none.out]).toEqual([0, expect.stringContaining('decisions 4: 4 the same')]);
});

test('of a trust list: whose papers it knows no more', async () => {
  const admins = ['ann', 'ben', 'cho'].map((name) => makeAdmin(name).member);
  const { code: exit, out } = await trialOf('trust', collected(), { issuers: [], admins });
  expect(exit).toBe(1);
  expect(out).toContain('2 × grant duty-staff (二) → approval-form refused: unknown-key');
});

test('wrong usage: another channel, no database, a database that is none', async () => {
  const folder = testFolder();
  const device = folder.path('d1.json');
  await gatectl([
    ...['config', 'new', '--channel', 'device', '--site', site, '--seq', '1', '--reason', 'x'],
    ...[
      '--body',
      folder.write('device.json', { devices: { turnstile: { pulseMs: 300 } } }),
      '--out',
      device,
    ],
  ]);
  const none = folder.write('none.txt', 'nothing');
  expect(await gatectl(['config', 'flash', device, '--dry-run', collected()])).toMatchObject({
    ...{ code: 2, err: expect.stringContaining('is of device: what other devices') },
  });
  expect((await trial(none, policy)).code).toBe(2);
  const body = await trial(folder.write('colder.json', policy), policy);
  expect([body.code, body.err]).toEqual([
    2,
    expect.stringContaining('a gate’s or a collector’s database is wanted'),
  ]);
  expect((await trial(folder.path('missing.db'), policy)).code).toBe(2);
  const damaged = folder.write('damaged.db', 'SQLite format 3\0'.padEnd(5_000, 'x'));
  expect((await trial(damaged, policy)).code).toBe(1);
});
