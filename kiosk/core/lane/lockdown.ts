/** LOCKDOWN: entry is stopped, a way out never is. It outlives a restart and a power cut. */
import { endAttempt } from '../attempt/attempt.js';
import type { FeedbackCode } from '../guard/guard-state.js';
import { clearAlarm, note, raise, set, type Turn } from '../turn.js';
import { withdrawGrant } from './grant.js';
import { restLane } from './passage.js';

/**
 * A press stops entry. Only the button held anew lets it go on, so that neither the same press nor
 * somebody leaning on the panel ends it.
 */
export function lockdownPressed(turn: Turn, isLong: boolean): FeedbackCode | null {
  const { lockdown, lockdownMayEnd } = turn.state;
  if (!isLong) {
    if (lockdown) set(turn, { lockdownMayEnd: true });
    else setLockdown(turn, true);
    return lockdown ? null : 'done';
  }
  if (!lockdown || !lockdownMayEnd) return null;
  setLockdown(turn, false);
  return 'done';
}

/** After a restart entry stays stopped. */
export function restoreLockdown(turn: Turn, lockdown: boolean): void {
  if (lockdown) setLockdown(turn, true);
}

/** Stops entry, or lets it go on. */
export function setLockdown(turn: Turn, on: boolean): void {
  set(turn, { lockdown: on, lockdownMayEnd: false });
  note(turn, 'lockdown', { on });
  if (on) raise(turn, 'lockdown');
  else clearAlarm(turn, 'lockdown');
  if (on && turn.state.settings.direction === 'in') {
    withdrawGrant(turn, 'withdraw');
    const { name } = turn.state.lane;
    if (name !== 'granted' && name !== 'passing') endAttempt(turn, 'lockdown');
    set(turn, { verdict: null });
  }
  restLane(turn);
}
