/**
 * Flat forms. A request on its way between the journal's threads: copying nested objects costs 5 µs
 * more on the way to each grant. And what a request did to uses, in its record's row of the database;
 * what stands, in its row. Both ends of all are this file.
 */
import type { Direction, KnownEntry } from '../../config/vocabulary.js';
import { withoutSum, withSum } from './checksum.js';
import { StoreFault } from './failures.js';
import type { Standing, UseChange } from './port.js';
import { isGoodStanding, type PreparedRecord, type QueuedRequest } from './record.js';
import type { SealedBeside } from './sealed-part.js';
import type { UseKey, UseRow, UseWrite } from './uses.js';

/**
 * id, urgent, whether refused, counts of records and sealed parts, what stands (lockdown as a number,
 * floor), then 2 a record, 3 a sealed part and 6 a use.
 */
export type PackedRequest = readonly (string | number | boolean)[];

const headLength = 7;
/** In place of a number that is not there. */
const none = -1;
const sealedLength = 3;
const useLength = 6;

/**
 * @param request prepared
 * @returns the row
 */
export function packRequest(request: QueuedRequest): PackedRequest {
  const { id, urgent } = request;
  if ('refused' in request) return [id, urgent, true];
  const { records, sealed, uses, standing } = request;
  const counts = [records.length, sealed.length];
  const stands = standing === null ? none : Number(standing.lockdown);
  const row: (string | number | boolean)[] = [id, urgent, false, ...counts];
  row.push(stands, standing?.floorMs ?? none);
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
  if (row[2] === true) return { id, urgent, refused: 'bad-record' };
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
  return { id, urgent, records, uses, sealed, standing: standingIn(row) };
}

/**
 * @param writes of one request
 * @returns JSON for the row of its record, with its checksum
 */
export function packUses(writes: readonly UseWrite[]): string {
  return withSum(JSON.stringify(writes.map(({ key, row }) => row ?? key)));
}

/**
 * @param text from `packUses`, out of the database
 * @returns the writes
 * @throws StoreFault (`damaged`) where it is not as it was written
 */
export function unpackUses(text: string): readonly UseWrite[] {
  const writes = parsed(withoutSum(text) ?? '');
  if (!Array.isArray(writes) || !writes.every(isUse))
    throw new StoreFault('damaged', 'the uses of a record are not as they were written');
  return writes.map((row) => ({ key: row, row: 'state' in row ? row : null }));
}

/**
 * @param standing of one request
 * @returns JSON for its row of the database
 */
export function packStanding({ lockdown, floorMs }: Standing): string {
  return JSON.stringify({ lockdown, floorMs });
}

/**
 * @param text JSON out of the database
 * @returns what stands
 * @throws StoreFault (`damaged`) where it is not as it was written
 */
export function unpackStanding(text: string): Standing {
  const { lockdown, floorMs } = Object(parsed(text)) as Standing;
  if (!isGoodStanding({ lockdown, floorMs }))
    throw new StoreFault('damaged', 'what stands is not as it was written');
  return { lockdown, floorMs };
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

function standingIn(row: PackedRequest): Standing | null {
  const [lockdown, floorMs] = row.slice(headLength - 2, headLength).map(Number);
  if (lockdown === none || floorMs === undefined) return null;
  return { lockdown: lockdown === 1, floorMs: floorMs === none ? null : floorMs };
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
