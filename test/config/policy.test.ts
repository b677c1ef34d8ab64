import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicy, policyJsonSchema } from '../../config/policy-schema.js';
import { parseStrictJson } from '../../config/strict-json.js';
import { credentialTitles } from '../../config/vocabulary.js';

const shipped = readFileSync(new URL('../../config/policy/notice-8.json', import.meta.url), 'utf8');

/** A fresh copy of the shipped policy, changed at one place (`rules.0.order`); undefined removes. */
function changed(place: string, value: unknown): unknown {
  const copy = JSON.parse(shipped) as Record<string, unknown>;
  const steps = place.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((at, step) => at[step] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function problemsOf(value: unknown) {
  const loaded = loadPolicy(value);
  return loaded.ok ? [] : loaded.problems;
}

describe('the policy', () => {
  it('of notice No. 8 is accepted as shipped, read strictly', () => {
    const parsed = parseStrictJson(shipped);
    if (!parsed.ok) throw new Error(parsed.problems[0].problem);
    const loaded = loadPolicy(parsed.value);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.policy.rules.map((rule) => [rule.id, rule.order, rule.clause])).toEqual([
      ['returning-tenant', 10, '七.3.3'],
      ['returning-outside-unit', 20, '七.3.2'],
      ['returning-staff', 30, '七.3.1'],
      ['lab-external', 40, '三.2'],
      ['posted-service', 50, '五'],
      ['logistics-service', 60, '六'],
      ['hosted-visitor', 70, '八'],
      ['lab-staff', 80, '三.1'],
      ['duty-staff', 90, '二'],
      ['resident-outside-unit', 100, '七.2'],
      ['resident', 110, '七.1'],
    ]);
    expect(loaded.policy.stops.map((stop) => stop.id)).toEqual(['isolation', 'fever', 'student']);
    expect(loaded.policy.settings.feverCentidegrees).toBe(3730);
    expect(loaded.policy.otherwise).toMatchObject({ in: 'deny', out: 'refer' });
  });

  it('names papers as the vocabulary titles them', () => {
    expect(shipped).toContain(credentialTitles['campus-card-code'].zh);
    expect(shipped).toContain(credentialTitles['exit-entry-ticket'].zh);
  });

  it.each([
    ['rules.8.requires.4.op', 'vibes', 'rules[8].requires[4].op', /one of "document"/],
    ['stops.1.when.0.op', 'same', 'stops[1].when[0].op', /one of/],
    ['rules.10.order', 90, 'rules[10].order', /duty-staff/],
    ['stops.2.id', 'strike', 'stops[2].id', /one of/],
    [
      'rules.10.requires.3',
      { op: 'temperature', is: 'normal' },
      'rules[10].requires',
      /one "ticket"/,
    ],
    ['stops.2.order', 20, 'stops[2].order', /fever/],
    ['rules.10.id', 'duty-staff', 'rules[10].id', /twice/],
    ['rules.8.requires.2.of', ['form', 'card'], 'rules[8].requires[2].of[1]', /no document/],
    ['rules.8.requires.3.of', 'paper', 'rules[8].requires[3].of', /no document/],
    ['rules.8.requires.3.of', 'code', 'rules[8].requires[3].of', /carries no zone/],
    ['rules.10.requires.3.of', 'pass', 'rules[10].requires[3].of', /carries no ticket/],
    ['rules.10.requires.2.identity', 'campus-id', 'rules[10].requires[2].of[0]', /carries no/],
    ['rules.8.requires.0.variant', 'student', 'rules[8].requires[0].variant', /has only/],
    ['rules.8.requires.0.variant', undefined, 'rules[8].requires[0].variant', /missing/],
    ['rules.10.requires.0.variant', 'staff', 'rules[10].requires[0].variant', /no variants/],
    ['rules.8.requires.1.as', 'form', 'rules[8].requires[1].as', /twice/],
    ['rules.8.reads.3', 'known.ticket', 'rules[8].reads', /not read/],
    ['rules.8.reads', ['zone', 'temperature'], 'rules[8].reads', /must declare/],
    ['rules.8.guess', 1, 'rules[8].guess', /unknown key/],
    ['settings.feverCentidegree', 1, 'settings.feverCentidegree', /unknown key/],
    ['settings.feverCentidegrees', 37.3, 'settings.feverCentidegrees', /whole number/],
    ['settings.feverCentidegrees', 9999, 'settings.feverCentidegrees', /at most 3900/],
    ['settings.silenceMs', undefined, 'settings.silenceMs', /missing/],
    ['settings.lifetimeSecondsMax.badge', 60, 'settings.lifetimeSecondsMax.badge', /unknown/],
    ['rules.8.tells', ['everybody'], 'rules[8].tells[0]', /one of "guard"/],
    ['rules.8.attestable', ['campus-card-code'], 'rules[8].attestable[0]', /one of/],
    ['rules.8.title.zh', '', 'rules[8].title.zh', /at least 1/],
    ['otherwise.in', 'grant', 'otherwise.in', /one of "deny", "refer"/],
    ['version', 2, 'version', /must be 1/],
    ['rules', [], 'rules', /at least 1/],
  ])('is refused with the place when %s is %j', (place, value, expectedPlace, words) => {
    const problems = problemsOf(changed(place, value));
    expect(problems).toContainEqual({
      place: expectedPlace,
      problem: expect.stringMatching(words) as string,
    });
  });

  it('is refused when a lower bound is not below its upper one', () => {
    const copy = changed('settings.ambientCentidegreesMin', 2900) as {
      settings: Record<string, unknown>;
    };
    copy.settings['ambientCentidegreesMax'] = 2500;
    expect(problemsOf(copy)).toEqual([
      {
        place: 'settings.ambientCentidegreesMin',
        problem: 'must be below ambientCentidegreesMax',
      },
    ]);
  });

  /** The shipped rule with other members: only its own problems count. */
  const rules = (JSON.parse(shipped) as { rules: Record<string, unknown>[] }).rules;
  const placeOf = (id: string) => `rules[${rules.findIndex((rule) => rule['id'] === id)}]`;
  function withRule(id: string, change: (rule: never) => object): unknown {
    const copy = JSON.parse(shipped) as { rules: object[] };
    const index = rules.findIndex((rule) => rule['id'] === id);
    copy.rules[index] = { ...copy.rules[index], ...change(copy.rules[index] as never) };
    return copy;
  }
  interface Loose {
    readonly requires: readonly Record<string, unknown>[];
    readonly attestable: readonly string[];
  }
  /** Changes the requirements that fit; returns null to drop one. */
  const requiring =
    (of: (part: Record<string, unknown>) => Record<string, unknown> | null) =>
    ({ requires }: Loose) => ({ requires: requires.flatMap((part) => of(part) ?? []) });

  it.each<[string, string, (rule: never) => object, string, RegExp]>([
    [
      'a form without its purpose',
      'lab-external',
      requiring(({ purpose, ...part }) => part),
      '.requires[0].purpose',
      /missing: one of research/,
    ],
    [
      'a purpose of a paper that has none',
      'duty-staff',
      requiring((part) => (part['as'] === 'code' ? { ...part, purpose: 'service' } : part)),
      '.requires[1].purpose',
      /no purposes/,
    ],
    [
      'a binding of a paper that names nobody',
      'resident-outside-unit',
      requiring((part) => (part['as'] === 'pass' ? { ...part, kind: 'exit-entry-ticket' } : part)),
      '.requires[3].of[1]',
      /carries no holder/,
    ],
    [
      'a binding without a card',
      'resident-outside-unit',
      requiring((part) => (part['op'] === 'card' ? null : part)),
      '.requires[2].op',
      /needs a "card"/,
    ],
    [
      'a host of a paper that names none',
      'hosted-visitor',
      requiring((part) => (part['op'] === 'host' ? { ...part, of: 'host' } : part)),
      '.requires[6].of',
      /carries no host/,
    ],
    [
      'a host who is asked for more often than shows the code',
      'hosted-visitor',
      requiring(({ only, ...part }) =>
        part['op'] === 'host' || only === undefined ? part : { ...part, only },
      ),
      '.requires[6].by',
      /only on the way in/,
    ],
    [
      'a temperature before nothing',
      'hosted-visitor',
      requiring((part) => (part['before'] === undefined ? part : { ...part, before: 'lunch' })),
      '.requires[4].before',
      /names no document/,
    ],
    [
      'a zone of a paper that may be missing',
      'duty-staff',
      requiring((part) => (part['as'] === 'form' ? { ...part, optional: true } : part)),
      '.requires[3].of',
      /may be missing/,
    ],
    [
      'a campus card code that a guard attests',
      'duty-staff',
      requiring((part) => (part['as'] === 'code' ? { ...part, or: 'work-id' } : part)),
      '.requires[1].or',
      /no guard attests/,
    ],
    [
      'a word that the rule does not list',
      'returning-staff',
      ({ attestable }: Loose) => ({ attestable: attestable.filter((it) => it !== 'work-id') }),
      '.requires[2].what',
      /must stand in attestable/,
    ],
    [
      'a word that meets nothing',
      'duty-staff',
      () => ({ attestable: ['temperature', 'landlord'] }),
      '.attestable[1]',
      /meets no requirement/,
    ],
    [
      'a registration without a card',
      'duty-staff',
      () => ({ registers: 'yes' }),
      '.registers',
      /needs a "card"/,
    ],
    [
      'an isolation on the way out',
      'returning-staff',
      () => ({ directions: ['in', 'out'] }),
      '.isolates',
      /the way in only/,
    ],
    [
      'a requirement on a way that the rule is not for',
      'resident',
      () => ({ directions: ['in'] }),
      '.requires[4].only',
      /not for the way out/,
    ],
    [
      'a temperature on one way only',
      'duty-staff',
      requiring((part) => (part['op'] === 'temperature' ? { ...part, only: 'in' } : part)),
      '.requires',
      /needs a "temperature"/,
    ],
    [
      'a holder who is named by an optional paper only',
      'returning-outside-unit',
      requiring((part) => (part['op'] === 'card' ? null : part)),
      '.requires',
      /says who passes/,
    ],
    [
      'a guard badge as a paper that lets pass',
      'duty-staff',
      requiring((part) =>
        part['as'] === 'form' ? { ...part, kind: 'guard-badge', variant: undefined } : part,
      ),
      '.requires[0].kind',
      /lets nobody pass/,
    ],
  ])('is refused where a rule has %s', (_what, id, change, place, words) => {
    const copy = JSON.parse(JSON.stringify(withRule(id, change)));
    expect(problemsOf(copy)).toContainEqual({
      place: `${placeOf(id)}${place}`,
      problem: expect.stringMatching(words) as string,
    });
  });

  it('has a schema for editors beside it, as the code has it', () => {
    const file = new URL('../../config/policy/policy.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(policyJsonSchema());
    expect(JSON.parse(shipped)).toMatchObject({ $schema: './policy.schema.json' });
  });

  it('without a temperature or a document in a rule is refused: the five musts', () => {
    const bare = changed('rules.8.requires', [{ op: 'temperature', is: 'normal' }]);
    expect(problemsOf(bare).map((one) => one.problem)).toContain(
      'needs a "card", or a "document" that says who passes',
    );
    const document = (JSON.parse(shipped) as { rules: { requires: unknown[] }[] }).rules[8]
      ?.requires[0];
    expect(problemsOf(changed('rules.8.requires', [document])).map((one) => one.problem)).toContain(
      'needs a "temperature" requirement',
    );
  });

  it('tells every problem at once', () => {
    const copy = changed('rules.0.order', 'first') as { settings: Record<string, unknown> };
    copy.settings['samplesMin'] = 0;
    copy.settings['extra'] = true;
    expect(problemsOf(copy).map((one) => one.place)).toEqual([
      'settings.samplesMin',
      'settings.extra',
      'rules[0].order',
    ]);
  });

  it('never makes the loader throw, whatever the value is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(loadPolicy(value).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('rules', 'settings', 'otherwise', 'rules.0.requires.0', 'title'),
        fc.anything(),
        (place, value) => {
          expect(problemsOf(changed(place, value ?? null)).length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
