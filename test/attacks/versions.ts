import type { Mark } from '../../kiosk/settings/signed/judge-step.js';
import { ann, ben, type DeskRig, listOf } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import {
  atDesk,
  feverOf,
  flash,
  got,
  isRevoked,
  judged,
  papers,
  policyOf,
  sha,
  step,
} from './forge.js';
import { loseDatabase } from './power-cuts.js';

const judge = 'kiosk/settings/signed/judge-step.js';
const steps = 'kiosk/settings/signed/step-channels.js';
const last: Mark = { seq: 7, sha256: sha };
/** Behind step 7 of a channel. */
const behind = (channel: 'trust' | 'policy' | 'revocation') => ({
  channel,
  marks: new Map([[channel, last]]),
});
const revoking = (seq: number, name: string, change: object = {}, keys = [ann.key, ben.key]) =>
  step('revocation', { seq, body: { credentials: papers(name) }, ...change }, keys);

/** Ends, and leaves nothing of the database. */
function lose(rig: DeskRig): void {
  rig.cut();
  loseDatabase(rig.folder);
}

export const attacks: readonly Attack[] = [
  {
    line: 'a lower number',
    removed: without(judge, 'if (step.seq < last)', 'if (false)'),
    attempt: () => got(judged(step('policy', { seq: 6 }).bytes, behind('policy')), 'all'),
  },
  {
    line: 'the same number with other bytes',
    removed: without(judge, 'if (highest?.seq === mark.seq)', 'if (false)'),
    attempt: () =>
      got(judged(step('policy', { seq: 7, prevSha256: sha }).bytes, behind('policy')), 'all'),
  },
  {
    line: 'the same number with other bytes, and nobody is told',
    removed: without(steps, "'equivocation', ", ''),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'revocation', revoking(1, 'a'));
        await flash(rig, 'revocation', revoking(1, 'b'));
        if (isRevoked(rig, 'b')) return 'the gate goes by it';
        return rig.faults.get('configuration-forged') === true ? null : 'there is no alarm';
      }),
  },
  {
    line: 'the same number with other bytes, on the way back to what was lost',
    removed: without(judge, 'if (isLost && before?.seq === mark.seq)', 'if (false)'),
    attempt() {
      const lost = new Map([['revocation', { seq: 3, sha256: sha }] as const]);
      const { bytes } = revoking(3, 'a', { prevSha256: sha });
      return got(judged(bytes, { ...behind('revocation'), lost }), 'all');
    },
  },
  {
    line: 'a far jump',
    removed: without(
      judge,
      'if (before !== null && step.seq > last + judgeLimits.jumpMax)',
      'if (false)',
    ),
    attempt: () => got(judged(step('policy', { seq: 1_008 }).bytes, behind('policy')), 'all'),
  },
  {
    line: 'a skipped trust step',
    removed: without(
      judge,
      "const isStrict = channel === 'trust' || !isWhole;",
      'const isStrict = !isWhole;',
    ),
    attempt: () =>
      got(judged(step('trust', { seq: 9, body: listOf(ann, ben) }).bytes, behind('trust')), 'all'),
  },
  {
    line: 'a trust step behind another one than that which was accepted',
    removed: without(judge, "? 'broken-link' : null", '? null : null'),
    attempt() {
      const change = { seq: 8, prevSha256: 'cd'.repeat(32), body: listOf(ann, ben) };
      return got(judged(step('trust', change).bytes, behind('trust')), 'all');
    },
  },
  {
    line: 'a trust step under the number of another one’s topic',
    removed: without(
      judge,
      'if (context.topicSeq != null && context.topicSeq !== step.seq)',
      'if (false)',
    ),
    attempt() {
      const { bytes } = step('trust', { seq: 8, prevSha256: sha, body: listOf(ann, ben) });
      return got(judged(bytes, { ...behind('trust'), topicSeq: 9 }), 'all');
    },
  },
  {
    line: 'replayed after a revert',
    removed: without(
      steps,
      'const after = { ...own, inForce: before,',
      'const after = { ...own, mark: before, inForce: before,',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        const bad = step('policy', { body: policyOf(3_700), probationSeconds: 600 });
        await flash(rig, 'policy', bad);
        rig.desk().fault('nobody-admitted', true);
        await rig.pass(11_000);
        rig.desk().fault('nobody-admitted', false);
        await flash(rig, 'policy', bad);
        return feverOf(rig) === 3_700 ? 'the gate goes by it again' : null;
      }),
  },
  ...(
    [
      [
        'replayed after the database was lost',
        without(
          'kiosk/settings/desk/load.js',
          '(store, readMarks(marksPath(folder))',
          '(store, new Map()',
        ),
      ],
      [
        'replayed after the database was lost: an old policy on its way back',
        without(judge, 'if (isLost && !isWalked && mark.seq < (highest?.seq ?? 0))', 'if (false)'),
      ],
    ] as const
  ).map(
    ([line, removed]): Attack => ({
      line,
      removed,
      attempt: () =>
        atDesk(async (rig) => {
          const old = step('policy', { body: policyOf(3_700) });
          await flash(rig, 'policy', old);
          await flash(
            rig,
            'policy',
            step('policy', { seq: 2, prevSha256: old.sha256, body: policyOf(3_710) }),
          );
          lose(rig);
          await rig.restart();
          await flash(rig, 'policy', old);
          return feverOf(rig) === 3_700 ? 'the gate goes by it again' : null;
        }),
    }),
  ),
  {
    line: 'replayed after the database was lost: by way of a step for other gates',
    removed: without(
      steps,
      'if (own.mark !== null && verdict.mark.seq < own.mark.seq)',
      'if (false)',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        const others = revoking(1, 'o', { target: { kiosks: ['gate-9'] } });
        const old = revoking(2, 'a', { prevSha256: others.sha256 });
        const next = revoking(3, 'b', { prevSha256: old.sha256 });
        for (const it of [others, old, next]) await flash(rig, 'revocation', it);
        lose(rig);
        await rig.restart();
        for (const it of [others, old]) await flash(rig, 'revocation', it);
        const isTold = rig.faults.get('configuration-lost') === true;
        return isTold ? null : 'the gate goes by the old list, and says that nothing is lost';
      }),
  },
];
