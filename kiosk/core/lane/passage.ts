/** The lane in motion: what bodies, relay and deadlines mean for the grant that is under way. */

import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { KnownEntry } from '../../../config/vocabulary.js';
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
import type { Grant, Lane } from './lane-state.js';
import { beginIsolation, giveBack, spendTicket } from './reservation.js';
import { giveToGuard } from './to-guard.js';

/** The arm turns, has come to rest, or is turned against the lane's direction. */
export function bodySensed(turn: Turn, phase: 'entered' | 'left' | 'reversed'): void {
  const { lane, releaseUntilMs } = turn.state;
  set(turn, { isArmTurning: phase === 'entered' });
  if (releaseUntilMs !== null && (!('grant' in lane) || lane.name === 'settling')) {
    if (phase !== 'left') note(turn, 'passage', { outcome: 'emergency' });
    return;
  }
  const grant = grantIn(lane);
  const isCompanion =
    phase === 'entered' && lane.name === 'settling' && grant !== null && grant.companions > 0;
  moveLane(turn, isCompanion ? 'companion' : phase, grant);
}

/** The relay's owner reports on a pulse. */
export function pulseReported(
  turn: Turn,
  type: 'pulse-started' | 'pulse-ended' | 'pulse-refused',
  id: number,
): void {
  const { lane, settings } = turn.state;
  const isOfLane = grantIn(lane)?.id === id;
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

/** @returns the lane's grant, or null at rest */
export function grantIn(lane: Lane): Grant | null {
  return 'grant' in lane ? lane.grant : null;
}

/** Takes one transition of the table, and does what it means. */
export function moveLane(turn: Turn, event: LaneEvent, grant: Grant | null): void {
  const transition = laneTransition(turn.state.lane.name, event);
  if (transition === null) return;
  set(turn, { lane: laneIn(transition.to, grant, turn, transition.outcome) });
  if (transition.outcome !== undefined) outcomeOf(turn, transition.outcome, grant);
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
  const nowMs = turn.now.monotonicMs;
  const openUntilMs = grant.openUntilMs ?? (name === 'granted' ? nowMs + timing.grantMs : null);
  const deadlineMs = {
    committing: nowMs + timing.commitMsMax,
    // Of who turned back late the sensor may tell late, too.
    granted: Math.max(openUntilMs ?? 0, nowMs + timing.settlingMs),
    passing: nowMs + timing.passingMsMax,
    // Without a sensor the turnstile may still stand unlocked for its whole window.
    settling: nowMs + (outcome === 'unsensed' ? timing.grantMs : timing.settlingMs),
  }[name];
  const { lane } = turn.state;
  const isSame = 'grant' in lane && lane.name === name && name !== 'committing';
  const companions = grant.companions - (outcome === 'accompanied' ? 1 : 0);
  return {
    name,
    grant: { ...grant, companions, openUntilMs },
    deadlineMs: isSame ? lane.deadlineMs : deadlineMs,
  };
}

/** What was sensed is what is recorded, and what becomes of the reserved ticket. */
function outcomeOf(turn: Turn, outcome: LaneOutcome, grant: Grant | null): void {
  if (outcome === 'forced' || outcome === 'reverse' || grant === null) {
    note(turn, 'passage', { outcome });
    raise(turn, outcome);
    return;
  }
  if (outcome === 'opened') {
    const { pulseMs } = turn.state.settings;
    sound(turn);
    turn.effects.push({ type: 'relay-pulse', id: grant.id, durationMs: pulseMs });
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
    turn.uses.push({ op: 'learn', entry });
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
