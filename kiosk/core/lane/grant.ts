/** A grant from the append to the lane: two steps, and nothing moves before the journal's answer. */
import type { Attempt } from '../attempt/attempt-state.js';
import { detailsLacking } from '../guard/owed.js';
import { findUse, putUse } from '../known/known.js';
import { lateGrantsMax, timing } from '../limits.js';
import type { Decision } from '../policy/decision.js';
import { isolationEntries } from '../policy/isolation.js';
import { ticketEntry } from '../policy/ticket.js';
import { grantRecord } from '../records.js';
import { clearAlarm, note, raise, set, type Turn, takeNotes, takeRequestId } from '../turn.js';
import { laneTransition } from './lane.js';
import type { Grant } from './lane-state.js';
import { beginCompanion, isOverride, openUnwritten } from './override.js';
import { isArmBusy, moved, moveLane, movesFields, sensorOf } from './passage.js';
import { forgetReservation, giveBack, spendCode } from './reservation.js';
import { giveToGuard } from './to-guard.js';

type Granted = Extract<Decision, { outcome: 'grant' }>;

/** The append goes out with everything that the decision rests on, and the lane waits for it. */
export function beginGrant(turn: Turn, attempt: Attempt, decision: Granted): void {
  if (laneTransition(turn.state.lane.name, 'grant') === null) return;
  const { rule, ticket, hostCode } = decision;
  const { settings } = turn.state;
  const entry =
    ticket === null ? null : ticketEntry(ticket, settings.direction, settings, turn.now);
  const isolations = isolationEntries(turn.state, attempt, rule, turn.now);
  const grant: Grant = {
    id: takeRequestId(turn),
    attempt: attempt.serial,
    rule: rule.id,
    override: null,
    needs: decision.needs,
    identities: Object.values(attempt.identities),
    companions: attempt.companions,
    companionsGuard: attempt.companionsGuard,
    guard: null,
    lacking: detailsLacking(rule, attempt),
    accompanies: null,
    isolations,
    ticket: entry,
    openUntilMs: null,
    seq: null,
    sinceMs: turn.now.monotonicMs,
    moves: [['grant', 0]],
  };
  // A host's code is spent by the visit's decision, and by nothing before it.
  if (hostCode !== null) spendCode(turn, hostCode);
  // What was noted in this step stands before the decision in the same transaction.
  const notes = takeNotes(turn, grant.id);
  const records = [...notes.records, grantRecord(turn, attempt, decision)];
  const reservation = entry === null ? [] : [{ op: 'reserve' as const, entry }];
  // Whether anybody passes is not known yet: a power cut before that must isolate all the same.
  const isolating = isolations.map((isolation) => ({ op: 'uncertain' as const, entry: isolation }));
  if (entry !== null) set(turn, { known: putUse(turn.state.known, entry, 'reserved') });
  const uses = [...notes.uses, ...reservation, ...isolating];
  turn.effects.push({ type: 'append', id: grant.id, records, uses, urgent: true });
  set(turn, {
    lane: { name: 'committing', grant, deadlineMs: turn.now.monotonicMs + timing.commitMsMax },
  });
}

/** The journal has synced a request. Only the grant that the lane waits for opens it. */
export function grantCommitted(turn: Turn, id: number, seq: number): void {
  const { lane, late } = turn.state;
  if (late.length === 0) clearAlarm(turn, 'disk-late');
  if (lane.name === 'committing' && lane.grant.id === id) {
    moveLane(turn, 'committed', { ...lane.grant, seq });
    return;
  }
  // An override that opened before it could be written.
  if ('grant' in lane && lane.grant.id === id) {
    set(turn, { lane: { ...lane, grant: { ...lane.grant, seq } } });
    return;
  }
  const grant = late.find((it) => it.id === id);
  if (grant === undefined) return;
  dropLate(turn, grant);
  note(turn, 'passage', {
    outcome: 'not-opened',
    grant: seq,
    attempt: grant.attempt,
    ...movesFields(turn.state, grant),
  });
  giveBack(turn, grant);
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
  if (lane.grant.override !== null) return openUnwritten(turn);
  const { grant: failed } = lane;
  moveLane(turn, 'commit-failed', failed);
  forgetReservation(turn, failed, why);
  const reason = why === 'already-reserved' ? 'ticket-uncertain' : 'disk-failed';
  giveToGuard(turn, failed, reason);
}

/** Takes back a grant that has not opened: an emergency, REFUSE, LOCKDOWN, or the disk's deadline. */
export function withdrawGrant(turn: Turn, event: 'withdraw' | 'timeout'): void {
  const { lane, late } = turn.state;
  if (lane.name !== 'committing') return;
  set(turn, { late: bounded([...late, moved(turn, lane.grant, event)]) });
  moveLane(turn, event, lane.grant);
  if (event === 'withdraw') return;
  raise(turn, 'disk-late');
  giveToGuard(turn, lane.grant, 'disk-late');
}

/** @returns whether a request carries a rule's grant that has not been answered */
export function isGrantRequest(state: Turn['state'], id: number): boolean {
  const { lane, late } = state;
  if (isOverride(state, id)) return false;
  return (
    (lane.name === 'committing' && lane.grant.id === id) ||
    late.some((it) => it.id === id && it.override === null)
  );
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

/** A part that the grant rests on is lost before the journal has answered: the grant is not opened. */
export function recheckParts(turn: Turn): void {
  const { lane, devices } = turn.state;
  if (lane.name !== 'committing') return;
  if (lane.grant.needs.every((device) => devices[device] === 'ok')) return;
  withdrawGrant(turn, 'withdraw');
  giveToGuard(turn, lane.grant, 'part-failed');
}

/** The lane's own deadline. */
export function laneTimer(turn: Turn): void {
  const { lane } = turn.state;
  if (!('grant' in lane) || lane.deadlineMs > turn.now.monotonicMs) return;
  // A child goes when its adult has left the arm, however slowly.
  if (lane.name === 'settling' && lane.grant.companions > 0 && isArmBusy(turn.state)) {
    const deadlineMs = turn.now.monotonicMs + timing.settlingMs;
    const grant = moved(turn, lane.grant, 'waiting');
    return set(turn, { lane: { ...lane, grant, deadlineMs } });
  }
  if (lane.name === 'committing') {
    if (lane.grant.override !== null) openUnwritten(turn);
    else withdrawGrant(turn, 'timeout');
    return;
  }
  // Without a sensor nobody can say that nobody passed.
  const isBlind = lane.name === 'granted' && sensorOf(turn.state) !== 'ok';
  moveLane(turn, isBlind ? 'unsensed' : 'timeout', lane.grant);
  if (lane.name === 'settling') beginCompanion(turn, lane.grant);
}

/** A rule's grant has a ticket to give back, and there is one at most: the oldest override goes. */
function bounded(late: readonly Grant[]): readonly Grant[] {
  if (late.length <= lateGrantsMax) return late;
  const oldest = late.findIndex(({ override }) => override !== null);
  return late.filter((_, index) => index !== Math.max(0, oldest));
}

function dropLate(turn: Turn, grant: Grant): void {
  const late = turn.state.late.filter((it) => it !== grant);
  set(turn, { late });
  if (late.length === 0) clearAlarm(turn, 'disk-late');
}
