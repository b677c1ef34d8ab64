/** The guard's opening: one passage, recorded first where the disk allows, opened all the same. */
import type { OpenReason } from '../../../config/vocabulary.js';
import { timing } from '../limits.js';
import { overrideFields } from '../records.js';
import { note, raise, set, type Turn, takeNotes, takeRequestId } from '../turn.js';
import { laneTransition } from './lane.js';
import type { Grant } from './lane-state.js';
import { grantIn, isArmBusy, moveLane } from './passage.js';

/** What the guard opens for. */
export interface Opening {
  readonly reason: OpenReason;
  readonly guard: string;
  /** the grant whose child this is, by the number of its record; null: nobody's */
  readonly accompanies: number | null;
  readonly companions: number;
  readonly companionsGuard: string | null;
}

/**
 * Opens on the guard's word: the record goes out and the lane waits for it, but not for longer than
 * its deadline.
 * @returns false where the lane takes no opening now
 */
export function beginOverride(turn: Turn, opening: Opening): boolean {
  const { attempt, lane } = turn.state;
  if (laneTransition(lane.name, 'override') === null) return false;
  const isOwn = opening.accompanies !== null;
  const grant: Grant = {
    id: takeRequestId(turn),
    attempt: isOwn ? null : (attempt?.serial ?? null),
    rule: null,
    override: opening.reason,
    needs: [],
    identities: isOwn || attempt === null ? [] : Object.values(attempt.identities),
    companions: opening.companions,
    companionsGuard: opening.companionsGuard,
    guard: opening.guard,
    lacking: [],
    accompanies: opening.accompanies,
    isolations: [],
    ticket: null,
    openUntilMs: null,
    seq: null,
    sinceMs: turn.now.monotonicMs,
    moves: [],
  };
  note(turn, 'override', {
    request: grant.id,
    reason: opening.reason,
    guard: opening.guard,
    accompanies: opening.accompanies,
    ...overrideFields(turn, isOwn ? null : attempt),
  });
  // As everything noted, it is kept until it is written: a failed disk does not hold up the guard.
  turn.effects.push({ type: 'append', id: grant.id, ...takeNotes(turn, grant.id), urgent: true });
  moveLane(turn, 'override', grant);
  if (!isOwn)
    set(turn, { opened: { grant: grant.id, untilMs: turn.now.monotonicMs + timing.reasonMs } });
  return true;
}

/** The disk could not take the override's record, or not in time: the guard's word opens. */
export function openUnwritten(turn: Turn): void {
  const { lane } = turn.state;
  if (lane.name !== 'committing' || lane.grant.override === null) return;
  raise(turn, 'disk-late');
  moveLane(turn, 'unwritten', lane.grant);
}

/** The adult is through: the next child that the guard let pass has an opening of its own. */
export function beginCompanion(turn: Turn, adult: Grant): void {
  const { companions, companionsGuard } = adult;
  if (companions === 0 || companionsGuard === null) return;
  if (turn.state.releaseUntilMs !== null || isArmBusy(turn.state)) return;
  beginOverride(turn, {
    reason: 'accompanied',
    guard: companionsGuard,
    accompanies: adult.accompanies ?? adult.seq ?? 0,
    companions: companions - 1,
    companionsGuard,
  });
}

/**
 * REFUSE: the children who were to follow, and have no opening yet, get none.
 * @returns whether there were any
 */
export function refuseCompanions(turn: Turn): boolean {
  const { lane } = turn.state;
  if (!('grant' in lane) || lane.grant.companions === 0) return false;
  set(turn, { lane: { ...lane, grant: { ...lane.grant, companions: 0 } } });
  return true;
}

/** @returns whether the lane's opening is the guard's */
export function isOverride({ lane }: Turn['state'], id: number): boolean {
  const grant = grantIn(lane);
  return grant !== null && grant.id === id && grant.override !== null;
}
