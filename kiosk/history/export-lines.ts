/**
 * The lines of an export, written and read; RECORDS.md describes them. A record's line holds its bytes
 * exactly as they were hashed. Pure.
 */
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import type { Head } from '../journal/chain.js';
import { toHex } from '../journal/chain.js';
import type { JournalSource, SourceCheckpoint, SourceLoss, SourceRow } from '../journal/source.js';

export const exportFormat = 'gk-journal-export-1';
/** A record, its sealed part and their frame are under 75 KB; a header with its losses likewise. */
export const exportLineBytesMax = 131_072;

/** What the first line says. */
export type ExportHeader = Pick<JournalSource, 'of' | 'site' | 'kiosk' | 'journal' | 'losses'> & {
  /** what stands before the first record */
  readonly before: Head;
};

/** @returns the first line */
export function headerLine({ of, site, kiosk, journal, before, losses }: ExportHeader): string {
  const first = before.seq + 1;
  const rest = { of, site, kiosk, journal, first, prevHash: before.hash, losses };
  return `${JSON.stringify({ format: exportFormat, ...rest })}\n`;
}

/** @returns the line of a checkpoint; they stand before the records */
export function checkpointLine({ note, witnesses }: SourceCheckpoint): string {
  return `${JSON.stringify({ checkpoint: note, witnesses })}\n`;
}

/** @returns the line of a record, with the sealed part beside it */
export function recordLine({ seq, hash, bytes, sealed }: SourceRow): Uint8Array {
  const part = sealed === null ? '' : `"sealed":{"salt":"${sealed.salt}","box":"${sealed.box}"},`;
  const before = `{"seq":${seq},"hash":"${toHex(hash)}",${part}"record":`;
  return Buffer.concat([Buffer.from(before, 'latin1'), bytes, Buffer.from('}\n', 'latin1')]);
}

/** @returns the last line: without it an export is not whole */
export function endLine({ seq, hash }: Head): string {
  return `${JSON.stringify({ end: { seq, hash } })}\n`;
}

/** Takes a first line; returns what it says, or null where it is none of an export. */
export function readHeader(line: Uint8Array): ExportHeader | null {
  const header = objectIn(line);
  if (header === null || header['format'] !== exportFormat) return null;
  const { of, site, kiosk, journal, first, prevHash, losses } = header;
  if (of !== 'database' && of !== 'collector') return null;
  if (!isNameOrNull(site) || !isNameOrNull(kiosk)) return null;
  if (typeof journal !== 'string' || !/^[0-9a-f]{32}$/.test(journal)) return null;
  if (!isSeq(first) || !isHash(prevHash)) return null;
  if (!Array.isArray(losses) || !losses.every(isLoss)) return null;
  return { of, site, kiosk, journal, before: { seq: first - 1, hash: prevHash }, losses };
}

/** Takes a line; returns the checkpoint in it, or null. */
export function readCheckpointLine(line: Uint8Array): SourceCheckpoint | null {
  const { checkpoint, witnesses } = objectIn(line) ?? {};
  if (typeof checkpoint !== 'string' || !Array.isArray(witnesses)) return null;
  if (!witnesses.every((it) => typeof it === 'string')) return null;
  return { note: checkpoint, witnesses };
}

/** Takes a line; returns what it says of the last record, or null where it is no last line. */
export function readEnd(line: Uint8Array): Head | null {
  const { end } = objectIn(line) ?? {};
  const { seq, hash } = Object(end) as Readonly<Record<string, unknown>>;
  return isSeq(seq) && isHash(hash) ? { seq, hash } : null;
}

const rowStart =
  /^\{"seq":(0|[1-9][0-9]{0,15}),"hash":"([0-9a-f]{64})",(?:"sealed":\{"salt":"([0-9a-f]{0,64})","box":")?/;
/** What `rowStart` matches at the most. */
const rowStartLength = 256;
const boxShape = /^[A-Za-z0-9_-]*$/;
const recordMember = '"record":';
const partEnd = '"},';

/** Takes a line; returns the record in it as found, or null where it is no record's line. */
export function readRow(line: Buffer): SourceRow | null {
  const match = rowStart.exec(line.toString('latin1', 0, rowStartLength));
  if (match === null) return null;
  const [start, seq, hash, salt] = match;
  let at = start.length;
  let box: string | null = null;
  if (salt !== undefined) {
    const end = line.indexOf(partEnd, at, 'latin1');
    if (end < 0) return null;
    box = line.toString('latin1', at, end);
    if (!boxShape.test(box)) return null;
    at = end + partEnd.length;
  }
  const bytesAt = at + recordMember.length;
  if (line.toString('latin1', at, bytesAt) !== recordMember || line.at(-1) !== 0x7d) return null;
  return {
    is: 'row',
    seq: Number(seq),
    hash: Buffer.from(hash ?? '', 'hex'),
    bytes: line.subarray(bytesAt, -1),
    sealed: salt === undefined || box === null ? null : { salt, box },
  };
}

function objectIn(line: Uint8Array): Readonly<Record<string, unknown>> | null {
  const json = parseStrictJsonBytes(line, exportLineBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  return json.value as Readonly<Record<string, unknown>>;
}

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Ids of sites and gates (`interfaces.md` section 1); whatever else stands there is none. */
const idShape = /^[a-z0-9][a-z0-9-]{0,31}$/;

function isNameOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && idShape.test(value));
}

function isLoss(value: unknown): value is SourceLoss {
  const { from, to, hash } = Object(value) as Readonly<Record<string, unknown>>;
  return isSeq(from) && isSeq(to) && from <= to && (hash === null || isHash(hash));
}
