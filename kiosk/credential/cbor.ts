/**
 * CBOR in its core deterministic encoding (RFC 8949 §4.2.1), and nothing else: definite lengths,
 * shortest heads, sorted keys none twice, no floats, strict UTF-8. Every package tried accepts
 * some of what is refused here. Maps are decoded to Map, so no name can reach a prototype. Pure.
 */

/** Most bytes of one document: a credential is 124–164, and 512 still fit a QR code. */
export const cborBytesMax = 512;
/** Most arrays, maps and tags inside each other; the deepest claim, a zone's list, needs 3. */
export const cborDepthMax = 4;

export interface CborTag {
  readonly tag: number | bigint;
  readonly value: CborValue;
}
/** Integers beyond 2^53 − 1 are bigint, all others number. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | CborMap
  | CborTag;
export type CborMap = ReadonlyMap<CborValue, CborValue>;

export type CborFault =
  | 'too-long'
  | 'too-deep'
  | 'truncated'
  | 'trailing-bytes'
  | 'indefinite'
  | 'not-minimal'
  | 'unsorted-keys'
  | 'duplicate-key'
  | 'bad-utf8'
  | 'unsupported';
export type CborResult =
  | { readonly ok: true; readonly value: CborValue }
  | { readonly ok: false; readonly fault: CborFault };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

/** Where the reading stands; `fault` is set once and ends it. */
interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  fault: CborFault | null;
}

/** Takes bytes; returns the one value they encode, or the first fault met. Never throws. */
export function decodeCbor(bytes: Uint8Array): CborResult {
  if (bytes.length > cborBytesMax) return { ok: false, fault: 'too-long' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor: Cursor = { bytes, view, at: 0, fault: null };
  const value = readItem(cursor, 0);
  if (cursor.fault === null && cursor.at < bytes.length) cursor.fault = 'trailing-bytes';
  return cursor.fault === null ? { ok: true, value } : { ok: false, fault: cursor.fault };
}

/** Reads one item inside `depth` others; after a fault the value returned means nothing. */
function readItem(cursor: Cursor, depth: number): CborValue {
  const initial = cursor.bytes[cursor.at];
  if (initial === undefined) return fail(cursor, 'truncated');
  cursor.at += 1;
  const major = initial >> 5;
  if (major === 7) return readSimple(cursor, initial & 31);
  const argument = readArgument(cursor, initial & 31);
  if (cursor.fault !== null) return null;
  if (major === 0) return argument;
  if (major === 1) return negative(argument);
  if (major === 2 || major === 3) return readString(cursor, argument, major === 3);
  if (depth >= cborDepthMax) return fail(cursor, 'too-deep');
  if (major === 4) return readArray(cursor, argument, depth + 1);
  if (major === 5) return readMap(cursor, argument, depth + 1);
  return { tag: argument, value: readItem(cursor, depth + 1) };
}

/** Reads the argument of a head (RFC 8949 §3), refusing any but its shortest form. */
function readArgument(cursor: Cursor, info: number): number | bigint {
  if (info < 24) return info;
  if (info === 31) return fail(cursor, 'indefinite');
  if (info > 27) return fail(cursor, 'unsupported');
  const size = 1 << (info - 24);
  const at = cursor.at;
  if (at + size > cursor.bytes.length) return fail(cursor, 'truncated');
  cursor.at += size;
  const { view } = cursor;
  if (size === 1) return shortest(cursor, view.getUint8(at), 24);
  if (size === 2) return shortest(cursor, view.getUint16(at), 0x100);
  if (size === 4) return shortest(cursor, view.getUint32(at), 0x1_0000);
  const value = view.getBigUint64(at);
  if (value < 0x1_0000_0000n) return fail(cursor, 'not-minimal');
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function shortest(cursor: Cursor, value: number, least: number): number {
  return value < least ? fail(cursor, 'not-minimal') : value;
}

function negative(argument: number | bigint): number | bigint {
  if (typeof argument === 'number' && argument < Number.MAX_SAFE_INTEGER) return -1 - argument;
  return -1n - BigInt(argument);
}

/** false, true and null; every other simple value is no part of any profile, floats included. */
function readSimple(cursor: Cursor, info: number): CborValue {
  if (info === 20 || info === 21) return info === 21;
  if (info === 22) return null;
  return fail(cursor, info === 31 ? 'indefinite' : 'unsupported');
}

function readString(cursor: Cursor, length: number | bigint, isText: boolean): CborValue {
  const start = cursor.at;
  if (length > cursor.bytes.length - start) return fail(cursor, 'truncated');
  cursor.at += Number(length);
  const slice = cursor.bytes.subarray(start, cursor.at);
  if (!isText) return slice;
  try {
    return utf8.decode(slice);
  } catch {
    return fail(cursor, 'bad-utf8');
  }
}

function readArray(cursor: Cursor, count: number | bigint, depth: number): CborValue {
  const items: CborValue[] = [];
  // A claimed count costs nothing: the loop ends with the bytes.
  for (let index = 0; index < count && cursor.fault === null; index += 1)
    items.push(readItem(cursor, depth));
  return items;
}

function readMap(cursor: Cursor, count: number | bigint, depth: number): CborValue {
  const map = new Map<CborValue, CborValue>();
  let previous: Uint8Array | null = null;
  for (let index = 0; index < count && cursor.fault === null; index += 1) {
    const start = cursor.at;
    const key = readItem(cursor, depth);
    const encoded: Uint8Array = cursor.bytes.subarray(start, cursor.at);
    const order = previous === null ? 1 : compareBytes(encoded, previous);
    if (cursor.fault !== null) return null;
    if (order <= 0) return fail(cursor, order === 0 ? 'duplicate-key' : 'unsorted-keys');
    map.set(key, readItem(cursor, depth));
    previous = encoded;
  }
  return map;
}

/** Sets the fault if it is the first. Returns a number that no caller may use. */
function fail(cursor: Cursor, fault: CborFault): number {
  cursor.fault ??= fault;
  return 0;
}

/** Bytewise lexicographic order (RFC 8949 §4.2.1): negative, 0 or positive. */
function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/**
 * Takes a value; returns its deterministic encoding. Throws RangeError for a number that is no
 * safe integer, an integer beyond 64 bits and text with a lone surrogate: those are the caller's
 * mistakes, not input.
 */
export function encodeCbor(value: CborValue): Uint8Array {
  const out: number[] = [];
  writeItem(out, value);
  return Uint8Array.from(out);
}

function writeItem(out: number[], value: CborValue): void {
  if (value === null) out.push(0xf6);
  else if (typeof value === 'boolean') out.push(value ? 0xf5 : 0xf4);
  else if (typeof value === 'number' || typeof value === 'bigint') writeInteger(out, value);
  else if (typeof value === 'string') writeText(out, value);
  else if (value instanceof Uint8Array) {
    writeHead(out, 2, value.length);
    for (const byte of value) out.push(byte);
  } else if (isArray(value)) {
    writeHead(out, 4, value.length);
    for (const item of value) writeItem(out, item);
  } else if (isMap(value)) writeMap(out, value);
  else {
    writeHead(out, 6, value.tag);
    writeItem(out, value.value);
  }
}

/** Array.isArray does not narrow a readonly array away from the other members of the union. */
function isArray(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}

/** Takes a decoded value; says whether it is a map. */
export function isMap(value: CborValue): value is CborMap {
  return value instanceof Map;
}

function writeInteger(out: number[], value: number | bigint): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new RangeError('a CBOR number must be a safe integer');
  if (value >= 0) writeHead(out, 0, value);
  else writeHead(out, 1, -1n - BigInt(value));
}

function writeText(out: number[], text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw new RangeError('text with a lone surrogate');
  const bytes = utf8Encoder.encode(text);
  writeHead(out, 3, bytes.length);
  for (const byte of bytes) out.push(byte);
}

function writeMap(out: number[], map: CborMap): void {
  const entries = [...map].map(([key, value]) => ({ key: encodeCbor(key), value }));
  entries.sort((left, right) => compareBytes(left.key, right.key));
  writeHead(out, 5, entries.length);
  for (const { key, value } of entries) {
    for (const byte of key) out.push(byte);
    writeItem(out, value);
  }
}

function writeHead(out: number[], major: number, argument: number | bigint): void {
  const value = BigInt(argument);
  if (value >= 1n << 64n) throw new RangeError('a CBOR integer has 64 bits');
  let info = 24;
  let size = 1;
  if (value >= 0x1_0000_0000n) [info, size] = [27, 8];
  else if (value >= 0x1_0000n) [info, size] = [26, 4];
  else if (value >= 0x100n) [info, size] = [25, 2];
  else if (value < 24n) [info, size] = [Number(value), 0];
  out.push((major << 5) | info);
  for (let shift = size - 1; shift >= 0; shift -= 1)
    out.push(Number((value >> BigInt(shift * 8)) & 0xffn));
}
