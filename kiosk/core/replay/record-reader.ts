/**
 * Reads members of a record that may hold anything. What is not of the wanted shape is taken for some
 * value of it, and the first such member is remembered: the reader asks once, at the end.
 */
export type Anything = { readonly [member: string]: unknown };

export interface RecordReader {
  /** where the first member stands that is not as it should be; null: all are */
  fault(): string | null;
  text(member: string): string;
  textOrNull(member: string): string | null;
  whole(member: string): number;
  wholeOrNull(member: string): number | null;
  flag(member: string): boolean;
  flagOrNull(member: string): boolean | null;
  /** one of some words; the first of them where it is none */
  word<Word extends string>(member: string, words: readonly [Word, ...Word[]]): Word;
  texts(member: string): readonly string[];
  wholes(member: string): readonly number[];
  /** an object, read by `read`; null where it is null */
  object<T>(member: string, read: (reader: RecordReader) => T): T | null;
  objects<T>(member: string, read: (reader: RecordReader) => T): readonly T[];
  /** Says that something is missing that this member would hold. */
  missing(member: string): void;
  /** whether the member is there at all */
  has(member: string): boolean;
}

/** Longest list that any record holds is far below: a hostile one must not cost more. */
const itemsMax = 4_096;

/** @param record the members; @returns a reader over them */
export function recordReader(record: Anything): RecordReader {
  const faults: string[] = [];
  return readerOf(
    record,
    '',
    (place) => {
      if (faults.length === 0) faults.push(place);
    },
    () => faults[0] ?? null,
  );
}

function readerOf(
  record: Anything,
  place: string,
  miss: (place: string) => void,
  fault: () => string | null,
): RecordReader {
  const take = <T>(member: string, is: (value: unknown) => value is T, instead: T): T => {
    const value = Object.hasOwn(record, member) ? record[member] : undefined;
    if (is(value)) return value;
    miss(place + member);
    return instead;
  };
  const list = <T>(member: string, read: (item: unknown, place: string) => T): readonly T[] => {
    const items = take(member, isList, []);
    return items.map((item, index) => read(item, `${place}${member}[${index}].`));
  };
  const inner = (value: unknown, at: string): RecordReader => {
    if (isObject(value)) return readerOf(value, at, miss, fault);
    miss(at);
    return readerOf({}, at, miss, fault);
  };
  const item = <T>(value: unknown, at: string, is: (it: unknown) => it is T, instead: T): T => {
    if (is(value)) return value;
    miss(at);
    return instead;
  };
  return {
    fault,
    text: (member) => take(member, isText, ''),
    textOrNull: (member) => take(member, isTextOrNull, null),
    whole: (member) => take(member, isWhole, 0),
    wholeOrNull: (member) => take(member, isWholeOrNull, null),
    flag: (member) => take(member, isFlag, false),
    flagOrNull: (member) => take(member, isFlagOrNull, null),
    word<Word extends string>(member: string, words: readonly [Word, ...Word[]]): Word {
      const given = take(member, isText, '');
      const found = words.find((word) => word === given);
      if (found === undefined) miss(place + member);
      return found ?? words[0];
    },
    texts: (member) => list(member, (value, at) => item(value, at, isText, '')),
    wholes: (member) => list(member, (value, at) => item(value, at, isWhole, 0)),
    object(member, read) {
      const value = take(member, isAnything, null);
      return value === null ? null : read(inner(value, `${place}${member}.`));
    },
    objects: (member, read) => list(member, (value, at) => read(inner(value, at))),
    missing: (member) => miss(place + member),
    has: (member) => Object.hasOwn(record, member),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isWholeOrNull(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value);
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isFlagOrNull(value: unknown): value is boolean | null {
  return value === null || typeof value === 'boolean';
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= itemsMax;
}

function isObject(value: unknown): value is Anything {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAnything(value: unknown): value is Anything | null {
  return value === null || isObject(value);
}
