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
      ['duty-staff', 90, '二'],
      ['resident', 110, '七.1'],
    ]);
    expect(loaded.policy.stops.map((stop) => stop.id)).toEqual(['fever', 'student']);
    expect(loaded.policy.settings.feverCentidegrees).toBe(3730);
    expect(loaded.policy.otherwise).toMatchObject({ in: 'deny', out: 'refer' });
  });

  it('names papers as the vocabulary titles them', () => {
    expect(shipped).toContain(credentialTitles['campus-card-code'].zh);
    expect(shipped).toContain(credentialTitles['exit-entry-ticket'].zh);
  });

  it.each([
    ['rules.0.requires.4.op', 'vibes', 'rules[0].requires[4].op', /one of "document"/],
    ['stops.0.when.0.op', 'same', 'stops[0].when[0].op', /one of/],
    ['rules.1.order', 90, 'rules[1].order', /duty-staff/],
    ['stops.1.id', 'strike', 'stops[1].id', /one of/],
    [
      'rules.1.requires.3',
      { op: 'temperature', is: 'normal' },
      'rules[1].requires',
      /one "ticket"/,
    ],
    ['stops.1.order', 20, 'stops[1].order', /fever/],
    ['rules.1.id', 'duty-staff', 'rules[1].id', /twice/],
    ['rules.0.requires.2.of', ['form', 'card'], 'rules[0].requires[2].of[1]', /no document/],
    ['rules.0.requires.3.of', 'paper', 'rules[0].requires[3].of', /no document/],
    ['rules.0.requires.3.of', 'code', 'rules[0].requires[3].of', /carries no zone/],
    ['rules.1.requires.3.of', 'pass', 'rules[1].requires[3].of', /carries no ticket/],
    ['rules.1.requires.2.identity', 'campus-id', 'rules[1].requires[2].of[0]', /carries no/],
    ['rules.0.requires.0.variant', 'student', 'rules[0].requires[0].variant', /has only/],
    ['rules.0.requires.0.variant', undefined, 'rules[0].requires[0].variant', /missing/],
    ['rules.1.requires.0.variant', 'staff', 'rules[1].requires[0].variant', /no variants/],
    ['rules.0.requires.1.as', 'form', 'rules[0].requires[1].as', /twice/],
    ['rules.0.reads.4', 'known.ticket', 'rules[0].reads', /not read/],
    ['rules.0.reads', ['zone', 'temperature'], 'rules[0].reads', /must declare/],
    ['rules.0.guess', 1, 'rules[0].guess', /unknown key/],
    ['settings.feverCentidegree', 1, 'settings.feverCentidegree', /unknown key/],
    ['settings.feverCentidegrees', 37.3, 'settings.feverCentidegrees', /whole number/],
    ['settings.feverCentidegrees', 9999, 'settings.feverCentidegrees', /at most 3900/],
    ['settings.silenceMs', undefined, 'settings.silenceMs', /missing/],
    ['settings.lifetimeSecondsMax.badge', 60, 'settings.lifetimeSecondsMax.badge', /unknown/],
    ['rules.0.tells', ['everybody'], 'rules[0].tells[0]', /one of "guard"/],
    ['rules.0.attestable', ['campus-card-code'], 'rules[0].attestable[0]', /one of/],
    ['rules.0.title.zh', '', 'rules[0].title.zh', /at least 1/],
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
    const bare = changed('rules.0.requires', [{ op: 'temperature', is: 'normal' }]);
    expect(problemsOf(bare).map((one) => one.problem)).toContain('needs a "document" requirement');
    const document = (JSON.parse(shipped) as { rules: { requires: unknown[] }[] }).rules[0]
      ?.requires[0];
    expect(problemsOf(changed('rules.0.requires', [document])).map((one) => one.problem)).toContain(
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
