import { commandPayloadType } from '../../kiosk/settings/signed/judge-command.js';
import { makeAdmin } from '../admin-steps.js';
import { Hands } from '../kiosk/core/hands.js';
import { ann, ben, cho, listOf, nowMs, trustOf } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import {
  atDesk,
  command,
  commandGate,
  commandText,
  flash,
  got,
  judgedCommand,
  sealed,
  step,
} from './forge.js';
import { loseDatabase } from './power-cuts.js';

const judge = 'kiosk/settings/signed/judge-command.js';
const desk = 'kiosk/settings/desk/command-desk.js';
const law = 'kiosk/core/laws/law-guard.js';

/** @returns how many of these messages a gate is given to do that has run for so long */
function given(
  messages: readonly Uint8Array[],
  { retained = false, runMs = 3_600_000 } = {},
): number {
  const gate = commandGate(trustOf(listOf(ann)), runMs);
  for (const bytes of messages) gate.say('open', bytes, retained);
  return gate.given();
}

/** @returns what an admin gets who asks a gate to open that nobody stands by */
function openedFromAfar(mayOpenFromAfar: boolean, isOnDuty: boolean): string | null {
  const gate = new Hands({ mayOpenFromAfar });
  if (isOnDuty) gate.badge();
  gate.give({ type: 'command', name: 'open', id: 'c-1', admins: ['ann'] });
  if (gate.state.lane.name === 'committing') gate.commit();
  return gate.pulses() > 0 ? 'it opens' : null;
}

export const attacks: readonly Attack[] = [
  {
    line: 'retained by a broker',
    removed: without(judge, 'if (!context.isRetained)', 'if (true)'),
    attempt: () => (given([command()], { retained: true }) > 0 ? 'it is done' : null),
  },
  {
    line: 'repeated',
    removed: without(desk, 'seen.set(command.nonce, command.expiresMs);', ''),
    attempt: () => (given([command(), command()]) > 1 ? 'it is done twice' : null),
  },
  {
    line: 'late',
    removed: without(judge, 'if (nowMs >= expiresMs)', 'if (false)'),
    attempt: () => got(judgedCommand(command(), { nowMs: nowMs + 60_000 }), 'taken'),
  },
  {
    line: 'ahead of time, to be kept for later',
    removed: without(judge, 'if (issuedMs > nowMs + judgeLimits.aheadMs)', 'if (false)'),
    attempt: () => got(judgedCommand(command(), { nowMs: nowMs - 400_000, startedMs: 0 }), 'taken'),
  },
  {
    line: 'good for longer than a minute',
    removed: without(judge, 'lifeMs > commandLimits.lifeMs', 'false'),
    attempt: () =>
      got(judgedCommand(command({ expires: new Date(nowMs + 3_600_000).toISOString() })), 'taken'),
  },
  {
    line: 'for another kiosk',
    removed: without(judge, "command.kiosk === context.kiosk ? null : 'wrong-kiosk'", 'null'),
    attempt: () => got(judgedCommand(command({ kiosk: 'gate-2' })), 'taken'),
  },
  {
    line: 'by the topic of another name',
    removed: without(judge, 'if (command.name !== context.name)', 'if (false)'),
    attempt: () => got(judgedCommand(command({ name: 'lamp-test' })), 'taken'),
  },
  {
    line: 'issued before the gate started, of which it remembers nothing',
    removed: without(judge, 'if (issuedMs < startedMs)', 'if (false)'),
    attempt: () => (given([command()], { runMs: 5_000 }) > 0 ? 'it is done' : null),
  },
  {
    line: 'signed by an admin who may not command',
    removed: without(
      'kiosk/settings/signed/judge-step.js',
      'admins.filter(({ roles }) => roles.has(role))',
      'admins',
    ),
    attempt() {
      const dan = makeAdmin('dan', ['policy']);
      const bytes = sealed(commandPayloadType, commandText(), [dan.key]);
      return got(judgedCommand(bytes, { trust: trustOf(listOf(ann, dan)) }), 'taken');
    },
  },
  {
    line: 'signed by a retired admin, once the newer list was lost with the database',
    removed: without(
      'kiosk/settings/desk/channel-desk.js',
      '{ ...contents.trust, admins: [], time: [] }',
      'contents.trust',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'trust', step('trust', { body: listOf(ben, cho) }, [ben.key, cho.key]));
        rig.cut();
        loseDatabase(rig.folder);
        await rig.restart();
        return got(judgedCommand(command(), { trust: rig.desk().admins() }), 'taken');
      }),
  },
  {
    line: 'a flood of good ones',
    removed: without(judge, "? 'too-many' : null", '? null : null'),
    attempt() {
      const seen = new Map(Array.from({ length: 1_000 }, (_, n) => [`n${n}`, nowMs + 1] as const));
      return got(judgedCommand(command(), { seen }), 'taken');
    },
  },
  // A gate that has lost the check stops by its law before anything moves: here it has lost both.
  {
    line: 'open where the configuration does not allow it',
    removed: [
      ...without(
        'kiosk/core/guard/commands.js',
        "settings.mayOpenFromAfar ? openByGuard(turn) : 'not-allowed'",
        'openByGuard(turn)',
      ),
      ...without(law, ' && before.settings.mayOpenFromAfar', ''),
    ],
    attempt: () => openedFromAfar(false, true),
  },
  {
    line: 'open with nobody on duty',
    removed: [
      ...without(
        'kiosk/core/guard/panel.js',
        'const { duty, attempt, releaseUntilMs, lockdown, settings } = turn.state;',
        "const { attempt, releaseUntilMs, lockdown, settings } = turn.state; const duty = { guard: 'x' };",
      ),
      ...without(
        law,
        "after.duty?.guard === asked.guard ? null : 'opened by nobody on duty'",
        'null',
      ),
    ],
    attempt: () => openedFromAfar(true, false),
  },
];
