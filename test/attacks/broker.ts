/** A broker that keeps what is old, hands on what it should not, and lets anybody say anything. */
import {
  type Canary,
  type CanaryRole,
  canariesOf,
  judgeCanary,
} from '../../kiosk/settings/admin/canaries.js';
import { parseReported, standingOf } from '../../kiosk/settings/admin/reported.js';
import { siteView } from '../../kiosk/settings/admin/site-view.js';
import { site } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import { atDesk, feverOf, flash, policyOf, sha, step } from './forge.js';

const canaries = 'kiosk/settings/admin/canaries.js';
const reported = 'kiosk/settings/admin/reported.js';

/** @returns what an admin who waits for a step believes, where a gate is said to have reported this */
function believed(change: object, channel: 'policy' | 'trust' = 'policy'): string | null {
  const goal = { channel, seq: 5, sha256: sha };
  const said = { seq: 5, sha256: sha, phase: 'confirmed', code: '', ...change };
  const report = parseReported(Buffer.from(JSON.stringify({ [channel]: said })));
  return standingOf(goal, report).standing === 'confirmed' ? 'the admin takes it for done' : null;
}

/** A broker that does what it must, and besides this one thing that it must not. */
type Hole = (canary: Canary) => readonly CanaryRole[];

/** @returns whether the check of a broker with that hole says that all is well */
function isHidden(hole: Hole): boolean {
  const tried = canariesOf(site, { gate: 'canary-1', other: 'canary-2' }).map((canary) => ({
    canary,
    heard: new Set([...(canary.may ? canary.readers : []), ...hole(canary)]),
  }));
  return tried.every(({ canary, heard }) => {
    const hears = (reader: CanaryRole): boolean =>
      tried.some((it) => it.canary.may && it.canary.topic === canary.topic && it.heard.has(reader));
    return ['arrives', 'kept out'].includes(judgeCanary(canary, heard, hears));
  });
}

/** Every topic of a site that somebody may write who must not, one hole at a time. */
function hiddenHole(): string | null {
  const own = (kiosk: string, names: readonly string[]) => names.map((name) => `${kiosk}/${name}`);
  const topics = [
    ...own('canary-2', ['state', 'ev', 'checkpoint', 'notice/canary', 'rsp/open', 'cfg/reported']),
    ...own('canary-2', ['cfg/desired/policy', 'cfg/desired/trust/1', 'cmd/open', 'ev/ack']),
    ...own('canary-1', ['cfg/desired/policy', 'cmd/open', 'ev/ack']),
    ...own('_all', ['cfg/desired/policy', 'cfg/desired/trust/1', 'blob/canary/0', 'time']),
    '_spent/canary-2/d',
  ].map((rest) => `gk/1/${site}/${rest}`);
  for (const topic of topics)
    if (isHidden((it) => (it.topic === topic && it.by === 'gate' && !it.may ? it.readers : [])))
      return `nobody tells that a gate writes ${topic}`;
  return null;
}

export const attacks: readonly Attack[] = [
  {
    line: 'a stale retained bundle after a restart',
    removed: without(
      'kiosk/settings/desk/load.js',
      '{ ...resumed, mark, isLost }',
      '{ ...resumed, mark: null, isLost }',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        const old = step('policy', { body: policyOf(3_700) });
        const change = { seq: 2, prevSha256: old.sha256, body: policyOf(3_710) };
        await flash(rig, 'policy', old);
        await flash(rig, 'policy', step('policy', change));
        await rig.restart();
        await flash(rig, 'policy', old);
        return feverOf(rig) === 3_700 ? 'the gate goes by it again' : null;
      }),
  },
  {
    line: 'will and birth: the will of a connection that was followed by another comes last',
    removed: without(
      'kiosk/settings/admin/site-view.js',
      'if (!state.online && newest !== undefined && newest !== state.session)',
      'if (false)',
    ),
    attempt() {
      const view = siteView(site);
      for (const [online, session] of [
        [true, '1'],
        [true, '2'],
        [false, '1'],
      ] as const) {
        const payload = Buffer.from(JSON.stringify({ online, session, at: null }));
        view.take({ topic: `gk/1/${site}/gate-1/state`, payload, retained: false });
      }
      return view.gate('gate-1').online === true ? null : 'a gate that is there is called gone';
    },
  },
  {
    line: 'forged cfg/reported: other bytes of the same number',
    removed: without(reported, 'return step.sha256 === goal.sha256', 'return true'),
    attempt: () => believed({ sha256: 'cd'.repeat(32) }),
  },
  {
    line: 'forged cfg/reported: a number that was reached before',
    removed: without(reported, 'step.seq < goal.seq)', 'false)'),
    attempt: () => believed({ seq: 4 }, 'trust'),
  },
  {
    line: 'forged cfg/reported: a later one that nobody has signed',
    removed: without(reported, 'if (isBehind)', 'if (true)'),
    attempt: () => believed({ seq: 6 }),
  },
  {
    line: 'forged cfg/reported: a phase that there is not',
    removed: without(
      reported,
      "phases.find((known) => known === value['phase'])",
      "value['phase']?.trim()",
    ),
    attempt: () => believed({ phase: 'confirmed ' }),
  },
  {
    line: 'ACL hole: a gate writes where it must not',
    removed: without(canaries, 'if (heard.size > 0)', 'if (false)'),
    attempt: hiddenHole,
  },
  ...(
    [
      [
        'what a gate says of its configuration',
        without(canaries, "'cfg/reported': {", "'cfg/other': {"),
      ],
      [
        'spent sets in another gate’s name',
        without(
          canaries,
          "{ writers: ['other'], readers: ['gate', 'other'] });",
          'null); topics.delete([...topics.keys()].at(-1));',
        ),
      ],
    ] as const
  ).map(
    ([what, removed]): Attack => ({
      line: `ACL hole: one canary left out: ${what}`,
      removed,
      attempt: hiddenHole,
    }),
  ),
  {
    line: 'ACL hole: one canary left out: a will in another gate’s name',
    removed: without(
      canaries,
      "{ by: 'gate', topic: state, readers: ['admin', 'collector'], may: false, isWill: true },",
      '',
    ),
    attempt: () => (isHidden((it) => (it.isWill ? it.readers : [])) ? 'nobody tells of it' : null),
  },
  {
    line: 'ACL hole: a gate reads what is for others',
    removed: without(canaries, "if (heard.has('gate') && !readers.includes('gate'))", 'if (false)'),
    attempt: () =>
      isHidden((it) => (it.may && it.topic.endsWith('/canary-2/cmd/open') ? ['gate'] : []))
        ? 'nobody tells of it'
        : null,
  },
  {
    line: 'ACL hole: nothing arrives at all, and the broker says that all is well',
    removed: without(canaries, "? 'kept out' : 'not proven'", "? 'kept out' : 'kept out'"),
    attempt() {
      const [, canary] = canariesOf(site, { gate: 'a', other: 'b' }).filter(({ may }) => !may);
      if (canary === undefined) return null;
      const verdict = judgeCanary(canary, new Set(), () => false);
      return verdict === 'kept out' ? 'it is taken for kept out' : null;
    },
  },
];
