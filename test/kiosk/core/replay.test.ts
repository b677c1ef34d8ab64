/** Law 10: a decision follows from its record; a record that was changed, or is none, is found. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDecision, replayDecision } from '../../../kiosk/core/replay/replay-decision.js';
import { comparePassage } from '../../../kiosk/core/replay/replay-passage.js';
import { sameJson } from '../../../kiosk/core/replay/same-json.js';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import { code, form, Hands, pass, shippedPolicy, ticket } from './hands.js';

const policy = shippedPolicy();

function visit(body = 3_650): Hands {
  const gate = new Hands();
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(body);
  return gate;
}

function last(gate: Hands, type: string): RecordDraft {
  const found = gate.records.findLast((record) => record.type === type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
}

/** As it comes back from the journal. */
const stored = (record: RecordDraft): Record<string, unknown> =>
  JSON.parse(JSON.stringify(record)) as Record<string, unknown>;

describe('a grant', () => {
  const record = stored(last(visit(), 'decision'));

  test('comes out of its record as it stands there', () => {
    expect(record).toMatchObject({
      outcome: 'grant',
      by: 'policy',
      configuration: '0c'.repeat(32),
    });
    expect(compareDecision(record, policy)).toEqual({ is: 'same' });
  });

  test.each([
    ['outcome', 'refer'],
    ['rule', 'lab-staff'],
    ['clause', '三.1'],
    ['reasons', ['expired']],
    ['tells', ['guard']],
    ['flags', ['direction-repeated']],
    ['registers', 'yes'],
    ['ticket', 'ab'],
    ['sealed', 'ab'],
    // what it rests on
    ['clock', 'floor'],
    ['direction', 'out'],
    ['documents', []],
    ['identities', [{ space: 'household', token: 'somebody' }]],
    ['temperature', null],
    ['quietMs', 31_000],
    ['selected', 'resident'],
  ])('with another %s does not', (member, value) => {
    const changed = { ...record, [member]: value };
    // Staff go out by the same papers.
    const isSame = member === 'direction';
    expect(compareDecision(changed, policy).is).toBe(isSame ? 'same' : 'different');
  });

  test('with a part lost, or a paper of another zone, does not', () => {
    const context = record['context'] as Record<string, unknown>;
    const lost = { ...record, context: { ...context, faulty: ['relay'] } };
    expect(compareDecision(lost, policy)).toMatchObject({
      is: 'different',
      outcomes: [{ outcome: 'refer', reasons: ['part-failed'] }],
    });
    const documents = (record['documents'] as readonly Record<string, unknown>[]).map((it) => ({
      ...it,
      ...(it['inZone'] === true ? { inZone: false } : {}),
    }));
    expect(compareDecision({ ...record, documents }, policy)).toMatchObject({
      is: 'different',
      outcomes: [{ reasons: ['wrong-zone'] }],
    });
  });

  test('of which a member is missing is malformed, and the member is named', () => {
    const derived = ['type', 'attempt', 'hearsOthers', 'policy', 'configuration'];
    const said = ['outcome', 'rule', 'clause', 'reasons', 'tells', 'flags', 'registers', 'ticket'];
    for (const member of Object.keys(record)) {
      if (derived.includes(member) || said.includes(member)) continue;
      const { [member]: _, ...rest } = record;
      expect([member, replayDecision(rest, policy)]).toEqual([
        member,
        expect.objectContaining({ is: 'malformed' }),
      ]);
    }
  });
});

test('a ticket’s use, its household’s last passage and its window are in the record', () => {
  const gate = new Hands({ direction: 'out' });
  const paper = ticket('h');
  gate.show(pass('h'));
  gate.show(paper);
  gate.measure(3_650);
  gate.commit();
  gate.pass();
  gate.wait(2_000);
  gate.show(paper);
  const record = stored(last(gate, 'decision'));
  expect(record['reasons']).toEqual(['already-used']);
  expect(compareDecision(record, policy)).toEqual({ is: 'same' });
  const context = record['context'] as { readonly known: readonly { readonly type: string }[] };
  expect(context.known.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['ticket', 'window', 'passage']),
  );
  // Without that use the paper would serve.
  const known = context.known.filter(({ type }) => type !== 'ticket');
  const forgetful = { ...record, context: { ...context, known } };
  expect(compareDecision(forgetful, policy).is).toBe('different');
});

test('fractions of a millisecond are never decided by: what is recorded is what was counted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 12 }),
      (parts) => {
        const gate = new Hands();
        const drift = (): void => gate.wait(parts.pop() ?? 0.3);
        drift();
        gate.show(form('a'));
        drift();
        gate.measure(3_650);
        drift();
        gate.show(code('a'));
        const record = stored(last(gate, 'decision'));
        expect(compareDecision(record, policy)).toEqual({ is: 'same' });
      },
    ),
    { numRuns: 50 },
  );
});

test('whatever is taken for a record, nothing throws', () => {
  const record = stored(last(visit(), 'decision'));
  const members = fc.dictionary(
    fc.constantFrom(...Object.keys(record), 'by', 'sensed', 'moves', 'sensor', 'lane', 'released'),
    fc.anything(),
  );
  fc.assert(
    fc.property(members, fc.boolean(), (change, isWhole) => {
      const anything = isWhole ? { ...record, ...change } : change;
      const comparison = compareDecision(anything, policy);
      expect(['same', 'different', 'undecidable', 'malformed']).toContain(comparison.is);
      comparePassage(anything);
    }),
    { numRuns: 500 },
  );
});

describe('a passage', () => {
  const gate = visit();
  gate.wait(20);
  gate.commit();
  gate.wait(1_000);
  gate.pass();
  const record = stored(last(gate, 'passage'));

  test('comes out of what the lane was told, and when', () => {
    expect(record).toMatchObject({
      outcome: 'passed',
      moves: [
        ['grant', 0],
        ['committed', 20],
        ['entered', 1_020],
        ['left', 1_320],
      ],
      sensor: 'ok',
    });
    expect(comparePassage(record)).toEqual({ is: 'same' });
  });

  test.each([
    [
      'what happened otherwise',
      [
        ['grant', 0],
        ['committed', 20],
        ['timeout', 6_020],
      ],
    ],
    [
      'a deadline that was not due',
      [
        ['grant', 0],
        ['committed', 20],
        ['timeout', 6_019],
      ],
    ],
    [
      'an answer after the deadline',
      [
        ['grant', 0],
        ['committed', 1_500],
        ['entered', 1_600],
        ['left', 1_700],
      ],
    ],
    [
      'time that runs back',
      [
        ['grant', 0],
        ['committed', 20],
        ['entered', 10],
        ['left', 30],
      ],
    ],
    [
      'what the lane does not take',
      [
        ['grant', 0],
        ['left', 20],
      ],
    ],
    ['nothing', []],
  ])('does not come out of %s', (_what, moves) => {
    expect(comparePassage({ ...record, moves }).is).toBe('different');
  });

  test('that nobody made is a no-show with a sensor, and unsensed without', () => {
    const moves = [
      ['grant', 0],
      ['committed', 20],
      ['timeout', 6_020],
    ];
    const missed = { ...record, outcome: 'no-show', moves };
    expect(comparePassage(missed).is).toBe('same');
    expect(comparePassage({ ...missed, sensor: 'none' }).is).toBe('different');
    const blind = {
      ...missed,
      outcome: 'unsensed',
      moves: [...moves.slice(0, 2), ['unsensed', 6_020]],
    };
    expect(comparePassage({ ...blind, sensor: 'lost' }).is).toBe('same');
    expect(comparePassage(blind).is).toBe('different');
  });

  test('of a body that nobody was granted follows from the lane it came into', () => {
    const forced = { type: 'passage', outcome: 'forced', lane: 'locked', sensed: 'entered' };
    expect(comparePassage(forced).is).toBe('same');
    expect(comparePassage({ ...forced, outcome: 'reverse' }).is).toBe('different');
    expect(comparePassage({ ...forced, lane: 'granted' }).is).toBe('different');
    expect(comparePassage({ ...forced, lane: 'garden' }).is).toBe('malformed');
    expect(comparePassage({ ...forced, outcome: 'emergency', released: true }).is).toBe('same');
  });

  test('with more moves than are kept cannot be told', () => {
    expect(comparePassage({ ...record, moves: null }).is).toBe('undecidable');
  });
});

test('JSON is the same whatever the order of members, and only then', () => {
  expect(sameJson({ a: [1, { b: null, c: 'x' }] }, { a: [1, { c: 'x', b: null }] })).toBe(true);
  expect(sameJson({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(sameJson([1], { 0: 1 })).toBe(false);
  expect(sameJson(undefined, undefined)).toBe(true);
});
