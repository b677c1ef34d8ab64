/**
 * What may happen to a single-use paper: the rules that the database and the in-memory twin share.
 * Pure. A paper is known by type, key and direction; law 3 (one grant, one pulse, one passage).
 *
 *   nothing ─reserve─▶ reserved ─spend─▶ spent          learned: another gate reported it
 *      ▲                  │ │                            (or a window, an isolation, a passage, known here)
 *      └──────return──────┘ └─power cut─▶ uncertain ─spend | return (the guard decides)
 *
 * An isolation is uncertain from the grant on, learned with the passage, and returned where nobody came.
 */
import type { Direction, KnownEntry } from '../../config/vocabulary.js';
import { supersedes } from '../core/known/known-merge.js';
import type { RestoredUse, UseChange } from './port.js';

export type UseState = 'reserved' | 'spent' | 'uncertain' | 'learned';

export interface UseRow {
  readonly type: KnownEntry['type'];
  readonly key: string;
  /** '' where the entry has none, so that it can be part of a primary key */
  readonly direction: Direction | '';
  readonly state: UseState;
  /** another gate has reported this use too: giving it back here must not forget that; what is learned is all its */
  readonly elsewhere: boolean;
  readonly until: string;
  readonly at: string;
  /** the record that came with the last change of state; 0 for what was learned */
  readonly seq: number;
}

/** `null` removes the row. */
export type UseWrite =
  | { readonly key: UseKey; readonly row: UseRow }
  | { readonly key: UseKey; readonly row: null };
export type UseKey = Pick<UseRow, 'type' | 'key' | 'direction'>;
/** Finds a use by its `useName`. */
export type FindUse = (name: string) => UseRow | undefined;

/**
 * Works out what a request's changes do, without doing it: all of them, or none.
 * @param changes in their order; later ones see earlier ones
 * @param find the row as committed (or written earlier in the same transaction)
 * @param seq the first record of the request
 * @returns the rows to write, or null when a paper to be reserved is reserved, spent, uncertain
 *   or reported by another gate already (`already-reserved`)
 */
export function planUses(
  changes: readonly UseChange[],
  find: FindUse,
  seq: number,
): readonly UseWrite[] | null {
  const planned = new Map<string, UseWrite>();
  for (const { op, entry } of changes) {
    const key = useKey(entry);
    const name = useName(key);
    const earlier = planned.get(name);
    const current = earlier === undefined ? find(name) : (earlier.row ?? undefined);
    if (op === 'reserve' && current !== undefined) return null;
    const row = changed(op, current, entry, seq);
    if (row !== current) planned.set(name, { key, row: row ?? null });
  }
  return [...planned.values()];
}

/** The row after one change; the same row when nothing changes, undefined when none is left. */
function changed(
  op: UseChange['op'],
  current: UseRow | undefined,
  entry: KnownEntry,
  seq: number,
): UseRow | undefined {
  switch (op) {
    case 'reserve':
      return newRow(entry, 'reserved', seq);
    case 'spend':
      // Without a reservation too: what was sensed is what is recorded.
      return current?.state === 'spent' ? current : own(current, entry, 'spent', seq);
    case 'uncertain':
      return current?.state === 'spent' ? current : own(current, entry, 'uncertain', seq);
    case 'return':
      // What is spent, or another gate's, is not this gate's to give back.
      if (current === undefined || !isOpen(current)) return current;
      return current.elsewhere ? { ...current, state: 'learned', seq: 0 } : undefined;
    case 'know':
      return learned(current, entry, false);
    case 'learn':
      return learned(current, entry, true);
  }
}

function learned(current: UseRow | undefined, entry: KnownEntry, elsewhere: boolean): UseRow {
  if (current === undefined) return { ...newRow(entry, 'learned', 0), elsewhere };
  // A person who was let in has passed, or another gate says so: of two isolations the longer stands.
  if (entry.type === 'isolation' && current.state === 'uncertain')
    return learned({ ...current, state: 'learned', elsewhere, seq: 0 }, entry, elsewhere);
  // This gate's own knowledge stands; that it is not alone with it is kept.
  if (current.state !== 'learned')
    return current.elsewhere || !elsewhere ? current : { ...current, elsewhere };
  return supersedes(entry.type, entry, current)
    ? { ...current, until: entry.until, at: entry.at, elsewhere }
    : current;
}

function own(current: UseRow | undefined, entry: KnownEntry, state: UseState, seq: number): UseRow {
  const row = newRow(entry, state, seq);
  if (current === undefined) return row;
  const longer = Date.parse(current.until) > Date.parse(entry.until);
  // Giving it back must not forget what was known before.
  const elsewhere = current.elsewhere || current.state === 'learned';
  return { ...row, elsewhere, until: longer ? current.until : entry.until };
}

function newRow(entry: KnownEntry, state: UseState, seq: number): UseRow {
  const { type, key, direction = '', until, at } = entry;
  return { type, key, direction, state, elsewhere: false, until, at, seq };
}

function isOpen(row: UseRow): boolean {
  return row.state === 'reserved' || row.state === 'uncertain';
}

/**
 * @param use an entry or a row
 * @returns what tells it from other uses
 */
export function useKey({
  type,
  key,
  direction = '',
}: Pick<KnownEntry, 'type' | 'key'> & { readonly direction?: Direction | '' }): UseKey {
  return { type, key, direction };
}

/**
 * @param key of a use
 * @returns one string for it, for maps
 */
export function useName({ type, key, direction }: UseKey): string {
  return `${type} ${direction} ${key}`;
}

/**
 * @param row of a use
 * @param floorMs what time has surely reached, milliseconds since 1970; null: nothing is sure
 * @returns whether the use may be forgotten: its `until` has passed. Never for a running grant's.
 */
export function isForgettable(row: UseRow, floorMs: number | null): boolean {
  return floorMs !== null && row.state !== 'reserved' && Date.parse(row.until) <= floorMs;
}

/**
 * @param row reserved when the last run ended
 * @param seq the record that says so
 * @returns the row from now on: nobody knows whether the person passed
 */
export function uncertainRow(row: UseRow, seq: number): UseRow {
  return { ...row, state: 'uncertain', seq };
}

/**
 * @param row as found at start, when nothing is reserved any more
 * @returns what the core is told of it: what another gate reported counts as spent
 */
export function restoredUse(row: UseRow): RestoredUse {
  const { type, key, direction, until, at } = row;
  const entry: KnownEntry = { type, key, ...(direction === '' ? {} : { direction }), until, at };
  const state = row.state === 'uncertain' && !row.elsewhere ? 'uncertain' : 'spent';
  const isTold = row.elsewhere && (type === 'ticket' || type === 'code');
  const isOwn = row.state === 'learned' ? !row.elsewhere : row.state === 'spent';
  return { entry, state, ...(isTold ? { elsewhere: true } : {}), ...(isOwn ? { own: true } : {}) };
}
