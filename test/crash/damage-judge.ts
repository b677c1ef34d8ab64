/** What the real store makes of damaged files, and whether it may. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Replaced } from '../../kiosk/journal/takeover.js';
import { type Files, journalId } from './history.js';
import { judgingRun, reopen } from './reopen.js';
import { type JudgedRows, readRows } from './rows.js';
import { ticketStates } from './ticket-model.js';

/**
 * - `whole`: opened, and all that was acknowledged is there
 * - `cut`: opened with a clean beginning of what was written; a head known from elsewhere shows it
 * - `aside`: it is kept as it was, and another is begun that names it
 * - `refused`: it is not opened, or not written to, and says why
 * - `found`: it is opened, for only its end is looked at then; verification, or SQLite's own check,
 *   names the damage
 * - `uses`: all records are there, but what is known of a ticket is not what they say: a whole page is
 *   an older one, as it was written then
 */
export type Outcome = 'whole' | 'cut' | 'aside' | 'refused' | 'found' | 'uses';

export type DamageVerdict =
  | {
      readonly ok: true;
      readonly outcome: Outcome;
      readonly detail: string;
      /** `aside`: the last record that the next journal names */
      readonly through?: number;
    }
  /** a promise is broken */
  | { readonly ok: false; readonly detail: string };

/** What a damaged file may be refused for. `locked` and `bad-record` would blame somebody else. */
const reasons = ['damaged', 'io-error', 'read-only', 'newer-schema', 'disk-full'];

export interface Truth {
  readonly acknowledged: number;
  readonly hashes: ReadonlyMap<number, string>;
  /** only what was not synced is hurt: all must be there */
  readonly isUnsynced: boolean;
}

/**
 * @param file where the files go, in a folder of its own; what is there is removed
 * @param files damaged
 * @param truth what was written, and what was acknowledged
 */
export function judgeDamage(file: string, files: Files, truth: Truth): DamageVerdict {
  rmSync(dirname(file), { recursive: true, force: true });
  mkdirSync(dirname(file));
  writeFileSync(file, files.database);
  writeFileSync(`${file}-wal`, files.log);
  const verdict = judgeOpened(file, files, truth);
  const isLost =
    verdict.ok && truth.isUnsynced && verdict.outcome !== 'whole' && !isKept(verdict, truth);
  return isLost ? { ok: false, detail: `${verdict.outcome}: ${verdict.detail}` } : verdict;
}

/**
 * A commit that was not to be synced by itself, garbled, with the one behind it whole, looks like harm
 * to what was synced: another journal is begun then, and nothing that was acknowledged is missing.
 */
function isKept(
  { outcome, detail, through = 0 }: Extract<DamageVerdict, { ok: true }>,
  { acknowledged }: Truth,
): boolean {
  return (
    outcome === 'aside' && /later commits cannot be read/.test(detail) && through >= acknowledged
  );
}

function judgeOpened(file: string, files: Files, { acknowledged, hashes }: Truth): DamageVerdict {
  const reopened = reopen(file);
  if (!reopened.ok) {
    const why = reopened.why.split(':', 1)[0] ?? '';
    if (reopened.stage === 'open' && !reasons.includes(why))
      return { ok: false, detail: `refused for another reason: ${reopened.why}` };
    const outcome = reopened.stage === 'verify' ? 'found' : 'refused';
    return { ok: true, outcome, detail: reopened.why };
  }
  const { replaced } = reopened.restored;
  if (replaced !== undefined) return judgeReplaced(file, files, replaced, hashes);
  if (reopened.restored.journal !== journalId)
    return { ok: false, detail: 'a new journal is begun in its place, without a word' };
  // The chain holds from the first record to the last: what is in it must have been written.
  const rows = readable(file);
  if (typeof rows === 'string') return { ok: true, outcome: 'found', detail: rows };
  const { records, hashes: found } = rows;
  const old = records.filter(({ bootId }) => bootId !== judgingRun.bootId);
  const foreign = old.find(({ seq }) => hashes.get(seq) !== found.get(seq));
  if (foreign !== undefined)
    return { ok: false, detail: `record ${foreign.seq} was never written` };
  if (old.length !== (old.at(-1)?.seq ?? 0)) return { ok: false, detail: 'a record in between' };
  if (old.length < acknowledged)
    return { ok: true, outcome: 'cut', detail: `${old.length} of ${acknowledged}` };
  const held = new Map(reopened.restored.uses.map(({ entry, state }) => [entry.key, state]));
  for (const [ticket, state] of ticketStates(old)) {
    const wanted = state === 'open' ? 'uncertain' : state === 'free' ? undefined : state;
    if (held.get(ticket) !== wanted)
      return {
        ok: true,
        outcome: 'uses',
        detail: `${ticket}: ${held.get(ticket)}, by its records ${state}`,
      };
    held.delete(ticket);
  }
  const [unknown] = held.keys();
  if (unknown !== undefined)
    return { ok: true, outcome: 'uses', detail: `${unknown} by no record` };
  return { ok: true, outcome: 'whole', detail: '' };
}

/** The damaged one must be there as it was, and the last record that is named must be one of its own. */
function judgeReplaced(
  file: string,
  { database, log }: Files,
  { kept, previous, detail }: Replaced,
  hashes: Truth['hashes'],
): DamageVerdict {
  if (kept === null) return { ok: false, detail: 'the damaged journal is not kept' };
  const aside = join(dirname(file), kept);
  // Where only the opening itself came upon it, SQLite has emptied the log into it when it let go.
  const isAsItWas = readFileSync(aside).equals(database);
  const logLength = statSync(`${aside}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (!isAsItWas && logLength > 0) return { ok: false, detail: 'kept otherwise than it was' };
  if (isAsItWas && !readFileSync(`${aside}-wal`).equals(log))
    return { ok: false, detail: 'its log is not kept' };
  if (previous !== null && previous.journal !== journalId)
    return { ok: false, detail: `names another journal: ${previous.journal}` };
  if (previous !== null && previous.seq > 0 && hashes.get(previous.seq) !== previous.hash)
    return { ok: false, detail: `names record ${previous.seq}, which was never written` };
  return { ok: true, outcome: 'aside', detail, through: previous?.seq ?? 0 };
}

/** Or what SQLite's own check says, where only that has found it. */
function readable(file: string): JudgedRows | string {
  try {
    const rows = readRows(file);
    return rows.integrity === 'ok' ? rows : rows.integrity;
  } catch (error) {
    return String(error);
  }
}
