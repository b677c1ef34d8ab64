/**
 * From a draft to the bytes that are hashed. Everything that does not need the record's number is
 * done here, on the caller's thread, so that the journal's worker only puts the number in.
 */
import type { KnownEntry } from '../../config/vocabulary.js';
import { canonicalMember } from './canonical.js';
import type { AppendRequest, RecordDraft, Standing, UseChange } from './port.js';
import { partHash, type SealedBeside } from './sealed-part.js';

export const recordLimits = {
  /** one record must fit, with its sealed part and its batch's frame, into the 64 KiB of an `ev` message */
  bytesMax: 60_000,
  /** one request; the guard's list in memory (256) must fit */
  recordsMax: 256,
  /** as many entries as one step of the core takes over from other gates */
  usesMax: 100_000,
  /** a use's key is kid‖cti or a token in hex: 48 or 32 characters */
  keyLengthMax: 128,
} as const;

/** A record's canonical text around the hole where its number goes. */
export interface PreparedRecord {
  readonly before: string;
  readonly after: string;
}

/** A request that has been checked whole: only the disk or a used paper can still refuse it. */
export interface PreparedRequest {
  readonly id: number;
  readonly urgent: boolean;
  readonly records: readonly PreparedRecord[];
  readonly uses: readonly UseChange[];
  readonly sealed: readonly SealedBeside[];
  /** null: what stands is left as it is */
  readonly standing: Standing | null;
}

/** What waits for a commit; a refused request keeps its place, so that answers come in order. */
export type QueuedRequest =
  | PreparedRequest
  | { readonly id: number; readonly urgent: boolean; readonly refused: 'bad-record' };

const recordType = /^[a-z][a-z0-9-]{0,63}$/;
const recordTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** RFC 3339 section 5.6 */
const anyTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** What only makes a gate stricter needs no record of its own to show why. */
const tightening: readonly UseChange['op'][] = ['know', 'learn', 'spend'];
/** What may happen to what is no single-use paper. */
const opsOf: Readonly<Partial<Record<KnownEntry['type'], readonly UseChange['op'][]>>> = {
  window: ['know', 'learn'],
  passage: ['know', 'learn'],
  // Of a grant whose passage is not known yet it is uncertain.
  isolation: ['know', 'learn', 'uncertain', 'return'],
};

/**
 * Checks a draft and writes its canonical text.
 * @param draft a record without `seq` and `bootId`: `type` in lower-case words, `at` in RFC 3339
 *   UTC with milliseconds, other members integers, strings, booleans, null and nestings of these
 * @param bootId of this run of the daemon
 * @returns the text around the number, or null for a bad record (a member named `seq` or `bootId`,
 *   a float, a lone surrogate, an impossible date, over 60,000 bytes)
 */
export function prepareRecord(draft: RecordDraft, bootId: string): PreparedRecord | null {
  if (!recordType.test(draft.type) || !recordTime.test(draft.at)) return null;
  if (Number.isNaN(Date.parse(draft.at))) return null;
  if (Object.hasOwn(draft, 'seq') || Object.hasOwn(draft, 'bootId')) return null;
  let before = '';
  let text = '{';
  for (const name of [...Object.keys(draft), 'bootId', 'seq'].sort()) {
    if (text !== '{') text += ',';
    if (name === 'seq') {
      before = `${text}"seq":`;
      text = '';
      continue;
    }
    const member = canonicalMember(name, name === 'bootId' ? bootId : draft[name]);
    if (!member.ok) return null;
    text += member.text;
  }
  const after = `${text}}`;
  const record = { before, after };
  return isTooLong(record) ? null : record;
}

/**
 * Puts the number into a prepared record.
 * @param record from `prepareRecord`
 * @param seq its number in the journal, from 1
 * @returns canonical JSON in UTF-8: the bytes of the chain
 */
export function recordBytes(record: PreparedRecord, seq: number): Uint8Array {
  return Buffer.from(`${record.before}${seq}${record.after}`, 'utf8');
}

/**
 * Checks a whole request before it leaves the caller's thread.
 * @param request as the loop made it
 * @param bootId of this run of the daemon
 * @returns the prepared request, or the refused one: a bad record or use, too many of them, a paper
 *   reserved, returned or made uncertain without a record that shows why, a sealed part that is not
 *   the one its record names, or a floor that is no time
 */
export function prepareRequest(request: AppendRequest, bootId: string): QueuedRequest {
  const { id, urgent, uses, sealed = [], standing = null } = request;
  const refused: QueuedRequest = { id, urgent, refused: 'bad-record' };
  if (request.records.length > recordLimits.recordsMax) return refused;
  if (uses.length > recordLimits.usesMax) return refused;
  const records: PreparedRecord[] = [];
  for (const draft of request.records) {
    const record = prepareRecord(draft, bootId);
    if (record === null) return refused;
    records.push(record);
  }
  for (const change of uses) {
    if (!isGoodUse(change)) return refused;
    if (records.length === 0 && !tightening.includes(change.op)) return refused;
  }
  if (!areBeside(sealed, request.records, records)) return refused;
  if (standing !== null && !isGoodStanding(standing)) return refused;
  return { id, urgent, records, uses, sealed, standing };
}

/** Each part beside a record of its own that names it, and small enough together with it. */
function areBeside(
  sealed: readonly SealedBeside[],
  drafts: readonly RecordDraft[],
  records: readonly PreparedRecord[],
): boolean {
  const taken = new Set<number>();
  return sealed.every((part) => {
    const { recordIndex, salt, box } = part;
    const record = records[recordIndex];
    if (record === undefined || taken.has(recordIndex)) return false;
    taken.add(recordIndex);
    if (byteLength(record) + salt.length + box.length > recordLimits.bytesMax) return false;
    const hash = partHash(part);
    return hash !== null && drafts[recordIndex]?.['sealed'] === hash;
  });
}

/** No code unit takes more than three bytes: of most records nothing has to be counted. */
function isTooLong(record: PreparedRecord): boolean {
  const { before, after } = record;
  if (3 * (before.length + after.length) <= recordLimits.bytesMax) return false;
  return byteLength(record) > recordLimits.bytesMax;
}

function byteLength({ before, after }: PreparedRecord): number {
  return Buffer.byteLength(before) + Buffer.byteLength(after);
}

function isGoodUse({ op, entry }: UseChange): boolean {
  if (entry.key.length === 0 || entry.key.length > recordLimits.keyLengthMax) return false;
  if (!isTime(entry.until) || !isTime(entry.at)) return false;
  return opsOf[entry.type]?.includes(op) ?? op !== 'know';
}

/** The last moment that a record can be dated with. */
const floorMsMax = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * @param standing anything that should be one
 * @returns whether it is: `lockdown` a boolean, `floorMs` null or whole milliseconds until 9999
 */
export function isGoodStanding({
  lockdown,
  floorMs,
}: { readonly [Member in keyof Standing]: unknown }): boolean {
  if (typeof lockdown !== 'boolean') return false;
  if (floorMs === null) return true;
  return Number.isSafeInteger(floorMs) && Number(floorMs) >= 0 && Number(floorMs) <= floorMsMax;
}

function isTime(text: string): boolean {
  return anyTime.test(text) && !Number.isNaN(Date.parse(text));
}
