/** Visitor and host (八): two people in one attempt, and no temperature of one for the other (law 4). */
import type { Case } from './case.js';
import { healthy, silentMs, visitorShows } from './shows.js';

const edge = { rule: 'hosted-visitor', clause: '八', gate: 'in' } as const;
const granted = 'grant hosted-visitor, passed';

export const hostCases: readonly Case[] = [
  {
    ...edge,
    name: 'the host’s code first: it counts only after the temperature',
    expected: granted,
    async play({ in: gate }, { person, campusId }) {
      await gate.scan(gate.papers.code(campusId));
      await visitorShows(gate, person, campusId);
      await gate.pause(2_000);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...edge,
    name: 'the host’s code before the temperature alone',
    expected: 'deny incomplete',
    async play({ in: gate }, { person, campusId }) {
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.laysCard(person);
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...edge,
    name: 'the host’s code too early, and once more at the end',
    expected: 'grant hosted-visitor, passed',
    async play({ in: gate }, { person, campusId }) {
      const code = gate.papers.code(campusId);
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.laysCard(person);
      await gate.scan(code);
      await gate.measure(healthy);
      await gate.scan(code);
      await gate.walk();
    },
  },
  {
    ...edge,
    name: 'the temperature before the visitor’s card may be the host’s',
    expected: 'deny incomplete',
    async play({ in: gate }, { person, campusId }) {
      await gate.scan(gate.papers.code(campusId));
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.measure(healthy);
      await gate.laysCard(person);
      await gate.scan(gate.papers.code(campusId));
      await gate.pause(silentMs);
    },
  },
  {
    ...edge,
    name: 'the temperature before the visitor’s card, and once more',
    expected: granted,
    async play({ in: gate }, { person, campusId }) {
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.measure(healthy);
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...edge,
    name: 'the host’s code of no visit serves the next one',
    expected: granted,
    async play({ in: gate }, { person, otherPerson, campusId }) {
      const code = gate.papers.code(campusId);
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.laysCard(person);
      await gate.scan(code);
      await gate.pause(silentMs);
      await gate.takesCard();
      gate.begin();
      await visitorShows(gate, otherPerson, campusId);
      await gate.scan(code);
      await gate.walk();
    },
  },
  {
    ...edge,
    name: 'the host’s code of a visit serves nobody afterwards',
    expected: 'deny already-used, deny incomplete',
    async play({ in: gate }, { person, otherPerson, campusId }) {
      const code = gate.papers.code(campusId);
      await visitorShows(gate, person, campusId);
      await gate.scan(code);
      await gate.walk();
      await gate.takesCard();
      gate.begin();
      await visitorShows(gate, otherPerson, campusId);
      await gate.scan(code);
      await gate.pause(silentMs);
    },
  },
  {
    ...edge,
    name: 'somebody else’s code, then the host’s: who is the third?',
    expected: 'refer holder-unnamed',
    async play({ in: gate }, { person, campusId, otherCampusId }) {
      await visitorShows(gate, person, campusId);
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.scan(gate.papers.code(campusId));
    },
  },
  {
    ...edge,
    name: 'the host goes in after the visitor, on papers of their own',
    expected: 'grant hosted-visitor, passed, grant duty-staff, passed',
    async play({ in: gate }, { person, campusId }) {
      await visitorShows(gate, person, campusId);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
      await gate.takesCard();
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
];
