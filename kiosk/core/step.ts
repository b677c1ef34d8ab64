/**
 * The gate as a function: `step(state, input, now)` gives the next state and the effects. Pure: no
 * clock, no I/O, no throw for input. The loop performs the effects; what takes time comes back as
 * an input.
 */
import type { Now } from '../../config/vocabulary.js';
import { takesEvidence } from './attempt/attempt.js';
import { attemptTimer, decide } from './attempt/decide.js';
import { callBehindHold } from './attempt/held.js';
import { takeCard, takeDocument } from './attempt/intake.js';
import { dropTemperature, takeTemperature } from './attempt/measure.js';
import { takeRefusal } from './attempt/refuse.js';
import { nextDeadlineMs } from './deadlines.js';
import { type Evidence, takenWhole } from './evidence.js';
import { noteIgnored, noteOmitted } from './flood.js';
import { commandGiven } from './guard/commands.js';
import { takeDetails } from './guard/details.js';
import { dutyTimer, refuseBadge, takeBadge } from './guard/duty.js';
import { feedbackTimer } from './guard/feedback.js';
import { buttonPressed } from './guard/panel.js';
import { refreshPrompt } from './guard/prompts.js';
import { restoreUses } from './known/known.js';
import { housekeep, learn } from './known/learn.js';
import {
  grantCommitted,
  grantFailed,
  isGrantRequest,
  laneTimer,
  recheckParts,
} from './lane/grant.js';
import { restoreLockdown } from './lane/lockdown.js';
import { bodySensed, pulseReported, restLane } from './lane/passage.js';
import { fireChanged, releaseTimer } from './lane/release.js';
import { doorMoved, exitAsked, tamperChanged } from './lane/surroundings.js';
import type { Effect, Input } from './messages.js';
import {
  configurationChanged,
  enterPending,
  messageRefused,
  settingsFaulty,
  stepTold,
} from './settings-change.js';
import type { GateState } from './state.js';
import { judgeTime, takeFloor, wholeMoment } from './time/clock.js';
import { clockJudged } from './time/clock-change.js';
import { signedTimeGiven } from './time/signed-change.js';
import { takeSigned } from './time/signed-time.js';
import { beginTurn, clearAlarm, endTurn, note, raise, set, type Turn } from './turn.js';
import { retryWriting, writingFailed, written } from './unwritten.js';

export interface Step {
  readonly state: GateState;
  readonly effects: readonly Effect[];
}

/**
 * @param state the gate before the input
 * @param input one event
 * @param at the moment of the input by the machine's clock, which is judged first (law 6)
 * @returns the gate after it, and what is to be done, in this order
 */
export function step(state: GateState, input: Input, at: Now): Step {
  const raw = wholeMoment(at);
  const isBoot = input.type === 'boot';
  const known = isBoot ? takeFloor(state.time, input.standing.floorMs) : state.time;
  const { time: judged } = judgeTime(known, raw);
  const signed = input.type === 'signed-time' ? takeSigned(judged, input) : null;
  const time = signed?.time ?? judged;
  const { monotonicMs } = raw;
  const now = { monotonicMs, wallMs: time.wallMs, clock: time.clock };
  const turn = beginTurn({ ...state, time }, now);
  if (!isBoot) clockJudged(turn, known, raw, judged.wallMs);
  // Fire and EMERGENCY wait for nothing: what a deadline would open at this moment is under the release.
  // Nor does LOCKDOWN: it opens nothing any more.
  const isFirst = isRelease(input) || isLockdown(input);
  if (isFirst) handle(turn, input);
  // A stalled loop brings inputs late: what has run out before this one came has run out.
  if (nextDeadlineMs(turn.state) <= now.monotonicMs) timer(turn);
  if (input.type === 'signed-time' && signed !== null)
    signedTimeGiven(turn, input, signed.result, judged);
  else if (!isFirst && input.type !== 'timer' && input.type !== 'signed-time') handle(turn, input);
  if (isBoot) clockJudged(turn, known, raw);
  enterPending(turn);
  refreshPrompt(turn);
  return endTurn(turn);
}

function isRelease(input: Input): input is Extract<Input, { type: 'fire' | 'button' }> {
  if (input.type === 'fire') return input.active;
  return input.type === 'button' && input.button === 'emergency' && input.event === 'pressed';
}

function isLockdown(input: Input): input is Extract<Input, { type: 'button' | 'command' }> {
  if (input.type === 'command') return input.name === 'lockdown';
  return input.type === 'button' && input.button === 'lockdown' && input.event === 'pressed';
}

function handle(turn: Turn, input: Exclude<Input, { type: 'timer' | 'signed-time' }>): void {
  switch (input.type) {
    case 'boot':
      return boot(turn, input);
    case 'evidence':
      return takeEvidence(turn, takenWhole(input.evidence));
    case 'passage':
      bodySensed(turn, input.phase);
      if (input.phase !== 'entered') decide(turn);
      return;
    case 'button':
      return buttonPressed(turn, input);
    case 'details':
      return takeDetails(turn, input.details);
    case 'fire':
      return fireChanged(turn, input.active);
    case 'power':
      return powerChanged(turn, input.mains);
    case 'door':
      return doorMoved(turn, input.phase);
    case 'exit-button':
      return exitAsked(turn);
    case 'tamper':
      return tamperChanged(turn, input.open);
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
    case 'others':
      return othersChanged(turn, input.reachable);
    case 'registry':
      return registryChanged(turn, input);
    case 'journal':
      return journalChanged(turn, input);
    case 'configuration':
      return configurationChanged(turn, input);
    case 'command':
      return commandGiven(turn, input);
    case 'config-step':
      return stepTold(turn, input);
    case 'config-refused':
      return messageRefused(turn, input);
    case 'settings':
      return settingsFaulty(turn, input.fault, input.on);
    case 'reports':
      return input.on ? raise(turn, input.fault) : clearAlarm(turn, input.fault);
  }
}

function boot(turn: Turn, input: Extract<Input, { type: 'boot' }>): void {
  set(turn, {
    known: restoreUses(turn.state.known, input.uses),
    kept: { standing: input.standing, request: null },
  });
  // Who may have come back from outside is isolated; what became of a ticket is the guard's to say.
  const uncertain = input.uses.filter(
    ({ entry, state }) => state === 'uncertain' && entry.type !== 'isolation',
  ).length;
  const { version, reason, endedCleanly } = input;
  note(turn, 'boot', { version, reason, endedCleanly, uncertain });
  if (uncertain > 0) raise(turn, 'ticket-uncertain');
  restoreLockdown(turn, input.standing.lockdown);
}

function takeEvidence(turn: Turn, evidence: Evidence): void {
  // A badge is no passer's paper: it touches no attempt, and counts whatever the lane does.
  if (evidence.type === 'document' && evidence.kind === 'guard-badge')
    return takeBadge(turn, evidence);
  if (evidence.type === 'refused' && evidence.kind === 'guard-badge')
    return refuseBadge(turn, evidence.reason);
  if (!takesEvidence(turn.state)) {
    if (evidence.type === 'temperature') return;
    noteIgnored(turn, 'lane');
    return callBehindHold(turn, evidence);
  }
  if (evidence.type === 'refused') return takeRefusal(turn, evidence);
  if (takeIn(turn, evidence)) decide(turn);
}

function takeIn(turn: Turn, evidence: Exclude<Evidence, { type: 'refused' }>): boolean {
  switch (evidence.type) {
    case 'document':
      return takeDocument(turn, evidence);
    case 'card':
      return takeCard(turn, evidence);
    case 'temperature':
      return takeTemperature(turn, evidence);
  }
}

function othersChanged(turn: Turn, reachable: boolean): void {
  if (turn.state.hearsOthers === reachable) return;
  set(turn, { hearsOthers: reachable });
  note(turn, 'others', { reachable });
}

function journalChanged(turn: Turn, { fault, on }: Extract<Input, { type: 'journal' }>): void {
  if (fault === 'journal-filling') set(turn, { isJournalFilling: on });
  if (on) raise(turn, fault);
  else clearAlarm(turn, fault);
}

function registryChanged(turn: Turn, { key, keyId }: Extract<Input, { type: 'registry' }>): void {
  set(turn, { registry: key });
  note(turn, 'registry', { key, keyId });
  for (const state of ['none', 'early'] as const) {
    const code = state === 'none' ? 'registry-missing' : 'registry-early';
    if (state === key) raise(turn, code);
    else clearAlarm(turn, code);
  }
}

/** The gate goes on as before: what the battery lasts for is nobody's to know. */
function powerChanged(turn: Turn, mains: boolean): void {
  const { devices } = turn.state;
  // Mains from the start on is nothing to tell.
  const isNews = (devices.mains ?? 'ok') !== (mains ? 'ok' : 'lost');
  set(turn, { devices: { ...devices, mains: mains ? 'ok' : 'lost' } });
  if (!isNews) return;
  note(turn, 'power', { mains });
  if (mains) clearAlarm(turn, 'on-battery');
  else raise(turn, 'on-battery');
}

function deviceChanged(turn: Turn, input: Extract<Input, { type: 'device' }>): void {
  const { device, status, why } = input;
  // The booth is told each reason; the journal and the alarm, that something has changed.
  if (turn.state.deviceFaults[device] !== why)
    set(turn, { deviceFaults: { ...turn.state.deviceFaults, [device]: why } });
  if (turn.state.devices[device] === status) return;
  set(turn, { devices: { ...turn.state.devices, [device]: status } });
  note(turn, 'device', { device, status, why });
  if (status === 'ok') clearAlarm(turn, `device-${device}`);
  else raise(turn, `device-${device}`);
  if (device === 'thermometer' && status === 'ok') dropTemperature(turn);
  if (device === 'turnstile' && status === 'ok') set(turn, { isArmTurning: false });
  // A panel that is gone holds nothing down.
  if (device === 'panel' && status !== 'ok') set(turn, { isNextHeld: false });
  recheckParts(turn);
  restLane(turn);
}

function timer(turn: Turn): void {
  const { now } = turn;
  const { verdict, housekeepingMs } = turn.state;
  releaseTimer(turn);
  if (verdict !== null && verdict.untilMs <= now.monotonicMs) set(turn, { verdict: null });
  const wasBusy = 'grant' in turn.state.lane;
  laneTimer(turn);
  attemptTimer(turn);
  dutyTimer(turn);
  feedbackTimer(turn);
  // The next person may have shown everything while the lane was settling.
  if (wasBusy) decide(turn);
  retryWriting(turn);
  if (housekeepingMs > now.monotonicMs) return;
  noteOmitted(turn);
  housekeep(turn);
}
