/** Isolation after a return (七.3): the person, the campus id of staff, and the household's members. */
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { Stage } from '../stage.js';
import type { Case } from './case.js';
import {
  feverish,
  guardComes,
  healthy,
  outsideUnitShows,
  residentShows,
  returns,
  saysDay,
  silentMs,
  staffIsGranted,
} from './shows.js';

const base = { rule: 'isolation', clause: '七.3', gate: 'out' } as const;

/** A resident comes back from outside, so many days ago, and goes in. */
async function isBack(
  gate: Stage,
  person: IdCard,
  { household, guardId }: { readonly household: string; readonly guardId: string },
  daysBack = 0,
): Promise<void> {
  await gate.badge(guardId);
  await gate.scan(gate.papers.pass(household));
  await returns(gate, person, 'returning-outside-unit', ['questions']);
  await saysDay(gate, daysBack);
  await gate.walk();
  await gate.takesCard();
}

export const isolationCases: readonly Case[] = [
  {
    ...base,
    name: 'wants to go out on the next day, all papers in order',
    expected: 'refer isolation → guard property-office duty-officer',
    withTells: true,
    async play({ in: gate, out, sleep }, fresh) {
      const { person, household } = fresh;
      await isBack(gate, person, fresh);
      await sleep(24);
      out.begin();
      await outsideUnitShows(out, person, household);
    },
  },
  {
    ...base,
    name: 'staff who came back: the campus id is isolated too',
    expected: 'refer isolation',
    async play({ in: gate, out }, { person, campusId, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.code(campusId));
      await returns(gate, person, 'returning-staff', ['work-id', 'questions']);
      await saysDay(gate, 0);
      await gate.walk();
      await gate.takesCard();
      await staffIsGranted(out, campusId);
    },
  },
  {
    ...base,
    name: 'in the last minute of the fourteenth day',
    expected: 'refer isolation',
    async play({ in: gate, out, sleepUntil, waitUntil }, fresh) {
      const { person, household } = fresh;
      await isBack(gate, person, fresh, 13);
      await sleepUntil('23:58:45', 1);
      await waitUntil('23:59:00');
      out.begin();
      await outsideUnitShows(out, person, household);
    },
  },
  {
    rule: 'resident-outside-unit',
    clause: '七.2',
    gate: 'out',
    name: 'in the minute after the fourteenth day of isolation',
    expected: 'grant resident-outside-unit, passed',
    async play({ in: gate, out, sleepUntil, waitUntil }, fresh) {
      const { person, household } = fresh;
      await isBack(gate, person, fresh, 13);
      await sleepUntil('23:59:45', 1);
      await waitUntil('00:00:00');
      out.begin();
      await outsideUnitShows(out, person, household);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'the papers in the last minute, the temperature in the next',
    expected: 'refer isolation',
    async play({ in: gate, out, sleepUntil, waitUntil }, fresh) {
      const { person, household } = fresh;
      await isBack(gate, person, fresh, 13);
      await sleepUntil('23:59:45', 1);
      out.begin();
      await out.scan(out.papers.certificate(person));
      await out.scan(out.papers.pass(household));
      await out.laysCard(person);
      await waitUntil('00:00:00');
      await out.measure(healthy);
    },
  },
  {
    rule: 'resident',
    clause: '七.1',
    gate: 'out',
    name: 'another of an isolated household, with the own ID card too',
    expected: 'grant resident, passed',
    async play({ in: gate, out }, fresh) {
      const { person, otherPerson, household } = fresh;
      await isBack(gate, person, fresh);
      await residentShows(out, household, out.papers.ticket(household));
      await out.laysCard(otherPerson);
      await out.walk();
    },
  },
  {
    rule: 'resident',
    clause: '七.1',
    gate: 'out',
    name: 'another of an isolated household, who shows no ID card',
    expected: 'refer incomplete',
    async play({ in: gate, out }, fresh) {
      const { person, household } = fresh;
      await isBack(gate, person, fresh);
      await residentShows(out, household, out.papers.ticket(household));
      await out.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'the isolated one with the household’s pass and ticket',
    expected: 'refer isolation',
    async play({ in: gate, out }, fresh) {
      const { person, household } = fresh;
      await isBack(gate, person, fresh);
      await residentShows(out, household, out.papers.ticket(household));
      await out.laysCard(person);
    },
  },
  {
    rule: 'resident',
    clause: '七.1',
    gate: 'out',
    name: 'household entered by the guard: it asks for the leaver’s card',
    expected: 'refer incomplete',
    async play({ in: gate, out }, { person, household, guardId }) {
      await guardComes(gate, guardId);
      await returns(gate, person, 'returning-tenant', ['questions', 'landlord', 'property-office']);
      await gate.details({ household, 'where-from': '上海' });
      await saysDay(gate, 0);
      await gate.walk();
      await residentShows(out, household, out.papers.ticket(household));
      await out.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'isolated, and a fever a minute ago: the parties of both',
    expected: 'refer isolation → guard property-office health-office',
    withTells: true,
    async play({ in: gate, out }, fresh) {
      const { person, household, guardId } = fresh;
      await out.badge(guardId);
      await out.laysCard(person);
      await out.scan(out.papers.pass(household));
      await out.measure(feverish);
      await out.press('refuse');
      await out.takesCard();
      await isBack(gate, person, fresh);
      out.begin();
      await out.laysCard(person);
    },
  },
];
