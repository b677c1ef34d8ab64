/** A revocation list on its way from one thread to another: its table is handed over, not copied. */
import { buildIdTable, type IdTableData, openIdTable, wordsOf, wordsPerId } from './id-table.js';
import type { Revocations } from './revocations.js';

export interface RevocationsData extends Omit<Revocations, 'credentials'> {
  readonly table: IdTableData;
}

/** Takes a list; returns it with its ids in one table, whose memory may be handed over, and the list's with it. */
export function packRevocations({ credentials, ...rest }: Revocations): RevocationsData {
  // What is a table already is not taken apart: of a million ids that takes seconds.
  if (credentials.table !== undefined) return { ...rest, table: credentials.table };
  const words = new Uint32Array(credentials.size * wordsPerId);
  let at = 0;
  for (const id of credentials.values()) {
    words.set(wordsOf(id), at);
    at += wordsPerId;
  }
  return { ...rest, table: buildIdTable(words) };
}

/** Takes what was packed; returns the list. */
export function unpackRevocations({ table, ...rest }: RevocationsData): Revocations {
  return { ...rest, credentials: openIdTable(table) };
}
