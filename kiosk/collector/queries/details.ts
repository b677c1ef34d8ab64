/**
 * The private details of a person's attempt: opened only with the registry's key, and only after it
 * is written down that they will be. What came of it is written beside that.
 */
import type Database from 'better-sqlite3';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import { openSealed } from '../../evidence/seal.js';
import { toHex } from '../../journal/chain.js';
import type { JsonValue } from '../../journal/port.js';
import type { Passage } from './passages.js';

/** What was read or entered, part by part: an ID card, details, a temperature. */
export type Details = readonly { readonly seq: number; readonly contents: JsonValue }[];

export interface OpenedDetails {
  readonly details: Details;
  /** parts that this key does not open: sealed to another one of the registry's, or damaged */
  readonly closed: number;
  /** why, each reason once: `not-for-this-key` is the key's fault, the others are the part's */
  readonly closedWhy: readonly string[];
}

/** @returns reads the parts beside the records of one attempt, and opens those that the key opens */
export function detailsReader(
  database: Database.Database,
  privateKey: Uint8Array,
): (place: Passage['place']) => OpenedDetails {
  const parts = database.prepare<
    [number, number, string | null],
    { seq: number; salt: Uint8Array; box: Uint8Array }
  >(
    'SELECT seq, salt, box FROM parts WHERE journal = ? AND attempt = ? AND bootId IS ? ORDER BY seq',
  );
  return ({ journal, attempt, bootId }) => {
    if (attempt === null) return { details: [], closed: 0, closedWhy: [] };
    const all = parts.all(journal, attempt, bootId).map(({ seq, salt, box }) => ({
      seq,
      opened: openSealed(privateKey, { salt: toHex(salt), box: encodeBase64url(box) }),
    }));
    const details = all.flatMap(({ seq, opened }) =>
      opened.ok ? [{ seq, contents: opened.contents }] : [],
    );
    const closedWhy = [...new Set(all.flatMap(({ opened }) => (opened.ok ? [] : [opened.why])))];
    return { details, closed: all.length - details.length, closedWhy };
  };
}

export interface AuditEntry {
  readonly atMs: number;
  /** the account that asks */
  readonly who: string;
  /** the question */
  readonly what: string;
  /** attempts whose details are asked for */
  readonly count: number;
}

/**
 * Writes down who asks to open what, before anything is opened.
 * @returns writes beside it what came of it. Both throw SQLite's errors: then nothing may be opened, or shown
 */
export function audit(
  database: Database.Database,
  { atMs, who, what, count }: AuditEntry,
): (outcome: string) => void {
  const { lastInsertRowid } = database
    .prepare<[number, string, string, number]>(
      'INSERT INTO audit (atMs, who, what, count) VALUES (?, ?, ?, ?)',
    )
    .run(atMs, who, what, count);
  return (outcome) => {
    database
      .prepare<[string, number | bigint]>('UPDATE audit SET what = ? WHERE id = ?')
      .run(`${what}: ${outcome}`, lastInsertRowid);
  };
}
