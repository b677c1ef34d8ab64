import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UseChange } from '../../../kiosk/journal/port.js';
import { planUses, type UseRow, useName } from '../../../kiosk/journal/uses.js';
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
