/** What an admin is kept from publishing is what a gate would refuse, and for the same reason. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conflictAtBroker, conflictsAtGate } from '../../../kiosk/settings/admin/step-conflicts.js';
import { readStep } from '../../../kiosk/settings/admin/step-file.js';
import { type Channel, channels } from '../../../kiosk/settings/signed/config-step.js';
import { judgeStep, type StepRefusal } from '../../../kiosk/settings/signed/judge-step.js';
import { makeAdmin, signStep } from '../../admin-steps.js';
import { trustOf } from './desk-rig.js';

const site = 'main-campus';
const nowMs = Date.parse('2020-02-12T08:00:00+08:00');
const admins = [makeAdmin('ann'), makeAdmin('ben')];
const list = { issuers: [], admins: admins.map(({ member }) => member) };
const trust = trustOf(list);
const hashes = ['a', 'b'].map((letter) => letter.repeat(64));

function stepOf(channel: Channel, seq: number, prevSha256: string | null) {
  const body = channel === 'trust' ? list : {};
  const keys = admins.map(({ key }) => key);
  const { bytes } = signStep(site, channel, { seq, prevSha256, body }, keys, nowMs);
  const read = readStep(bytes);
  if (!read.ok) throw new Error(read.problem);
  return { bytes, file: read.file };
}

const seqs = fc.integer({ min: 1, max: 5 });
const hash = fc.constantFrom(...hashes);
const phase = fc.constantFrom('probation', 'confirmed', 'reverted', 'pending', 'refused');

test('a gate that has accepted what it reports refuses what is named, and for that', () => {
  const named = new Set<string | undefined>();
  fc.assert(
    fc.property(
      ...([fc.constantFrom(...channels), seqs, hash, seqs, hash, phase, fc.boolean()] as const),
      (channel, seq, prev, seqThere, shaThere, told, isSame) => {
        const { bytes, file } = stepOf(channel, seq, seq === 1 ? null : prev);
        const mark = isSame ? { ...file.mark } : { seq: seqThere, sha256: shaThere };
        const report = new Map([[channel, { ...mark, phase: told, code: '' } as const]]);
        const [conflict] = conflictsAtGate([file], 'gate-1', report);
        named.add(conflict?.why);
        const isAccepted = told !== 'pending' && told !== 'refused';
        const marks = new Map(isAccepted ? [[channel, mark]] : []);
        const facts = { site, kiosk: 'gate-1', groups: [], version: '1.0.0', floorMs: null };
        const verdict = judgeStep(bytes, { ...facts, nowMs, channel, trust, marks });
        const why: StepRefusal | null = verdict.is === 'refused' ? verdict.why : null;
        if (conflict !== undefined) expect(why).toBe(conflict.why);
        // Older ones of trust and revocations are told once more; a gap may be filled yet.
        const isWalked = channel === 'trust' || channel === 'revocation';
        const others: readonly (StepRefusal | null)[] = isWalked ? ['rollback', 'not-next'] : [];
        if (conflict === undefined && isAccepted) expect([null, ...others]).toContain(why);
        if (!isAccepted) expect(conflict).toBeUndefined();
      },
    ),
    { numRuns: 400 },
  );
  expect([...named].sort()).toEqual(['broken-link', 'equivocation', 'rollback', undefined]);
});

test('at the broker the same bytes are no conflict, and another channel’s number is none', () => {
  const [d2, d1] = [stepOf('device', 2, hashes[0] ?? ''), stepOf('device', 1, null)];
  const at = (file: (typeof d1)['file'], channel: Channel = 'device') => ({
    ...{ channel, kiosk: null, file },
  });
  expect(conflictAtBroker(d1.file, at(d1.file))).toBeNull();
  expect(conflictAtBroker(d2.file, at(d1.file))).toBeNull();
  expect(conflictAtBroker(d1.file, at(d2.file))).toMatchObject({ why: 'rollback', kiosk: null });
  expect(conflictAtBroker(d1.file, at(stepOf('policy', 2, null).file, 'policy'))).toBeNull();
  // A step in a topic that is not its channel's is none.
  expect(conflictAtBroker(d1.file, at(stepOf('policy', 1, null).file))).toBeNull();
});
