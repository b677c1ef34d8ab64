/** What a gate's `purge` record says of its records (kiosk/journal/RECORDS.md). Pure. */
import type { Head } from '../journal/chain.js';

const hashShape = /^[0-9a-f]{64}$/;

/** @returns the last record that is gone at the gate, with all before it; null: none, or no such record */
export function purgedRecords(record: Readonly<Record<string, unknown>>): Head | null {
  const { type, records } = record;
  if (type !== 'purge' || typeof records !== 'object' || records === null) return null;
  const { through, hash } = records as Record<string, unknown>;
  if (typeof through !== 'number' || !Number.isSafeInteger(through) || through < 1) return null;
  return typeof hash === 'string' && hashShape.test(hash) ? { seq: through, hash } : null;
}
