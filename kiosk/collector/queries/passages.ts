/** Who passed a zone between two times: contact tracing begins here. */
import type Database from 'better-sqlite3';
import { objectsOf, readRecord, type StoredRecord, textOf } from './record.js';

export interface Passage {
  readonly atMs: number;
  readonly kiosk: string;
  readonly zone: string;
  readonly direction: string | null;
  /** as sensed: see RECORDS.md */
  readonly outcome: string;
  /** by which rule; `override`: the guard's; null: nobody let it happen */
  readonly rule: string | null;
  /** tokens as `space:token`; none: nobody had shown anything */
  readonly people: readonly string[];
  /** where it stands, and which attempt it was: for the details beside it */
  readonly place: {
    /** the journal's number in this database */
    readonly journal: number;
    readonly seq: number;
    readonly bootId: string | null;
    readonly attempt: number | null;
  };
}

export interface PassageQuestion {
  readonly zone: string;
  /** from this moment on */
  readonly fromMs: number;
  /** until before this one */
  readonly toMs: number;
}

/** A way through the arm that somebody took, allowed or not. */
const wentThrough: readonly string[] = [
  'passed',
  'passed-slowly',
  'unsensed',
  'accompanied',
  'tailgate',
  'reverse',
  'forced',
  'emergency',
];
/** How far behind its passage an override may stand that a failed disk had kept back. */
const lateRecordsMax = 512;

interface Row {
  readonly journal: number;
  readonly seq: number;
  readonly kiosk: string;
  readonly atMs: number;
  readonly grantSeq: number | null;
  readonly bytes: Uint8Array;
}

/** @returns the names of the zones in which somebody has passed, in order */
export function zonesPassed(database: Database.Database): readonly string[] {
  return database
    .prepare<[], string>(
      `SELECT DISTINCT zone FROM records WHERE type = 'passage' AND zone IS NOT NULL ORDER BY zone`,
    )
    .pluck()
    .all();
}

/** @returns the passages of every gate of that zone, oldest first */
export function passages(
  database: Database.Database,
  { zone, fromMs, toMs }: PassageQuestion,
): readonly Passage[] {
  const rows = database.prepare<[string, number, number], Row>(
    `SELECT records.journal, seq, kiosk, atMs, grantSeq, bytes
     FROM records JOIN journals ON journals.id = records.journal
     WHERE type = 'passage' AND records.zone = ? AND atMs >= ? AND atMs < ?
     ORDER BY atMs, kiosk, seq`,
  );
  const recordAt = database
    .prepare<[number, number], Uint8Array>(
      'SELECT bytes FROM records WHERE journal = ? AND seq = ?',
    )
    .pluck();
  const overridesAfter = database
    .prepare<[number, number, number], Uint8Array>(
      `SELECT bytes FROM records WHERE journal = ? AND seq > ? AND seq <= ? AND type = 'override'`,
    )
    .pluck();

  /** What let it happen: the decision, or the guard's override. */
  const causeOf = ({ journal, seq, grantSeq }: Row, passage: StoredRecord): StoredRecord => {
    const bytes = grantSeq === null ? undefined : recordAt.get(journal, grantSeq);
    if (bytes !== undefined) return readRecord(bytes);
    const request = passage['request'];
    if (typeof request !== 'number') return {};
    const late = overridesAfter.all(journal, seq, seq + lateRecordsMax).map(readRecord);
    const isIts = (it: StoredRecord): boolean =>
      it['request'] === request && it['bootId'] === passage['bootId'];
    return late.find(isIts) ?? {};
  };

  return rows.all(zone, fromMs, toMs).flatMap((row): Passage[] => {
    const passage = readRecord(row.bytes);
    const outcome = textOf(passage, 'outcome') ?? '';
    if (!wentThrough.includes(outcome)) return [];
    const cause = causeOf(row, passage);
    const isOverride = textOf(cause, 'type') === 'override';
    const attempt = passage['attempt'] ?? cause['attempt'];
    return [
      {
        ...{ atMs: row.atMs, kiosk: row.kiosk, zone, outcome },
        direction: textOf(cause, 'direction'),
        rule: isOverride ? 'override' : textOf(cause, 'rule'),
        people: objectsOf(cause, 'identities').map(
          (identity) => `${textOf(identity, 'space')}:${textOf(identity, 'token')}`,
        ),
        place: {
          journal: row.journal,
          seq: row.seq,
          bootId: textOf(passage, 'bootId'),
          attempt: typeof attempt === 'number' ? attempt : null,
        },
      },
    ];
  });
}
