/** Finds records in a source: by number, by time, by attempt; and the sealed parts beside them. */
import { parseRfc3339 } from '../../config/rfc3339.js';
import { type PartKind, partKind } from '../journal/part-kind.js';
import { partHash, type SealedPart } from '../journal/sealed-part.js';
import type { JournalSource, SourceRow } from '../journal/source.js';
import { type JournalFault, sourceFault } from './fault.js';

/** Records by their numbers, both ends in it; null: that end of the journal. */
export interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

/** Which parts are asked for. */
export interface PartsWanted extends Range {
  /** of one attempt; its number counts within a run of the daemon */
  readonly attempt: { readonly bootId: string | null; readonly serial: number } | null;
  readonly kind: PartKind | null;
}

export interface FoundPart {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly bootId: string;
  readonly attempt: number | null;
  readonly kind: PartKind;
  /** `gone`: purged, or never there; `changed`: another one than its record names */
  readonly part: SealedPart | 'gone' | 'changed';
}

export type FoundParts =
  | { readonly ok: true; readonly parts: readonly FoundPart[] }
  | { readonly ok: false; readonly why: JournalFault | 'too-many' };

type Members = Readonly<Record<string, unknown>>;

/**
 * @param max parts at the most: whoever asks for more is to ask for less
 * @returns the parts beside the records asked for, still sealed
 */
export function findParts(source: JournalSource, wanted: PartsWanted, max: number): FoundParts {
  const parts: FoundPart[] = [];
  for (const item of source.rows((wanted.from ?? 1) - 1)) {
    if (item.is === 'fault') return { ok: false, why: sourceFault(item) };
    if (wanted.to !== null && item.seq > wanted.to) break;
    const found = partOf(item);
    if (found === null || !isWanted(found, wanted)) continue;
    if (parts.length === max) return { ok: false, why: 'too-many' };
    parts.push(found);
  }
  return { ok: true, parts };
}

/** So far from a record others are looked for. */
const nearbyRecordsMax = 1_000;

/**
 * @param seq of a record that has no part of this kind
 * @param max how many are enough
 * @returns the numbers of the nearest records with one, ascending; none: none is near
 */
export function partsNearby(
  source: JournalSource,
  seq: number,
  kind: PartKind | null,
  max: number,
): readonly number[] {
  const range = { from: Math.max(1, seq - nearbyRecordsMax), to: seq + nearbyRecordsMax };
  const found = findParts(source, { ...range, attempt: null, kind }, 2 * nearbyRecordsMax + 1);
  if (!found.ok) return [];
  const numbers = found.parts.map((part) => part.seq);
  const distance = (number: number): number => Math.abs(number - seq);
  const nearest = numbers.toSorted((a, b) => distance(a) - distance(b)).slice(0, max);
  return nearest.toSorted((a, b) => a - b);
}

function isWanted({ kind, bootId, attempt }: FoundPart, wanted: PartsWanted): boolean {
  if (wanted.kind !== null && kind !== wanted.kind) return false;
  if (wanted.attempt === null) return true;
  const { bootId: run, serial } = wanted.attempt;
  return attempt === serial && (run === null || bootId === run);
}

function partOf(row: SourceRow): FoundPart | null {
  const record = readMembers(row.bytes);
  const { sealed: named, at, type, bootId, attempt } = record;
  if (typeof named !== 'string') return null;
  const { sealed } = row;
  const isNamed = sealed !== null && partHash(sealed) === named;
  return {
    seq: row.seq,
    at: textOf(at),
    type: textOf(type),
    bootId: textOf(bootId),
    attempt: typeof attempt === 'number' ? attempt : null,
    kind: partKind(record),
    part: sealed === null ? 'gone' : isNamed ? sealed : 'changed',
  };
}

/**
 * Takes two times in milliseconds since 1970, or null; returns the records from the first that is not
 * before `fromMs` to the last that is before `toMs`, by their own times. Null: there are none.
 */
export function recordsBetween(
  source: JournalSource,
  fromMs: number | null,
  toMs: number | null,
): Range | null {
  let from: number | null = null;
  let to: number | null = null;
  for (const item of source.rows()) {
    if (item.is === 'fault') break;
    const atMs = atMsOf(item);
    if (atMs === null) continue;
    if (fromMs === null || atMs >= fromMs) from ??= item.seq;
    if (toMs === null || atMs < toMs) to = item.seq;
  }
  return from === null || to === null || from > to ? null : { from, to };
}

/** @returns milliseconds since 1970 of the last record, by its own time; null: there is none, or it says none */
export function newestMs(source: JournalSource): number | null {
  let newest: number | null = null;
  // Where the end is not told every record is gone through.
  for (const item of source.rows(source.end === null ? 0 : source.end.seq - 1))
    if (item.is === 'row') newest = atMsOf(item) ?? newest;
  return newest;
}

/**
 * Looks a time up without reading what is before it: the time of a journal does not run back (law 6).
 * @returns the first record that is not before `ms`, or null: there is none
 */
export function firstSince(source: JournalSource, ms: number): number | null {
  if (source.end === null) return recordsBetween(source, ms, null)?.from ?? null;
  let low = 1;
  let high = source.end.seq + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [item] = source.rows(middle - 1);
    const atMs = item?.is === 'row' ? atMsOf(item) : null;
    // Whoever goes on from here finds what is not readable there.
    if (item?.is !== 'row' || atMs === null || atMs >= ms) high = middle;
    else low = item.seq + 1;
  }
  return low > source.end.seq ? null : low;
}

function atMsOf({ bytes }: SourceRow): number | null {
  return parseRfc3339(textOf(readMembers(bytes)['at']));
}

function readMembers(bytes: Uint8Array): Members {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString('utf8'))) as Members;
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
