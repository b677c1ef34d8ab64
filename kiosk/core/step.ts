/**
 * The gate as a function: `step(state, input, now)` gives the next state and the effects. Pure: no
 * clock, no I/O, no throw for input. The loop performs the effects; what takes time comes back as
 * an input.
 */
import type { KnownEntry, Now } from '../../config/vocabulary.js';
import {
  dropDocument,
  dropTemperature,
  endAttempt,
  isStale,
  refuse,
  setStanding,
  takeDocument,
  takeRefusal,
  takesEvidence,
  takeTemperature,
} from './attempt.js';
import type { Evidence } from './evidence.js';
import { forgetOld, learnUses, restoreUses, shardCount } from './known.js';
import { parseKnownEntry } from './known-entry.js';
import type { Effect, Input } from './messages.js';
import {
  beginGrant,
  bodySensed,
  grantCommitted,
  grantFailed,
  isGrantRequest,
  laneTimer,
  pulseReported,
  recheckTicket,
} from './passage.js';
import { recordGateReferral, recordRefusal, recordStop } from './records.js';
import { emergencyPressed, fireChanged, releaseTimer } from './release.js';
import { evaluate } from './rules.js';
import { documentsMax, type GateState, nextDeadlineMs, timing } from './state.js';
import { beginTurn, clearAlarm, endTurn, note, raise, set, type Turn } from './turn.js';
import { retryWriting, writingFailed, written } from './unwritten.js';

export interface Step {
  readonly state: GateState;
  readonly effects: readonly Effect[];
}

/** Entries of one input: some milliseconds of work, so that no button waits. */
export const knownEntriesMax = 500;
/** Shards looked through at once: a full set in eleven minutes, some milliseconds each time. */
const shardsPerRound = 128;
/** The longest that a gate keeps is an isolation of two weeks; a clock may be off by some days. */
const knownAheadMsMax = 60 * 86_400_000;

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

/** Decides on the attempt as it is now; called after new evidence and when the lane is free again. */
function decide(turn: Turn): void {
  // Each round drops at least one refused paper, so the rounds are bounded.
  for (let round = 0; round <= documentsMax; round += 1) {
    const { attempt, lane } = turn.state;
    if (attempt === null || !takesEvidence(turn.state)) return;
    if (attempt.standing.type === 'referred' && attempt.standing.firm) return;
    // Who stood here minutes ago, referred, may be gone: only fresh evidence opens.
    if (isStale(turn, attempt)) return;
    const decision = evaluate(turn.state, attempt, turn.now);
    switch (decision.outcome) {
      case 'grant':
        // The next one goes when the arm has come to rest behind the one before.
        if (lane.name !== 'locked' || turn.state.isArmTurning) return;
        return beginGrant(turn, attempt, decision.rule, decision.ticket);
      case 'stop': {
        const { stop, verdict, hold, tells } = decision;
        recordStop(turn, attempt, stop, verdict, tells);
        const reasons = [stop.id];
        return setStanding(
          turn,
          hold ? { type: 'held', reasons } : { type: 'referred', reasons, firm: true },
        );
      }
      case 'gate-refers': {
        const { standing } = attempt;
        const before = standing.type === 'referred' ? standing.reasons : [];
        if (decision.reasons.every((reason) => before.includes(reason))) return;
        recordGateReferral(turn, attempt, decision.rule, decision.reasons);
        return setStanding(turn, { type: 'referred', reasons: decision.reasons, firm: false });
      }
      case 'pending':
        if (decision.refused.length === 0) return;
        for (const { document, reason, refer } of decision.refused) {
          dropDocument(turn, document);
          refuse(turn, reason, document.kind, document.id, refer);
        }
    }
  }
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

/** Takes in what other gates know; every entry is looked at, none can do more than refuse. */
function learn(turn: Turn, entries: readonly unknown[]): void {
  const isDated = turn.now.clock === 'synced' || turn.now.clock === 'holdover';
  const readable: KnownEntry[] = [];
  let refusedCount = Math.max(0, entries.length - knownEntriesMax);
  for (const value of entries.slice(0, knownEntriesMax)) {
    const entry = parseKnownEntry(value);
    const untilMs = entry === null ? Number.NaN : Date.parse(entry.until);
    // What is over is nothing to keep; what never ends would fill the memory for ever.
    if (isDated && untilMs <= turn.now.wallMs) continue;
    if (entry === null || (isDated && untilMs > turn.now.wallMs + knownAheadMsMax))
      refusedCount += 1;
    else readable.push(entry);
  }
  const { known, news, droppedCount } = learnUses(turn.state.known, readable);
  set(turn, { known });
  turn.uses.push(...news.map((entry) => ({ op: 'learn' as const, entry })));
  recheckTicket(turn);
  const count = refusedCount + droppedCount;
  if (count === 0) return;
  note(turn, 'known-refused', { count });
  raise(turn, 'known-refused');
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

/** Forgets one slice of what is over. A clock that is not trusted says nothing of that. */
function housekeep(turn: Turn): void {
  const { now } = turn;
  const { known, housekeepingShard } = turn.state;
  set(turn, { housekeepingMs: now.monotonicMs + timing.housekeepingMs });
  if (now.clock !== 'synced' && now.clock !== 'holdover') return;
  set(turn, {
    known: forgetOld(known, now.wallMs, housekeepingShard, shardsPerRound),
    housekeepingShard: (housekeepingShard + shardsPerRound) % shardCount,
  });
}

/** Silence: on the way in the attempt ends; on the way out nobody is left standing without help. */
function attemptTimer(turn: Turn): void {
  const { attempt, lane, settings } = turn.state;
  if (attempt === null || attempt.deadlineMs > turn.now.monotonicMs) return;
  if (lane.name === 'committing' || lane.name === 'granted' || lane.name === 'passing') {
    // From a grant to its end the lane's own deadlines count.
    set(turn, { attempt: { ...attempt, deadlineMs: lane.deadlineMs + timing.settlingMs } });
    return;
  }
  if (attempt.standing.type === 'collecting') {
    const { direction, policy } = settings;
    const outcome = direction === 'out' || policy.otherwise.in === 'refer' ? 'refer' : 'deny';
    recordRefusal(turn, outcome, 'incomplete', null, null);
    if (outcome === 'refer')
      return setStanding(turn, { type: 'referred', reasons: ['incomplete'], firm: false });
    set(turn, {
      verdict: {
        type: 'refused',
        reasons: ['incomplete'],
        untilMs: turn.now.monotonicMs + timing.verdictMs,
      },
    });
  }
  endAttempt(turn, 'silence');
}
