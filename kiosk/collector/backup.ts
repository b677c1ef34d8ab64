/**
 * Backup and restore. A backup is one moment of the database, taken while the daemon runs. What a
 * restored one does not hold is not acknowledged again: receipts are computed from what is stored.
 */
import { chmodSync, closeSync, copyFileSync, existsSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { chainStart, linkHash, toHex } from '../journal/chain.js';
import { errorText } from '../journal/failures.js';
import { putInPlace } from '../journal/put-in-place.js';
import { holdAlone, openBeside } from './beside.js';
import { whoseDatabase } from './schema.js';
import { bringUp } from './store.js';

export type Copied =
  | { readonly ok: true; readonly journals: number; readonly records: number }
  | { readonly ok: false; readonly detail: string };

/**
 * @param file of the database; the daemon may run on it
 * @param target a new file: it is there whole, checked and synced, or not at all
 * @returns what it holds, or why there is none
 */
export function backUp(file: string, target: string): Copied {
  if (existsSync(target)) return refused(`${target} exists and is not overwritten`);
  const opened = openBeside(file, 'read');
  if (!opened.ok) return refused(`${file}: ${opened.detail}`);
  const part = `${target}.part`;
  try {
    rmSync(part, { force: true });
    // Its owner's alone from its first byte on: SQLite goes on with an empty file that is there.
    closeSync(openSync(part, 'wx', 0o600));
    // One read transaction: not disturbed by what the daemon writes meanwhile, unlike a copy of pages.
    opened.database.prepare('VACUUM INTO ?').run(part);
    const check = checkCopy(part);
    if (check.ok) putInPlace(part, target);
    return check;
  } catch (error) {
    return refused(errorText(error));
  } finally {
    opened.database.close();
    rmSync(part, { force: true });
  }
}

/**
 * @param backup made by `backUp`
 * @param file where the database shall be; nothing may be there, and no daemon run on it
 * @returns what it holds, or why it was not restored
 */
export function restoreBackup(backup: string, file: string): Copied {
  const rest = [file, `${file}-wal`, `${file}-shm`].find((name) => existsSync(name));
  if (rest !== undefined) return refused(`${rest} is there: move it away, and keep it`);
  const part = `${file}.part`;
  let release: (() => void) | null = null;
  try {
    release = holdAlone(file);
    if (release === null) return refused('a collector runs on it: end that one first');
    copyFileSync(backup, part);
    chmodSync(part, 0o600);
    prepareRestored(part);
    const check = checkCopy(part);
    if (!check.ok) return check;
    putInPlace(part, file);
    return check;
  } catch (error) {
    return refused(errorText(error));
  } finally {
    rmSync(part, { force: true });
    release?.();
  }
}

function refused(detail: string): Copied {
  return { ok: false, detail };
}

/** SQLite's own check, and the chain of every journal from its first record to its head. */
function checkCopy(file: string): Copied {
  const opened = openBeside(file, 'read');
  if (!opened.ok) return refused(opened.detail);
  const { database } = opened;
  try {
    const answer = database.pragma('integrity_check', { simple: true });
    if (answer !== 'ok') return refused(`the copy is damaged: ${String(answer)}`);
    return checkChains(database);
  } finally {
    database.close();
  }
}

interface Row {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/**
 * Checks what is stored against itself.
 * @param database of a collector
 * @returns how many journals and records there are, or the first record that is not as it was stored
 */
export function checkChains(database: Database.Database): Copied {
  const journals = database
    .prepare<[], { id: number; kiosk: string; journal: string; head: number; hash: Uint8Array }>(
      'SELECT id, kiosk, journal, head, hash FROM journals ORDER BY id',
    )
    .all();
  const losses = database.prepare<[string, string], { toSeq: number; hash: string | null }>(
    'SELECT toSeq, hash FROM losses WHERE kiosk = ? AND journal = ?',
  );
  const rows = database.prepare<[number], Row>(
    'SELECT seq, bytes, hash FROM records WHERE journal = ? ORDER BY seq',
  );
  let count = 0;
  for (const { id, kiosk, journal, head, hash } of journals) {
    const lost = new Map(
      losses.all(kiosk, journal).map(({ toSeq, ...loss }) => [toSeq, loss.hash]),
    );
    let previous: Row | null = null;
    for (const row of rows.iterate(id)) {
      const place = `${kiosk} ${journal} record ${row.seq}`;
      const before: Row | null = previous;
      previous = row;
      count += 1;
      const isBehindLoss = before?.seq !== row.seq - 1 && lost.has(row.seq - 1);
      if (!isBehindLoss && row.seq !== (before?.seq ?? 0) + 1)
        return refused(`${place}: a gap before it`);
      const stands = isBehindLoss ? lost.get(row.seq - 1) : toHex(before?.hash ?? chainStart);
      // What was given up before its hash was kept: the next record is held to this one.
      if (stands == null) continue;
      const linked = linkHash(Buffer.from(stands, 'hex'), row.bytes);
      if (toHex(linked) !== toHex(row.hash)) return refused(`${place}: not as it was stored`);
    }
    if (previous?.seq !== head || toHex(previous.hash) !== toHex(hash))
      return refused(`${kiosk} ${journal}: its head is not record ${head}`);
  }
  return { ok: true, journals: journals.length, records: count };
}

/**
 * Brings a backup that an earlier version has made up to this one. From here on a gap right behind a
 * journal's head is told as what it is.
 * @throws SQLite's errors
 */
function prepareRestored(file: string): void {
  const database = new Database(file);
  try {
    const whose = whoseDatabase(database);
    if (whose === 'older') bringUp(database);
    if (whose !== 'older' && whose !== 'ours') return;
    database.exec('UPDATE journals SET restoredHead = head');
  } finally {
    database.close();
  }
}
