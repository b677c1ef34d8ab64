/** The power lost at every step: whatever the disk holds then, a gate goes on by what it has taken, whole. */
import { ann, type DeskRig } from '../kiosk/settings/desk-rig.js';
import { type Attack, type Edit, without } from './attack.js';
import { atDesk, feverOf, flash, isRevoked, papers, policyOf, step } from './forge.js';
import { atEveryCut, loseDatabase } from './power-cuts.js';

const desk = 'kiosk/settings/desk/channel-desk.js';
const store = 'kiosk/settings/kept/store.js';

const old = step('policy', { body: policyOf(3_700) });
const next = step('policy', {
  ...{ seq: 2, prevSha256: old.sha256, body: policyOf(3_710), probationSeconds: 600 },
});
const list = step('revocation', { body: { credentials: papers('a') } });
const more = step(
  'revocation',
  { seq: 2, prevSha256: list.sha256, body: { credentials: papers('b') } },
  [ann.key],
);

/** By which policy a gate goes, and which it has reported as taken. */
function look(rig: DeskRig): { readonly taken: number; readonly fever: number } {
  const { seq = 0, phase = '' } = rig.reported()['policy'] ?? {};
  return { taken: phase === 'probation' ? seq : 0, fever: feverOf(rig) };
}

/** Whether a gate that starts again goes by one of the two, whole, and by none that it has not taken. */
async function goesOn(again: DeskRig, seen: ReturnType<typeof look>): Promise<string | null> {
  const { policy: seq = 0 } = again.desk().inForce();
  if (again.faults.get('configuration-lost') === true) return 'it says that it has lost something';
  if (feverOf(again) !== (seq === 2 ? 3_710 : 3_700)) return 'what it goes by is not what it says';
  if (seq < seen.taken) return `it has forgotten step ${seen.taken}, which it had reported`;
  if (seen.fever === 3_710 && seq < 2) return 'it had gone by a step that it has forgotten';
  await flash(again, 'policy', old);
  if (seq === 2 && feverOf(again) !== 3_710) return 'it goes back to the step before';
  await flash(again, 'policy', next);
  if (feverOf(again) !== 3_710) return 'it does not take the step any more';
  again.desk().fault('nobody-admitted', true);
  await again.pass(11_000);
  return feverOf(again) === 3_700 ? null : 'the trial does not go back to the step before';
}

/** What was taken back does not come again, whether or not that was kept. */
async function staysBack(again: DeskRig): Promise<string | null> {
  if (feverOf(again) === 3_700) {
    await flash(again, 'policy', next);
    return feverOf(again) === 3_700 ? null : 'it goes by what it had taken back';
  }
  again.desk().fault('nobody-admitted', true);
  await again.pass(11_000);
  return feverOf(again) === 3_700 ? null : 'it does not go back any more';
}

const keeping = (line: string, removed: readonly Edit[]): Attack => ({
  line,
  removed,
  attempt: () =>
    atDesk(async (rig) => {
      await flash(rig, 'policy', old);
      return await atEveryCut(rig, () => flash(rig, 'policy', next), look, goesOn);
    }),
});

export const attacks: readonly Attack[] = [
  keeping(
    'at every step of a policy: what is taken is kept before it is said and done',
    without(
      desk,
      'const why = await settings.keep({',
      "take({ type: 'committed', channel, sha256, ok: true }); const why = await settings.keep({",
    ),
  ),
  keeping(
    'at every step of a policy: the marks come behind the database',
    without(
      'kiosk/settings/desk/work.js',
      'store.keep(channel, kept, ',
      'marks.set(channel, kept.mark); keepMarks(marksPath(folder), marks); store.keep(channel, kept, ',
    ),
  ),
  keeping(
    'at every step of a policy: what a trial goes back to is kept with it',
    without(store, '[kept.inForce, kept.trial?.before ?? null]', '[kept.inForce]'),
  ),
  {
    line: 'at every step of a revert: what was taken back does not come again',
    removed: without(
      'kiosk/settings/signed/step-channels.js',
      'const after = { ...own, inForce: before,',
      'const after = { ...own, mark: before, inForce: before,',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'policy', old);
        await flash(rig, 'policy', next);
        rig.desk().fault('nobody-admitted', true);
        return await atEveryCut(rig, () => rig.pass(11_000), look, staysBack);
      }),
  },
  {
    line: 'at every step of an addition: what was revoked before stays so',
    removed: without(desk, "isNew && staged?.signed === 'few'", 'false'),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'revocation', list);
        return await atEveryCut(
          rig,
          () => flash(rig, 'revocation', more),
          (it) => isRevoked(it, 'b'),
          async (again, wasRevoked) => {
            if (!isRevoked(again, 'a')) return 'what was revoked before is not any more';
            return wasRevoked && !isRevoked(again, 'b') ? 'what is revoked is forgotten' : null;
          },
        );
      }),
  },
  {
    line: 'at every step, and the database lost too: the marks are replaced whole',
    removed: without(
      'kiosk/settings/kept/marks-file.js',
      'const fresh =',
      'const fresh = path; void',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'policy', old);
        await flash(rig, 'policy', next);
        const change = { seq: 3, prevSha256: next.sha256, body: policyOf(3_720) };
        return await atEveryCut(
          rig,
          () => flash(rig, 'policy', step('policy', change)),
          look,
          async (again) => {
            await flash(again, 'policy', old);
            return feverOf(again) === 3_700 ? 'it goes by the oldest step again' : null;
          },
          loseDatabase,
        );
      }),
  },
];
