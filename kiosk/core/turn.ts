/**
 * One step under way: the state as it becomes, and the effects so far. A turn lives inside one call
 * of `step`; nothing outside sees it change.
 */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Now } from '../../config/vocabulary.js';
import type { JsonValue, RecordDraft, Standing, UseChange } from '../journal/port.js';
import { alarmsMax } from './limits.js';
import type { Effect } from './messages.js';
import type { GateState } from './state.js';
import { standingDue, standingOf } from './time/standing.js';

export interface Turn {
  state: GateState;
  readonly effects: Effect[];
  readonly now: Now;
  /** records and uses that nobody waits for: one append at the end of the step */
  readonly records: RecordDraft[];
  readonly uses: UseChange[];
  /** the moment as records are dated; made when the first of them is */
  at: string | null;
  /** what stands may be sent by itself: no records came along for a while */
  mayKeepAlone: boolean;
}

/**
 * @param state the gate, with its time judged
 * @param now as judged (law 6), never as the machine's clock says it
 * @returns a fresh turn over the state
 */
export function beginTurn(state: GateState, now: Now): Turn {
  return { state, effects: [], now, records: [], uses: [], at: null, mayKeepAlone: false };
}

/** Replaces parts of the state. */
export function set(turn: Turn, change: Partial<GateState>): void {
  turn.state = { ...turn.state, ...change };
}

/** @returns a record of this moment */
export function draft(
  turn: Turn,
  type: string,
  fields: { readonly [key: string]: JsonValue },
): RecordDraft {
  return { type, at: dateOf(turn), ...fields };
}

/** All records of a turn have one date, and writing it takes a while. */
function dateOf(turn: Turn): string {
  turn.at ??= formatRfc3339(turn.now.wallMs);
  return turn.at;
}

/** Journals a fact that nobody waits for. */
export function note(
  turn: Turn,
  type: string,
  fields: { readonly [key: string]: JsonValue } = {},
): void {
  turn.records.push(draft(turn, type, fields));
}

/** @returns the id of the next journal request, and takes it */
export function takeRequestId(turn: Turn): number {
  const id = turn.state.requestId;
  set(turn, { requestId: id + 1 });
  return id;
}

/** Raises an alarm, or counts it again; journalled each time it is new or was acknowledged. */
export function raise(turn: Turn, code: string): void {
  const { alarms } = turn.state;
  const known = alarms.find((alarm) => alarm.code === code);
  if (known === undefined && alarms.length >= alarmsMax) return;
  if (known === undefined || known.acknowledged) note(turn, 'alarm', { code });
  const next = {
    code,
    since: known && !known.acknowledged ? known.since : dateOf(turn),
    acknowledged: false,
    count: (known?.count ?? 0) + 1,
  };
  set(turn, { alarms: [...alarms.filter((alarm) => alarm.code !== code), next] });
}

/** Takes an alarm back whose cause is gone. */
export function clearAlarm(turn: Turn, code: string): void {
  if (!turn.state.alarms.some((alarm) => alarm.code === code)) return;
  note(turn, 'alarm-ended', { code });
  set(turn, { alarms: turn.state.alarms.filter((alarm) => alarm.code !== code) });
}

/** Lets the person hear that something was taken in, though the picture may be the same. */
export function sound(turn: Turn): void {
  set(turn, { toneSerial: turn.state.toneSerial + 1 });
}

/** Takes what was noted so far for request `id`; it is kept until the journal has answered. */
export function takeNotes(turn: Turn, id: number): Pick<Turn, 'records' | 'uses'> {
  const notes = { records: turn.records.splice(0), uses: turn.uses.splice(0) };
  if (notes.records.length > 0 || notes.uses.length > 0) {
    const { unwritten } = turn.state;
    const sent = new Map(unwritten.sent).set(id, { order: id, ...notes });
    set(turn, { unwritten: { ...unwritten, sent } });
  }
  return notes;
}

/**
 * Ends the turn: what was noted becomes one append without anybody waiting, and what stands goes
 * with it where the journal's is out of date.
 */
export function endTurn(turn: Turn): { state: GateState; effects: readonly Effect[] } {
  const due = standingDue(turn.state);
  const isAlone = due === 'changed' || (due === 'grown' && turn.mayKeepAlone);
  if (turn.records.length > 0 || turn.uses.length > 0 || isAlone) {
    const id = takeRequestId(turn);
    const append = { type: 'append', id, ...takeNotes(turn, id), urgent: false } as const;
    turn.effects.push(due === null ? append : { ...append, standing: keep(turn, id) });
  }
  return { state: turn.state, effects: turn.effects };
}

function keep(turn: Turn, request: number): Standing {
  const standing = standingOf(turn.state);
  set(turn, { kept: { standing, request } });
  return standing;
}
