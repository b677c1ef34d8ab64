/** A journal that somebody has made up fills no memory of whoever replays it. */
import { expect, test } from 'vitest';
import { byPolicy, replayJournal, replayLimits } from '../../../kiosk/history/replay.js';
import type { JournalSource, SourceRow } from '../../../kiosk/journal/source.js';
import { shippedPolicy } from '../core/hands.js';

const count = 3_000;

function* rows(): Generator<SourceRow> {
  for (let seq = 1; seq <= count; seq += 1) {
    const rule = `rule-${seq}`;
    const reasons = ['x'.repeat(5_000)];
    const record = { seq, at: '', type: 'decision', outcome: 'grant', rule, clause: '', reasons };
    const bytes = Buffer.from(JSON.stringify(record));
    yield { is: 'row', seq, hash: new Uint8Array(32), bytes, sealed: null };
  }
}

const source: JournalSource = {
  ...{ kind: 'export', of: 'database', site: null, kiosk: null, journal: 'ab'.repeat(16) },
  ...{ before: null, end: null, checkpoints: [], losses: [], strayPart: null },
  rows: () => rows(),
  close: () => {},
};

test('names that come but once are counted together, and none is longer than a line', () => {
  const by = byPolicy(shippedPolicy(), '');
  const options = { by, from: null, to: null, progress: () => {} };
  const { decisions, rules, changes } = replayJournal(source, options);
  expect(decisions).toMatchObject({ all: count, malformed: count });
  expect(rules.length).toBeLessThanOrEqual(replayLimits.namesMax + 1);
  expect(rules.reduce((sum, rule) => sum + rule.all, 0)).toBe(count);
  expect(changes.length).toBeLessThanOrEqual(replayLimits.namesMax + 1);
  expect(changes.reduce((sum, change) => sum + change.count, 0)).toBe(count);
  expect(JSON.stringify({ rules, changes }).length).toBeLessThan(2_000 * replayLimits.namesMax);
});
