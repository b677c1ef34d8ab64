/** What becomes of signed configuration at a gate: kept, applied, taken back, and found again after a restart. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ConfigChannel } from '../../../config/vocabulary.js';
import { marksPath } from '../../../kiosk/settings/kept/marks-file.js';
import { chunksOf } from '../../../kiosk/settings/signed/blob-assembly.js';
import { signStep } from '../../admin-steps.js';
import {
  ann,
  ben,
  cho,
  type DeskRig,
  listOf,
  nowMs,
  shippedPolicy,
  site,
  startDesk,
} from './desk-rig.js';

const both = [ann.key, ben.key];
const step = (channel: ConfigChannel, change: object, keys = both) =>
  signStep(site, channel, { ...change }, keys, nowMs);
const strict = {
  ...shippedPolicy,
  settings: { ...shippedPolicy.settings, feverCentidegrees: 3_720 },
};
const ids = (...names: readonly string[]) =>
  names.map((name) => createHash('sha256').update(name).digest('hex').slice(0, 32));

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
async function begin(...admins: Parameters<typeof startDesk>): Promise<DeskRig> {
  const rig = await startDesk(...admins);
  ends.push(rig.close);
  return rig;
}
/** Flashes a policy on trial. */
async function tryStrict(rig: DeskRig): Promise<void> {
  rig.say('cfg/desired/policy', step('policy', { body: strict, probationSeconds: 600 }).bytes);
  await rig.settle();
}
const policyNow = (rig: DeskRig) => rig.applied.at(-1)?.policy.settings.feverCentidegrees;
const isRevoked = (rig: DeskRig, name: string) =>
  rig.applied.at(-1)?.revocations.credentials.has(ids(name)[0] ?? '');

describe('a policy', () => {
  test('is tried, kept and applied, and confirmed after its probation', async () => {
    const rig = await begin();
    await tryStrict(rig);
    expect(rig.reported()['policy']).toMatchObject({ seq: 1, phase: 'probation' });
    expect(policyNow(rig)).toBe(3_720);
    await rig.pass(600_000);
    expect(rig.reported()['policy']).toMatchObject({ seq: 1, phase: 'confirmed' });
    await rig.restart();
    expect(policyNow(rig)).toBe(3_720);
    expect(rig.news.map(({ phase }) => phase)).toEqual(['pending', 'probation', 'confirmed']);
  });

  test('that is being tested holds up no end, and is tried at the next start', async () => {
    const rig = await begin();
    rig.isTestEndless = true;
    await tryStrict(rig);
    await rig.desk().stop();
    rig.isTestEndless = false;
    await rig.restart();
    expect(policyNow(rig)).not.toBe(3_720);
    await tryStrict(rig);
    expect(policyNow(rig)).toBe(3_720);
  });

  test.each([
    [
      'a decision that it does not lead to',
      { selfTest: [{ cell: 'building, out: nothing shown', outcome: 'grant resident' }] },
      'self-test',
    ],
    ['a rule that nobody ever passes by', { body: { ...shippedPolicy, rules: [] } }, 'bad-body'],
    ['another shape', { body: { rules: 7 } }, 'bad-body'],
  ])('with %s is refused, and its number is free still', async (_name, change, code) => {
    const rig = await begin();
    rig.say('cfg/desired/policy', step('policy', { body: strict, ...change }).bytes);
    await rig.settle();
    expect(rig.reported()['policy']).toMatchObject({ seq: 1, phase: 'refused', code });
    expect(policyNow(rig)).toBe(shippedPolicy.settings.feverCentidegrees);
    await tryStrict(rig);
    expect(policyNow(rig)).toBe(3_720);
  });

  test('by which nobody is admitted goes back by itself, and does not come again', async () => {
    const rig = await begin();
    await tryStrict(rig);
    rig.desk().fault('nobody-admitted', true);
    await rig.pass(9_000);
    expect(policyNow(rig)).toBe(3_720);
    await rig.pass(2_000);
    expect(rig.reported()['policy']).toMatchObject({
      seq: 1,
      phase: 'reverted',
      code: 'nobody-admitted',
    });
    expect(policyNow(rig)).toBe(shippedPolicy.settings.feverCentidegrees);
    await tryStrict(rig);
    await rig.restart();
    expect(policyNow(rig)).toBe(shippedPolicy.settings.feverCentidegrees);
    expect(rig.faults.get('configuration-forged')).toBeUndefined();
  });

  test.each(['invariant', 'fault'] as const)(
    'under which the gate ended by a %s goes back at the start',
    async (end) => {
      const rig = await begin();
      await tryStrict(rig);
      await rig.restart(end);
      expect(policyNow(rig)).toBe(shippedPolicy.settings.feverCentidegrees);
      expect(rig.reported()['policy']).toMatchObject({ phase: 'reverted' });
      expect(rig.news.at(-1)).toMatchObject({ phase: 'reverted' });
      await rig.restart();
      expect(policyNow(rig)).toBe(shippedPolicy.settings.feverCentidegrees);
    },
  );

  test('stays through a power cut in its probation, which goes on', async () => {
    const rig = await begin();
    await tryStrict(rig);
    await rig.pass(300_000);
    await rig.restart('killed');
    expect(policyNow(rig)).toBe(3_720);
    await rig.pass(250_000);
    expect(rig.reported()['policy']).toMatchObject({ phase: 'probation' });
    await rig.pass(60_000);
    expect(rig.reported()['policy']).toMatchObject({ phase: 'confirmed' });
  });

  test('after a restart is told to stand as it stood: on probation, confirmed or taken back', async () => {
    const rig = await begin();
    const phases = () => Object.values(rig.reported()).map(({ phase, code }) => [phase, code]);
    rig.say('cfg/desired/trust/1', step('trust', { body: listOf(ann, ben, cho) }).bytes);
    await tryStrict(rig);
    const news = rig.news.length;
    await rig.restart();
    expect(phases()).toEqual([
      ['confirmed', ''],
      ['probation', ''],
    ]);
    await rig.pass(600_000);
    await rig.restart();
    expect(phases().at(-1)).toEqual(['confirmed', '']);
    const prevSha256 = step('policy', { body: strict, probationSeconds: 600 }).sha256;
    const worse = { body: shippedPolicy, seq: 2, prevSha256, probationSeconds: 600 };
    rig.say('cfg/desired/policy', step('policy', worse).bytes);
    await rig.settle();
    rig.desk().fault('nobody-admitted', true);
    await rig.pass(11_000);
    await rig.restart();
    expect(phases().at(-1)).toEqual(['reverted', 'nobody-admitted']);
    // Told anew, and no news.
    expect(rig.news.slice(news).map(({ phase }) => phase)).toEqual([
      ...['confirmed', 'pending', 'probation', 'reverted'],
    ]);
  });

  test('that the disk does not take is not applied', async () => {
    const rig = await begin();
    rig.failDisk('database or disk is full');
    await tryStrict(rig);
    expect(rig.reported()['policy']).toMatchObject({ phase: 'refused', code: 'disk' });
    expect(policyNow(rig)).toBe(shippedPolicy.settings.feverCentidegrees);
    rig.failDisk(null);
    await tryStrict(rig);
    expect(policyNow(rig)).toBe(3_720);
  });

  test('past its date stays in force, with an alarm', async () => {
    const rig = await begin();
    const expires = new Date(nowMs + 60_000).toISOString();
    rig.say('cfg/desired/policy', step('policy', { body: strict, expires }).bytes);
    await rig.settle();
    rig.time = { nowMs: nowMs + 61_000, floorMs: nowMs };
    await rig.pass(1_000);
    expect(rig.faults.get('configuration-stale')).toBe(true);
    expect(policyNow(rig)).toBe(3_720);
  });

  test('past its date is over with the next one, and so is the alarm', async () => {
    const rig = await begin();
    const expires = new Date(nowMs + 60_000).toISOString();
    const first = step('policy', { body: strict, expires });
    rig.say('cfg/desired/policy', first.bytes);
    await rig.settle();
    rig.time = { nowMs: nowMs + 61_000, floorMs: nowMs };
    await rig.pass(1_000);
    const next = { seq: 2, prevSha256: first.sha256, body: strict };
    rig.say('cfg/desired/policy', step('policy', next).bytes);
    await rig.settle();
    expect(rig.faults.get('configuration-stale')).toBe(false);
  });

  test('past its date that is taken back leaves no alarm behind', async () => {
    const rig = await begin();
    const expires = new Date(nowMs + 60_000).toISOString();
    const body = { body: strict, expires, probationSeconds: 600 };
    rig.say('cfg/desired/policy', step('policy', body).bytes);
    await rig.settle();
    rig.time = { nowMs: nowMs + 61_000, floorMs: nowMs };
    await rig.pass(1_000);
    expect(rig.faults.get('configuration-stale')).toBe(true);
    rig.desk().fault('nobody-admitted', true);
    await rig.pass(11_000);
    expect(rig.faults.get('configuration-stale')).toBe(false);
  });
});

describe('revocations', () => {
  test('of one admin add to the list, whatever its envelope says; a whole list of two replaces it', async () => {
    const rig = await begin();
    const first = step('revocation', { body: { credentials: ids('a') } }, [ann.key]);
    rig.say('cfg/desired/revocation/1', first.bytes);
    await rig.settle();
    // Empty, by one admin: nothing comes back.
    const empty = step('revocation', { seq: 2, prevSha256: first.sha256, body: {} }, [ben.key]);
    rig.say('cfg/desired/revocation/2', empty.bytes);
    await rig.settle();
    expect([isRevoked(rig, 'a'), rig.reported()['revocation']?.seq]).toEqual([true, 2]);
    await rig.restart();
    expect(isRevoked(rig, 'a')).toBe(true);
    rig.say(
      'cfg/desired/revocation/9',
      step('revocation', { seq: 9, body: { credentials: ids('b') } }).bytes,
    );
    await rig.settle();
    expect([isRevoked(rig, 'a'), isRevoked(rig, 'b')]).toEqual([false, true]);
    await rig.restart();
    expect([isRevoked(rig, 'a'), isRevoked(rig, 'b')]).toEqual([false, true]);
  });

  test('that come in any order are taken in theirs', async () => {
    const rig = await begin();
    const whole = step('revocation', { seq: 4, body: { credentials: ids('a') } });
    const more: ReturnType<typeof step>[] = [];
    for (const name of ['b', 'c', 'd']) {
      const { seq, sha256: prevSha256 } = more.at(-1) ?? whole;
      const next = { seq: seq + 1, prevSha256, body: { credentials: ids(name) } };
      more.push(step('revocation', next, [ann.key]));
    }
    for (const one of [...more].reverse()) rig.say(`cfg/desired/revocation/${one.seq}`, one.bytes);
    await rig.settle();
    expect(rig.refused).toEqual([]);
    rig.say('cfg/desired/revocation/4', whole.bytes);
    await rig.settle();
    expect(rig.reported()['revocation']).toMatchObject({ seq: 7, phase: 'confirmed' });
    expect(['a', 'b', 'c', 'd'].map((name) => isRevoked(rig, name))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test('that wait for one before them are judged once, and not each second: one key holds up no gate', async () => {
    const rig = await begin();
    for (let seq = 3; seq < 43; seq += 1) {
      const later = step('revocation', { seq, prevSha256: ids('x')[0]?.repeat(2), body: {} }, [
        ann.key,
      ]);
      rig.say(`cfg/desired/revocation/${seq}`, later.bytes);
    }
    let judged = 0;
    const { time } = rig;
    Object.defineProperty(rig, 'time', {
      get() {
        judged += 1;
        return time;
      },
    });
    await rig.pass(10_000);
    // The ticks themselves ask for the time, too.
    expect(judged).toBeLessThan(20);
    rig.say('cfg/desired/revocation/41', step('revocation', { seq: 41, body: {} }).bytes);
    await rig.settle();
    expect(rig.reported()['revocation']).toMatchObject({ seq: 41 });
  });

  test('that do not come to the result they promise are refused', async () => {
    const rig = await begin();
    const selfTest = [{ result: 'ab'.repeat(32) }];
    rig.say(
      'cfg/desired/revocation/1',
      step('revocation', { body: { credentials: ids('a') }, selfTest }).bytes,
    );
    await rig.settle();
    expect(rig.reported()['revocation']).toMatchObject({ phase: 'refused', code: 'self-test' });
    expect(isRevoked(rig, 'a')).toBe(false);
  });

  test('come in chunks where they are many, over as many connections as it takes', async () => {
    const rig = await begin();
    const body = Buffer.from(
      JSON.stringify({
        credentials: Array.from({ length: 4_000 }, (_, index) => ids(`n${index}`)[0]),
      }),
    );
    const sha256 = createHash('sha256').update(body).digest('hex');
    rig.say(
      'cfg/desired/revocation/1',
      step('revocation', { blobs: [{ sha256, bytes: body.length }] }).bytes,
    );
    const filter = `gk/1/${site}/_all/blob/${sha256}/+`;
    expect(rig.asked.has(filter)).toBe(true);
    for (const [index, chunk] of chunksOf(body).entries())
      rig.say(`blob/${sha256}/${index}`, chunk);
    await rig.settle();
    expect(rig.reported()['revocation']).toMatchObject({ phase: 'confirmed' });
    expect(rig.asked.has(filter)).toBe(false);
    expect(isRevoked(rig, 'n3999')).toBe(true);
  });

  test('whose chunks are withheld are given up, and a later step is taken', async () => {
    const rig = await begin();
    const blobs = [{ sha256: 'ab'.repeat(32), bytes: 100_000 }];
    rig.say('cfg/desired/revocation/1', step('revocation', { blobs }).bytes);
    await rig.pass(601_000);
    expect(rig.reported()['revocation']).toMatchObject({ phase: 'refused', code: 'late' });
    rig.say(
      'cfg/desired/revocation/2',
      step('revocation', { seq: 2, body: { credentials: ids('a') } }).bytes,
    );
    await rig.settle();
    expect(isRevoked(rig, 'a')).toBe(true);
  });
});

describe('trust', () => {
  const lists = [listOf(ann, ben, cho), listOf(ben, cho)];
  const one = step('trust', { body: lists[0] });
  const two = step('trust', { seq: 2, prevSha256: one.sha256, body: lists[1] }, [...both, cho.key]);

  test('is walked over what is past its date: a year later a gate that has lost all still finds its way', async () => {
    const rig = await begin();
    const expires = new Date(nowMs + 60_000).toISOString();
    const one = step('trust', { body: listOf(ann, ben, cho), expires });
    const last = { seq: 2, prevSha256: one.sha256, body: listOf(ben, cho), expires };
    const two = step('trust', last, [...both, cho.key]);
    rig.time = { nowMs: nowMs + 61_000, floorMs: nowMs };
    rig.say('cfg/desired/trust/1', one.bytes);
    rig.say('cfg/desired/trust/2', two.bytes);
    await rig.settle();
    expect(rig.reported()['trust']).toMatchObject({ seq: 2, phase: 'confirmed' });
    await rig.pass(1_000);
    expect(rig.faults.get('configuration-stale')).toBe(true);
  });

  test('that a broker hands over from behind is no reason to leave the broker', async () => {
    const rig = await begin();
    const one = step('trust', { body: listOf(ann, ben, cho) });
    const next = { seq: 2, prevSha256: one.sha256, body: listOf(ben, cho) };
    const two = step('trust', next, [...both, cho.key]);
    expect(rig.say('cfg/desired/trust/2', two.bytes)).toBe('taken');
    expect(rig.say('cfg/desired/trust/1', one.bytes)).toBe('taken');
    await rig.settle();
    expect(rig.reported()['trust']).toMatchObject({ seq: 2 });
  });

  test('is walked step by step, in whatever order its steps come, and what its new admins sign waits for it', async () => {
    const rig = await begin();
    const policy = step('policy', { body: strict }, [ben.key, cho.key]);
    rig.say('cfg/desired/policy', policy.bytes);
    rig.say('cfg/desired/trust/2', two.bytes);
    await rig.settle();
    expect(policyNow(rig)).not.toBe(3_720);
    rig.say('cfg/desired/trust/1', one.bytes);
    await rig.settle();
    expect(rig.reported()['trust']).toMatchObject({ seq: 2, phase: 'confirmed' });
    expect(policyNow(rig)).toBe(3_720);
    expect([rig.refused, rig.faults.get('configuration-forged')]).toEqual([[], undefined]);
  });

  test('a retired admin signs nothing any more; it is told once its wait is over', async () => {
    const rig = await begin();
    rig.say('cfg/desired/trust/1', one.bytes);
    await rig.settle();
    rig.say('cfg/desired/trust/2', two.bytes);
    await rig.settle();
    rig.say('cfg/desired/policy', step('policy', { body: strict }, [ann.key]).bytes);
    await rig.pass(11_000);
    expect(rig.refused).toEqual(['policy not-signed']);
    expect(rig.faults.get('configuration-forged')).toBe(true);
    expect(policyNow(rig)).not.toBe(3_720);
  });

  test('a gate enrolled with a later list finds its place among the steps', async () => {
    const rig = await begin([ben, cho]);
    rig.say('cfg/desired/trust/1', one.bytes);
    rig.say('cfg/desired/trust/2', two.bytes);
    await rig.settle();
    expect(rig.reported()['trust']).toMatchObject({ seq: 2, phase: 'confirmed' });
    const three = step('trust', { seq: 3, prevSha256: two.sha256, body: lists[0] }, [
      ann.key,
      ben.key,
      cho.key,
    ]);
    rig.say('cfg/desired/trust/3', three.bytes);
    await rig.settle();
    expect(rig.reported()['trust']).toMatchObject({ seq: 3, phase: 'confirmed' });
    expect(rig.faults.get('configuration-forged')).toBeUndefined();
  });
});

describe('a disk', () => {
  const first = step('policy', { body: strict });
  const second = step('policy', {
    seq: 2,
    prevSha256: first.sha256,
    body: { ...shippedPolicy, settings: { ...shippedPolicy.settings, feverCentidegrees: 3_710 } },
  });

  test('put back to an older day takes no older step again, tells of it, and takes the newest anew', async () => {
    const rig = await begin();
    rig.say('cfg/desired/policy', first.bytes);
    await rig.settle();
    const old = join(rig.folder, 'old.db');
    copyFileSync(join(rig.folder, 'settings.db'), old);
    const wal = join(rig.folder, 'settings.db-wal');
    const oldWal = readFileSync(wal);
    rig.say('cfg/desired/policy', second.bytes);
    await rig.settle();
    rig.cut();
    copyFileSync(old, join(rig.folder, 'settings.db'));
    writeFileSync(wal, oldWal);
    rmSync(join(rig.folder, 'settings.db-shm'), { force: true });
    await rig.restart();
    expect([policyNow(rig), rig.faults.get('configuration-lost')]).toEqual([3_720, true]);
    const third = step('policy', { seq: 1, body: shippedPolicy });
    rig.say('cfg/desired/policy', third.bytes, false);
    await rig.settle();
    expect(rig.refused).toEqual(['policy rollback']);
    rig.say('cfg/desired/policy', second.bytes);
    await rig.settle();
    expect([policyNow(rig), rig.faults.get('configuration-lost')]).toEqual([3_710, false]);
  });

  test('that has lost all of it goes by the enrolment, tells of it, and takes the newest anew', async () => {
    const rig = await begin();
    rig.say('cfg/desired/policy', first.bytes);
    await rig.settle();
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(rig.folder, `settings.db${end}`), { force: true });
    await rig.restart();
    expect([policyNow(rig), rig.faults.get('configuration-lost')]).toEqual([3_730, true]);
    rig.say('cfg/desired/policy', first.bytes);
    await rig.settle();
    expect([policyNow(rig), rig.faults.get('configuration-lost')]).toEqual([3_720, false]);
  });

  test('a turned bit in the marks, or none, leaves the database’s', async () => {
    const rig = await begin();
    rig.say('cfg/desired/policy', first.bytes);
    await rig.settle();
    const marks = readFileSync(marksPath(rig.folder), 'utf8');
    for (const text of [marks.replace('"seq":1', '"seq":9'), '', '{}', '{"marks":{},"sum":7}']) {
      writeFileSync(marksPath(rig.folder), text);
      await rig.restart();
      expect([policyNow(rig), rig.faults.get('configuration-lost') ?? false]).toEqual([
        3_720,
        false,
      ]);
    }
  });
});
