/** Records as questions read them: what the chain has verified is still JSON of any shape. Pure. */

export type StoredRecord = Readonly<Record<string, unknown>>;

/** Takes a record's bytes; returns it, empty where they hold none. */
export function readRecord(bytes: Uint8Array): StoredRecord {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return isObject(value) ? value : {};
}

/** @returns a member that is a text, or null */
export function textOf(record: StoredRecord, name: string): string | null {
  const value = record[name];
  return typeof value === 'string' ? value : null;
}

/** @returns a member's items that are texts */
export function textsOf(record: StoredRecord, name: string): readonly string[] {
  const value = record[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** @returns a member's items that are objects */
export function objectsOf(record: StoredRecord, name: string): readonly StoredRecord[] {
  const value = record[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is StoredRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
