/** The check of a whole policy: what it counts in the shipped one, and what it finds in broken ones. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Policy, Requirement, Rule, Stop } from '../../../config/policy.js';
import { readsOf } from '../../../config/policy.js';
import { attestables, directions, zoneKinds } from '../../../config/vocabulary.js';
import { attemptOf, bench } from '../../../kiosk/core/check/policy-bench.js';
import { cellsMax, checkPolicy } from '../../../kiosk/core/check/policy-check.js';
import { brokenBy, outcomeOf } from '../../../kiosk/core/check/policy-claims.js';
import { emptyDraft, now } from '../../../kiosk/core/check/policy-draft.js';
import { cellCount, spacesOf } from '../../../kiosk/core/check/policy-space.js';
import { evaluate } from '../../../kiosk/core/policy/rules.js';
import { shippedPolicy } from './hands.js';

const shipped = shippedPolicy();

/** The shipped policy with some of its rules: as many cells as a test has patience for. */
function only(...ids: readonly string[]): Policy {
  return { ...shipped, rules: shipped.rules.filter(({ id }) => ids.includes(id)) };
}

function ruleOf(id: string): Rule {
  const rule = shipped.rules.find((it) => it.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}

/** A rule with other requirements, its reads declared as they are. */
function requiring(rule: Rule, requires: readonly Requirement[]): Rule {
  const next = { ...rule, requires };
  return { ...next, reads: readsOf(next) };
}

function withStop(policy: Policy, id: Stop['id'], change: (stop: Stop) => Stop | null): Policy {
  const stops = policy.stops.flatMap((stop) => (stop.id === id ? (change(stop) ?? []) : stop));
  return { ...policy, stops };
}

describe('the shipped policy', () => {
  test('holds in every cell of what it reads', { timeout: 120_000 }, () => {
    const calls: number[] = [];
    const beganMs = performance.now();
    const check = checkPolicy(shipped, (done) => calls.push(done));
    const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
    console.log(`policy check: ${check.cells} cells in ${seconds} s`);
    expect(check.fault).toBeNull();
    expect(check.ok).toBe(true);
    expect(check.unreachable).toEqual([]);
    expect(check.cells).toBeGreaterThan(90_000);
    expect(check.cells).toBeLessThanOrEqual(cellsMax);
    expect(check.outcomes.reduce((sum, { cells }) => sum + cells, 0)).toBe(check.cells);
    // Every rule of the notice lets somebody pass, and every stop stops somebody.
    const outcomes = check.outcomes.map(({ outcome }) => outcome);
    for (const { id } of shipped.rules) expect(outcomes).toContain(`grant ${id}`);
    expect(outcomes).toEqual(
      expect.arrayContaining(['refer isolation', 'refer fever', 'deny student', 'refer student']),
    );
    expect(calls.length).toBeGreaterThan(10);
    expect(calls).toEqual(calls.toSorted((a, b) => a - b));
    const pairs = new Set(check.pairs.map(({ first, second }) => `${first} ${second}`));
    expect([...pairs].sort()).toEqual([
      'lab-external hosted-visitor',
      'lab-external logistics-service',
      'lab-external posted-service',
      'lab-staff duty-staff',
      'logistics-service hosted-visitor',
      'posted-service hosted-visitor',
      'posted-service logistics-service',
      'resident-outside-unit resident',
    ]);
  });
});

describe('what holds of each rule in depth', () => {
  const spaces = spacesOf([shipped]).filter(({ rule }) => rule !== null);
  test('holds of any mixture of what several rules read', { timeout: 60_000 }, () => {
    let granted = 0;
    fc.assert(
      fc.property(fc.nat(), fc.infiniteStream(fc.nat()), (at, stream) => {
        const first = spaces[at % spaces.length];
        if (first === undefined) return;
        const { zone, direction } = first;
        const others = spaces.filter((it) => it.zone === zone && it.direction === direction);
        const draft = emptyDraft();
        const next = () => stream.next().value ?? 0;
        for (let count = 1 + (next() % 3); count > 0; count -= 1) {
          const { facts = [] } = others[next() % others.length] ?? {};
          // What is good stands second: enough of it for grants among the rest.
          for (const { values } of facts)
            values[next() % 4 > 0 ? 1 : next() % values.length]?.put(draft);
        }
        const attempt = attemptOf(draft);
        const state = bench(shipped, zone, direction).gateFor(draft, attempt.identities);
        const decision = evaluate(state, attempt, now);
        if (decision.outcome === 'grant') granted += 1;
        const outcome = outcomeOf(decision, state);
        expect(brokenBy(state, attempt, decision, outcome, now)).toBeNull();
      }),
      { numRuns: 5_000 },
    );
    expect(granted).toBeGreaterThan(20);
  });
});

/** What is wrong, the policy, the code of the fault and its place. */
const staff = only('duty-staff');
const broken: readonly (readonly [string, Policy, string, string])[] = [
  [
    'misdeclared reads',
    { ...staff, rules: staff.rules.map((rule) => ({ ...rule, reads: rule.reads.slice(1) })) },
    'contradiction',
    'rules[0].reads',
  ],
  [
    'an unknown operator in a rule',
    {
      ...staff,
      rules: staff.rules.map((rule) => ({
        ...rule,
        requires: [...rule.requires, { op: 'vibes' } as unknown as Requirement],
      })),
    },
    'unknown-operator',
    'rules[0].requires[5].op',
  ],
  [
    'an unknown operator in a stop',
    withStop(staff, 'fever', (stop) => ({ ...stop, when: [{ op: 'vibes' }] }) as unknown as Stop),
    'unknown-operator',
    'stops[1].when[0].op',
  ],
  [
    'equal orders',
    { ...staff, rules: [...staff.rules, { ...ruleOf('lab-staff'), order: 90 }] },
    'contradiction',
    'rules[1].order',
  ],
  [
    'a rule without a temperature',
    {
      ...staff,
      rules: staff.rules.map((rule) =>
        requiring(
          { ...rule, attestable: [] },
          rule.requires.filter(({ op }) => op !== 'temperature'),
        ),
      ),
    },
    'contradiction',
    'rules[0].requires',
  ],
  [
    'a rule that no cell ends in',
    { ...staff, rules: [...staff.rules, { ...ruleOf('duty-staff'), id: 'same', order: 91 }] },
    'unreachable-rule',
    'rules[1]',
  ],
  ['no stop for students', withStop(staff, 'student', () => null), 'student-not-stopped', 'stops'],
  [
    'a stop for students on one way only',
    withStop(staff, 'student', (stop) => ({ ...stop, directions: ['in'] })),
    'student-not-stopped',
    'stops',
  ],
  ['no stop for a fever', withStop(staff, 'fever', () => null), 'fever-not-stopped', 'stops'],
  [
    'a stop for a fever at gates only',
    withStop(staff, 'fever', (stop) => ({ ...stop, zones: ['campus-gate'] })),
    'fever-not-stopped',
    'stops',
  ],
  [
    'no stop for isolation',
    withStop(staff, 'isolation', () => null),
    'isolation-not-stopped',
    'stops',
  ],
  [
    'a stop for isolation that looks at campus ids only',
    withStop(only('logistics-service'), 'isolation', (stop) => ({
      ...stop,
      when: [{ op: 'isolation', of: ['campus-id'] }],
    })),
    'isolation-not-stopped',
    'stops',
  ],
  [
    'a way out that refuses',
    { ...staff, otherwise: { ...staff.otherwise, out: 'deny' } },
    'bare-refusal',
    'otherwise.out',
  ],
  [
    'a stop that refuses on a way out',
    withStop(staff, 'fever', (stop) => ({ ...stop, outcome: 'deny' })),
    'bare-refusal',
    'stops[1].outcome',
  ],
  [
    'a rule that cites no clause',
    { ...staff, rules: staff.rules.map((rule) => ({ ...rule, clause: ' ' })) },
    'no-clause',
    'rules[0].clause',
  ],
  [
    'an end that cites no clause',
    { ...staff, otherwise: { ...staff.otherwise, clause: '' } },
    'no-clause',
    'otherwise.clause',
  ],
];

describe('a broken policy', () => {
  test.each(broken)('is refused: %s', (_what, policy, code, place) => {
    const { ok, fault } = checkPolicy(policy);
    expect(ok).toBe(false);
    expect(fault).toMatchObject({ code, place });
    const isInCells = !['contradiction', 'unknown-operator', 'unreachable-rule'].includes(code);
    expect(fault?.cell === null).toBe(!isInCells);
    // A gate finds it too that decides there: it looks at what it decides, and at no pairs.
    const [where = ''] = fault?.cell?.split(':') ?? [];
    const places = zoneKinds.flatMap((zone) =>
      directions.map((direction) => ({ zone, direction })),
    );
    const own = places.filter(
      ({ zone, direction }) => !isInCells || where === `${zone}, ${direction}`,
    );
    expect(own).not.toEqual([]);
    const found = own.map((here) => checkPolicy(policy, () => {}, here).fault?.code);
    expect(found).toContain(code);
    if (isInCells) expect(found).toEqual([code]);
  });

  test('that reads too much is refused before anything is enumerated', () => {
    const papers = shipped.rules
      .flatMap(({ requires }) => requires)
      .flatMap((it) => (it.op === 'document' ? [it] : []))
      .filter(({ kind }) => kind !== 'exit-entry-ticket')
      .slice(0, 12)
      .map((it, index) => ({ ...it, as: `paper-${index}`, only: 'in' as const }));
    const rule = requiring(
      { ...ruleOf('returning-staff'), id: 'everything', attestable: [...attestables] },
      [
        ...papers,
        ...ruleOf('returning-tenant').requires.filter(({ op }) => op !== 'document'),
        { op: 'attested', what: 'work-id', label: { zh: '工作证', en: 'Work ID' } },
      ],
    );
    const policy = { ...shipped, rules: [rule] };
    expect(cellCount(spacesOf([policy]))).toBeGreaterThan(cellsMax);
    const used = rule.requires.flatMap((it) => (it.op === 'attested' ? [it.what] : []));
    const attestable = rule.attestable.filter(
      (what) =>
        used.some((it) => it === what) ||
        papers.some((it) => it.or === what) ||
        what === 'temperature',
    );
    const sound = requiring({ ...rule, attestable }, rule.requires);
    const calls: number[] = [];
    const check = checkPolicy({ ...shipped, rules: [sound] }, (done) => calls.push(done));
    expect(check.fault).toMatchObject({ code: 'space-too-large', cell: null });
    expect(calls).toEqual([]);
  });
});
