/** An export as a source: read line by line, so that memory stays flat however long it is. */
import { closeSync, openSync, readSync } from 'node:fs';
import { toHex } from '../journal/chain.js';
import { errorText } from '../journal/failures.js';
import type {
  JournalSource,
  SourceCheckpoint,
  SourceFault,
  SourceItem,
  SourceResult,
} from '../journal/source.js';
import {
  exportLineBytesMax,
  readCheckpointLine,
  readEnd,
  readHeader,
  readRow,
} from './export-lines.js';

const chunkBytes = 262_144;
const lineFeed = 0x0a;

/**
 * @param file an export
 * @returns the source; `none` where its first line is none of an export
 */
export function openExportSource(file: string): SourceResult {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const source = sourceOf(descriptor);
    if (source !== null) return { ok: true, source };
    closeSync(descriptor);
    return {
      ok: false,
      why: 'none',
      detail:
        'this is no export: a gate’s or a collector’s database is wanted, or what gatectl journal export writes',
    };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    return { ok: false, why: 'unreadable', detail: errorText(error) };
  }
}

function sourceOf(descriptor: number): JournalSource | null {
  const lines = linesFrom(descriptor, 0);
  const first = lines.next().value;
  const header = first === undefined ? null : readHeader(first.bytes);
  if (first === undefined || header === null) return null;
  const checkpoints: SourceCheckpoint[] = [];
  let recordsAt = first.next;
  for (const line of lines) {
    const checkpoint = readCheckpointLine(line.bytes);
    if (checkpoint === null) break;
    checkpoints.push(checkpoint);
    recordsAt = line.next;
  }
  return {
    kind: 'export',
    ...header,
    end: null,
    checkpoints,
    strayPart: null,
    rows: (after = 0) => rowsFrom(descriptor, recordsAt, header.before.seq, after),
    close: () => closeSync(descriptor),
  };
}

function* rowsFrom(
  descriptor: number,
  recordsAt: number,
  beforeSeq: number,
  after: number,
): Generator<SourceItem> {
  let seq = beforeSeq;
  let hash = '';
  let isEnded = false;
  const fault = (why: SourceFault['why'], detail: string): SourceFault => ({
    ...{ is: 'fault', why, seq: seq + 1, detail },
  });
  try {
    for (const { bytes } of linesFrom(descriptor, recordsAt)) {
      if (isEnded) return void (yield fault('damaged', 'something stands behind its last line'));
      const row = readRow(bytes);
      if (row !== null) {
        ({ seq } = row);
        hash = toHex(row.hash);
        if (seq > after) yield row;
        continue;
      }
      const end = readEnd(bytes);
      if (end === null) return void (yield fault('damaged', 'a line that no export has'));
      // Nothing at all has no hash to compare.
      const isWhole = end.seq === seq && (hash === '' || end.hash === hash);
      if (!isWhole) return void (yield fault('cut', `its last line names record ${end.seq}`));
      isEnded = true;
    }
    if (!isEnded) yield fault('cut', 'its last line is missing');
  } catch (error) {
    yield fault('unreadable', errorText(error));
  }
}

interface Line {
  readonly bytes: Buffer;
  /** where the next one begins */
  readonly next: number;
}

/** Lines with their line ends taken off; one that is too long, or has no end, is given as far as it goes. */
function* linesFrom(descriptor: number, start: number): Generator<Line, undefined> {
  let at = start;
  let pending = Buffer.alloc(0);
  for (;;) {
    // Memory of its own for each chunk: lines given out point into it.
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const length = readSync(descriptor, chunk, 0, chunkBytes, at + pending.length);
    const bytes = Buffer.concat([pending, chunk.subarray(0, length)]);
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      at += end + 1 - from;
      yield { bytes: bytes.subarray(from, end), next: at };
      from = end + 1;
    }
    pending = bytes.subarray(from);
    if (length > 0 && pending.length <= exportLineBytesMax) continue;
    // No line's form ends so: whoever reads it finds that.
    if (pending.length > 0) yield { bytes: pending, next: at + pending.length };
    return;
  }
}
