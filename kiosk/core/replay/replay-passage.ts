/**
 * Law 10 for the lane: from the record of a passage to what became of it, through the table that the
 * lane goes by and with its deadlines. Pure.
 */

import { type LaneEvent, type LaneName, laneTable, laneTransition } from '../lane/lane.js';
import { type LaneTimes, laneTimes } from '../lane/lane-moves.js';
import { timing } from '../limits.js';
import { type Anything, recordReader } from './record-reader.js';

export type PassageComparison =
  | { readonly is: 'same' }
  /** `outcome`: what it must have been; null: what is said to have happened cannot have */
  | { readonly is: 'different'; readonly outcome: string | null }
  /** there was more than is kept */
  | { readonly is: 'undecidable'; readonly why: 'not-in-record' }
  | { readonly is: 'malformed'; readonly place: string };

/**
 * @param record a passage as the journal has it, or as it is sent there: anything
 * @returns whether its outcome is the one that follows from what the lane was told, and when
 */
export function comparePassage(record: Anything): PassageComparison {
  const reader = recordReader(record);
  const said = reader.text('outcome');
  if (Object.hasOwn(record, 'sensed')) {
    const outcome = sensedOutcome({
      lane: reader.word('lane', laneNames),
      sensed: reader.word('sensed', ['entered', 'left', 'reversed']),
      isReleased: reader.has('released') && reader.flag('released'),
    });
    return told(reader.fault(), said, outcome);
  }
  const { moves } = record;
  if (moves === null) return { is: 'undecidable', why: 'not-in-record' };
  const sensor = reader.word('sensor', ['ok', 'lost', 'none']);
  const read = readMoves(moves);
  if (read === null) return { is: 'malformed', place: 'moves' };
  return told(reader.fault(), said, outcomeOf(read, sensor));
}

function told(place: string | null, said: string, outcome: string | null): PassageComparison {
  if (place !== null) return { is: 'malformed', place };
  return said === outcome ? { is: 'same' } : { is: 'different', outcome };
}

/** A body in a lane that nobody was granted, or against its direction. */
function sensedOutcome(body: {
  readonly lane: LaneName;
  readonly sensed: 'entered' | 'left' | 'reversed';
  readonly isReleased: boolean;
}): string | null {
  const { lane, sensed, isReleased } = body;
  if (!isReleased) return laneTransition(lane, sensed)?.outcome ?? null;
  const isFree = lane !== 'committing' && lane !== 'granted' && lane !== 'passing';
  return isFree && sensed !== 'left' ? 'emergency' : null;
}

type Move = readonly [what: LaneEvent | 'waiting', ms: number];

const events: ReadonlySet<string> = new Set(
  Object.values(laneTable).flatMap((transitions) => Object.keys(transitions)),
);
const laneNames = [
  ...(['locked', 'lockdown', 'fault', 'committing', 'granted', 'passing', 'settling'] as const),
] as const;

function readMoves(value: unknown): readonly Move[] | null {
  if (!Array.isArray(value)) return null;
  const moves: Move[] = [];
  for (const item of value) {
    if (!Array.isArray(item) || item.length !== 2) return null;
    const [what, ms]: readonly unknown[] = item;
    if (!isMove(what) || typeof ms !== 'number' || !Number.isSafeInteger(ms)) return null;
    moves.push([what, ms]);
  }
  return moves;
}

function isMove(what: unknown): what is Move[0] {
  return typeof what === 'string' && (what === 'waiting' || events.has(what));
}

/** What only a deadline brings about; `unsensed` is also told by a pulse's end where no sensor is. */
const ofDeadline: readonly Move[0][] = ['timeout', 'unsensed', 'waiting'];
/** What may come before the deadline or for its sake; a fire that is heard late goes before the deadline. */
const ofEither: readonly Move[0][] = ['unwritten', 'withdraw'];

interface Moving extends LaneTimes {
  readonly name: LaneName;
}

/** @returns the outcome of the last move, or null where one of them cannot have been */
function outcomeOf(moves: readonly Move[], sensor: 'ok' | 'lost' | 'none'): string | null {
  // A fault lets an override through as a lane at rest does.
  let lane: Moving = { name: 'locked', deadlineMs: Number.POSITIVE_INFINITY, openUntilMs: null };
  let lastMs = 0;
  let outcome: string | null = null;
  for (const [index, [what, ms]] of moves.entries()) {
    const isLast = index === moves.length - 1;
    if (ms < lastMs || !isInTime(what, ms, lane, sensor)) return null;
    // The state of the sensor is told for the end only.
    if (isLast && lane.name === 'granted' && !fitsSensor(what, sensor)) return null;
    const next = moveOn(lane, what, ms);
    if (next === null) return null;
    ({ lane, outcome } = next);
    lastMs = ms;
  }
  return outcome;
}

function isInTime(what: Move[0], ms: number, { deadlineMs }: Moving, sensor: string): boolean {
  const isDue = ms >= deadlineMs;
  if (ofEither.includes(what)) return true;
  if (what === 'unsensed' && sensor === 'none') return true;
  return isDue === ofDeadline.includes(what);
}

/** Without a sensor nobody can say that nobody passed. */
function fitsSensor(what: Move[0], sensor: string): boolean {
  if (what === 'timeout') return sensor === 'ok';
  return what !== 'unsensed' || sensor !== 'ok';
}

function moveOn(
  lane: Moving,
  what: Move[0],
  ms: number,
): { readonly lane: Moving; readonly outcome: string | null } | null {
  if (what === 'waiting')
    return lane.name === 'settling'
      ? { lane: { ...lane, deadlineMs: ms + timing.settlingMs }, outcome: null }
      : null;
  const transition = laneTransition(lane.name, what);
  if (transition === null) return null;
  const { to, outcome } = transition;
  const isResting = to === 'locked' || to === 'lockdown' || to === 'fault';
  const times = isResting
    ? { deadlineMs: ms, openUntilMs: null }
    : laneTimes(to, lane, ms, outcome);
  return { lane: { name: to, ...times }, outcome: outcome ?? null };
}
