/**
 * The entries of a decoded CBOR map, read one by one under their claims' names. Reading goes on
 * after a failure, so that callers need no branch for each; the first failure is kept. Pure but
 * for hex.
 */
import { type CborValue, isMap } from './cbor.js';
import { toHex } from './cose.js';

/** The entries of one map, each taken once; the first failure is kept, the rest still runs. */
export class Fields {
  readonly #rest: Map<CborValue, CborValue>;
  readonly #keys: Readonly<Record<string, number>>;
  #problem: string | null = null;

  constructor(value: CborValue | undefined, keys: Readonly<Record<string, number>>) {
    const isFit = value !== undefined && isMap(value);
    this.#rest = new Map(isFit ? value : []);
    this.#keys = keys;
    if (!isFit) this.fail('the claims, or those under -70001, are no map');
  }

  fail(problem: string): void {
    this.#problem ??= problem;
  }

  take(key: number): CborValue | undefined {
    const value = this.#rest.get(key);
    this.#rest.delete(key);
    return value;
  }

  optional<Value>(name: string, read: () => Value): Value | undefined {
    return this.#rest.has(this.#keyOf(name)) ? read() : undefined;
  }

  uint(name: string, max: number): number {
    const value = this.take(this.#keyOf(name));
    if (typeof value === 'number' && value >= 0 && value <= max) return value;
    this.fail(`${name}: a whole number from 0 to ${max} is required`);
    return 0;
  }

  bytes(name: string, length: number): string {
    const value = this.take(this.#keyOf(name));
    if (value instanceof Uint8Array && value.length === length) return toHex(value);
    this.fail(`${name}: ${length} bytes are required`);
    return '';
  }

  text(name: string, bytesMax: number): string {
    const value = this.take(this.#keyOf(name));
    if (typeof value === 'string' && isPlainText(value, bytesMax)) return value;
    this.fail(`${name}: a text of 1 to ${bytesMax} bytes without control characters is required`);
    return '';
  }

  /** Takes what `optional` found; fails where it found nothing. */
  required(name: string, value: string | undefined): string {
    if (value === undefined) this.fail(`${name}: is required by this kind`);
    return value ?? '';
  }

  id(name: string): string {
    const value = this.take(this.#keyOf(name));
    if (typeof value === 'string' && campusIdShape.test(value)) return value;
    this.fail(`${name}: 1 to 32 letters, digits or hyphens are required`);
    return '';
  }

  oneOf<Name extends string>(name: string, allowed: readonly Name[]): Name | null {
    const value = this.take(this.#keyOf(name));
    const found = allowed.find((word) => word === value);
    if (found === undefined) this.fail(`${name}: one of ${allowed.join(', ')} is required`);
    return found ?? null;
  }

  texts(name: string, countMax: number, bytesMax: number): readonly string[] {
    const value = this.take(this.#keyOf(name));
    const items: readonly CborValue[] = Array.isArray(value) ? value : [];
    const texts = items.filter(
      (item): item is string => typeof item === 'string' && isPlainText(item, bytesMax),
    );
    if (texts.length === items.length && texts.length >= 1 && texts.length <= countMax)
      return texts;
    this.fail(`${name}: 1 to ${countMax} texts of 1 to ${bytesMax} bytes are required`);
    return [];
  }

  /** Returns the first problem, an entry nobody has taken included, or null. */
  finish(): string | null {
    for (const key of this.#rest.keys()) {
      const name = Object.keys(this.#keys).find((word) => this.#keys[word] === key);
      this.fail(name === undefined ? 'a key is unknown' : `${name}: not used by this kind`);
    }
    return this.#problem;
  }

  #keyOf(name: string): number {
    return this.#keys[name] ?? Number.NaN;
  }
}

export const campusIdShape = /^[A-Za-z0-9-]{1,32}$/;
const control = /\p{Cc}/u;

/** Takes a text; says whether it has 1 to `bytesMax` bytes of UTF-8 and no control character. */
export function isPlainText(text: string, bytesMax: number): boolean {
  if (text.length === 0 || text.length > bytesMax || control.test(text)) return false;
  return Buffer.byteLength(text, 'utf8') <= bytesMax;
}
