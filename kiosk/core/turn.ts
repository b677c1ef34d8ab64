/**
 * One step under way: the state as it becomes, and the effects so far. A turn lives inside one call
 * of `step`; nothing outside sees it change.
 */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Now } from '../../config/vocabulary.js';
import type { JsonValue, RecordDraft, UseChange } from '../journal/port.js';
import type { Effect } from './messages.js';
import { alarmsMax, type GateState } from './state.js';

export interface Turn {
  state: GateState;
  readonly effects: Effect[];
  readonly now: Now;
  /** records and uses that nobody waits for: one append at the end of the step */
  readonly records: RecordDraft[];
  readonly uses: UseChange[];
}

/** @returns a fresh turn over a state */
export function beginTurn(state: GateState, now: Now): Turn {
  return { state, effects: [], now, records: [], uses: [] };
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
  return { type, at: formatRfc3339(turn.now.wallMs), ...fields };
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
    since: known && !known.acknowledged ? known.since : formatRfc3339(turn.now.wallMs),
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

/** Ends the turn: what was noted becomes one append without anybody waiting. */
export function endTurn(turn: Turn): { state: GateState; effects: readonly Effect[] } {
  if (turn.records.length > 0 || turn.uses.length > 0) {
    const id = takeRequestId(turn);
    turn.effects.push({ type: 'append', id, ...takeNotes(turn, id), urgent: false });
  }
  return { state: turn.state, effects: turn.effects };
}
