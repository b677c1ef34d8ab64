/** Entries from other gates, as untrusted in form as any message; what they mean stands in `known.ts`. */
import { formatRfc3339, parseRfc3339 } from '../../../config/rfc3339.js';
import type { Direction, KnownEntry } from '../../../config/vocabulary.js';
import { windowParts } from './known-set.js';

/** Ids and tokens in hex, a window's with its separators; longest: token, day and ticket. */
const keyShape = /^[A-Za-z0-9:_-]{1,96}$/;

/** No id and no token: a person's number, which would come into records with it (law 8). */
const numberLike = /(^|:)(\d{17}[\dX]|[A-Z]{3}\d{12})(:|$)/;

/** Which entries have a direction: a code with one would never be found again. */
const directed: Readonly<Record<KnownEntry['type'], 'always' | 'maybe' | 'never'>> = {
  ticket: 'always',
  code: 'never',
  window: 'never',
  isolation: 'never',
  passage: 'maybe',
};

/**
 * @param value anything
 * @returns the entry with its own members only and its times in UTC, or null where it has not the
 *   shape of `_spent` (an unknown type, a key or a time in another form, a direction too many)
 */
export function parseKnownEntry(value: unknown): KnownEntry | null {
  if (typeof value !== 'object' || value === null) return null;
  const { type, key, direction, until, at } = value as { [name: string]: unknown };
  if (typeof type !== 'string' || !isKnownType(type)) return null;
  if (typeof key !== 'string' || !keyShape.test(key) || numberLike.test(key)) return null;
  if (direction !== undefined && direction !== 'in' && direction !== 'out') return null;
  if (!fits(type, direction)) return null;
  const untilMs = typeof until === 'string' ? parseRfc3339(until) : null;
  const atMs = typeof at === 'string' ? parseRfc3339(at) : null;
  if (untilMs === null || atMs === null) return null;
  const times = { until: formatRfc3339(untilMs), at: formatRfc3339(atMs) };
  const entry: KnownEntry =
    direction === undefined ? { type, key, ...times } : { type, key, direction, ...times };
  return type === 'window' && windowParts(entry) === null ? null : entry;
}

function isKnownType(type: string): type is KnownEntry['type'] {
  return Object.hasOwn(directed, type);
}

function fits(type: KnownEntry['type'], direction: Direction | undefined): boolean {
  if (direction === undefined) return directed[type] !== 'always';
  return directed[type] !== 'never';
}
