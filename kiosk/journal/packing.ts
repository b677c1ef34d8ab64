/**
 * Two flat forms. A request on its way between the journal's threads: copying nested objects costs
 * 5 µs more on the way to each grant. And what a request did to uses, in its record's row of the
 * database. Both ends of both are this file.
 */
import type { Direction, KnownEntry } from '../../config/vocabulary.js';
import { StoreFault } from './failures.js';
import type { UseChange } from './port.js';
import type { PreparedRecord, QueuedRequest } from './record.js';
import type { SealedBeside } from './sealed-part.js';
import type { UseKey, UseRow, UseWrite } from './uses.js';

/**
 * id, urgent, atMs (-1: refused), counts of records and sealed parts, then 2 a record, 3 a sealed
 * part and 6 a use.
 */
export type PackedRequest = readonly (string | number | boolean)[];

const headLength = 5;
const sealedLength = 3;
const useLength = 6;

/**
 * @param request prepared
 * @returns the row
 */
export function packRequest(request: QueuedRequest): PackedRequest {
  const { id, urgent } = request;
  if ('refused' in request) return [id, urgent, -1, 0, 0];
  const { records, sealed, uses, atMs } = request;
  const row: (string | number | boolean)[] = [id, urgent, atMs, records.length, sealed.length];
  for (const { before, after } of records) row.push(before, after);
  for (const { recordIndex, salt, box } of sealed) row.push(recordIndex, salt, box);
  for (const { op, entry } of uses) {
    const { type, key, direction = '', until, at } = entry;
    row.push(op, type, key, direction, until, at);
  }
  return row;
}

/**
 * @param row from `packRequest`
 * @returns the request
 */
export function unpackRequest(row: PackedRequest): QueuedRequest {
  const id = Number(row[0]);
  const urgent = row[1] === true;
  const atMs = Number(row[2]);
  if (atMs < 0) return { id, urgent, refused: 'bad-record' };
  const sealedStart = headLength + 2 * Number(row[3]);
  const usesStart = sealedStart + sealedLength * Number(row[4]);
  const records: PreparedRecord[] = [];
  for (let at = headLength; at < sealedStart; at += 2)
    records.push({ before: String(row[at]), after: String(row[at + 1]) });
  const sealed: SealedBeside[] = [];
  for (let at = sealedStart; at < usesStart; at += sealedLength)
    sealed.push({
      recordIndex: Number(row[at]),
      salt: String(row[at + 1]),
      box: String(row[at + 2]),
    });
  const uses: UseChange[] = [];
  for (let at = usesStart; at < row.length; at += useLength) uses.push(unpackChange(row, at));
  return { id, urgent, records, uses, sealed, atMs };
}

/**
 * @param writes of one request
 * @returns JSON for the row of its record
 */
export function packUses(writes: readonly UseWrite[]): string {
  return JSON.stringify(writes.map(({ key, row }) => row ?? key));
}

/**
 * @param text from `packUses`, out of the database
 * @returns the writes
 * @throws StoreFault (`damaged`) where it is not as it was written
 */
export function unpackUses(text: string): readonly UseWrite[] {
  const writes = parsed(text);
  if (!Array.isArray(writes) || !writes.every(isUse))
    throw new StoreFault('damaged', 'the uses of a record are not as they were written');
  return writes.map((row) => ({ key: row, row: 'state' in row ? row : null }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isUse(value: unknown): value is UseRow | UseKey {
  return typeof value === 'object' && value !== null && 'type' in value && 'key' in value;
}

function unpackChange(row: PackedRequest, start: number): UseChange {
  const direction = String(row[start + 3]);
  return {
    op: row[start] as UseChange['op'],
    entry: {
      type: row[start + 1] as KnownEntry['type'],
      key: String(row[start + 2]),
      ...(direction === '' ? {} : { direction: direction as Direction }),
      until: String(row[start + 4]),
      at: String(row[start + 5]),
    },
  };
}
