/**
 * Puts records together as they go out: their bytes one after the other, as members of a JSON array,
 * so that a page crosses from the journal's thread in one piece. Pure.
 */
import type { OutboxPage, PageLimits } from './outbox-port.js';
import type { SealedPart } from './sealed-part.js';

/** A record on its way out: its bytes as they were hashed, with the sealed part beside it. */
export interface OutboxRow {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** null: it has none, or it was purged */
  readonly sealed: SealedPart | null;
}

/** What a sealed part takes beside its salt and its box: names, quotation marks, the number. */
const partFrameBytes = 48;
const comma = 0x2c;

/**
 * @param prevHash hex, of the record before the first
 * @param rows in order, without a gap
 * @returns as many of them as the limits allow, one at least
 */
export function packPage(
  prevHash: string,
  rows: Iterable<OutboxRow>,
  { bytesMax, rowsMax, through }: PageLimits,
): OutboxPage {
  const taken: Uint8Array[] = [];
  const sealed: string[] = [];
  let byteCount = 0;
  let bytesLeft = bytesMax;
  let first = 0;
  let last = 0;
  for (const { seq, bytes, sealed: part } of rows) {
    const partBytes = part === null ? 0 : part.salt.length + part.box.length + partFrameBytes;
    bytesLeft -= bytes.length + 1 + partBytes;
    if (seq > through || taken.length >= rowsMax) break;
    if (taken.length > 0 && bytesLeft < 0) break;
    if (taken.length === 0) first = seq;
    last = seq;
    taken.push(bytes);
    byteCount += bytes.length + 1;
    if (part !== null) sealed.push(`"${seq}":{"salt":"${part.salt}","box":"${part.box}"}`);
  }
  // Memory of its own: it is handed over to the other thread, not copied.
  const records = new Uint8Array(Math.max(0, byteCount - 1));
  let offset = 0;
  for (const bytes of taken) {
    if (offset > 0) records[offset - 1] = comma;
    records.set(bytes, offset);
    offset += bytes.length + 1;
  }
  return { prevHash, first, last, count: taken.length, records, sealed: sealed.join(',') };
}
