import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KnownEntry } from '../../../config/vocabulary.js';
import { learnUses, nothingKnown, restoreUses } from '../../../kiosk/core/known/known.js';
import type { Known } from '../../../kiosk/core/known/known-set.js';
import type { RestoredUse, UseChange } from '../../../kiosk/journal/port.js';
import { planUses, restoredUse, type UseRow, useName } from '../../../kiosk/journal/uses.js';
import { ticket } from './rigs.js';

const op = fc.constantFrom<UseChange['op'][]>('reserve', 'spend', 'return', 'uncertain', 'learn');
const change = fc
  .record({ op, key: fc.constantFrom('aa', 'bb', 'cc') })
  .map(({ op: verb, key }) => ticket(verb, key));

test('whatever is asked, a paper is granted at most once between two returns', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 30 }), (requests) => {
      const rows = new Map<string, UseRow>();
      const granted = new Set<string>();
      const used = new Set<string>();
      requests.forEach((changes, index) => {
        const writes = planUses(changes, (name) => rows.get(name), index);
        if (writes === null) return;
        for (const { op: verb, entry } of changes) {
          if (verb === 'reserve') {
            expect(granted.has(entry.key) || used.has(entry.key)).toBe(false);
            granted.add(entry.key);
          }
          if (verb === 'return') granted.delete(entry.key);
          if (verb === 'spend' || verb === 'learn') used.add(entry.key);
        }
        for (const { key, row } of writes)
          if (row === null) rows.delete(useName(key));
          else rows.set(useName(key), row);
      });
    }),
  );
});

test('a newer report of another gate replaces an older one, never the other way', () => {
  const report = (at: string, until: string): UseChange => ({
    op: 'learn',
    entry: { type: 'passage', key: 'aa', direction: 'out', at, until },
  });
  const older = report('2020-02-10T08:00:00Z', '2020-02-12T08:00:00Z');
  const newer = report('2020-02-10T16:30:00+08:00', '2020-02-12T16:30:00+08:00');
  const rowOf = (changes: readonly UseChange[]) => planUses(changes, () => undefined, 1)?.[0]?.row;
  expect(rowOf([older, newer])?.at).toBe(newer.entry.at);
  expect(rowOf([newer, older])).toEqual(rowOf([newer]));
});

const time = fc.integer({ min: 0, max: 5 }).map((day) => `2020-02-1${day}T08:00:00.000Z`);
const told: fc.Arbitrary<KnownEntry> = fc.oneof(
  fc.record({
    type: fc.constant('passage' as const),
    key: fc.constantFrom('aa', 'bb'),
    direction: fc.constantFrom('in' as const, 'out' as const),
    until: time,
    at: time,
  }),
  fc.record({
    type: fc.constant('isolation' as const),
    key: fc.constantFrom('aa', 'bb'),
    until: time,
    at: time,
  }),
  fc.record({
    type: fc.constant('window' as const),
    key: fc.constantFrom('cc:18000:aa', 'cc:18001:bb'),
    until: fc.constant('2020-02-17T08:00:00.000Z'),
    at: time,
  }),
);

/** What a journal knows after these requests, as it tells it at the next start. */
function journalAfter(requests: readonly (readonly KnownEntry[])[]): readonly RestoredUse[] {
  const rows = new Map<string, UseRow>();
  requests.forEach((entries, index) => {
    const changes = entries.map((entry) => ({ op: 'learn' as const, entry }));
    for (const { key, row } of planUses(changes, (name) => rows.get(name), index) ?? [])
      if (row === null) rows.delete(useName(key));
      else rows.set(useName(key), row);
  });
  return [...rows.values()].map(restoredUse);
}

/** Everything in the set, in an order of its own. */
function contents({ shards, count }: Known): unknown {
  const uses = shards.flatMap((shard) => [...shard.uses.values()].map(({ entry }) => entry));
  const windows = shards.flatMap((shard) =>
    [...shard.windows].flatMap(([household, seen]) => seen.map((it) => ({ household, ...it }))),
  );
  return { count, all: [...uses, ...windows].map((it) => JSON.stringify(it)).sort() };
}

test('what gates tell each other gives one set, in any order, however often, and after a restart', () => {
  const shuffled = fc.array(told, { minLength: 1, maxLength: 8 }).chain((entries) =>
    fc.tuple(
      fc.constant(entries),
      fc.shuffledSubarray([...entries, ...entries], {
        minLength: 2 * entries.length,
        maxLength: 2 * entries.length,
      }),
      fc.nat(entries.length),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([entries, again, cut]) => {
      const once = learnUses(nothingKnown(), entries).known;
      const first = learnUses(nothingKnown(), again.slice(0, cut));
      const second = learnUses(first.known, again.slice(cut));
      expect(contents(second.known)).toEqual(contents(once));
      // What is news to the core is news to the journal, and both come to the same.
      const journal = journalAfter([first.news, second.news]);
      expect(contents(restoreUses(nothingKnown(), journal))).toEqual(contents(once));
      expect(contents(restoreUses(once, journal))).toEqual(contents(once));
      expect(learnUses(second.known, entries).news).toEqual([]);
    }),
  );
});
