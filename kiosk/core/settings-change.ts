/**
 * What the gate goes by changes between two people: an attempt and a passage end under what they began
 * with, whatever comes meanwhile.
 */
import type { SettingsFault } from '../../config/vocabulary.js';
import { mayNote } from './flood.js';
import type { Input, StepNews } from './messages.js';
import type { Entered, GateState } from './state.js';
import { clearAlarm, note, raise, set, type Turn } from './turn.js';

/** Takes in what the gate goes by, now or from the next attempt on; or that it goes by it no longer. */
export function configurationChanged(
  turn: Turn,
  input: Extract<Input, { type: 'configuration' }>,
): void {
  const { event, hashes, version, settings } = input;
  const entered = { hashes, version };
  if (event === 'entered' && settings !== undefined)
    // Of two that come while somebody is at the gate the later counts.
    return set(turn, { pending: { ...entered, settings } });
  if (event === 'entered') set(turn, { entered });
  noteConfiguration(turn, event, entered);
}

/** At the end of each step: what was waiting is entered as soon as nobody is at the gate. */
export function enterPending(turn: Turn): void {
  const { pending, entered } = turn.state;
  if (pending === null || !isFree(turn.state)) return;
  const { settings, ...next } = pending;
  if (entered !== null) noteConfiguration(turn, 'left', entered);
  set(turn, { settings, pending: null, entered: next });
  noteConfiguration(turn, 'entered', next);
}

/** @returns whether nobody is at the gate: nothing of an attempt or a passage is open */
export function isFree({ attempt, lane, late }: GateState): boolean {
  return attempt === null && !('grant' in lane) && late.length === 0;
}

/** Journals what has become of a step; one that was taken back is an alarm. */
export function stepTold(turn: Turn, { channel, seq, sha256, phase, code }: StepNews): void {
  // What comes to nothing can be sent again and again, by a broker too: it must not fill the disk.
  const comesAgain = phase === 'pending' || phase === 'refused';
  if (!comesAgain || mayNote(turn, `config-step/${phase}`))
    note(turn, 'config-step', { channel, step: seq, sha256, phase, code });
  if (phase === 'reverted') raise(turn, 'configuration-reverted');
}

/** Journals a message that was not taken. */
export function messageRefused(
  turn: Turn,
  { channel, why, omitted }: Extract<Input, { type: 'config-refused' }>,
): void {
  note(turn, 'config-refused', { channel, why, omitted });
}

/** Something is wrong with configuration, or is over. */
export function settingsFaulty(turn: Turn, fault: SettingsFault, on: boolean): void {
  if (fault === 'configuration-stale') set(turn, { isStale: on });
  if (on) raise(turn, fault);
  else clearAlarm(turn, fault);
}

function noteConfiguration(turn: Turn, event: 'entered' | 'left', { hashes, version }: Entered) {
  const { configuration, trust, revocations } = hashes;
  const policy = turn.state.settings.policyHash;
  note(turn, 'configuration', { event, configuration, policy, trust, revocations, version });
}
