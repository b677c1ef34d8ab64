/** Every gate as the collector knows it: for the live table, and to find those that are silent. */
import type Database from 'better-sqlite3';
import { troublesOf } from '../gates.js';

export interface GateRow {
  readonly kiosk: string;
  /** null: nothing was ever heard of its state */
  readonly online: boolean | null;
  /** null: nothing has ever come from it while this collector listened */
  readonly heardMs: number | null;
  /** what it had still to send when it last said so */
  readonly backlog: number | null;
  /** those that are not ok, as `name lost` */
  readonly troubles: readonly string[];
  readonly journal: string | null;
  /** how far that journal is stored */
  readonly head: number | null;
  /** when its newest stored record was written */
  readonly recordMs: number | null;
  /** of that journal: `verified 120`, `waiting 130` for its records, `unverified`: no key for it */
  readonly checkpoint: string | null;
  /** open ones, refused messages left out */
  readonly faults: number;
}

interface Stored {
  readonly kiosk: string;
  readonly online: number | null;
  readonly heardMs: number | null;
  readonly state: string | null;
  readonly journal: string | null;
  readonly head: number | null;
  readonly lastMs: number | null;
  readonly checkpoint: string | null;
  readonly faults: number;
}

/**
 * @param database of the collector
 * @param expected gates that should be there, whether or not one has been heard
 * @returns a row for each gate that is expected or was ever heard, by name
 */
export function gateRows(
  database: Database.Database,
  expected: Iterable<string> = [],
): readonly GateRow[] {
  const stored = database
    .prepare<[], Stored>(
      `SELECT gates.kiosk, online, heardMs, state, journals.journal, head, lastMs,
         (SELECT CASE state WHEN 'unverified' THEN state ELSE state || ' ' || seq END
            FROM checkpoints WHERE checkpoints.kiosk = gates.kiosk
              AND checkpoints.journal = journals.journal
            ORDER BY state = 'waiting', seq DESC LIMIT 1) AS checkpoint,
         (SELECT count(*) FROM faults WHERE faults.kiosk = gates.kiosk AND closedMs IS NULL
            AND kind <> 'refused') AS faults
       FROM gates LEFT JOIN journals ON journals.id =
         (SELECT id FROM currentJournals WHERE currentJournals.kiosk = gates.kiosk)`,
    )
    .all();
  const rows = new Map(stored.map((row) => [row.kiosk, rowOf(row)]));
  for (const kiosk of expected) if (!rows.has(kiosk)) rows.set(kiosk, unheard(kiosk));
  return [...rows.values()].sort((left, right) => (left.kiosk < right.kiosk ? -1 : 1));
}

/**
 * @param rows of `gateRows`
 * @param beforeMs a gate that was heard since then is not silent
 * @returns the others, the longest silent first
 */
export function silentGates(rows: readonly GateRow[], beforeMs: number): readonly GateRow[] {
  return rows
    .filter(({ heardMs }) => heardMs === null || heardMs < beforeMs)
    .sort((left, right) => (left.heardMs ?? 0) - (right.heardMs ?? 0));
}

function rowOf({ online, state, lastMs, ...row }: Stored): GateRow {
  const said = state === null ? {} : (JSON.parse(state) as Record<string, unknown>);
  const { backlog, devices } = said;
  return {
    ...row,
    online: online === null ? null : online === 1,
    backlog: typeof backlog === 'number' ? backlog : null,
    troubles: troublesOf(devices),
    recordMs: lastMs,
  };
}

function unheard(kiosk: string): GateRow {
  return {
    kiosk,
    online: null,
    heardMs: null,
    backlog: null,
    troubles: [],
    journal: null,
    head: null,
    recordMs: null,
    checkpoint: null,
    faults: 0,
  };
}
