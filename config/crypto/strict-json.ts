/**
 * JSON as a person writes it into a file, read strictly: valid UTF-8, one document, and no member
 * twice, for the second would silently win (RFC 8259 §4). White space is free here; what is signed
 * is held to a stricter rule where it is read. Pure.
 */

/** What is wrong, and where: `issuers[2].publicKey`; the place of the whole document is empty. */
export interface Problem {
  readonly place: string;
  readonly problem: string;
}

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One token of a text that is known to be valid JSON. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;
const plainName = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Takes the place of an object and a member's name; returns the member's place. */
export function memberPlace(place: string, name: string): string {
  if (!plainName.test(name)) return `${place}[${JSON.stringify(name)}]`;
  return place === '' ? name : `${place}.${name}`;
}

/**
 * Takes a file's bytes; returns the value, or every problem: not UTF-8, a byte order mark, no
 * JSON (the parser's words), more bytes than `bytesMax`, or a member twice.
 */
export function parseStrictJsonBytes(bytes: Uint8Array, bytesMax: number): JsonResult {
  if (bytes.length > bytesMax) return refuse(`longer than ${bytesMax} bytes`);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return parseStrictJson(decoder.decode(bytes));
  } catch {
    return refuse('not valid UTF-8');
  }
}

/** Takes a text; returns its value or every problem, as `parseStrictJsonBytes` does. */
export function parseStrictJson(text: string): JsonResult {
  if (text.startsWith('\uFEFF')) return refuse('starts with a byte order mark');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
  const problems = findDuplicates(text);
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

type Level =
  | { readonly type: 'object'; readonly place: string; readonly names: Set<string>; name: string }
  | { readonly type: 'array'; readonly place: string; index: number };

/** Walks the tokens of valid JSON; the stack is data, so depth cannot overflow it. */
function findDuplicates(text: string): Problem[] {
  const problems: Problem[] = [];
  const levels: Level[] = [];
  let nameExpected = false;
  for (const [word] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (word === '{') {
      levels.push({ type: 'object', place: placeInside(level), names: new Set(), name: '' });
      nameExpected = true;
    } else if (word === '[') {
      levels.push({ type: 'array', place: placeInside(level), index: 0 });
      nameExpected = false;
    } else if (word === '}' || word === ']') {
      levels.pop();
      nameExpected = false;
    } else if (word === ',') {
      if (level?.type === 'array') level.index += 1;
      nameExpected = level?.type === 'object';
    } else if (nameExpected && level?.type === 'object') {
      // Decoded, so that an escape cannot hide the second "issuers" as "\u0069ssuers".
      level.name = String(JSON.parse(word));
      if (level.names.has(level.name))
        problems.push({ place: placeInside(level), problem: 'this member is there twice' });
      level.names.add(level.name);
      nameExpected = false;
    }
  }
  return problems;
}

function placeInside(level: Level | undefined): string {
  if (level === undefined) return '';
  if (level.type === 'array') return `${level.place}[${level.index}]`;
  return memberPlace(level.place, level.name);
}

function refuse(problem: string): JsonResult {
  return { ok: false, problems: [{ place: '', problem }] };
}
