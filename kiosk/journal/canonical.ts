/**
 * Canonical JSON (RFC 8785, JCS) restricted to integers: one value has one text, so one hash.
 * Pure but for a memory of names. What JCS would leave to the reader's number type (floats) is refused, not rounded.
 */

/** Deepest nesting; an attempt's record needs about 8, and the limit also ends cycles. */
const depthMax = 32;

/** A UTF-16 code unit of a pair without its partner: it has no UTF-8 (RFC 8785 section 3.2.2.2). */
const loneSurrogate = /\p{Surrogate}/u;
/** Strings that stand for themselves between quotation marks: nearly all, and most quickly told. */
const plainText = /^[ !#-[\]-~]*$/;

/** Records use the same few names again and again; names from outside must not fill the memory. */
const knownNamesMax = 512;
const knownNameLengthMax = 40;
const knownNames = new Map<string, string>();

export type CanonicalFault = 'not-json' | 'not-integer' | 'lone-surrogate' | 'too-deep';
export type Canonical =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: CanonicalFault };

/**
 * Writes a value as canonical JSON: no white space, members ordered by the UTF-16 code units of
 * their names (RFC 8785 section 3.2.3), strings escaped as ECMAScript does (section 3.2.2.2).
 * @param value strings, safe integers, booleans, null, arrays and plain objects of these
 * @returns the text, or why there is none: `not-json` (undefined, functions, instances of classes),
 *   `not-integer` (also NaN and beyond 2^53 - 1), `lone-surrogate`, `too-deep` (over 32 levels)
 */
export function canonicalJson(value: unknown): Canonical {
  return result(write(value, depthMax));
}

/**
 * Writes one member of an object, for whoever puts the object together.
 * @param name of the member
 * @param value as `canonicalJson` takes it
 * @returns `"name":value`, or why there is none
 */
export function canonicalMember(name: string, value: unknown): Canonical {
  const key = memberName(name);
  if (typeof key !== 'string') return result(key);
  const member = write(value, depthMax - 1);
  return result(typeof member === 'string' ? key + member : member);
}

/** In a text that JSON has written: part of a pair, or half of one. */
const escapedSurrogate = '\\ud';

/**
 * Says whether a text is the canonical form of the value that it was parsed into: three times as quick
 * as writing it anew, for whoever checks what others wrote.
 * @param text JSON
 * @param value `JSON.parse` of it
 */
export function isCanonical(text: string, value: unknown): boolean {
  // A repeated name, white space and every other way to write the same are gone in what is written.
  const isWritten = JSON.stringify(value) === text && !text.includes(escapedSurrogate);
  if (isWritten && isPlainData(value, depthMax)) return true;
  // Names that look like numbers have an order of their own in objects.
  const canonical = canonicalJson(value);
  return canonical.ok && canonical.text === text;
}

/** Members in order, integers only, not too deep. */
function isPlainData(value: unknown, depthLeft: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depthLeft === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlainData(item, depthLeft - 1));
  let previous: string | null = null;
  for (const name of Object.keys(value)) {
    if (previous !== null && previous >= name) return false;
    previous = name;
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof member !== 'string' && !isPlainData(member, depthLeft - 1)) return false;
  }
  return true;
}

interface Refused {
  readonly fault: CanonicalFault;
}

function result(written: string | Refused): Canonical {
  return typeof written === 'string'
    ? { ok: true, text: written }
    : { ok: false, why: written.fault };
}

function write(value: unknown, depthLeft: number): string | Refused {
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? `${value}` : { fault: 'not-integer' };
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'object') return { fault: 'not-json' };
  if (depthLeft === 0) return { fault: 'too-deep' };
  if (Array.isArray(value)) return writeArray(value, depthLeft - 1);
  return isPlain(value) ? writeObject(value, depthLeft - 1) : { fault: 'not-json' };
}

function writeString(value: string): string | Refused {
  if (plainText.test(value)) return `"${value}"`;
  return loneSurrogate.test(value) ? { fault: 'lone-surrogate' } : JSON.stringify(value);
}

function writeArray(items: readonly unknown[], depthLeft: number): string | Refused {
  let text = '[';
  // By index, so that a hole is met and refused as undefined.
  for (let index = 0; index < items.length; index += 1) {
    const item = write(items[index], depthLeft);
    if (typeof item !== 'string') return item;
    text += index === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function writeObject(
  members: Readonly<Record<string, unknown>>,
  depthLeft: number,
): string | Refused {
  let text = '{';
  // The default order of sort() is that of UTF-16 code units.
  for (const name of Object.keys(members).sort()) {
    const key = memberName(name);
    if (typeof key !== 'string') return key;
    const member = write(members[name], depthLeft);
    if (typeof member !== 'string') return member;
    text += text === '{' ? key + member : `,${key}${member}`;
  }
  return `${text}}`;
}

/** A member's name with its colon. */
function memberName(name: string): string | Refused {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const quoted = writeString(name);
  if (typeof quoted !== 'string') return quoted;
  const written = `${quoted}:`;
  if (knownNames.size < knownNamesMax && name.length <= knownNameLengthMax)
    knownNames.set(name, written);
  return written;
}

/** Dates, maps, buffers and other instances have no JSON form of their own here. */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
