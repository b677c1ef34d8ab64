/**
 * What an admin asks for from afar, once it has been judged (`settings/signed/judge-command.ts`). Nothing can
 * be done so that nobody at the gate could do: OPEN needs the guard on duty, who sees who stands there, and
 * a gate that allows it. Each is journalled with who has signed it and what it came to.
 */
import { setLockdown } from '../lane/lockdown.js';
import type { CommandResult, Input } from '../messages.js';
import { note, type Turn } from '../turn.js';
import { acknowledge } from './alarms.js';
import { openByGuard, refuse } from './panel.js';

type Command = Extract<Input, { type: 'command' }>;

/** Takes a command and does it, or says why not. */
export function commandGiven(turn: Turn, command: Command): void {
  const { name, id, admins } = command;
  const onDuty = turn.state.duty?.guard ?? null;
  const result = act(turn, command);
  note(turn, 'command', { command: name, id, admins: [...admins], onDuty, result });
  turn.effects.push({ type: 'answer', id, name, result });
}

function act(turn: Turn, { name }: Command): CommandResult {
  const { lockdown, settings } = turn.state;
  switch (name) {
    case 'open':
      return settings.mayOpenFromAfar ? openByGuard(turn) : 'not-allowed';
    case 'lockdown':
      if (!lockdown) setLockdown(turn, true);
      return 'done';
    case 'release':
      if (lockdown) setLockdown(turn, false);
      return 'done';
    case 'end-attempt':
      return refuse(turn, 'admin-ended');
    case 'acknowledge':
      acknowledge(turn);
      return 'done';
    // The shell's: lamps and figures are no state of the gate.
    case 'lamp-test':
    case 'diagnostics':
      return 'done';
  }
}
