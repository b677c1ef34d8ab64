/**
 * The gate as a function: `step(state, input, now)` gives the next state and the effects. Pure: no
 * clock, no I/O, no throw for input. The loop performs the effects; what takes time comes back as
 * an input.
 */
import type { Now } from '../../config/vocabulary.js';
import { endAttempt, takesEvidence } from './attempt.js';
import { attemptTimer, decide } from './decide.js';
import type { Evidence } from './evidence.js';
import { dropTemperature, takeDocument, takeRefusal, takeTemperature } from './intake.js';
import { restoreUses } from './known.js';
import { housekeep, learn } from './learn.js';
import type { Effect, Input } from './messages.js';
import {
  bodySensed,
  grantCommitted,
  grantFailed,
  isGrantRequest,
  laneTimer,
  pulseReported,
} from './passage.js';
import { emergencyPressed, fireChanged, releaseTimer } from './release.js';
import { type GateState, nextDeadlineMs } from './state.js';
import { beginTurn, clearAlarm, endTurn, note, raise, set, type Turn } from './turn.js';
import { retryWriting, writingFailed, written } from './unwritten.js';

export interface Step {
  readonly state: GateState;
  readonly effects: readonly Effect[];
}

/**
 * @param state the gate before the input
 * @param input one event
 * @param now the moment of the input
 * @returns the gate after it, and what is to be done, in this order
 */
export function step(state: GateState, input: Input, now: Now): Step {
  const turn = beginTurn(state, now);
  // A stalled loop brings inputs late: what has run out before this one came has run out.
  if (nextDeadlineMs(state) <= now.monotonicMs) timer(turn);
  if (input.type !== 'timer') handle(turn, input);
  return endTurn(turn);
}

function handle(turn: Turn, input: Exclude<Input, { type: 'timer' }>): void {
  switch (input.type) {
    case 'boot':
      return boot(turn, input);
    case 'evidence':
      return takeEvidence(turn, input.evidence);
    case 'passage':
      bodySensed(turn, input.phase);
      if (input.phase === 'left') decide(turn);
      return;
    case 'button':
      if (input.pressed) pressed(turn, input.button);
      return;
    case 'fire':
      return fireChanged(turn, input.active);
    case 'device':
      return deviceChanged(turn, input);
    case 'committed':
      written(turn, input.id);
      return grantCommitted(turn, input.id, input.lastSeq);
    case 'append-failed':
      writingFailed(turn, input.id, input.why, isGrantRequest(turn.state, input.id));
      return grantFailed(turn, input.id, input.why);
    case 'pulse-started':
    case 'pulse-ended':
    case 'pulse-refused':
      return pulseReported(turn, input.type, input.id);
    case 'known':
      return learn(turn, input.entries);
  }
}

function boot(turn: Turn, input: Extract<Input, { type: 'boot' }>): void {
  set(turn, { known: restoreUses(turn.state.known, input.uses) });
  const uncertain = input.uses.filter(({ state }) => state === 'uncertain').length;
  note(turn, 'boot', { version: input.version, endedCleanly: input.endedCleanly, uncertain });
  if (uncertain > 0) raise(turn, 'ticket-uncertain');
}

function takeEvidence(turn: Turn, evidence: Evidence): void {
  if (evidence.type === 'card') return;
  if (!takesEvidence(turn.state)) {
    if (evidence.type !== 'temperature') note(turn, 'scan-ignored', { lane: turn.state.lane.name });
    return;
  }
  if (evidence.type === 'refused') return takeRefusal(turn, evidence);
  const isNew =
    evidence.type === 'document' ? takeDocument(turn, evidence) : takeTemperature(turn, evidence);
  if (isNew) decide(turn);
}

function pressed(turn: Turn, button: 'emergency' | 'acknowledge'): void {
  note(turn, 'panel', { button });
  if (button === 'acknowledge') {
    const { alarms } = turn.state;
    set(turn, {
      // What has happened is over with the guard's knowing; what goes on stays, acknowledged.
      alarms: alarms
        .filter(({ code }) => goesOn(turn.state, code))
        .map((alarm) => ({ ...alarm, acknowledged: true })),
    });
    if (turn.state.attempt?.standing.type === 'held') endAttempt(turn, 'acknowledged');
    return;
  }
  emergencyPressed(turn);
}

function goesOn(state: GateState, code: string): boolean {
  if (code === 'emergency') return state.emergencyUntilMs !== null;
  if (code === 'fire') return state.fire;
  return code.startsWith('device-') || code === 'disk-failed' || code === 'disk-late';
}

function deviceChanged(turn: Turn, input: Extract<Input, { type: 'device' }>): void {
  const { device, status, why } = input;
  if (turn.state.devices[device] === status) return;
  set(turn, { devices: { ...turn.state.devices, [device]: status } });
  note(turn, 'device', { device, status, why });
  if (status === 'ok') clearAlarm(turn, `device-${device}`);
  else raise(turn, `device-${device}`);
  if (device === 'thermometer' && status === 'ok') dropTemperature(turn);
  if (device === 'turnstile' && status === 'ok') set(turn, { isArmTurning: false });
}

function timer(turn: Turn): void {
  const { now } = turn;
  const { verdict, housekeepingMs } = turn.state;
  releaseTimer(turn);
  if (verdict !== null && verdict.untilMs <= now.monotonicMs) set(turn, { verdict: null });
  const wasLocked = turn.state.lane.name === 'locked';
  laneTimer(turn);
  attemptTimer(turn);
  // The next person may have shown everything while the lane was settling.
  if (!wasLocked) decide(turn);
  retryWriting(turn);
  if (housekeepingMs <= now.monotonicMs) housekeep(turn);
}
