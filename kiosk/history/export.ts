/**
 * Writes an export: records as they were hashed, sealed parts still sealed, what was signed of them.
 * It is verified before it has its name, so what is there is whole and holds.
 */
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { type Head, toHex } from '../journal/chain.js';
import { errorText } from '../journal/failures.js';
import { putInPlace } from '../journal/put-in-place.js';
import type { JournalSource, SourceItem } from '../journal/source.js';
import { readCheckpoint } from '../report/signed-note.js';
import { beginningOf } from './beginning.js';
import { checkpointLine, endLine, headerLine, recordLine } from './export-lines.js';
import { openExportSource } from './export-source.js';
import { faultWords, type JournalFault, sourceFault } from './fault.js';
import { namesOf } from './marks.js';
import { type JournalCheck, verifyJournal } from './verify.js';

export interface ExportOptions {
  /** a new file */
  readonly target: string;
  /** the first and the last record; null: all from or to that end */
  readonly from: number | null;
  readonly to: number | null;
  /** so many records are written, then verified */
  progress(count: number, doing: 'written' | 'verified'): void;
}

export type Exported =
  | { readonly ok: true; readonly check: JournalCheck }
  | { readonly ok: false; readonly fault: JournalFault | null; readonly detail: string };

/** Written at once, so that a record is not a system call. */
const bufferBytes = 262_144;
const progressRecords = 4_096;

/**
 * @param source to export; signatures are taken along, not judged
 * @param options where to, and which records
 * @returns what stands in it; or the first record that is not as it was written, and nothing is left behind
 */
export function exportJournal(source: JournalSource, options: ExportOptions): Exported {
  const { target } = options;
  if (existsSync(target)) return refused(`${target} exists and is not overwritten`);
  const part = `${target}.part`;
  try {
    rmSync(part, { force: true });
    const before = beforeOf(source, options.from);
    if (before === null) return refused(`record ${options.from} is not there`);
    const fault = writeAll(source, before, part, options);
    if (fault !== null) return { ok: false, fault, detail: faultWords(fault) };
    const check = verifyFile(part, options);
    if (check.fault !== null)
      return { ok: false, fault: check.fault, detail: faultWords(check.fault) };
    if (options.to !== null && check.head?.seq !== options.to)
      return refused(`record ${options.to} is not there`);
    putInPlace(part, target);
    return { ok: true, check };
  } catch (error) {
    return refused(errorText(error));
  } finally {
    rmSync(part, { force: true });
  }
}

function refused(detail: string): Exported {
  return { ok: false, fault: null, detail };
}

/** The record before the first one. */
function beforeOf(source: JournalSource, from: number | null): Head | null {
  const { before } = beginningOf(source);
  if (from === null || from <= before.seq + 1) return { seq: before.seq, hash: toHex(before.hash) };
  const [item] = firstOf(source.rows(from - 2));
  if (item?.is !== 'row' || item.seq !== from - 1) return null;
  return { seq: item.seq, hash: toHex(item.hash) };
}

function firstOf(items: Iterable<SourceItem>): readonly SourceItem[] {
  for (const item of items) return [item];
  return [];
}

function writeAll(
  source: JournalSource,
  before: Head,
  part: string,
  { to, progress }: ExportOptions,
): JournalFault | null {
  const { of, journal } = source;
  const isInside = (seq: number): boolean => seq >= before.seq && (to === null || seq <= to);
  const losses = source.losses.filter((loss) => isInside(loss.from) && isInside(loss.to));
  // Readable by its owner only: who went where stands in it.
  const out = openSync(part, 'wx', 0o600);
  try {
    const write = buffered(out);
    write.text(headerLine({ of, ...namesOf(source), journal, losses, before }));
    for (const checkpoint of source.checkpoints)
      if (isInside(readCheckpoint(checkpoint.note)?.head.seq ?? before.seq))
        write.text(checkpointLine(checkpoint));
    let head: Head = before;
    let count = 0;
    for (const item of source.rows(before.seq)) {
      if (item.is === 'fault') return sourceFault(item);
      if (to !== null && item.seq > to) break;
      write.bytes(recordLine(item));
      head = { seq: item.seq, hash: toHex(item.hash) };
      count += 1;
      if (count % progressRecords === 0) progress(count, 'written');
    }
    write.text(endLine(head));
    write.flush();
    return null;
  } finally {
    closeSync(out);
  }
}

function buffered(descriptor: number) {
  let pending: Uint8Array[] = [];
  let size = 0;
  const flush = (): void => {
    const all = Buffer.concat(pending);
    for (let at = 0; at < all.length; ) at += writeSync(descriptor, all, at);
    pending = [];
    size = 0;
  };
  const bytes = (chunk: Uint8Array): void => {
    pending.push(chunk);
    size += chunk.length;
    if (size >= bufferBytes) flush();
  };
  return { bytes, text: (line: string) => bytes(Buffer.from(line, 'utf8')), flush };
}

function verifyFile(file: string, { progress }: ExportOptions): JournalCheck {
  const opened = openExportSource(file);
  if (!opened.ok) throw new Error(opened.detail);
  try {
    return verifyJournal(opened.source, {
      ...{ keys: null, site: null, kiosk: null, head: null, receipt: null },
      progress: (count) => progress(count, 'verified'),
    });
  } finally {
    opened.source.close();
  }
}
