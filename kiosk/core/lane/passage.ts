/** The lane in motion: what bodies, relay and deadlines mean for the grant that is under way. */

import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { KnownEntry } from '../../../config/vocabulary.js';
import type { JsonValue } from '../../journal/port.js';
import { endAttempt } from '../attempt/attempt.js';
import { oweDetails } from '../guard/owed.js';
import { putUse } from '../known/known.js';
import { timing } from '../limits.js';
import type { GateState } from '../state.js';
import { note, raise, set, sound, type Turn } from '../turn.js';
import {
  type LaneEvent,
  type LaneName,
  type LaneOutcome,
  laneTransition,
  type RestingLaneName,
} from './lane.js';
import { laneTimes, withMove } from './lane-moves.js';
import type { Grant, Lane } from './lane-state.js';
import { beginIsolation, giveBack, spendTicket } from './reservation.js';
import { giveToGuard } from './to-guard.js';

/** The arm turns, has come to rest, or is turned against the lane's direction. */
export function bodySensed(turn: Turn, phase: 'entered' | 'left' | 'reversed'): void {
  const { lane, releaseUntilMs } = turn.state;
  set(turn, { isArmTurning: phase === 'entered' });
  const isReleased = releaseUntilMs !== null && (!('grant' in lane) || lane.name === 'settling');
  if (isReleased || isLetGo(turn)) {
    const sensed = { lane: lane.name, sensed: phase, released: true };
    if (phase !== 'left') note(turn, 'passage', { outcome: 'emergency', ...sensed });
    return;
  }
  const grant = grantIn(lane);
  const isCompanion =
    phase === 'entered' && lane.name === 'settling' && grant !== null && grant.companions > 0;
  moveLane(turn, isCompanion ? 'companion' : phase, grant);
}

/** @returns whether the last pulse of a release may still let through whoever comes to a lane at rest */
export function isLetGo({ state, now }: Turn): boolean {
  const { lane, letGoUntilMs } = state;
  return !('grant' in lane) && letGoUntilMs !== null && now.monotonicMs < letGoUntilMs;
}

/** The relay's owner reports on a pulse. */
export function pulseReported(
  turn: Turn,
  type: 'pulse-started' | 'pulse-ended' | 'pulse-refused',
  id: number,
): void {
  const { lane, settings } = turn.state;
  // What is asked for in this very step, by a deadline that was heard of late, nobody can have answered.
  const isAsked = turn.effects.some((it) => it.type === 'relay-pulse' && it.id === id);
  const isOfLane = grantIn(lane)?.id === id && !isAsked;
  note(turn, 'relay', { event: type, grant: isOfLane ? (grantIn(lane)?.seq ?? null) : null });
  if (lane.name !== 'granted' || !isOfLane) return;
  if (type === 'pulse-refused') {
    raise(turn, 'relay-refused');
    moveLane(turn, 'relay-refused', lane.grant);
  }
  if (type === 'pulse-ended' && !settings.hasPassageSensor) moveLane(turn, 'unsensed', lane.grant);
}

/** A device has changed, or LOCKDOWN: an idle lane goes where it belongs. */
export function restLane(turn: Turn): void {
  const { lane } = turn.state;
  if ('grant' in lane) return;
  const wanted = restingName(turn.state);
  if (lane.name === wanted) return;
  if (lane.name === 'lockdown') moveLane(turn, 'lockdown-off', null);
  else if (wanted === 'lockdown') moveLane(turn, 'lockdown-on', null);
  else moveLane(turn, wanted === 'fault' ? 'fault-on' : 'fault-off', null);
}

/** @returns where the lane rests: LOCKDOWN never touches a way out */
function restingName({ lockdown, settings, devices }: GateState): RestingLaneName {
  if (lockdown && settings.direction === 'in') return 'lockdown';
  const isFaulty = [devices.turnstile, devices.relay].some(
    (status) => status !== undefined && status !== 'ok',
  );
  return isFaulty ? 'fault' : 'locked';
}

/** @returns whether somebody is in the arm, as far as the turnstile is to be believed */
export function isArmBusy({ isArmTurning, devices }: GateState): boolean {
  return isArmTurning && devices.turnstile === 'ok';
}

/** @returns whether the passage sensor tells of bodies: `none` where there is no such sensor */
export function sensorOf({ settings, devices }: GateState): 'ok' | 'lost' | 'none' {
  if (!settings.hasPassageSensor) return 'none';
  return devices.turnstile === 'ok' ? 'ok' : 'lost';
}

/** @returns the grant with one more input of the lane */
export function moved({ now }: Turn, grant: Grant, what: LaneEvent | 'waiting'): Grant {
  return { ...grant, moves: withMove(grant.moves, [what, now.monotonicMs - grant.sinceMs]) };
}

/** @returns what its outcome follows from, for the record (law 10) */
export function movesFields(
  state: GateState,
  { moves }: Grant,
): { readonly [member: string]: JsonValue } {
  return { moves, sensor: sensorOf(state) };
}

/** @returns the lane's grant, or null at rest */
export function grantIn(lane: Lane): Grant | null {
  return 'grant' in lane ? lane.grant : null;
}

/** Takes one transition of the table, and does what it means. */
export function moveLane(turn: Turn, event: LaneEvent, grant: Grant | null): void {
  const { name } = turn.state.lane;
  const transition = laneTransition(name, event);
  if (transition === null) return;
  const { to, outcome } = transition;
  const next = grant === null ? null : moved(turn, grant, event);
  set(turn, { lane: laneIn(to, next, turn, outcome) });
  if (name === 'granted' && to !== 'granted' && next !== null) endLevel(turn, next);
  if (outcome === 'forced' || outcome === 'reverse' || (outcome !== undefined && next === null)) {
    note(turn, 'passage', { outcome, lane: name, sensed: event });
    raise(turn, outcome);
  } else if (outcome !== undefined && next !== null) outcomeOf(turn, outcome, next);
  restLane(turn);
}

function laneIn(
  name: LaneName,
  grant: Grant | null,
  turn: Turn,
  outcome: LaneOutcome | undefined,
): Lane {
  if (name === 'locked' || name === 'lockdown' || name === 'fault') return { name };
  if (grant === null) return { name: 'locked' };
  const { lane } = turn.state;
  const before = {
    name: lane.name,
    deadlineMs: 'grant' in lane ? lane.deadlineMs : 0,
    openUntilMs: grant.openUntilMs,
  };
  const { deadlineMs, openUntilMs } = laneTimes(name, before, turn.now.monotonicMs, outcome);
  const companions = grant.companions - (outcome === 'accompanied' ? 1 : 0);
  return { name, grant: { ...grant, companions, openUntilMs }, deadlineMs };
}

/**
 * A level lets through whoever comes: it ends when the arm turns, so that the bolt falls behind the first,
 * and when nobody is waited for. A pulse ends by itself, and the turnstile counts.
 */
function endLevel({ state, effects }: Turn, { id }: Grant): void {
  if (state.settings.turnstileMode === 'level') effects.push({ type: 'relay-end', id });
}

/** What was sensed is what is recorded, and what becomes of the reserved ticket. */
function outcomeOf(
  turn: Turn,
  outcome: Exclude<LaneOutcome, 'forced' | 'reverse'>,
  grant: Grant,
): void {
  if (outcome === 'opened') {
    const { turnstileMode, pulseMs } = turn.state.settings;
    const durationMs = turnstileMode === 'level' ? timing.levelMs : pulseMs;
    sound(turn);
    turn.effects.push({ type: 'relay-pulse', id: grant.id, durationMs });
    return;
  }
  // The record of a grant that never opened follows when the journal has answered for it.
  if (outcome === 'not-opened' && grant.openUntilMs === null) return;
  note(turn, 'passage', {
    outcome,
    grant: grant.seq,
    // an override that could not be written yet is known by its request
    ...(grant.seq === null ? { request: grant.id } : {}),
    attempt: grant.attempt,
    ...movesFields(turn.state, grant),
  });
  switch (outcome) {
    case 'accompanied':
      return;
    case 'tailgate':
      return raise(turn, 'tailgate');
    case 'turned-back':
      return;
    case 'not-opened':
      giveBack(turn, grant);
      return giveToGuard(turn, grant, 'part-failed');
    case 'no-show':
      giveBack(turn, grant);
      return endOf(turn, grant, 'no-show');
    case 'passed-slowly':
      raise(turn, 'arm-standing');
      break;
    case 'passed':
    case 'unsensed':
      break;
  }
  beginIsolation(turn, grant);
  oweDetails(turn, grant);
  spendTicket(turn, grant);
  rememberPassage(turn, grant);
  endOf(turn, grant, 'passed');
}

/**
 * The person's last passage in this direction: known here, and told to the other gates. A household's
 * is that of its ticket: who goes by papers of their own goes for nobody else of it.
 */
function rememberPassage(turn: Turn, { identities, ticket }: Grant): void {
  const isBearers = ticket !== null || identities.every(({ space }) => space === 'household');
  const whose = identities.filter(({ space }) => isBearers || space !== 'household');
  if (whose.length === 0) return;
  const { direction, policy } = turn.state.settings;
  const { wallMs } = turn.now;
  const keptMs = policy.settings.maxAbsenceHours * 3_600_000;
  let { known } = turn.state;
  const entries = whose.map(
    ({ token }): KnownEntry => ({
      type: 'passage',
      key: token,
      direction,
      until: formatRfc3339(wallMs + keptMs),
      at: formatRfc3339(wallMs),
    }),
  );
  for (const entry of entries) {
    known = putUse(known, entry, 'spent');
    turn.uses.push({ op: 'know', entry });
  }
  set(turn, { known });
  turn.effects.push({ type: 'tell', entries });
}

function endOf(turn: Turn, grant: Grant, type: 'passed' | 'no-show'): void {
  if (turn.state.attempt !== null && turn.state.attempt.serial === grant.attempt)
    endAttempt(turn, type === 'passed' ? 'passage' : 'no-show');
  const untilMs = turn.now.monotonicMs + (type === 'passed' ? timing.settlingMs : timing.verdictMs);
  set(turn, { verdict: { type, reasons: [], untilMs } });
}
