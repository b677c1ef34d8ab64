/**
 * Reads a JSON value of a known shape and collects every problem with its place, so that an admin
 * corrects a file once and not member by member. Each reading returns a harmless value after a
 * problem; whoever has collected one throws the result away.
 */
import { memberPlace, type PlacedProblem } from '../../config/problems.js';
import { parseRfc3339 } from '../../config/rfc3339.js';
import { isPlainText } from './claim-fields.js';

/** Names and other words in lists: long enough for any office, short enough for one log line. */
const wordBytesMax = 120;

export class ListReader {
  readonly problems: PlacedProblem[] = [];

  fail(place: string, problem: string): void {
    this.problems.push({ place, problem });
  }

  /**
   * Takes a value that must be an object with the members named, those ending in `?` optional;
   * returns a reading of its members, or null. Unknown members are problems.
   */
  object(value: unknown, place: string, members: readonly string[]): Members | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail(place, 'must be an object');
      return null;
    }
    const entries = new Map<string, unknown>(Object.entries(value));
    const known = new Set(members.map((name) => name.replace('?', '')));
    for (const name of entries.keys())
      if (!known.has(name)) this.fail(memberPlace(place, name), 'unknown member');
    for (const name of members)
      if (!name.endsWith('?') && !entries.has(name))
        this.fail(memberPlace(place, name), 'is missing');
    return new Members(this, entries, place);
  }

  /** Takes a value that must be an array; returns what `read` makes of each item. */
  array<Item>(
    value: unknown,
    place: string,
    read: (item: unknown, place: string) => Item | null,
  ): Item[] {
    if (!Array.isArray(value)) {
      this.fail(place, 'must be an array');
      return [];
    }
    const items = value.map((item, index) => read(item, `${place}[${index}]`));
    return items.filter((item) => item !== null);
  }

  /** Takes a value that must be a text without control characters; returns it. */
  word(value: unknown, place: string): string {
    if (typeof value === 'string' && isPlainText(value, wordBytesMax)) return value;
    this.fail(place, `must be a text of 1 to ${wordBytesMax} bytes without control characters`);
    return '';
  }

  /** Takes a value that must be one of the words; returns it. */
  oneOf<Word extends string | number>(
    value: unknown,
    place: string,
    allowed: readonly Word[],
  ): Word | null {
    const found = allowed.find((word) => word === value);
    if (found === undefined) this.fail(place, `must be one of ${allowed.join(', ')}`);
    return found ?? null;
  }

  /** Takes a value that must be hex of so many bytes; returns it in lower case. */
  hex(value: unknown, place: string, bytes: number): string {
    if (typeof value === 'string' && value.length === bytes * 2 && /^[0-9a-f]+$/i.test(value))
      return value.toLowerCase();
    this.fail(place, `must be ${bytes * 2} hex digits`);
    return '';
  }

  /** Takes a value that must be an RFC 3339 time; returns seconds since 1970, with a fraction. */
  timeSeconds(value: unknown, place: string): number {
    const milliseconds = typeof value === 'string' ? parseRfc3339(value) : null;
    if (milliseconds !== null) return milliseconds / 1000;
    this.fail(place, 'must be an RFC 3339 time, such as 2020-02-10T08:00:00+08:00');
    return 0;
  }
}

/** The members of one object. */
export class Members {
  readonly #reader: ListReader;
  readonly #entries: ReadonlyMap<string, unknown>;
  readonly place: string;

  constructor(reader: ListReader, entries: ReadonlyMap<string, unknown>, place: string) {
    this.#reader = reader;
    this.#entries = entries;
    this.place = place;
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  placeOf(name: string): string {
    return memberPlace(this.place, name);
  }

  /** Returns what `read` makes of the member, or null where it is not there. */
  read<Value>(name: string, read: (value: unknown, place: string) => Value): Value | null {
    return this.#entries.has(name) ? read(this.#entries.get(name), this.placeOf(name)) : null;
  }

  /** Reads a member that is an array; an absent one is empty. */
  list<Item>(name: string, read: (item: unknown, place: string) => Item | null): Item[] {
    return this.read(name, (value, place) => this.#reader.array(value, place, read)) ?? [];
  }
}
