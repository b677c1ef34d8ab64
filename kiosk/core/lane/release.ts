/**
 * The release output: held while there is a fire or an emergency, off otherwise. Fire wins over
 * everything and waits for nothing; wiring is its primary path, this is the second.
 */
import { endAttempt } from '../attempt/attempt.js';
import { fireRenewalMs } from '../deadlines.js';
import { timing } from '../limits.js';
import { clearAlarm, note, raise, set, type Turn } from '../turn.js';
import { withdrawGrant } from './grant.js';

/** An EMERGENCY press: opens first and records after; no disk stands before it. */
export function emergencyPressed(turn: Turn): void {
  const { settings, emergencyUntilMs } = turn.state;
  if (emergencyUntilMs === null) set(turn, { isEmergencyEntered: false });
  const { emergencyMs } = settings.policy.settings;
  set(turn, { emergencyUntilMs: turn.now.monotonicMs + emergencyMs });
  tellRelease(turn);
  standAside(turn);
  note(turn, 'emergency', { on: true, tells: ['duty-officer'] });
  raise(turn, 'emergency');
}

/** The fire loop has opened or closed. */
export function fireChanged(turn: Turn, active: boolean): void {
  if (turn.state.fire === active) return;
  set(turn, { fire: active });
  tellRelease(turn);
  note(turn, 'fire', { active });
  if (!active) {
    endAcknowledged(turn, 'fire');
    return;
  }
  standAside(turn);
  raise(turn, 'fire');
}

/** Ends an emergency whose time is over, and keeps a fire's release from running out. */
export function releaseTimer(turn: Turn): void {
  const { now } = turn;
  const { emergencyUntilMs } = turn.state;
  if (emergencyUntilMs !== null && emergencyUntilMs <= now.monotonicMs) {
    set(turn, { emergencyUntilMs: null });
    tellRelease(turn);
    note(turn, 'emergency', { on: false });
    // Service, number of people and vehicle plate are entered meanwhile, or afterwards.
    if (!turn.state.isEmergencyEntered) raise(turn, 'emergency-details');
    endAcknowledged(turn, 'emergency');
  }
  if (fireRenewalMs(turn.state) <= now.monotonicMs) tellRelease(turn);
}

/** Tells the relay's owner what fire and emergency together want. */
function tellRelease(turn: Turn): void {
  const { fire, emergencyUntilMs } = turn.state;
  const nowMs = turn.now.monotonicMs;
  const fireUntilMs = fire ? nowMs + timing.fireHoldMs : null;
  const releaseUntilMs =
    fireUntilMs === null ? emergencyUntilMs : Math.max(fireUntilMs, emergencyUntilMs ?? 0);
  const { hasRelease, turnstileMode } = turn.state.settings;
  const isOfPulses = !hasRelease && turnstileMode === 'pulse';
  if (isOfPulses && releaseUntilMs === null) set(turn, { letGoUntilMs: nowMs + timing.grantMs });
  set(turn, { releaseUntilMs });
  turn.effects.push({
    type: 'relay-release',
    on: releaseUntilMs !== null,
    untilMs: releaseUntilMs ?? nowMs,
  });
}

/** Whoever stands there goes out through the open arm: attempts and unopened grants are over. */
function standAside(turn: Turn): void {
  withdrawGrant(turn, 'withdraw');
  const { name } = turn.state.lane;
  if (name !== 'granted' && name !== 'passing') endAttempt(turn, 'emergency');
  set(turn, { verdict: null });
}

function endAcknowledged(turn: Turn, code: 'emergency' | 'fire'): void {
  if (turn.state.alarms.some((alarm) => alarm.code === code && alarm.acknowledged))
    clearAlarm(turn, code);
}
