/** Back from outside Harbin (七.3): the guard chooses the case, asks, and says the day of arrival. */
import type { DetailField } from '../../../config/vocabulary.js';
import type { Case } from './case.js';
import { guardComes, healthy, returns, saysDay, unreadable, validUntil } from './shows.js';

const staff = { rule: 'returning-staff', clause: '七.3.1', gate: 'in' } as const;
const outsideUnit = { rule: 'returning-outside-unit', clause: '七.3.2', gate: 'in' } as const;
const tenant = { rule: 'returning-tenant', clause: '七.3.3', gate: 'in' } as const;
type Rule = 'returning-staff' | 'returning-outside-unit' | 'returning-tenant';

/** What the guard types in the booth of somebody who came by train. */
const journey: Readonly<Partial<Record<DetailField, string>>> = {
  'campus-address': '松花江小区 3 号楼 502',
  phone: '+86 451 0000 0000',
  'where-from': '武汉',
  transport: 'G1274 次列车',
};

/** Where the card cannot serve, whatever the guard has seen. */
function cardRefusals(base: {
  readonly rule: Rule;
  readonly clause: string;
  readonly gate: 'in';
}): readonly Case[] {
  return [
    {
      ...base,
      name: 'ID card that ran out',
      expected: 'deny expired',
      async play({ in: gate }, { person, guardId }) {
        await guardComes(gate, guardId);
        await gate.laysCard(validUntil(person, '2020-02-11'));
      },
    },
    {
      ...base,
      name: 'ID card that cannot be read: registered by hand, opened by the guard',
      expected:
        'refer card-unreadable, details, opened by the guard, reason registered-by-hand, passed',
      async play({ in: gate }, { guardId, person }) {
        await guardComes(gate, guardId);
        await gate.laysCard(unreadable);
        await gate.details({ name: person.name, 'id-number': person.number, ...journey });
        await gate.press('open');
        await gate.confirm('reason:registered-by-hand');
        await gate.walk();
      },
    },
    {
      ...base,
      name: 'nobody’s key to seal the details to',
      expected: `registry none, case chosen, ${attestsOf[base.rule].map((what) => `attested ${what}`).join(', ')}, refer registry-missing`,
      async play({ in: gate, setRegistry }, { person, guardId }) {
        await guardComes(gate, guardId);
        setRegistry('none');
        await returns(gate, person, base.rule, attestsOf[base.rule]);
      },
    },
  ];
}

const attestsOf: Readonly<Record<Rule, readonly string[]>> = {
  'returning-staff': ['work-id', 'questions'],
  'returning-outside-unit': ['questions', 'property-office'],
  'returning-tenant': ['questions', 'landlord', 'property-office'],
};

export const returningCases: readonly Case[] = [
  {
    ...staff,
    name: 'work ID seen, questions asked, back today; details entered',
    expected:
      'case chosen, attested work-id, attested questions, details, grant returning-staff → duty-officer units-concerned property-office, isolated, passed',
    withTells: true,
    async play({ in: gate }, { person, guardId, household, campusId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-staff', attestsOf['returning-staff']);
      await gate.details({ ...journey, household, 'campus-id': campusId });
      await saysDay(gate, 0);
      await gate.walk();
    },
  },
  {
    ...staff,
    name: 'nobody enters the details: an alarm after the passage',
    expected:
      'case chosen, attested work-id, attested questions, grant returning-staff, isolated, passed, details-missing, details',
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-staff', attestsOf['returning-staff']);
      await saysDay(gate, 0);
      const attempt = gate.state().attempt?.serial ?? null;
      await gate.walk();
      await gate.details(journey, attempt);
    },
  },
  {
    ...staff,
    name: 'the guard has not asked, and refuses',
    expected: 'case chosen, attested work-id, refused by the guard',
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-staff', ['work-id']);
      await gate.press('refuse');
    },
  },
  ...cardRefusals(staff),
  {
    ...outsideUnit,
    name: 'pass shown, questions asked, back since thirteen days',
    expected:
      'case chosen, attested questions, grant returning-outside-unit → duty-officer property-office community police-station, isolated, passed, details-missing',
    withTells: true,
    async play({ in: gate }, { person, household, guardId }) {
      await guardComes(gate, guardId);
      await gate.scan(gate.papers.pass(household));
      await returns(gate, person, 'returning-outside-unit', ['questions']);
      await saysDay(gate, 13);
      await gate.walk();
    },
  },
  {
    ...outsideUnit,
    name: 'no pass: the property office confirms the residence',
    expected:
      'case chosen, attested questions, attested property-office, grant returning-outside-unit, isolated, passed, details-missing',
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-outside-unit', attestsOf['returning-outside-unit']);
      await saysDay(gate, 1);
      await gate.walk();
    },
  },
  ...cardRefusals(outsideUnit),
  {
    ...tenant,
    name: 'questions, landlord and property office: two confirmations',
    expected:
      'case chosen, attested questions, attested landlord, attested property-office, grant returning-tenant → duty-officer property-office community police-station, isolated, passed, details-missing',
    withTells: true,
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-tenant', attestsOf['returning-tenant']);
      await saysDay(gate, 2);
      await gate.walk();
    },
  },
  {
    ...tenant,
    name: 'without the landlord’s confirmation no day is asked for',
    expected: 'case chosen, attested questions, attested property-office, given up',
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-tenant', ['questions', 'property-office']);
      await saysDay(gate, 0);
      await gate.pause(610_000);
    },
  },
  ...cardRefusals(tenant),
  {
    ...tenant,
    name: 'no guard on duty: nobody can choose the case',
    expected: 'deny incomplete',
    async play({ in: gate, powerCut }, { person }) {
      await powerCut('in');
      gate.begin();
      await returns(gate, person, 'returning-tenant', []);
      await gate.measure(healthy);
      await gate.pause(31_000);
    },
  },
];
