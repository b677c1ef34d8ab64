/** ACKNOWLEDGE: what has happened is over with the guard's knowing; what goes on stays, steady. */
import { endAttempt } from '../attempt/attempt.js';
import type { GateState } from '../state.js';
import { set, type Turn } from '../turn.js';

/** Ends alarms whose cause is gone, marks the others as known, and frees a lane that a stop holds. */
export function acknowledge(turn: Turn): void {
  set(turn, {
    alarms: turn.state.alarms
      .filter(({ code }) => goesOn(turn.state, code))
      .map((alarm) => ({ ...alarm, acknowledged: true })),
  });
  if (turn.state.attempt?.standing.type === 'held') endAttempt(turn, 'acknowledged');
}

/** @returns whether an alarm's cause is still there */
function goesOn(state: GateState, code: string): boolean {
  if (code === 'emergency') return state.emergencyUntilMs !== null;
  if (code === 'fire') return state.fire;
  if (code === 'lockdown') return state.lockdown;
  if (code === 'door-open') return state.door === 'left-open';
  if (code === 'tamper') return state.isTampered;
  if (code === 'on-battery') return state.devices.mains !== 'ok';
  if (code === 'details-missing') return state.detailsOwed.length > 0;
  // Who came and went is entered, and not merely known of.
  if (code === 'emergency-details') return true;
  if (code === 'records-lost') return state.unwritten.lost !== null;
  if (code === 'journal-filling') return state.isJournalFilling;
  if (code === 'configuration-stale') return state.isStale;
  if (code === 'registry-missing') return state.registry === 'none';
  if (code === 'registry-early') return state.registry === 'early';
  return (
    code === 'clock-untrusted' ||
    code === 'clock-conflict' ||
    code.startsWith('device-') ||
    code === 'reports-refused' ||
    code === 'certificate-expiring' ||
    code === 'disk-failed' ||
    code === 'disk-late'
  );
}
