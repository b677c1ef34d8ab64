/** How far a journal has been purged, as its database keeps it beside the purge records. */
import { StoreFault } from './failures.js';
import { type PartKind, partKinds } from './part-kind.js';

export interface Purged {
  /** the records up to here are gone, and the chain begins behind this hash (hex); null: none are */
  readonly records: { readonly through: number; readonly hash: string } | null;
  /** the parts of each kind beside records up to here are gone; 0: none are */
  readonly parts: Readonly<Record<PartKind, number>>;
}

/** The row of `meta`; a database without it has never been purged. */
export const purgedName = 'purged';

export const nothingPurged: Purged = {
  records: null,
  parts: { 'id-card': 0, temperature: 0, details: 0 },
};

const hashShape = /^[0-9a-f]{64}$/;

/** @returns the row's text */
export function packPurged({ records, parts }: Purged): string {
  return JSON.stringify({ records, parts });
}

/**
 * @param text of the row; undefined: there is none
 * @returns how far it has been purged
 * @throws StoreFault (`damaged`) where it is not as it was written
 */
export function unpackPurged(text: string | undefined): Purged {
  if (text === undefined) return nothingPurged;
  const { records, parts } = Object(parsed(text)) as { records?: unknown; parts?: unknown };
  const through = Object(parts) as Readonly<Record<PartKind, unknown>>;
  if (!isGone(records) || !partKinds.every((kind) => isSeq(through[kind])))
    throw new StoreFault('damaged', 'what was purged is not as it was written');
  return { records, parts: through as Purged['parts'] };
}

function isGone(value: unknown): value is Purged['records'] {
  if (value === null) return true;
  const { through, hash } = Object(value) as Record<string, unknown>;
  return isSeq(through) && typeof hash === 'string' && hashShape.test(hash);
}

function isSeq(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
