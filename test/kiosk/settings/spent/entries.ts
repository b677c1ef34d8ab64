/** Entries as gates tell them, for properties. */
import fc from 'fast-check';
import type { KnownEntry } from '../../../../config/vocabulary.js';

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
