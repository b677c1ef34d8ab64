/**
 * Two built daemons, a mosquitto with TLS and the shipped ACL, and an admin: what is signed is tried and
 * enforced, what ends badly goes back, and who was off catches up.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { shippedPolicyPath } from '../../config/load.js';
import { systemClock } from '../../hardware/linux/clock.js';
import { noRevocations } from '../../kiosk/credential/revocations.js';
import { parseTrustList } from '../../kiosk/credential/trust.js';
import { verifyCredential } from '../../kiosk/credential/verify.js';
import { hashOfPolicy } from '../../kiosk/settings/gate-settings.js';
import { makeAdmin, type SignedStep, signStep } from '../admin-steps.js';
import { site } from '../kiosk/collector/rig.js';
import { program } from './child.js';
import { isMosquittoMissing } from './mosquitto.js';
import { withoutSocat } from './pty.js';
import type { Gate, Rig } from './rig.js';
import { type Kiosk, startTwoGates, type TwoGates, until } from './two-gates.js';

const clock = systemClock();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const [ann, ben, cho, dan] = [
  makeAdmin('ann'),
  makeAdmin('ben'),
  makeAdmin('cho'),
  makeAdmin('dan'),
];
const both = [ann.key, ben.key];
const shipped = JSON.parse(readFileSync(shippedPolicyPath, 'utf8'));
/** A slip of the pen: no code lives as short as that. */
const hastyPolicy = {
  ...shipped,
  settings: {
    ...shipped.settings,
    lifetimeSecondsMax: { ...shipped.settings.lifetimeSecondsMax, 'campus-card-code': 60 },
  },
};

const step = (channel: Parameters<typeof signStep>[1], change: object, keys = both): SignedStep =>
  signStep(site, channel, { ...change }, keys, Date.now());

function credentialId(text: string, list: unknown): string {
  const read = parseTrustList(list);
  if (!read.ok) throw new Error('no trust list');
  const nowSeconds = Date.now() / 1_000;
  const found = verifyCredential(text, {
    trust: read.trust,
    revocations: noRevocations,
    nowSeconds,
  });
  if (!found.ok) throw new Error(found.reason);
  return found.credential.id;
}

/** Shows form and code; a wrist is read. @returns the picture that ends it */
async function comes(all: TwoGates, kiosk: Kiosk, gate: Gate, campusId: string) {
  const { papers } = all.rigs['gate-1'].site;
  await gate.view(({ mode }) => mode === 'idle');
  all.rigs[kiosk].scan(papers.form(campusId));
  const first = await gate.view(({ mode, checklist }) => mode !== 'idle' || checklist.length > 0);
  if (first.mode === 'refused' || first.mode === 'see-guard') return first.mode;
  all.rigs[kiosk].scan(papers.code(campusId, { until: 50 }));
  const { mode } = await gate.view(({ mode: it }) => !['idle', 'collecting', 'wait'].includes(it));
  return mode;
}

/** The next in line shows a paper that counts for nothing. */
async function isRefused(rig: Rig, gate: Gate, text: string): Promise<void> {
  await gate.view(({ mode }) => mode === 'idle');
  rig.scan(text);
  await gate.view(({ mode }) => mode === 'refused' || mode === 'see-guard');
}

const isMissing = isMosquittoMissing || withoutSocat !== null;
describe.skipIf(isMissing)('signed configuration (skipped without mosquitto or socat)', () => {
  test('a policy is tried, then enforced; a revoked form is refused at both gates; one that was off catches up', async () => {
    const all = await startTwoGates({ lists: { admins: [ann.member, ben.member] } }, ends);
    const rig = all.rigs['gate-1'];
    const { papers } = rig.site;
    const gate = await rig.start();
    expect(await comes(all, 'gate-1', gate, '2009120045')).toBe('go');

    // A policy that tests of its own contradict is refused, and its number is free still.
    const cell = 'campus-gate, in: temperature: normal';
    const untrue = [{ cell, outcome: 'grant lab-staff' }];
    const broken = step('policy', { body: shipped, selfTest: untrue });
    await all.publish('_all/cfg/desired/policy', broken.bytes);
    await until(() => all.reported('gate-1', 'policy')?.phase === 'refused');
    expect(all.reported('gate-1', 'policy')).toMatchObject({ seq: 1, code: 'self-test' });

    const hasty = step('policy', { body: hastyPolicy, probationSeconds: 600 });
    await all.publish('_all/cfg/desired/policy', hasty.bytes);
    await until(() => all.reported('gate-1', 'policy')?.phase === 'probation');
    expect(await comes(all, 'gate-1', gate, '2009120046')).toBe('go');

    // One signature is enough to revoke, and both gates refuse; the second was off until now.
    const form = papers.form('2009120099');
    const id = credentialId(form, all.trust);
    const less = step('revocation', { body: { credentials: [id] } }, [ann.key]);
    await all.publish('_all/cfg/desired/revocation/1', less.bytes);
    await until(() => all.reported('gate-1', 'revocation')?.phase === 'confirmed');
    await isRefused(rig, gate, form);

    // Three trust steps while the second gate is off, the first admin's key among those retired.
    const lists = [
      { ...all.trust, admins: [ann.member, ben.member, cho.member] },
      { ...all.trust, admins: [ben.member, cho.member] },
      { ...all.trust, admins: [ben.member, cho.member, dan.member] },
    ];
    const signers = [
      [ann.key, ben.key],
      [ann.key, ben.key, cho.key],
      [ben.key, cho.key],
    ];
    let prevSha256: string | null = null;
    for (const [index, body] of lists.entries()) {
      const seq = index + 1;
      const next: SignedStep = step('trust', { body, seq, prevSha256 }, signers[index]);
      await all.publish(`_all/cfg/desired/trust/${seq}`, next.bytes);
      prevSha256 = next.sha256;
    }
    const isThere = (kiosk: Kiosk) => () => {
      const told = all.reported(kiosk, 'trust');
      return told?.seq === 3 && told.phase === 'confirmed';
    };
    await until(isThere('gate-1'));
    // What the retired key signs is nobody's any more.
    const old = step('policy', { body: shipped, seq: 2 }, both);
    await all.publish('_all/cfg/desired/policy', old.bytes);
    const good = step('policy', { body: shipped, seq: 3 }, [ben.key, dan.key]);
    await all.publish('_all/cfg/desired/policy', good.bytes);
    const goesBy3 = (kiosk: Kiosk) => () => {
      const told = all.reported(kiosk, 'policy');
      return told?.seq === 3 && told.phase === 'confirmed';
    };
    await until(goesBy3('gate-1'));

    const second = await all.rigs['gate-2'].start();
    await until(isThere('gate-2'));
    await until(() => all.reported('gate-2', 'revocation')?.phase === 'confirmed');
    await until(goesBy3('gate-2'));
    await isRefused(all.rigs['gate-2'], second, form);
    expect(await comes(all, 'gate-2', second, '2009120077')).toBe('go');

    // Started again without its broker it goes by what it has accepted.
    await all.broker.kill();
    second.kill('SIGKILL');
    await second.ended;
    const third = await all.rigs['gate-2'].start();
    await isRefused(all.rigs['gate-2'], third, form);

    await gate.close();
    const records = rig.site.records();
    const [before, after] = records.filter(({ type }) => type === 'decision');
    expect(before?.['policy']).toBe(hashOfPolicy(shipped));
    expect(after?.['policy']).toBe(hashOfPolicy(hastyPolicy));
    expect(records.filter(({ type }) => type === 'config-step')).toMatchObject([
      { channel: 'policy', step: 1, phase: 'pending' },
      { channel: 'policy', step: 1, phase: 'refused', code: 'self-test' },
      { channel: 'policy', step: 1, phase: 'pending' },
      { channel: 'policy', step: 1, phase: 'probation' },
      { channel: 'revocation', step: 1, phase: 'pending' },
      { channel: 'revocation', step: 1, phase: 'confirmed' },
      ...[1, 2, 3].flatMap((number) => [
        { channel: 'trust', step: number, phase: 'pending' },
        { channel: 'trust', step: number, phase: 'confirmed' },
      ]),
      { channel: 'policy', step: 3, phase: 'pending' },
      { channel: 'policy', step: 3, phase: 'confirmed' },
    ]);
  });

  test('a policy under which the program breaks a law goes back at the next start', async () => {
    const all = await startTwoGates({ lists: { admins: [ann.member, ben.member] } }, ends);
    const rig = all.rigs['gate-1'];
    const first = await rig.start([
      program('./gate-with-faults.js'),
      'broken-law',
      rig.site.configPath,
    ]);
    const { bytes } = step('policy', { body: hastyPolicy, probationSeconds: 600 });
    await until(() => all.stateOf('gate-1')['online'] === true);
    const began = clock.now().monotonicMs;
    await all.publish('_all/cfg/desired/policy', bytes);
    await until(() => all.reported('gate-1', 'policy')?.phase === 'probation');
    console.log(`policy: in force after ${Math.round(clock.now().monotonicMs - began)} ms`);
    await comes(all, 'gate-1', first, '2009120045');
    expect(await first.ended).toMatchObject({ code: 70 });

    // Whoever has no gate at the other end of the line lets go of it.
    await rig.scanner.plug();
    await rig.thermometer.plug();
    const second = await rig.start();
    await until(() => all.reported('gate-1', 'policy')?.phase === 'reverted');
    expect(all.reported('gate-1', 'policy')).toMatchObject({ seq: 1, code: 'invariant' });
    expect(await comes(all, 'gate-1', second, '2009120046')).toBe('go');
    await second.close();
    const decisions = rig.site.records().filter(({ type }) => type === 'decision');
    expect(decisions.map(({ policy }) => policy)).toEqual([
      hashOfPolicy(hastyPolicy),
      hashOfPolicy(shipped),
    ]);
  });
});
