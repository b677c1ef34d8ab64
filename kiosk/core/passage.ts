/** What happens to a grant on its way through the lane: commit, pulse, passage, no-show, tailgate. */
import type { Rule } from '../../config/policy.js';
import { endAttempt, setStanding } from './attempt.js';
import type { DocumentEvidence } from './evidence.js';
import { findUse, putUse } from './known.js';
import { type LaneEvent, type LaneOutcome, laneTransition } from './lane.js';
import { grantRecord, recordRefusal } from './records.js';
import { forgetReservation, returnTicket, spendTicket } from './reservation.js';
import { type Attempt, type Grant, type Lane, lateGrantsMax, timing } from './state.js';
import { ticketEntry } from './ticket.js';
import {
  clearAlarm,
  note,
  raise,
  set,
  sound,
  type Turn,
  takeNotes,
  takeRequestId,
} from './turn.js';

/** Two steps: the append goes out and the lane waits; nothing moves before the journal's answer. */
export function beginGrant(
  turn: Turn,
  attempt: Attempt,
  rule: Rule,
  ticket: DocumentEvidence | null,
): void {
  if (laneTransition(turn.state.lane.name, 'grant') === null) return;
  const { settings } = turn.state;
  const entry =
    ticket === null ? null : ticketEntry(ticket, settings.direction, settings, turn.now);
  const grant: Grant = {
    id: takeRequestId(turn),
    attempt: attempt.serial,
    rule: rule.id,
    ticket: entry,
    seq: null,
  };
  // What was noted in this step stands before the decision in the same transaction.
  const notes = takeNotes(turn, grant.id);
  const records = [...notes.records, grantRecord(turn, attempt, rule)];
  const reservation = entry === null ? [] : [{ op: 'reserve' as const, entry }];
  if (entry !== null) set(turn, { known: putUse(turn.state.known, entry, 'reserved') });
  const uses = [...notes.uses, ...reservation];
  turn.effects.push({ type: 'append', id: grant.id, records, uses, urgent: true });
  set(turn, {
    lane: { name: 'committing', grant, deadlineMs: turn.now.monotonicMs + timing.commitMsMax },
  });
}

/** The journal has synced a request. Only the grant that the lane waits for opens it. */
export function grantCommitted(turn: Turn, id: number, seq: number): void {
  const { lane, late } = turn.state;
  if (lane.name === 'committing' && lane.grant.id === id) {
    moveLane(turn, 'committed', { ...lane.grant, seq });
    return;
  }
  const grant = late.find((it) => it.id === id);
  if (grant === undefined) return;
  dropLate(turn, grant);
  note(turn, 'passage', { outcome: 'not-opened', grant: seq, attempt: grant.attempt });
  returnTicket(turn, grant);
}

/** The journal could not write a request; where it was a grant, the guard has the person now. */
export function grantFailed(turn: Turn, id: number, why: string): void {
  const { lane, late } = turn.state;
  const grant = late.find((it) => it.id === id);
  if (grant !== undefined) {
    dropLate(turn, grant);
    forgetReservation(turn, grant, why);
  }
  if (lane.name !== 'committing' || lane.grant.id !== id) return;
  const { grant: failed } = lane;
  moveLane(turn, 'commit-failed', failed);
  forgetReservation(turn, failed, why);
  const reason = why === 'already-reserved' ? 'ticket-uncertain' : 'disk-failed';
  giveToGuard(turn, failed, reason);
}

/** Takes back a grant that has not opened: an emergency, or the deadline of the disk. */
export function withdrawGrant(turn: Turn, event: 'withdraw' | 'timeout'): void {
  const { lane, late } = turn.state;
  if (lane.name !== 'committing') return;
  set(turn, { late: [...late, lane.grant].slice(-lateGrantsMax) });
  moveLane(turn, event, lane.grant);
  if (event === 'withdraw') return;
  raise(turn, 'disk-late');
  giveToGuard(turn, lane.grant, 'disk-late');
}

/** @returns whether a request carries a grant that has not been answered */
export function isGrantRequest({ lane, late }: Turn['state'], id: number): boolean {
  return (lane.name === 'committing' && lane.grant.id === id) || late.some((it) => it.id === id);
}

/** Another gate has told meanwhile that the ticket was used there: the grant is not opened. */
export function recheckTicket(turn: Turn): void {
  const { lane, known } = turn.state;
  if (lane.name !== 'committing' || lane.grant.ticket === null) return;
  const { key, direction } = lane.grant.ticket;
  if (!findUse(known, 'ticket', key, direction)?.elsewhere) return;
  withdrawGrant(turn, 'withdraw');
  giveToGuard(turn, lane.grant, 'already-used');
}

function dropLate(turn: Turn, grant: Grant): void {
  const late = turn.state.late.filter((it) => it !== grant);
  set(turn, { late });
  if (late.length === 0) clearAlarm(turn, 'disk-late');
}

/** The arm turns, or has come to rest. */
export function bodySensed(turn: Turn, phase: 'entered' | 'left'): void {
  const { lane, releaseUntilMs } = turn.state;
  set(turn, { isArmTurning: phase === 'entered' });
  if (releaseUntilMs !== null && (lane.name === 'locked' || lane.name === 'settling')) {
    if (phase === 'entered') note(turn, 'passage', { outcome: 'emergency' });
    return;
  }
  moveLane(turn, phase, lane.name === 'locked' ? null : lane.grant);
}

/** The relay's owner reports on a pulse. */
export function pulseReported(
  turn: Turn,
  type: 'pulse-started' | 'pulse-ended' | 'pulse-refused',
  id: number,
): void {
  const { lane, settings } = turn.state;
  const isOfLane = lane.name !== 'locked' && lane.grant.id === id;
  note(turn, 'relay', { event: type, grant: isOfLane ? lane.grant.seq : null });
  if (lane.name !== 'granted' || !isOfLane) return;
  if (type === 'pulse-refused') {
    raise(turn, 'relay-refused');
    moveLane(turn, 'relay-refused', lane.grant);
  }
  if (type === 'pulse-ended' && !settings.hasPassageSensor) moveLane(turn, 'unsensed', lane.grant);
}

/** The lane's own deadline. */
export function laneTimer(turn: Turn): void {
  const { lane, devices, settings } = turn.state;
  if (lane.name === 'locked' || lane.deadlineMs > turn.now.monotonicMs) return;
  if (lane.name === 'committing') {
    withdrawGrant(turn, 'timeout');
    return;
  }
  // Without a sensor nobody can say that nobody passed.
  const isBlind =
    lane.name === 'granted' && (!settings.hasPassageSensor || devices.turnstile !== 'ok');
  moveLane(turn, isBlind ? 'unsensed' : 'timeout', lane.grant);
}

function moveLane(turn: Turn, event: LaneEvent, grant: Grant | null): void {
  const transition = laneTransition(turn.state.lane.name, event);
  if (transition === null) return;
  set(turn, { lane: laneIn(transition.to, grant, turn, transition.outcome) });
  if (transition.outcome !== undefined) outcomeOf(turn, transition.outcome, grant);
}

function laneIn(
  name: Lane['name'],
  grant: Grant | null,
  turn: Turn,
  outcome: LaneOutcome | undefined,
): Lane {
  if (name === 'locked' || grant === null) return { name: 'locked' };
  const lastsMs = {
    committing: timing.commitMsMax,
    granted: timing.grantMs,
    passing: timing.passingMsMax,
    // Without a sensor the turnstile may still stand unlocked for its whole window.
    settling: outcome === 'unsensed' ? timing.grantMs : timing.settlingMs,
  }[name];
  const { lane } = turn.state;
  const isSame = lane.name === name && name === 'settling';
  return {
    name,
    grant,
    deadlineMs: isSame ? lane.deadlineMs : turn.now.monotonicMs + lastsMs,
  };
}

/** What was sensed is what is recorded, and what becomes of the reserved ticket. */
function outcomeOf(turn: Turn, outcome: LaneOutcome, grant: Grant | null): void {
  const { pulseMs } = turn.state.settings;
  if (outcome === 'forced' || grant === null) {
    note(turn, 'passage', { outcome: 'forced' });
    raise(turn, 'forced');
    return;
  }
  if (outcome === 'opened') {
    sound(turn);
    turn.effects.push({ type: 'relay-pulse', id: grant.id, durationMs: pulseMs });
    return;
  }
  // The record of a grant that never opened follows when the journal has answered for it.
  if (outcome === 'not-opened') return;
  note(turn, 'passage', { outcome, grant: grant.seq, attempt: grant.attempt });
  if (outcome === 'tailgate') {
    raise(turn, 'tailgate');
    return;
  }
  if (outcome === 'no-show') {
    returnTicket(turn, grant);
    endOf(turn, grant, 'no-show');
    return;
  }
  if (outcome === 'passed-slowly') raise(turn, 'arm-standing');
  spendTicket(turn, grant);
  endOf(turn, grant, 'passed');
}

function endOf(turn: Turn, grant: Grant, type: 'passed' | 'no-show'): void {
  if (turn.state.attempt?.serial === grant.attempt)
    endAttempt(turn, type === 'passed' ? 'passage' : 'no-show');
  const untilMs = turn.now.monotonicMs + (type === 'passed' ? timing.settlingMs : timing.verdictMs);
  set(turn, { verdict: { type, reasons: [], untilMs } });
}

function giveToGuard(
  turn: Turn,
  grant: Grant,
  reason: 'disk-late' | 'disk-failed' | 'ticket-uncertain' | 'already-used',
): void {
  if (turn.state.attempt?.serial !== grant.attempt) return;
  recordRefusal(turn, 'refer', reason, null, grant.ticket?.key ?? null);
  setStanding(turn, { type: 'referred', reasons: [reason], firm: true });
}
