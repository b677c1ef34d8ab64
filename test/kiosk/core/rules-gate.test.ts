/** What stands between a complete rule and its grant: stops, the gate itself, the guard. */
import { describe, expect, test } from 'vitest';
import type { DeviceName } from '../../../config/vocabulary.js';
import type { FeverSeen } from '../../../kiosk/core/attempt/attempt-state.js';
import { joins } from '../../../kiosk/core/policy/assess.js';
import { offersOf } from '../../../kiosk/core/policy/offers.js';
import { evaluate } from '../../../kiosk/core/policy/rules.js';
import type { GateState } from '../../../kiosk/core/state.js';
import { shippedPolicy } from './hands.js';
import {
  attested,
  card,
  decided,
  gate,
  knowing,
  known,
  now,
  papers,
  person,
  startMs,
  temperature,
} from './scene.js';

const { staffForm, code, external, pass, ticket, certificate, student } = papers;
const staff = person([staffForm(), code()]);
const logistics = person([external('logistics')], { card: card() });

function without(device: DeviceName): GateState {
  const state = gate('out');
  return { ...state, devices: { ...state.devices, [device]: 'lost' } };
}

describe('isolation', () => {
  test.each([
    ['the person on the ID card', 'card', logistics],
    ['a campus id', 'me', staff],
  ] as const)('of %s stops the way out, whatever is shown', (_who, token, attempt) => {
    const entry = known('isolation', token, 24);
    expect(decided(knowing(gate('out'), entry), attempt)).toBe('refer isolation');
    expect(decided(knowing(gate('in'), entry), attempt)).toMatch(/^grant/);
    const feverish = { ...attempt, temperature: temperature(3_900) };
    const both = evaluate(knowing(gate('out'), entry), feverish, now);
    expect(both).toMatchObject({
      outcome: 'stop',
      tells: ['guard', 'property-office', 'health-office'],
    });
  });

  test('ends with its last minute', () => {
    const state = knowing(gate('out'), known('isolation', 'me', 24));
    const end = Date.parse(known('isolation', 'me', 24).until);
    const at = (wallMs: number) => ({ ...now, wallMs });
    const late = person([
      staffForm({ expiresSeconds: end / 1000 + 60 }),
      code({ issuedSeconds: end / 1000 - 60, expiresSeconds: end / 1000 + 60 }),
    ]);
    expect(decided(state, late, at(end - 1))).toBe('refer isolation');
    expect(decided(state, late, at(end))).toBe('grant duty-staff');
  });
});

describe('a fever', () => {
  const fever = (change: Partial<FeverSeen> = {}): GateState =>
    gate(
      'in',
      {},
      {
        fevers: [
          {
            people: ['campus-id:me'],
            lastMs: startMs - 200_000,
            retestsMs: [],
            isOpen: true,
            ...change,
          },
        ],
      },
    );

  test('stops the person through its pause, and lets a later reading count', () => {
    expect(decided(fever({ lastMs: startMs - 50_000 }), staff)).toBe('refer fever');
    expect(decided(fever(), staff)).toBe('grant duty-staff');
    expect(decided(fever({ isOpen: false }), staff)).toBe('grant duty-staff');
  });

  test('leaves no measurement after two retests, and is the person’s own', () => {
    const retestsMs = [startMs - 190_000, startMs - 180_000];
    expect(decided(fever({ retestsMs }), staff)).toBe('refer fever');
    expect(decided(fever({ retestsMs, people: ['campus-id:you'] }), staff)).toBe(
      'grant duty-staff',
    );
  });

  test('is not undone by a reading from before it', () => {
    const early = { ...staff, temperature: temperature(3_650, { fromMs: startMs - 90_000 }) };
    expect(decided(fever(), early)).toBe('missing temperature');
    const byHand = { ...early, attested: attested('temperature') };
    expect(decided(fever(), byHand)).toBe('grant duty-staff');
  });

  test('by the sensor is not undone by the guard’s hand', () => {
    const attempt = {
      ...staff,
      temperature: temperature(3_730),
      attested: attested('temperature'),
    };
    expect(decided(gate('in'), attempt)).toBe('refer fever');
  });
});

describe('a student', () => {
  test('is refused at a campus gate and referred at a building', () => {
    const zone = { name: 'lab-7', kind: 'building' } as const;
    expect(decided(gate('in'), person([student()]))).toBe('deny student, held');
    expect(decided(gate('out'), person([student()]))).toBe('deny student, held');
    expect(decided(gate('in', { zone }), person([student()]))).toBe('refer student');
  });
});

describe('the gate itself', () => {
  test.each([
    ['relay', staff],
    ['turnstile', staff],
    ['thermometer', staff],
    ['scanner', staff],
    ['id-card-reader', logistics],
  ] as const)('without its %s refers whom a rule would let pass', (device, attempt) => {
    expect(decided(without(device), attempt)).toBe('gate refers part-failed');
  });

  test('is not stopped by a part that the rule does not need', () => {
    expect(decided(without('id-card-reader'), staff)).toBe('grant duty-staff');
    expect(decided(without('panel'), staff)).toBe('grant duty-staff');
    const byHand = { ...staff, temperature: null, attested: attested('temperature') };
    expect(decided(without('thermometer'), byHand)).toBe('grant duty-staff');
    const resident = person([pass(), ticket()]);
    expect(decided(without('id-card-reader'), resident)).toBe('grant resident');
    const isolated = knowing(without('id-card-reader'), known('isolation', 'home', 1));
    expect(decided(isolated, { ...resident, card: card() })).toBe('gate refers part-failed');
  });

  test.each(['floor', 'conflict'] as const)('with a clock %s refers', (clock) => {
    expect(decided(gate('in'), staff, { ...now, clock })).toBe('gate refers clock-untrusted');
  });
});

describe('a rule that wants the guard’s look', () => {
  const shipped = shippedPolicy();
  const policy = {
    ...shipped,
    rules: shipped.rules.map((rule) => ({ ...rule, attended: 'required' as const })),
  };

  test('waits for it, and takes no look at another rule for it', () => {
    const state = gate('in', { policy });
    expect(decided(state, staff)).toBe('awaits attend');
    expect(decided(state, { ...staff, attended: 'lab-staff' })).toBe('awaits attend');
    expect(decided(state, { ...staff, attended: 'duty-staff' })).toBe('grant duty-staff');
  });

  test('comes before the day of arrival, and needs the panel', () => {
    const tenant = person([], {
      card: card(),
      selected: 'returning-tenant',
      attested: attested('questions', 'landlord', 'property-office'),
    });
    const state = gate('in', { policy });
    expect(decided(state, tenant)).toBe('awaits attend');
    expect(decided(state, { ...tenant, attended: 'returning-tenant' })).toBe('awaits day');
    const blind: GateState = { ...state, devices: { ...state.devices, panel: 'lost' } };
    expect(decided(blind, tenant)).toBe('gate refers part-failed');
  });
});

describe('of several', () => {
  test('complete rules the lowest order decides', () => {
    const both = person([pass({ boundTo: 'card' }), ticket(), certificate()], { card: card() });
    expect(decided(gate('out'), both)).toBe('grant resident-outside-unit');
  });

  test('rules a choice of the guard leaves one', () => {
    expect(decided(gate('in'), { ...staff, selected: 'returning-staff' })).toBe(
      'missing card work-id questions',
    );
    expect(decided(gate('in'), { ...staff, selected: 'no-such-rule' })).toBe('missing ');
  });

  test('people’s evidence none is complete, but for the guard’s eyes', () => {
    const two = person([staffForm(), code(), pass()]);
    const decision = evaluate(gate('in'), two, now);
    expect(decision).toMatchObject({
      asks: [{ rule: { id: 'duty-staff' }, reason: 'holder-unnamed', attest: null }],
      refused: [],
    });
  });
});

describe('papers of one person', () => {
  test('of two spaces join where a rule that may apply uses both', () => {
    expect(joins(gate('in'), ['id-number'], 'campus-id')).toBe(true);
    expect(joins(gate('out'), ['id-number'], 'campus-id')).toBe(false);
    expect(joins(gate('in'), ['household'], 'campus-id')).toBe(false);
    expect(joins(gate('in'), ['household'], 'id-number')).toBe(true);
    const chosen = { ...staff, selected: 'returning-staff' };
    expect(joins(gate('in', {}, { attempt: chosen }), ['household'], 'campus-id')).toBe(true);
  });
});

describe('what the guard may attest or choose now', () => {
  const offered = (state: GateState, attempt: typeof staff) => offersOf(state, attempt, now).attest;

  test('is what the rule that fits still lacks, the question first', () => {
    const resident = person([pass(), ticket()], { temperature: null });
    expect(offered(gate('in'), resident)).toEqual(['not-returning', 'temperature']);
    const worker = person([external('service')], { card: card() });
    expect(offered(gate('in'), worker)).toEqual(['resumption-certificate']);
    const outside = person([pass()], {
      card: card(),
      attested: attested('resumption-certificate'),
    });
    expect(offered(gate('in'), outside)).toEqual(['originals']);
    const seen = attested('resumption-certificate', 'originals');
    expect(offered(gate('in'), { ...outside, attested: seen })).toEqual(['not-returning']);
  });

  test('is nothing of a question that is not due', () => {
    expect(offered(gate('in'), person([pass()], { card: card() }))).toEqual([
      'resumption-certificate',
    ]);
  });

  test('is nothing twice, and no word for a paper that failed', () => {
    const worker = person([external('service')], { card: card(), temperature: null });
    const failed = [{ reason: 'bad-signature', kind: null, id: null } as const];
    expect(offered(gate('in'), { ...worker, refusals: failed })).toEqual(['temperature']);
    const done = { ...worker, attested: attested('resumption-certificate', 'temperature') };
    expect(offered(gate('in'), done)).toEqual([]);
  });

  test('are the returning cases at a campus gate on the way in', () => {
    const cases = (state: GateState) => offersOf(state, staff, now).cases.map(({ id }) => id);
    expect(cases(gate('in'))).toEqual([
      'returning-tenant',
      'returning-outside-unit',
      'returning-staff',
    ]);
    expect(cases(gate('out'))).toEqual([]);
    expect(cases(gate('in', { zone: { name: 'lab-7', kind: 'building' } }))).toEqual([]);
  });

  test('of the chosen case is what it lacks', () => {
    const tenant = person([], { card: card(), selected: 'returning-tenant' });
    expect(offered(gate('in'), tenant)).toEqual(['questions', 'landlord', 'property-office']);
  });

  test('is no temperature while a fever’s pause lasts', () => {
    const seen = { people: ['campus-id:me'], lastMs: startMs };
    const fevers = [{ ...seen, retestsMs: [], isOpen: true }];
    const attempt = { ...staff, temperature: null };
    expect(offered(gate('in', {}, { fevers }), attempt)).not.toContain('temperature');
    expect(offered(gate('in'), attempt)).toContain('temperature');
  });
});
