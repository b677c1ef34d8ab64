/** Visitors with a filing and a host (八), and who else needs the guard's look. */
import type { Stage } from '../stage.js';
import { type Case, type Fresh, feverish, healthy } from './case.js';

const base = { rule: 'hosted-visitor', clause: '八', gate: 'in' } as const;
const granted = 'grant hosted-visitor, passed';

async function visitorShows(gate: Stage, { person, campusId }: Fresh): Promise<void> {
  await gate.scan(gate.papers.visitFiling(person, campusId));
  await gate.laysCard(person);
}

export const hostCases: readonly Case[] = [
  {
    ...base,
    name: 'filing, own card, temperature, then the host’s code',
    expected: granted,
    async play({ in: gate }, fresh) {
      await visitorShows(gate, fresh);
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(fresh.campusId));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'card first, then the filing',
    expected: granted,
    async play({ in: gate }, fresh) {
      await gate.laysCard(fresh.person);
      await gate.scan(gate.papers.visitFiling(fresh.person, fresh.campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(fresh.campusId));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'host’s code before the temperature: it could be the host’s wrist',
    expected: 'deny incomplete',
    async play({ in: gate }, fresh) {
      await visitorShows(gate, fresh);
      await gate.scan(gate.papers.code(fresh.campusId));
      await gate.measure(healthy);
      await gate.pause(31_000);
    },
  },
  {
    ...base,
    name: 'measured before the card: measured again',
    expected: granted,
    async play({ in: gate }, fresh) {
      await gate.scan(gate.papers.visitFiling(fresh.person, fresh.campusId));
      await gate.measure(healthy);
      await gate.laysCard(fresh.person);
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(fresh.campusId));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'code of somebody who is not the host',
    expected: 'deny incomplete',
    async play({ in: gate }, fresh) {
      await visitorShows(gate, fresh);
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(fresh.otherCampusId));
      await gate.pause(31_000);
    },
  },
  {
    ...base,
    name: 'no host comes',
    expected: 'deny incomplete',
    async play({ in: gate }, fresh) {
      await visitorShows(gate, fresh);
      await gate.measure(healthy);
      await gate.pause(31_000);
    },
  },
  {
    ...base,
    name: 'filing of somebody else',
    expected: 'deny wrong-holder',
    async play({ in: gate }, { person, otherPerson, campusId }) {
      await gate.scan(gate.papers.visitFiling(otherPerson, campusId));
      await gate.laysCard(person);
    },
  },
  {
    ...base,
    name: 'visitor with a fever; the host’s code serves another visitor',
    expected: granted,
    async play({ in: gate }, fresh) {
      const code = gate.papers.code(fresh.campusId);
      await visitorShows(gate, fresh);
      await gate.scan(code);
      await gate.measure(feverish);
      await gate.press('refuse');
      await gate.takesCard();
      gate.begin();
      await gate.scan(gate.papers.visitFiling(fresh.otherPerson, fresh.campusId));
      await gate.laysCard(fresh.otherPerson);
      await gate.measure(healthy);
      await gate.scan(code);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'a host’s code is spent by the visit',
    expected: 'deny already-used',
    async play({ in: gate }, fresh) {
      const code = gate.papers.code(fresh.campusId);
      await visitorShows(gate, fresh);
      await gate.measure(healthy);
      await gate.scan(code);
      await gate.walk();
      await gate.takesCard();
      gate.begin();
      await gate.scan(code);
    },
  },
  {
    ...base,
    gate: 'out',
    name: 'goes out without the host',
    expected: granted,
    async play({ out: gate }, fresh) {
      await visitorShows(gate, fresh);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
];
