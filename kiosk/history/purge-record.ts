/** Reads the records by which a gate says what it has removed for good. Pure. */
import { type PartKind, partKinds } from '../journal/part-kind.js';
import type { SourceItem } from '../journal/source.js';

export interface PurgeRecord {
  readonly seq: number;
  /** every part of that kind beside a record up to `through` is gone */
  readonly parts: readonly { readonly kind: PartKind; readonly through: number }[];
  /** records up to this one are gone; null: none are */
  readonly records: { readonly through: number; readonly hash: string } | null;
}

type Members = Readonly<Record<string, unknown>>;
const hashShape = /^[0-9a-f]{64}$/;

/** Takes a record of type `purge`; returns what it says, or null where it cannot have been written. */
export function readPurge(seq: number, record: Members): PurgeRecord | null {
  const { parts, records } = record;
  if (!Array.isArray(parts)) return null;
  const read = parts.map((part: unknown) => {
    // A gate that has been taken over may have written anything, null among it.
    const { kind, through } = Object(part) as Members;
    const known = partKinds.find((word) => word === kind);
    return { kind: known, through: isBefore(through, seq) ? through : null };
  });
  const whole = read.flatMap(({ kind, through }) =>
    kind === undefined || through === null ? [] : [{ kind, through }],
  );
  if (whole.length < parts.length) return null;
  if (records === null) return { seq, parts: whole, records: null };
  const { through, hash } = Object(records) as Members;
  if (!isBefore(through, seq) || typeof hash !== 'string' || !hashShape.test(hash)) return null;
  return { seq, parts: whole, records: { through, hash } };
}

function isBefore(value: unknown, seq: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value < seq;
}

const purgeMark = Buffer.from('"type":"purge"', 'latin1');

/** Takes any record's bytes; returns the purge in it, or null: quick for all that are none. */
export function purgeIn(seq: number, bytes: Uint8Array): PurgeRecord | null {
  const isPurge = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(purgeMark);
  return isPurge ? readPurge(seq, parsed(bytes)) : null;
}

/**
 * Looks through a journal for what its purges say of removed records, before its chain is checked:
 * where it begins stands in a record that comes later.
 * @returns the hash that stood at each number, as purges say; nothing of it is vouched for yet
 */
export function purgedHeads(rows: Iterable<SourceItem>): ReadonlyMap<number, string> {
  const heads = new Map<number, string>();
  for (const item of rows) {
    if (item.is === 'fault') break;
    const records = purgeIn(item.seq, item.bytes)?.records ?? null;
    // The first word counts: one that says otherwise later is held to it.
    if (records !== null && !heads.has(records.through)) heads.set(records.through, records.hash);
  }
  return heads;
}

function parsed(bytes: Uint8Array): Members {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString('utf8'))) as Members;
  } catch {
    return {};
  }
}
