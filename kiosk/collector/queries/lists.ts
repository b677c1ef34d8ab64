/** What is open: notices that no party has acknowledged, and faults that nobody has mended. */
import type Database from 'better-sqlite3';
import type { FaultKind } from '../faults.js';

export interface NoticeRow {
  readonly kiosk: string;
  readonly id: string;
  readonly party: string;
  readonly kind: string;
  readonly atMs: number;
  readonly rule: string | null;
  /** JSON */
  readonly masked: string | null;
  readonly journal: string | null;
  readonly seq: number | null;
  /** acknowledged then, and not cleared by its gate yet */
  readonly ackAt: string | null;
  /** its gate had cleared it when the collector came back; null: open */
  readonly unseenMs: number | null;
}

/** @returns the notices that are open, oldest first; `all`: also those that were cleared unseen */
export function noticeRows(
  database: Database.Database,
  { party, all }: { readonly party: string | null; readonly all: boolean },
): readonly NoticeRow[] {
  return database
    .prepare<[string | null, string | null, number], NoticeRow>(
      `SELECT kiosk, id, party, kind, atMs, rule, masked, journal, seq, ackAt, unseenMs FROM notices
       WHERE (? IS NULL OR party = ?) AND (unseenMs IS NULL OR ?) ORDER BY atMs, kiosk, id`,
    )
    .all(party, party, all ? 1 : 0);
}

export interface FaultRow {
  readonly kiosk: string;
  readonly journal: string;
  readonly kind: FaultKind;
  readonly seq: number;
  readonly toSeq: number | null;
  readonly ours: string | null;
  readonly theirs: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** null: open */
  readonly closedMs: number | null;
}

/** @returns faults, newest first; with `all` those that have mended themselves too */
export function faultRows(database: Database.Database, all: boolean): readonly FaultRow[] {
  return database
    .prepare<[number], FaultRow>(
      `SELECT kiosk, journal, kind, seq, toSeq, ours, theirs, count, firstMs, lastMs, closedMs
       FROM faults WHERE closedMs IS NULL OR ? ORDER BY lastMs DESC, id DESC`,
    )
    .all(all ? 1 : 0);
}

export interface LossRow {
  readonly kiosk: string;
  readonly journal: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly atMs: number;
  /** `accepted`: by somebody; `purged`: by its gate, released before a restore or by another collector */
  readonly why: 'accepted' | 'purged';
}

/** @returns records that were given up for good, newest first */
export function lossRows(database: Database.Database): readonly LossRow[] {
  return database
    .prepare<[], LossRow>(
      'SELECT kiosk, journal, fromSeq, toSeq, atMs, why FROM losses ORDER BY atMs DESC, kiosk, fromSeq',
    )
    .all();
}
