/**
 * JSON as files and signed lists must be: RFC 8259 and I-JSON (RFC 7493), nothing more.
 * `JSON.parse` silently keeps the last of two equal keys, sets prototypes' names and rounds long
 * numbers; here each is refused with the line and column. Pure, and never throws for input.
 */
import { type PlacedProblem, placeText } from './problems.js';
import { decodeUtf8 } from './utf8.js';

/** Characters of a text whose reader sets no limit: the files of one gate are some 100 kB. */
export const jsonCharactersMax = 1_048_576;
/** Deeper nesting than any file of ours has (6) and far from the end of the stack. */
export const jsonDepthMax = 32;

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  /**
   * The first problem; its words end in `(line 3, column 7)`, both from 1, columns in UTF-16 code
   * units. Its place is the member's where a key is at fault, else the whole document.
   */
  | { readonly ok: false; readonly problems: readonly [PlacedProblem] };

/**
 * Parses one JSON text. Objects come without a prototype, so that a missing key is never
 * answered by `Object.prototype`.
 *
 * Refused beyond RFC 8259: equal keys in one object, the key `__proto__`, integers that a double
 * cannot hold exactly, numbers that become infinite, lone surrogates (RFC 7493 sections 2.1-2.3), a byte
 * order mark, texts above `charactersMax`, nesting above `jsonDepthMax`.
 */
export function parseStrictJson(text: string, charactersMax = jsonCharactersMax): StrictJson {
  if (text.length > charactersMax) return refused(`longer than ${charactersMax} characters`);
  const scanner: Scanner = { text, offset: 0, path: [] };
  try {
    const value = readValue(scanner, 0);
    skipSpace(scanner);
    if (scanner.offset < text.length) refuse(scanner, 'something stands after the end of the JSON');
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.inText(text), error.place);
    throw error;
  }
}

/** The same from a file's bytes: at most `bytesMax` of them, and valid UTF-8. */
export function parseStrictJsonBytes(bytes: Uint8Array, bytesMax: number): StrictJson {
  if (bytes.length > bytesMax) return refused(`longer than ${bytesMax} bytes`);
  const text = decodeUtf8(bytes);
  if (text === null) return refused('is not UTF-8: save it as UTF-8');
  return parseStrictJson(text, bytesMax);
}

function refused(problem: string, place = ''): StrictJson {
  return { ok: false, problems: [{ place, problem }] };
}

interface Scanner {
  readonly text: string;
  offset: number;
  /** of the value that is being read */
  readonly path: (string | number)[];
}

/** The only thing thrown in this file, and caught in it: it unwinds the descent. */
class Refusal extends Error {
  readonly offset: number;
  readonly place: string;
  constructor(problem: string, offset: number, place: string) {
    super(problem);
    this.offset = offset;
    this.place = place;
  }
  inText(text: string): string {
    const lines = text.slice(0, this.offset).split(/\r\n|\r|\n/);
    return `${this.message} (line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1})`;
  }
}

function refuse(scanner: Scanner, problem: string, offset = scanner.offset): never {
  throw new Refusal(problem, offset, '');
}

function refuseKey(scanner: Scanner, key: string, problem: string, offset: number): never {
  throw new Refusal(problem, offset, placeText([...scanner.path, key]));
}

function skipSpace(scanner: Scanner): void {
  while (isSpace(scanner.text.charCodeAt(scanner.offset))) scanner.offset += 1;
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function readValue(scanner: Scanner, depth: number): unknown {
  skipSpace(scanner);
  if (depth > jsonDepthMax) refuse(scanner, `nested deeper than ${jsonDepthMax}`);
  const first = scanner.text.charAt(scanner.offset);
  if (first === '{') return readObject(scanner, depth);
  if (first === '[') return readArray(scanner, depth);
  if (first === '"') return readString(scanner);
  if (/^[-0-9]$/.test(first)) return readNumber(scanner);
  for (const [word, value] of words)
    if (scanner.text.startsWith(word, scanner.offset)) {
      scanner.offset += word.length;
      return value;
    }
  if (first === '') return refuse(scanner, 'the text ends where a value should stand');
  return refuse(scanner, `${shown(first)} where a value should stand`);
}

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

function readObject(scanner: Scanner, depth: number): unknown {
  const members: Record<string, unknown> = Object.create(null);
  if (opensEmpty(scanner, '}')) return members;
  for (;;) {
    skipSpace(scanner);
    const keyOffset = scanner.offset;
    if (scanner.text.charAt(keyOffset) !== '"')
      refuse(scanner, `${shownAt(scanner)} where a key in quotes should stand`);
    const key = readString(scanner);
    if (key === '__proto__') refuseKey(scanner, key, 'this key is not allowed', keyOffset);
    if (Object.hasOwn(members, key))
      refuseKey(scanner, key, 'this key stands twice in one object', keyOffset);
    skipSpace(scanner);
    if (scanner.text.charAt(scanner.offset) !== ':')
      refuse(scanner, `${shownAt(scanner)} where ":" should stand`);
    scanner.offset += 1;
    scanner.path.push(key);
    members[key] = readValue(scanner, depth + 1);
    scanner.path.pop();
    if (closes(scanner, '}')) return members;
  }
}

function readArray(scanner: Scanner, depth: number): unknown {
  const items: unknown[] = [];
  if (opensEmpty(scanner, ']')) return items;
  for (;;) {
    scanner.path.push(items.length);
    items.push(readValue(scanner, depth + 1));
    scanner.path.pop();
    if (closes(scanner, ']')) return items;
  }
}

/** Steps over the opening bracket; true (and over the closing one) when nothing is between. */
function opensEmpty(scanner: Scanner, closing: string): boolean {
  scanner.offset += 1;
  skipSpace(scanner);
  if (scanner.text.charAt(scanner.offset) !== closing) return false;
  scanner.offset += 1;
  return true;
}

/** Steps over `closing` (true) or a comma (false). */
function closes(scanner: Scanner, closing: string): boolean {
  skipSpace(scanner);
  const next = scanner.text.charAt(scanner.offset);
  if (next !== ',' && next !== closing)
    refuse(scanner, `${shownAt(scanner)} where "," or "${closing}" should stand`);
  scanner.offset += 1;
  return next === closing;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function readString(scanner: Scanner): string {
  const { text } = scanner;
  const start = scanner.offset;
  let value = '';
  let offset = start + 1;
  for (;;) {
    const from = offset;
    while (isPlain(text.charCodeAt(offset))) offset += 1;
    value += text.slice(from, offset);
    scanner.offset = offset;
    const stop = text.charAt(offset);
    if (stop === '') refuse(scanner, 'a string is not closed', start);
    if (stop === '"') break;
    if (stop !== '\\') refuse(scanner, 'a control character in a string must be escaped');
    value += readEscape(scanner);
    offset = scanner.offset;
  }
  scanner.offset = offset + 1;
  // RFC 7493 section 2.1; canonical JSON (RFC 8785) could not write it either.
  if (/\p{Surrogate}/u.test(value)) refuse(scanner, 'half of a surrogate pair in a string', start);
  return value;
}

/** A character that stands for itself; NaN (the end) is none. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit !== 0x22 && unit !== 0x5c;
}

function readEscape(scanner: Scanner): string {
  const letter = scanner.text.charAt(scanner.offset + 1);
  if (letter === 'u') {
    const digits = scanner.text.slice(scanner.offset + 2, scanner.offset + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) refuse(scanner, '\\u needs four hexadecimal digits');
    scanner.offset += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  const escaped = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (escaped === undefined) return refuse(scanner, 'an unknown escape in a string');
  scanner.offset += 2;
  return escaped;
}

const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;

function readNumber(scanner: Scanner): number {
  pattern.lastIndex = scanner.offset;
  const match = pattern.exec(scanner.text);
  if (match === null || /^[-+.0-9a-zA-Z]$/.test(scanner.text.charAt(pattern.lastIndex)))
    return refuse(scanner, 'this is no JSON number');
  const value = Number(match[0]);
  const isInteger = match[1] === undefined && match[2] === undefined;
  if (!Number.isFinite(value) || (isInteger && !Number.isSafeInteger(value)))
    refuse(scanner, 'this number is too large to be held exactly');
  scanner.offset = pattern.lastIndex;
  return value;
}

function shownAt(scanner: Scanner): string {
  return shown(scanner.text.charAt(scanner.offset));
}

/** The character a problem is about; never more, because files beside ours may hold secrets. */
function shown(character: string): string {
  return character === '' ? 'the end' : JSON.stringify(character);
}
