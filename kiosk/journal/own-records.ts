/** The records that the journal writes about itself; their fields stand in RECORDS.md. */
import type { Head } from './chain.js';
import type { PartKind } from './part-kind.js';
import type { RecordDraft } from './port.js';
import type { Takeover } from './takeover.js';
import type { UseRow } from './uses.js';

/** A journal and its last known record. */
export interface PreviousJournal extends Head {
  readonly journal: string;
}

/** Uses named in one record: well under its size limit. */
const uncertainPerRecord = 64;

/**
 * The first record of every journal.
 * @param journal its id, 16 bytes in hex
 * @param previous the journal before it, as far as it is known
 * @param at RFC 3339 UTC with milliseconds
 * @returns the draft
 */
export function startedRecord(
  journal: string,
  previous: PreviousJournal | null,
  at: string,
): RecordDraft {
  const known =
    previous === null
      ? null
      : { journal: previous.journal, seq: previous.seq, hash: previous.hash };
  return { type: 'journal-started', at, journal, previous: known };
}

/** What one slice of a purge has taken away for good. */
export interface PurgedNow {
  /** by age, or because there were too many */
  readonly why: 'retention' | 'cap';
  /** every sealed part of that kind beside records up to `through` is gone */
  readonly parts: readonly { readonly kind: PartKind; readonly through: number }[];
  /** the records up to `through` are gone, and the chain begins behind this hash; null: none in this slice */
  readonly records: { readonly through: number; readonly hash: string } | null;
}

/**
 * Says what was purged: written in the same transaction.
 * @param purged in this slice
 * @param at RFC 3339 UTC with milliseconds
 * @returns the draft
 */
export function purgeRecord({ why, parts, records }: PurgedNow, at: string): RecordDraft {
  const gone = parts.map(({ kind, through }) => ({ kind, through }));
  const begins = records === null ? null : { through: records.through, hash: records.hash };
  return { type: 'purge', at, why, parts: gone, records: begins };
}

const detailCharactersMax = 200;

/**
 * The second record of a journal that was begun because the one before it could not be used any more.
 * @param takeover from that one
 * @param at RFC 3339 UTC with milliseconds
 * @returns the draft
 */
export function damagedRecord(takeover: Takeover, at: string): RecordDraft {
  const { cause, detail, kept, usesCount, isWhole } = takeover;
  const words = detail.slice(0, detailCharactersMax).replace(/[^ -~]/g, '?');
  return {
    type: 'journal-damaged',
    at,
    cause,
    detail: words,
    kept,
    uses: usesCount,
    complete: isWhole,
  };
}

/**
 * Says which papers a run left reserved: a grant was on its way when it ended.
 * @param reserved rows as found at open
 * @param at RFC 3339 UTC with milliseconds
 * @returns drafts, each with the rows it names (64 at most); none for none
 */
export function uncertainRecords(
  reserved: readonly UseRow[],
  at: string,
): readonly { readonly draft: RecordDraft; readonly rows: readonly UseRow[] }[] {
  const records = [];
  for (let start = 0; start < reserved.length; start += uncertainPerRecord) {
    const rows = reserved.slice(start, start + uncertainPerRecord);
    const uses = rows.map(({ type, key, direction, seq }) => ({
      type,
      key,
      ...(direction === '' ? {} : { direction }),
      grant: seq,
    }));
    records.push({ draft: { type: 'uses-uncertain', at, uses }, rows });
  }
  return records;
}
