/** Who comes after whom (身份必问, 九): people whose evidence never mixes, and who fits no rule. */
import type { Case } from './case.js';
import { guardComes, healthy, residentShows, silentMs, staffIsGranted } from './shows.js';

const attempt = { rule: 'attempt', clause: '身份必问', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';

export const peopleCases: readonly Case[] = [
  {
    ...attempt,
    name: 'two people alternating: neither is let in on the other’s papers',
    expected: 'next person, next person, deny incomplete',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.form(otherCampusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'one person’s temperature does not serve the next',
    expected: 'next person, deny incomplete',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.form(otherCampusId));
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'three changes of identity in a minute: the guard’s business',
    expected: 'next person, next person, next person, refer identity-changes',
    async play({ in: gate }, { campusId, otherCampusId }) {
      for (const id of [campusId, otherCampusId, campusId, otherCampusId])
        await gate.scan(gate.papers.form(id));
      await gate.pause(1_000);
    },
  },
  {
    ...attempt,
    name: 'three changes, but over more than a minute',
    expected: 'next person, next person, next person, deny incomplete',
    async play({ in: gate }, { campusId, otherCampusId }) {
      for (const id of [campusId, otherCampusId, campusId, otherCampusId]) {
        await gate.scan(gate.papers.form(id));
        await gate.pause(20_000);
        await gate.measure(healthy);
        await gate.pause(20_000);
      }
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'a staff form, then a household’s pass: no rule uses both',
    expected: 'next person, deny incomplete',
    async play({ in: gate }, { campusId, household }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.pass(household));
      await gate.pause(silentMs);
    },
  },
  {
    ...attempt,
    name: 'an ID card, then staff papers: may be two people’s',
    expected: 'refer holder-unnamed',
    async play({ in: gate }, { person, campusId }) {
      await gate.laysCard(person);
      await gate.scan(gate.papers.code(campusId));
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
    },
  },
  {
    ...attempt,
    name: 'in after in, bound to a person: granted and flagged',
    expected: 'grant duty-staff, flagged, passed',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      await gate.walk();
      gate.begin();
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...attempt,
    name: 'in, out and in again: nothing to flag',
    expected: granted,
    async play({ in: gate, out }, { campusId }) {
      await staffIsGranted(gate, campusId);
      await gate.walk();
      await staffIsGranted(out, campusId);
      await out.walk();
      gate.begin();
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...attempt,
    name: 'a referred exit, and then the right paper after all',
    gate: 'out',
    expected: 'refer wrong-zone, grant duty-staff, passed',
    async play({ out }, { campusId }) {
      await out.scan(out.papers.form(campusId, { zones: ['library'] }));
      await staffIsGranted(out, campusId);
      await out.walk();
    },
  },
  {
    ...attempt,
    name: 'who was referred has gone: the next one begins anew',
    gate: 'out',
    expected: 'refer incomplete, given up, grant resident, passed',
    async play({ out }, { household, otherHousehold }) {
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await out.pause(silentMs + 60_000);
      await residentShows(out, otherHousehold, out.papers.ticket(otherHousehold));
      await out.walk();
    },
  },
  {
    rule: 'nobody',
    clause: '九',
    gate: 'building',
    name: 'a residence pass at the door of a laboratory: no rule',
    expected: 'deny no-rule',
    play: ({ building }, { household }) => building.scan(building.papers.pass(household)),
  },
  {
    rule: 'nobody',
    clause: '九',
    gate: 'in',
    name: 'an ID card alone, nothing else: turned away',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    rule: 'nobody',
    clause: '九',
    gate: 'out',
    name: 'an ID card alone, on the way out: the guard registers and lets out',
    expected: 'refer incomplete, opened by the guard, reason registered-by-hand, passed',
    async play({ out }, { person, guardId }) {
      await guardComes(out, guardId);
      await out.laysCard(person);
      await out.pause(silentMs);
      await out.press('open');
      await out.confirm('reason:registered-by-hand');
      await out.walk();
    },
  },
];
