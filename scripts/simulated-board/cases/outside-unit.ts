/** Residents who work for an outside unit (七.2): certificate, own ID card and residence pass. */
import type { Case } from './case.js';
import { guardComes, healthy, outsideUnitShows, silentMs, unreadable } from './shows.js';

const rule = 'resident-outside-unit';
const base = { rule, clause: '七.2', gate: 'out' } as const;
const granted = `grant ${rule}, passed`;

export const outsideUnitCases: readonly Case[] = [
  {
    ...base,
    name: 'certificate, ID card, pass, temperature: goes to work',
    expected: granted,
    async play({ out }, { person, household }) {
      await outsideUnitShows(out, person, household);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'the pass names the holder, the certificate nobody',
    expected: granted,
    async play({ out }, { person, household }) {
      await out.scan(out.papers.pass(household, { holder: person }));
      await out.scan(out.papers.certificate(null));
      await out.laysCard(person);
      await out.measure(healthy);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'comes back from work',
    gate: 'in',
    expected: granted,
    async play({ in: gate, out }, { person, household }) {
      await outsideUnitShows(out, person, household);
      await out.walk();
      await out.takesCard();
      await outsideUnitShows(gate, person, household);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'comes back after 47 hours',
    gate: 'in',
    expected: granted,
    async play({ in: gate, out, sleep }, { person, household }) {
      await outsideUnitShows(out, person, household);
      await out.walk();
      await out.takesCard();
      await sleep(47);
      gate.begin();
      await outsideUnitShows(gate, person, household);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'comes back after 49 hours: the guard asks where from',
    gate: 'in',
    expected: `refer exit-unknown, attested not-returning, ${granted}`,
    async play({ in: gate, out, sleep }, { person, household, guardId }) {
      await outsideUnitShows(out, person, household);
      await out.walk();
      await out.takesCard();
      await sleep(49);
      await guardComes(gate, guardId);
      await outsideUnitShows(gate, person, household);
      await gate.confirm('attest:not-returning');
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'comes in, no exit known, no guard',
    gate: 'in',
    expected: 'refer exit-unknown',
    play: ({ in: gate }, { person, household }) => outsideUnitShows(gate, person, household),
  },
  {
    ...base,
    name: 'neither paper names a holder: the guard sees the originals',
    expected: `refer holder-unnamed, attested originals, ${granted}`,
    async play({ out }, { person, household, guardId }) {
      await guardComes(out, guardId);
      await out.scan(out.papers.certificate(null));
      await out.laysCard(person);
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await out.confirm('attest:originals');
      await out.walk();
    },
  },
  {
    ...base,
    name: 'certificate on paper, and the pass names the holder',
    expected: `attested resumption-certificate, ${granted}`,
    async play({ out }, { person, household, guardId }) {
      await guardComes(out, guardId);
      await out.scan(out.papers.pass(household, { holder: person }));
      await out.laysCard(person);
      await out.measure(healthy);
      await out.confirm('attest:resumption-certificate');
      await out.walk();
    },
  },
  {
    ...base,
    name: 'certificate of somebody else',
    expected: 'refer wrong-holder',
    async play({ out }, { person, otherPerson, household }) {
      await out.scan(out.papers.certificate(otherPerson));
      await out.scan(out.papers.pass(household));
      await out.laysCard(person);
    },
  },
  {
    ...base,
    name: 'pass of somebody else, on the way in',
    gate: 'in',
    expected: 'deny wrong-holder',
    async play({ in: gate }, { person, otherPerson, household }) {
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household, { holder: otherPerson }));
    },
  },
  {
    ...base,
    name: 'ID card that cannot be read',
    expected: 'refer card-unreadable',
    async play({ out }, { person, household }) {
      await out.scan(out.papers.certificate(person));
      await out.scan(out.papers.pass(household));
      await out.laysCard(unreadable);
    },
  },
  {
    ...base,
    name: 'without the residence pass',
    gate: 'in',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'nobody’s key to seal the details to',
    expected: 'registry none, refer registry-missing',
    async play({ out, setRegistry }, { person, household }) {
      setRegistry('none');
      await outsideUnitShows(out, person, household);
    },
  },
];
