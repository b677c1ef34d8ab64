/**
 * How the lane moves in time: which deadline a state has, and what happened to a grant from its append
 * on. For the gate that goes through it, and for whoever goes through its record again (law 10). Pure.
 */
import { timing } from '../limits.js';
import type { LaneEvent, LaneName, LaneOutcome, RestingLaneName } from './lane.js';

/**
 * An input of the lane and when it was taken: whole milliseconds since the grant's append, which is
 * the first of them. `waiting`:
 * the deadline was due, and the lane waits on, because an adult is still in the arm before a child.
 */
export type LaneMove = readonly [what: LaneEvent | 'waiting', ms: number];

/** A passage has two or three; somebody who plays with the arm must not grow the records. */
const movesMax = 32;

/** @returns the moves with one more; null: there were more than are kept */
export function withMove(
  moves: readonly LaneMove[] | null,
  move: LaneMove,
): readonly LaneMove[] | null {
  return moves === null || moves.length >= movesMax ? null : [...moves, move];
}

/** The deadlines of a lane that is not at rest, monotonic milliseconds. */
export interface LaneTimes {
  readonly deadlineMs: number;
  /** until when the turnstile lets somebody through; null: not opened yet */
  readonly openUntilMs: number | null;
}

/** A lane that is not at rest. */
export type MovingLaneName = Exclude<LaneName, RestingLaneName>;

/**
 * @param name the state that the lane goes into, or stays in
 * @param before the state that it comes from, with its times
 * @param nowMs monotonic milliseconds
 * @param outcome of the transition
 * @returns its times in that state
 */
export function laneTimes(
  name: MovingLaneName,
  before: { readonly name: LaneName } & LaneTimes,
  nowMs: number,
  outcome: LaneOutcome | undefined,
): LaneTimes {
  const openUntilMs = before.openUntilMs ?? (name === 'granted' ? nowMs + timing.grantMs : null);
  if (before.name === name && name !== 'committing')
    return { deadlineMs: before.deadlineMs, openUntilMs };
  const deadlineMs = {
    committing: nowMs + timing.commitMsMax,
    // Of who turned back late the sensor may tell late, too.
    granted: Math.max(openUntilMs ?? 0, nowMs + timing.settlingMs),
    passing: nowMs + timing.passingMsMax,
    // Without a sensor the turnstile may still stand unlocked for its whole window.
    settling: nowMs + (outcome === 'unsensed' ? timing.grantMs : timing.settlingMs),
  }[name];
  return { deadlineMs, openUntilMs };
}
