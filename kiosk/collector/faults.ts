/**
 * What is wrong between a gate's story and what is stored: kept until somebody has seen it. One row
 * for each fault, however often it shows itself.
 */
import type Database from 'better-sqlite3';

export const faultKinds = [
  /** records are missing before what came; they may still come */
  'gap',
  /** the same, right where a restored backup ends: what came after the backup is missing */
  'lost-after-restore',
  /** two records, or a record and a signed checkpoint, that cannot both be of one journal */
  'fork',
  /** a new journal names records of the one before it that never came */
  'tail-missing',
  /** a new journal does not name the one before it, of which there is one */
  'previous-unnamed',
  /** the journal's id is another gate's */
  'foreign-journal',
  /** a message that is not of its form; `theirs` says why */
  'refused',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kiosk: string;
  /** empty: of no journal */
  readonly journal: string;
  readonly kind: FaultKind;
  /** where; 0: nowhere in particular */
  readonly seq: number;
  /** a hash, a journal's id or a code; empty: none */
  readonly theirs: string;
  /** the hash that is stored */
  readonly ours?: string;
  /** the last record that is missing */
  readonly toSeq?: number;
  /** the bytes of the record or the note that contradicts */
  readonly evidence?: Uint8Array;
}

export interface Faults {
  /**
   * @param times how often it has shown itself
   * @returns whether it is new, or was closed
   */
  report(fault: Fault, nowMs: number, times?: number): boolean;
  /** Closes the gaps of a journal that end at or before its head, and with them what its successor missed. */
  closeThrough(kiosk: string, journal: string, headSeq: number, nowMs: number): void;
}

const limits = {
  /** of a gate and a kind: a gate that forks at will must not fill the disk */
  perKindMax: 200,
} as const;

/** @returns the faults of a database; within a transaction of the caller's */
export function openFaults(database: Database.Database): Faults {
  const again = database.prepare<[number, number, number | null, ...Place]>(
    `UPDATE faults SET count = count + ?, lastMs = ?, toSeq = max(ifnull(toSeq, 0), ?), closedMs = NULL
     WHERE kiosk = ? AND journal = ? AND kind = ? AND seq = ? AND theirs = ?`,
  );
  const isOpen = database
    .prepare<Place, number>(
      `SELECT closedMs IS NULL FROM faults
       WHERE kiosk = ? AND journal = ? AND kind = ? AND seq = ? AND theirs = ?`,
    )
    .pluck();
  const insert = database.prepare<
    [...Place, string | null, number | null, Uint8Array | null, number, number, number]
  >(
    `INSERT INTO faults (kiosk, journal, kind, seq, theirs, ours, toSeq, evidence, firstMs, lastMs, count)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const countOf = database
    .prepare<[string, string], number>('SELECT count(*) FROM faults WHERE kiosk = ? AND kind = ?')
    .pluck();
  const dropOldestClosed = database.prepare<[string, string]>(
    `DELETE FROM faults WHERE id =
       (SELECT id FROM faults WHERE kiosk = ? AND kind = ? AND closedMs IS NOT NULL ORDER BY id LIMIT 1)`,
  );
  const close = database.prepare<[number, string, string, number]>(
    `UPDATE faults SET closedMs = ? WHERE closedMs IS NULL AND kiosk = ? AND journal = ?
       AND kind IN ('gap', 'lost-after-restore', 'tail-missing') AND toSeq <= ?`,
  );

  return {
    report(fault, nowMs, times = 1) {
      const { kiosk, journal, kind, seq, theirs, ours, toSeq, evidence } = fault;
      const place: Place = [kiosk, journal, kind, seq, theirs];
      const wasOpen = isOpen.get(...place);
      if (wasOpen !== undefined) {
        again.run(times, nowMs, toSeq ?? null, ...place);
        return wasOpen === 0;
      }
      if ((countOf.get(kiosk, kind) ?? 0) >= limits.perKindMax)
        if (dropOldestClosed.run(kiosk, kind).changes === 0) return false;
      insert.run(...place, ours ?? null, toSeq ?? null, evidence ?? null, nowMs, nowMs, times);
      return true;
    },
    closeThrough: (kiosk, journal, headSeq, nowMs) =>
      void close.run(nowMs, kiosk, journal, headSeq),
  };
}

/**
 * Somebody has seen what is wrong: closes what no record that comes later would mend. It opens again
 * when it shows itself again.
 * @returns how many were open
 */
export function closeSeen(database: Database.Database, nowMs: number): number {
  return database
    .prepare<[number]>(
      `UPDATE faults SET closedMs = ? WHERE closedMs IS NULL
         AND kind NOT IN ('gap', 'lost-after-restore', 'tail-missing')`,
    )
    .run(nowMs).changes;
}

type Place = [kiosk: string, journal: string, kind: string, seq: number, theirs: string];
