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
    const atMs = parseRfc3339(textOf(readMembers(item.bytes)['at']));
    if (atMs === null) continue;
    if (fromMs === null || atMs >= fromMs) from ??= item.seq;
    if (toMs === null || atMs < toMs) to = item.seq;
  }
  return from === null || to === null || from > to ? null : { from, to };
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
