/** Law 10 from outside: what lies on the disks of a seeded campus comes out the same, and only so. */
import { beforeAll, expect, test } from 'vitest';
import type { Policy } from '../../config/policy.js';
import { compareDecision } from '../../kiosk/core/replay/replay-decision.js';
import { comparePassage } from '../../kiosk/core/replay/replay-passage.js';
import { shippedPolicy } from '../kiosk/core/hands.js';
import { type Row, readOut } from './checks/readout.js';
import { allTroubles } from './options.js';
import { live } from './world.js';

const policy = shippedPolicy();
let rows: readonly Row[];

beforeAll(() => {
  const world = live({
    ...{ seed: 15, days: 3, visitsPerDay: 40, troubles: allTroubles, mischief: 0.2 },
    ...{ carelessness: 0.1, gates: { secondOut: true, building: true } },
  });
  expect(world.broken).toBeNull();
  rows = readOut(world).gates.flatMap((gate) => gate.rows);
});

const decisions = (): readonly Row[] => rows.filter(({ type }) => type === 'decision');
const withSettings = (change: Partial<Policy['settings']>): Policy => ({
  ...policy,
  settings: { ...policy.settings, ...change },
});

test('every decision and every passage of every gate comes out the same', () => {
  const passages = rows.filter(({ type }) => type === 'passage');
  expect(decisions().length).toBeGreaterThan(100);
  expect(passages.length).toBeGreaterThan(30);
  const unlike = [
    ...decisions().filter((row) => compareDecision(row, policy).is !== 'same'),
    ...passages.filter((row) => comparePassage(row).is !== 'same'),
  ];
  expect(unlike).toEqual([]);
  // Each way to a decision has been gone.
  const ways = new Set(decisions().map(({ by }) => by));
  expect([...ways].sort()).toEqual(expect.arrayContaining(['policy', 'scan', 'silence']));
});

test('under a lower threshold exactly those differ who were measured above it; by hand nobody knows', () => {
  const feverCentidegrees = 3_655;
  const stricter = withSettings({ feverCentidegrees });
  let differing = 0;
  for (const row of decisions()) {
    const comparison = compareDecision(row, stricter);
    const body = (row['temperature'] as { bodyCentidegrees?: number } | null | undefined)
      ?.bodyCentidegrees;
    const isWarm = body !== undefined && body >= feverCentidegrees;
    const attested = (row['attested'] ?? []) as readonly { readonly what: string }[];
    const isByHand = attested.some(({ what }) => what === 'temperature');
    if (comparison.is === 'different') {
      differing += 1;
      expect([row.seq, isWarm || isByHand]).toEqual([row.seq, true]);
      expect(comparison.outcomes[0]).toMatchObject({ rule: 'fever', outcome: 'refer' });
    }
    if (comparison.is === 'undecidable') expect([row.seq, isByHand]).toEqual([row.seq, true]);
    if (isWarm && row['outcome'] === 'grant') expect(comparison.is).toBe('different');
  }
  expect(differing).toBeGreaterThan(10);
});

test('under a higher threshold a sealed fever cannot be decided, and normal ones come out the same', () => {
  const laxer = withSettings({ feverCentidegrees: 3_800 });
  const fevers = decisions().filter(({ rule, sealed }) => rule === 'fever' && sealed !== undefined);
  expect(fevers.length).toBeGreaterThan(0);
  for (const row of fevers)
    expect(compareDecision(row, laxer)).toEqual({ is: 'undecidable', why: 'sealed' });
  for (const row of decisions())
    if (row['outcome'] === 'grant') expect(compareDecision(row, laxer).is).toBe('same');
});

test('a policy without a rule grants nobody by it', () => {
  const rules = policy.rules.filter(({ id }) => id !== 'resident');
  const without = { ...policy, rules };
  const grants = decisions().filter(
    ({ rule, outcome }) => outcome === 'grant' && rule === 'resident',
  );
  expect(grants.length).toBeGreaterThan(5);
  for (const row of grants) expect(compareDecision(row, without).is).toBe('different');
  const others = decisions().filter(
    ({ rule, outcome }) => outcome === 'grant' && rule !== 'resident',
  );
  for (const row of others) expect(compareDecision(row, without).is).toBe('same');
});
