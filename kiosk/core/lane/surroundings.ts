/** What is around the arm: a door, the cabinet's lids, a button that asks for a way out. */
import { mayNote } from '../flood.js';
import type { Input } from '../messages.js';
import { clearAlarm, note, raise, set, type Turn } from '../turn.js';
import { isLetGo } from './passage.js';

/** Where somebody has been let through, and the door may move. */
const moving: readonly string[] = ['granted', 'passing', 'settling'];

/** The door has opened, has been left open, or is shut. What is as it should be has no record. */
export function doorMoved(turn: Turn, phase: Extract<Input, { type: 'door' }>['phase']): void {
  const { lane, releaseUntilMs, door } = turn.state;
  const isAllowed = releaseUntilMs !== null || moving.includes(lane.name) || isLetGo(turn);
  switch (phase) {
    case 'opened':
      if (isAllowed) return;
      set(turn, { door: 'forced' });
      note(turn, 'door', { event: 'forced', lane: lane.name });
      return raise(turn, 'door-forced');
    case 'left-open':
      // A release holds everything open for as long as it lasts.
      if (releaseUntilMs !== null) return;
      set(turn, { door: 'left-open' });
      note(turn, 'door', { event: 'left-open', lane: lane.name });
      return raise(turn, 'door-open');
    case 'closed':
      if (door === 'sound') return;
      set(turn, { door: 'sound' });
      note(turn, 'door', { event: 'closed', lane: lane.name });
      return clearAlarm(turn, 'door-open');
  }
}

/** A lid of the cabinet is open, or all are shut again: somebody has to look even then. */
export function tamperChanged(turn: Turn, open: boolean): void {
  if (turn.state.isTampered === open) return;
  set(turn, { isTampered: open });
  note(turn, 'tamper', { open });
  if (open) raise(turn, 'tamper');
}

/**
 * Somebody inside asks for a way out. Nothing opens by it: every automatic grant names a holder and has
 * a temperature, on a way out too. The guard is called, whatever the lane does.
 */
export function exitAsked(turn: Turn): void {
  if (mayNote(turn, 'exit-button')) note(turn, 'exit-button', { lane: turn.state.lane.name });
  raise(turn, 'exit-button');
}
