/** Entries as gates tell them, for properties. */
import fc from 'fast-check';
import type { KnownEntry } from '../../../../config/vocabulary.js';
import {
  type Pages,
  pageCutter,
  type SpentTeller,
  snapshotOf,
} from '../../../../kiosk/settings/spent/spent-pages.js';
import { openSpentSet } from '../../../../kiosk/settings/spent/spent-set.js';

const time = fc.integer({ min: 0, max: 5 }).map((day) => `2020-02-1${day}T08:00:00.000Z`);
const direction = fc.constantFrom('in' as const, 'out' as const);
const times = { until: time, at: time };

/** Few names and few times, so that they meet often. */
export const anyEntry: fc.Arbitrary<KnownEntry> = fc.oneof(
  fc.record({
    type: fc.constant('ticket' as const),
    key: fc.constantFrom('aa', 'bb'),
    direction,
    ...times,
  }),
  fc.record({ type: fc.constant('code' as const), key: fc.constantFrom('aa', 'cc'), ...times }),
  fc.record({
    type: fc.constant('passage' as const),
    key: fc.constantFrom('aa', 'bb'),
    direction,
    ...times,
  }),
  fc.record({
    type: fc.constant('isolation' as const),
    key: fc.constantFrom('aa', 'bb'),
    ...times,
  }),
  fc.record({
    type: fc.constant('window' as const),
    key: fc.constantFrom('dd:18000:aa', 'dd:18001:bb'),
    ...times,
  }),
);
export const anyEntries = fc.array(anyEntry, { maxLength: 10 });

/** @returns so many uses of different tickets, a minute apart from the last one on */
export function ticketUses(count: number, lastMs: number): readonly KnownEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'ticket',
    key: index.toString(16).padStart(48, '0'),
    direction: 'out',
    until: new Date(lastMs + 86_400_000).toISOString(),
    at: new Date(lastMs - index * 60_000).toISOString(),
  }));
}

/** @returns the union of all parts in one order, so that two can be compared */
export function union(...parts: readonly (readonly KnownEntry[])[]): readonly KnownEntry[] {
  const set = openSpentSet();
  for (const part of parts) set.add(part);
  const nameOf = ({ type, key, direction, at }: KnownEntry) =>
    [type, key, direction ?? '', at].join(' ');
  return set.list().toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

/** Takes who tells, and uses, the newest first; returns the snapshot of them. */
export function snapshotPages(teller: SpentTeller, uses: readonly KnownEntry[]): Pages {
  const cutter = pageCutter(teller);
  for (const entry of uses) cutter.add(entry);
  return snapshotOf(teller, cutter);
}
