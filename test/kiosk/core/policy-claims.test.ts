/** The claims that are made of every cell, each against a decision that breaks it. */
import { expect, test } from 'vitest';
import type { Attempt } from '../../../kiosk/core/attempt/attempt-state.js';
import { brokenBy, outcomeOf } from '../../../kiosk/core/check/policy-claims.js';
import type { Decision } from '../../../kiosk/core/policy/decision.js';
import type { GateState } from '../../../kiosk/core/state.js';
import { shippedPolicy } from './hands.js';
import { attested, card, gate, knowing, known, now, papers, person, temperature } from './scene.js';

const { staffForm, code, external, certificate, pass, ticket, hostCode, filing } = papers;
const { rules } = shippedPolicy();

/** As if the evaluation had granted this. */
function granted(ruleId: string, attempt: Attempt, state: GateState = gate('out')): unknown {
  const rule = rules.find(({ id }) => id === ruleId);
  if (rule === undefined) throw new Error(`no rule ${ruleId}`);
  const shown = attempt.documents.find(({ kind }) => kind === 'exit-entry-ticket') ?? null;
  const decision: Decision = {
    outcome: 'grant',
    rule,
    ticket: shown,
    hostCode: null,
    needs: [],
    flags: [],
  };
  return brokenBy(state, attempt, decision, outcomeOf(decision, state), now)?.code ?? null;
}

function doubted(ruleId: string, attempt: Attempt, state: GateState = gate('out')): unknown {
  const rule = rules.find(({ id }) => id === ruleId);
  if (rule === undefined) throw new Error(`no rule ${ruleId}`);
  const shown = attempt.documents.find(({ kind }) => kind === 'exit-entry-ticket') ?? null;
  const decision: Decision = {
    outcome: 'grant',
    rule,
    ticket: shown,
    hostCode: null,
    needs: [],
    flags: [],
  };
  return brokenBy(state, attempt, decision, outcomeOf(decision, state), now)?.problem ?? null;
}

const staff = person([staffForm(), code()]);
const posted = person([external('service'), certificate()], { card: card() });
const resident = person([pass(), ticket()]);

test('what is right breaks nothing', () => {
  expect(granted('duty-staff', staff)).toBeNull();
  expect(granted('posted-service', posted)).toBeNull();
  expect(granted('resident', resident)).toBeNull();
  const visit = person([filing(), hostCode()], { card: card() });
  expect(granted('hosted-visitor', visit, gate('in'))).toBeNull();
});

test('a grant to nobody', () => {
  expect(granted('duty-staff', { ...staff, identities: {} })).toBe('grant-to-nobody');
});

test('a grant without a temperature, or with none that is normal', () => {
  const none = { ...staff, temperature: null };
  expect(granted('duty-staff', none)).toBe('grant-without-temperature');
  const cold = { ...staff, temperature: temperature(3_400) };
  expect(granted('duty-staff', cold)).toBe('grant-without-temperature');
  const byHand = { ...none, attested: attested('temperature') };
  expect(granted('duty-staff', byHand)).toBeNull();
});

const isolated = knowing(gate('out'), known('isolation', 'me', 1));
const lost = (device: string): GateState => {
  const state = gate('out');
  return { ...state, devices: { ...state.devices, [device]: 'lost' } };
};
const tenant = { card: card(), arrivalDay: 18_300, selected: 'returning-tenant' };
const said = attested('questions', 'landlord', 'property-office');

test('a grant in spite of a stop', () => {
  expect(granted('duty-staff', staff, isolated)).toBe('isolation-not-stopped');
  const hot = { ...staff, temperature: temperature(3_730) };
  expect(granted('duty-staff', hot)).toBe('fever-not-stopped');
  const pupil = person([staffForm(), code(), papers.student()]);
  expect(granted('duty-staff', pupil)).toBe('student-not-stopped');
});

test.each([
  ['no form', 'duty-staff', person([code()]), /without a form/],
  [
    'a form that has run out',
    'duty-staff',
    person([staffForm({ expiresSeconds: 1 }), code()]),
    /expired/,
  ],
  [
    'a word that the rule does not take',
    'returning-tenant',
    person([], { ...tenant, attested: attested('questions') }),
    /landlord/,
  ],
  [
    'a case that nobody chose',
    'returning-tenant',
    person([], { ...tenant, selected: null, attested: said }),
    /nobody chose/,
  ],
  [
    'another case than the chosen one',
    'duty-staff',
    { ...staff, selected: 'returning-staff' },
    /another case/,
  ],
  [
    'no day of arrival',
    'returning-tenant',
    person([], { ...tenant, arrivalDay: null, attested: said }),
    /day of arrival/,
  ],
  ['no card', 'posted-service', { ...posted, card: null }, /registration/],
  [
    'a card of which nothing is sealed',
    'posted-service',
    { ...posted, card: card({ ref: null }) },
    /registration/,
  ],
  [
    'a card that has run out',
    'posted-service',
    { ...posted, card: card({ validToSeconds: 1 }) },
    /good ID card/,
  ],
  [
    'a form of somebody else',
    'posted-service',
    person([external('service', { boundTo: null }), certificate()], { card: card() }),
    /another person/,
  ],
  [
    'a certificate of somebody else',
    'posted-service',
    person([external('service'), certificate({ boundTo: null })], { card: card() }),
    /another person/,
  ],
  [
    'papers that name nobody',
    'resident-outside-unit',
    person([pass(), certificate()], { card: card() }),
    /name nobody/,
  ],
  [
    'the word for a certificate that failed',
    'posted-service',
    person([external('service')], {
      card: card(),
      attested: attested('resumption-certificate'),
      refusals: [{ reason: 'unknown-key', kind: null, id: null }],
    }),
    /failed/,
  ],
] as const)('a grant on %s', (_what, rule, attempt, words) => {
  const state = rule === 'returning-tenant' ? gate('in') : gate('out');
  expect(granted(rule, attempt, state)).toBe('grant-on-doubt');
  expect(doubted(rule, attempt, state)).toMatch(words);
});

test('a visit without its host', () => {
  const alone = person([filing(), code()], { card: card() });
  expect(doubted('hosted-visitor', alone, gate('in'))).toMatch(/host/);
});

test('an exit from a household under isolation without the leaver’s card', () => {
  const state = knowing(gate('out'), known('isolation', 'home', 1));
  expect(doubted('resident', resident, state)).toMatch(/card of who leaves/);
  expect(doubted('resident', { ...resident, card: card() }, state)).toBeNull();
});

test.each(['scanner', 'thermometer', 'relay', 'turnstile'])('a grant without the %s', (device) => {
  expect(doubted('duty-staff', staff, lost(device))).toMatch(/part failed/);
});
