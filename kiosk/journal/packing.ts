/**
 * Two flat forms. A request on its way between the journal's threads: copying nested objects costs
 * 5 µs more on the way to each grant. And what a request did to uses, in its record's row of the
 * database. Both ends of both are this file.
 */
import type { Direction, KnownEntry } from '../../config/vocabulary.js';
import { StoreFault } from './failures.js';
import type { UseChange } from './port.js';
import type { PreparedRecord, QueuedRequest } from './record.js';
import type { UseKey, UseRow, UseWrite } from './uses.js';

/** id, urgent, atMs (-1: refused), count of records, then 2 strings a record and 6 a use. */
export type PackedRequest = readonly (string | number | boolean)[];

const headLength = 4;
const useLength = 6;

/**
 * @param request prepared
 * @returns the row
 */
export function packRequest(request: QueuedRequest): PackedRequest {
  const { id, urgent } = request;
  if ('refused' in request) return [id, urgent, -1, 0];
  const row: (string | number | boolean)[] = [id, urgent, request.atMs, request.records.length];
  for (const { before, after } of request.records) row.push(before, after);
  for (const { op, entry } of request.uses) {
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
  const usesStart = headLength + 2 * Number(row[3]);
  const records: PreparedRecord[] = [];
  for (let at = headLength; at < usesStart; at += 2)
    records.push({ before: String(row[at]), after: String(row[at + 1]) });
  const uses: UseChange[] = [];
  for (let at = usesStart; at < row.length; at += useLength) uses.push(unpackChange(row, at));
  return { id, urgent, records, uses, atMs };
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
