/** Visitors on inspection or business (八): a filing, the own ID card, and in the host's own code. */
import type { Case } from './case.js';
import { healthy, silentMs, unreadable, visitorShows } from './shows.js';

const base = { rule: 'hosted-visitor', clause: '八', gate: 'in' } as const;
const granted = 'grant hosted-visitor, passed';

export const visitCases: readonly Case[] = [
  {
    ...base,
    name: 'filing, ID card, temperature, then the host’s code',
    expected: granted,
    async play({ in: gate }, { person, campusId }) {
      await visitorShows(gate, person, campusId);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'ID card first, filing after the temperature, then the host',
    expected: granted,
    async play({ in: gate }, { person, campusId }) {
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'goes out: no host is asked for',
    gate: 'out',
    expected: granted,
    async play({ out }, { person, campusId }) {
      await visitorShows(out, person, campusId);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'at the door of the laboratory that is visited',
    gate: 'building',
    expected: granted,
    async play({ building }, { person, campusId }) {
      await visitorShows(building, person, campusId, { zones: ['lab-7'] });
      await building.scan(building.papers.code(campusId));
      await building.walk();
    },
  },
  {
    ...base,
    name: 'the host does not come',
    expected: 'deny incomplete',
    async play({ in: gate }, { person, campusId }) {
      await visitorShows(gate, person, campusId);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'a code of somebody who is not the host',
    expected: 'deny incomplete',
    async play({ in: gate }, { person, campusId, otherCampusId }) {
      await visitorShows(gate, person, campusId);
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'the host’s code has been used already',
    expected: 'deny already-used, deny incomplete',
    async play({ in: gate, out }, { person, campusId }) {
      const code = gate.papers.code(campusId);
      await out.scan(code);
      await visitorShows(gate, person, campusId);
      await gate.scan(code);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'a copy of somebody else’s filing',
    expected: 'deny wrong-holder',
    async play({ in: gate }, { person, otherPerson, campusId }) {
      await gate.scan(gate.papers.visitFiling(otherPerson, campusId));
      await gate.laysCard(person);
    },
  },
  {
    ...base,
    name: 'filing for another building',
    gate: 'building',
    expected: 'deny wrong-zone',
    play: ({ building }, { person, campusId }) =>
      building.scan(building.papers.visitFiling(person, campusId, { zones: ['lab-8'] })),
  },
  {
    ...base,
    name: 'ID card that cannot be read',
    expected: 'refer card-unreadable',
    async play({ in: gate }, { person, campusId }) {
      await gate.scan(gate.papers.visitFiling(person, campusId));
      await gate.laysCard(unreadable);
    },
  },
  {
    ...base,
    name: 'nobody’s key to seal the details to',
    expected: 'registry none, refer registry-missing',
    async play({ in: gate, setRegistry }, { person, campusId }) {
      setRegistry('none');
      await visitorShows(gate, person, campusId);
      await gate.scan(gate.papers.code(campusId));
    },
  },
];
