/** Messages that somebody has signed for something else: another type, another site. */
import { commandPayloadType } from '../../kiosk/settings/signed/judge-command.js';
import { configPayloadType } from '../../kiosk/settings/signed/judge-step.js';
import {
  formatSpent,
  judgeSpent,
  spentPayloadType,
} from '../../kiosk/settings/spent/spent-message.js';
import { signStep } from '../admin-steps.js';
import { ann, nowMs, site } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import {
  altered,
  both,
  command,
  commandText,
  got,
  judged,
  judgedCommand,
  opened,
  sealed,
  step,
} from './forge.js';

const dsse = 'config/crypto/dsse.js';
const steps = 'kiosk/settings/signed/judge-step.js';
const commands = 'kiosk/settings/signed/judge-command.js';
const spent = 'kiosk/settings/spent/spent-message.js';
const timePayloadType = 'application/vnd.gate-kiosk.time+json';

/** What each judge would take, was it but signed for it. */
const kinds = [
  {
    type: configPayloadType,
    text: Buffer.from(opened(step('policy').bytes).payload).toString('utf8'),
    judge: (bytes: Uint8Array) => judged(bytes),
  },
  {
    type: commandPayloadType,
    text: commandText(),
    judge: (bytes: Uint8Array) => judgedCommand(bytes),
  },
  {
    type: spentPayloadType,
    text: Buffer.from(
      formatSpent({
        ...{ site, kiosk: 'gate-2', kind: 'delta', run: 'ab'.repeat(8), n: 1, page: 0, pages: 1 },
        ...{ atMs: nowMs, entries: [] },
      }),
    ).toString('utf8'),
    judge: judgedSpent,
  },
] as const;
const types = [...kinds.map(({ type }) => type), timePayloadType];

/** A gate whose device key is an admin's too: only the type is between them. */
function judgedSpent(bytes: Uint8Array, here = site): string {
  const kiosks = [{ id: 'gate-2', key: ann.key.publicKey }];
  const context = { site: here, kiosk: 'gate-2', kind: 'delta', trust: { kiosks } } as const;
  const verdict = judgeSpent(bytes, context);
  return verdict.is === 'refused' ? verdict.why : verdict.is;
}

/** @param label the type that the envelope of a message for `from` says */
function crossed(label: (from: string, to: string) => string): string | null {
  for (const { type: to, text, judge: judgeOf } of kinds)
    for (const from of types) {
      if (from === to) continue;
      const bytes = altered(sealed(from, text), () => ({ payloadType: label(from, to) }));
      if (['all', 'few', 'taken'].includes(judgeOf(bytes))) return `${from} serves as ${to}`;
    }
  return null;
}

export const attacks: readonly Attack[] = [
  {
    line: 'cross-type: what was signed as one type, called another',
    removed: without(
      dsse,
      'const type = Buffer.from(payloadType',
      "payloadType = ''; const type = Buffer.from(payloadType",
    ),
    attempt: () => crossed((_, to) => to),
  },
  ...(
    [
      ['a step', steps, 'configPayloadType'],
      ['a command', commands, 'commandPayloadType'],
      ['spent sets', spent, 'spentPayloadType'],
    ] as const
  ).map(
    ([name, file, type]): Attack => ({
      line: `cross-type: what was signed as another type, in the place of ${name}`,
      removed: without(file, `if (envelope.payloadType !== ${type})`, 'if (false)'),
      attempt: () => crossed((from) => from),
    }),
  ),
  {
    line: 'cross-site: a step for the gates of another site',
    removed: without(steps, 'if (step.site !== context.site)', 'if (false)'),
    attempt: () => got(judged(signStep('other', 'policy', { body: {} }, both, nowMs).bytes), 'all'),
  },
  {
    line: 'cross-site: a command for a gate of the same name',
    removed: without(commands, 'if (command.site !== context.site)', 'if (false)'),
    attempt: () => got(judgedCommand(command({ site: 'other' })), 'taken'),
  },
  {
    line: 'cross-site: what a gate of the same name has told of uses',
    removed: without(spent, 'if (message.site !== context.site)', 'if (false)'),
    attempt: () => got(judgedSpent(sealed(kinds[2].type, kinds[2].text), 'other'), 'taken'),
  },
];
