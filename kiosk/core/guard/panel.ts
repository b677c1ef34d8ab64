/**
 * The guard's seven buttons, from the panel or the booth's keyboard. Each press is journalled with
 * who is on duty and with what it came to. OPEN, CONFIRM and the choice of a case need a guard on
 * duty; EMERGENCY, LOCKDOWN, REFUSE and ACKNOWLEDGE do not.
 */
import type { PanelButton } from '../../../config/vocabulary.js';
import { type AttemptEnd, endAttempt } from '../attempt/attempt.js';
import { decide } from '../attempt/decide.js';
import { withdrawGrant } from '../lane/grant.js';
import { lockdownPressed } from '../lane/lockdown.js';
import { beginOverride, refuseCompanions } from '../lane/override.js';
import { isArmBusy } from '../lane/passage.js';
import { emergencyPressed } from '../lane/release.js';
import type { Input } from '../messages.js';
import { note, set, type Turn } from '../turn.js';
import { acknowledge } from './alarms.js';
import { confirm } from './confirm.js';
import { feedback } from './feedback.js';
import type { FeedbackCode } from './guard-state.js';
import { walkPrompt } from './prompts.js';

type Press = Extract<Input, { type: 'button' }>;

/** What a press came to: `null` says nothing in the booth, the picture does. */
type Result = FeedbackCode | null;

/** Takes a press, a long press or a release. */
export function buttonPressed(turn: Turn, { button, event }: Press): void {
  if (button === 'next') set(turn, { isNextHeld: event !== 'released' });
  if (event === 'released' || (event === 'long' && button !== 'lockdown')) return;
  countPress(turn, button);
  const prompt = turn.state.prompt?.id ?? null;
  const onDuty = turn.state.duty?.guard ?? null;
  const result = act(turn, button, event);
  // EMERGENCY, LOCKDOWN and what is confirmed have records of their own beside it.
  note(turn, 'panel', {
    button,
    ...(event === 'long' ? { long: true } : {}),
    ...(button === 'confirm' ? { prompt } : {}),
    onDuty,
    result: result ?? 'done',
  });
  if (result !== null) feedback(turn, result);
}

function act(turn: Turn, button: PanelButton, event: 'pressed' | 'long'): Result {
  switch (button) {
    case 'emergency':
      emergencyPressed(turn);
      return null;
    case 'lockdown':
      return lockdownPressed(turn, event === 'long');
    case 'acknowledge':
      acknowledge(turn);
      return null;
    case 'refuse':
      return refuse(turn, 'guard-refused');
    case 'next':
      walkPrompt(turn);
      return null;
    case 'open':
      return openByGuard(turn);
    case 'confirm':
      return confirm(turn);
  }
}

/** One passage on the word of the guard on duty; who stands there goes by it. */
export function openByGuard(turn: Turn): FeedbackCode {
  const { duty, attempt, releaseUntilMs, lockdown, settings } = turn.state;
  if (duty === null) return 'nobody-on-duty';
  if (lockdown && settings.direction === 'in') return 'locked-down';
  if (releaseUntilMs !== null || isArmBusy(turn.state)) return 'lane-busy';
  const opening = {
    reason: 'unspecified',
    guard: duty.guard,
    accompanies: null,
    companions: attempt?.companions ?? 0,
    companionsGuard: attempt?.companionsGuard ?? null,
  } as const;
  return beginOverride(turn, opening) ? 'done' : 'lane-busy';
}

/** Ends the attempt, and takes back what has not opened yet: REFUSE wins over OPEN and over any grant. */
export function refuse(
  turn: Turn,
  end: Extract<AttemptEnd, 'guard-refused' | 'admin-ended'>,
): FeedbackCode {
  const { attempt, lane } = turn.state;
  withdrawGrant(turn, 'withdraw');
  const isTakenBack = refuseCompanions(turn) || lane.name === 'committing';
  if (lane.name === 'granted' || lane.name === 'passing') return isTakenBack ? 'done' : 'lane-busy';
  if (attempt === null) return isTakenBack ? 'done' : 'nothing-to-refuse';
  endAttempt(turn, end);
  set(turn, { verdict: null });
  decide(turn);
  return 'done';
}

function countPress(turn: Turn, button: PanelButton): void {
  const { duty } = turn.state;
  if (duty === null) return;
  const presses = { ...duty.presses, [button]: (duty.presses[button] ?? 0) + 1 };
  set(turn, { duty: { ...duty, presses } });
}
