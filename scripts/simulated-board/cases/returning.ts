/** Back from outside Harbin (七.3): the guard asks, selects the case, names the day; then isolation. */
import type { Stage } from '../stage.js';
import { type Case, confirms, type Fresh, healthy, residentShows, staffIsGranted } from './case.js';

const tenant = { rule: 'returning-tenant', clause: '七.3.3', gate: 'in' } as const;
const unit = { rule: 'returning-outside-unit', clause: '七.3.2', gate: 'in' } as const;
const staff = { rule: 'returning-staff', clause: '七.3.1', gate: 'in' } as const;
const isolation = { rule: 'isolation', clause: '七.3', gate: 'out' } as const;

/** A tenant, asked by the guard and vouched for by landlord and property office. */
async function tenantReturns(gate: Stage, { person, household, guardId }: Fresh): Promise<void> {
  await gate.badge(guardId);
  await gate.laysCard(person);
  await gate.scan(gate.papers.pass(household));
  await confirms(gate, 'case:returning-tenant');
  for (const what of ['questions', 'landlord', 'property-office'])
    await confirms(gate, `attest:${what}`);
  await gate.measure(healthy);
  await confirms(gate, 'day:');
  await gate.walk();
  await gate.takesCard();
}

async function staffReturns(gate: Stage, { person, campusId, guardId }: Fresh): Promise<void> {
  await gate.badge(guardId);
  await gate.laysCard(person);
  await confirms(gate, 'case:returning-staff');
  await gate.scan(gate.papers.code(campusId));
  for (const what of ['work-id', 'questions']) await confirms(gate, `attest:${what}`);
  await gate.measure(healthy);
  await confirms(gate, 'day:');
  await gate.walk();
  await gate.takesCard();
}

export const returningCases: readonly Case[] = [
  {
    ...tenant,
    name: 'asked, landlord and property office confirm: in, and isolated',
    expected: 'grant returning-tenant, passed',
    play: ({ in: gate }, fresh) => tenantReturns(gate, fresh),
  },
  {
    ...tenant,
    name: 'the landlord does not confirm: the guard refuses',
    expected: 'guard refuses',
    async play({ in: gate }, { person, guardId }) {
      await gate.badge(guardId);
      await gate.laysCard(person);
      await confirms(gate, 'case:returning-tenant');
      await confirms(gate, 'attest:questions');
      await confirms(gate, 'attest:property-office');
      await gate.measure(healthy);
      await gate.press('refuse');
    },
  },
  {
    ...tenant,
    name: 'nobody on duty: nobody asks, nobody comes in',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.pause(31_000);
    },
  },
  {
    ...unit,
    name: 'pass shown, asked: in, and isolated',
    expected: 'grant returning-outside-unit, passed',
    async play({ in: gate }, { person, household, guardId }) {
      await gate.badge(guardId);
      await gate.laysCard(person);
      await confirms(gate, 'case:returning-outside-unit');
      await gate.scan(gate.papers.pass(household));
      await confirms(gate, 'attest:questions');
      await gate.measure(healthy);
      await confirms(gate, 'day:');
      await gate.walk();
    },
  },
  {
    ...unit,
    name: 'no pass: the property office confirms; details entered in the booth',
    expected: 'grant returning-outside-unit, passed',
    async play({ in: gate }, { person, household, guardId }) {
      await gate.badge(guardId);
      await gate.laysCard(person);
      await confirms(gate, 'case:returning-outside-unit');
      await confirms(gate, 'attest:questions');
      await confirms(gate, 'attest:property-office');
      await gate.details({ 'where-from': '大连', transport: 'D8073', household });
      await gate.measure(healthy);
      await confirms(gate, 'day:');
      await gate.walk();
    },
  },
  {
    ...unit,
    name: 'neither pass nor property office: the guard refuses',
    expected: 'guard refuses',
    async play({ in: gate }, { person, guardId }) {
      await gate.badge(guardId);
      await gate.laysCard(person);
      await confirms(gate, 'case:returning-outside-unit');
      await confirms(gate, 'attest:questions');
      await gate.measure(healthy);
      if (gate.state().lane.name !== 'locked') throw new Error('opened without a residence');
      await gate.press('refuse');
    },
  },
  {
    ...staff,
    name: 'work ID seen, asked: in, and isolated',
    expected: 'grant returning-staff, passed',
    play: ({ in: gate }, fresh) => staffReturns(gate, fresh),
  },
  {
    ...staff,
    name: 'the guard confirms too soon: nothing is attested',
    expected: 'guard refuses',
    async play({ in: gate }, { person, guardId }) {
      await gate.badge(guardId);
      await gate.laysCard(person);
      await confirms(gate, 'case:returning-staff');
      await gate.press('confirm');
      await gate.press('confirm');
      if (gate.state().attempt?.attested.length !== 0) throw new Error('attested too soon');
      await confirms(gate, 'attest:work-id');
      await gate.measure(healthy);
      if (gate.state().lane.name !== 'locked') throw new Error('opened half asked');
      await gate.press('refuse');
    },
  },
  {
    ...isolation,
    name: 'isolated staff want to go out: the property office is told',
    expected: 'refer isolation',
    async play({ in: gate, out }, fresh) {
      await staffReturns(gate, fresh);
      await out.scan(out.papers.form(fresh.campusId));
    },
  },
  {
    ...isolation,
    name: 'who leaves a household with somebody isolated shows the ID card too',
    expected: 'grant resident, passed',
    async play({ in: gate, out }, fresh) {
      await tenantReturns(gate, fresh);
      await residentShows(out, fresh.household, out.papers.ticket(fresh.household));
      await out.laysCard(fresh.otherPerson);
      await out.walk();
      await out.takesCard();
    },
  },
  {
    ...isolation,
    name: 'the isolated tenant with the household’s ticket',
    expected: 'refer isolation',
    async play({ in: gate, out }, fresh) {
      await tenantReturns(gate, fresh);
      await residentShows(out, fresh.household, out.papers.ticket(fresh.household));
      await out.laysCard(fresh.person);
      await out.takesCard();
    },
  },
  {
    ...isolation,
    name: 'in the last minute of the fourteenth day',
    expected: 'refer isolation',
    async play(stages, fresh) {
      const { in: gate, out } = stages;
      await staffReturns(gate, fresh);
      await stages.sleep(14 * 24);
      await stages.sleepUntil('23:59:00');
      out.begin();
      await out.scan(out.papers.form(fresh.campusId));
    },
  },
  {
    ...isolation,
    name: 'the minute after: free to go',
    expected: 'grant duty-staff, passed',
    async play(stages, fresh) {
      const { in: gate, out } = stages;
      await staffReturns(gate, fresh);
      await stages.sleep(14 * 24);
      await stages.sleepUntil('23:59:50');
      await out.pause(15_000);
      out.begin();
      await staffIsGranted(out, fresh.campusId);
      await out.walk();
    },
  },
];
