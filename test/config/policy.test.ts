import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../config/policy-schema.js';
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
