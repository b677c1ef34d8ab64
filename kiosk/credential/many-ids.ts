/**
 * The quick way through a long revocation list: the ids at its beginning, as whoever writes a million
 * of them writes them, go from bytes to words without a string each. What is written otherwise is no
 * fault: it is read the long way. Pure.
 */
import { wordsPerId } from './id-table.js';

const opening = Buffer.from('{"credentials":[', 'utf8');
const [quote, comma, closing, brace] = Buffer.from('",]}', 'utf8') as unknown as readonly [
  number,
  number,
  number,
  number,
];
const idDigits = 32;
/** quotation mark, digits, quotation mark, comma or bracket */
const entryBytes = idDigits + 3;

export interface ManyIds {
  /** four an id */
  readonly words: Uint32Array;
  /** bytes of the list up to the bracket that ends the ids */
  readonly head: Uint8Array;
  /** the list without them, as JSON of its own */
  readonly rest: Uint8Array;
}

/**
 * @param bytes of a list
 * @returns its ids and the rest, or null where it does not begin with them in lower-case or upper-case hex
 *   without white space
 */
export function readManyIds(bytes: Uint8Array): ManyIds | null {
  if (!startsWith(bytes, opening)) return null;
  const first = opening.length;
  const end = bytes.indexOf(closing, first);
  // One comma or bracket an id.
  const count = (end + 1 - first) / entryBytes;
  if (end < 0 || !Number.isInteger(count) || count < 1) return null;
  const words = new Uint32Array(count * wordsPerId);
  let word = 0;
  for (let at = first; at < end; at += entryBytes) {
    const last = at + entryBytes - 1;
    const isEntry =
      bytes[at] === quote &&
      bytes[last - 1] === quote &&
      bytes[last] === (last === end ? closing : comma);
    if (!isEntry) return null;
    for (let digit = at + 1; digit < last - 1; digit += 8) {
      const value = wordAt(bytes, digit);
      if (value < 0) return null;
      words[word] = value;
      word += 1;
    }
  }
  const isLast = bytes[end + 1] === brace;
  const isMore = bytes[end + 1] === comma && bytes[end + 2] === quote;
  if (!isLast && !isMore) return null;
  const tail = bytes.subarray(isLast ? end + 1 : end + 2);
  const rest = Buffer.concat([Buffer.from('{', 'utf8'), tail]);
  return { words, head: bytes.subarray(0, end + 1), rest };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** Eight hex digits, or −1. */
function wordAt(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start; at < start + 8; at += 1) {
    const digit = values[bytes[at] ?? 0] ?? -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Of each byte: what it is worth as a hex digit. */
const values = Int8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return byte < 128 ? digit : -1;
});
