/** The ID card (身份必问): of each kind, one that does not serve, one left lying. */
import { type IdCardKind, idCardKinds } from '../../../config/id-number.js';
import type { Stage } from '../stage.js';
import type { Case } from './case.js';
import { externalShows, healthy, silentMs, validUntil } from './shows.js';

/** The date at the gate, in site time. */
function today(gate: Stage): string {
  const { time, settings } = gate.state();
  const siteMs = time.wallMs + settings.utcOffsetMinutes * 60_000;
  return new Date(siteMs).toISOString().slice(0, 10);
}

const base = { rule: 'lab-external', clause: '三.2', gate: 'in' } as const;
const granted = 'grant lab-external, passed';
const kindNames: Readonly<Record<IdCardKind, string>> = {
  resident: 'a resident’s identity card',
  'hk-macao-taiwan': 'a residence permit of Hong Kong, Macao or Taiwan',
  'foreign-2017': 'a foreigner’s permanent residence card of 2017',
  'foreign-2023': 'a foreigner’s permanent residence card of 2023',
};

export const cardCases: readonly Case[] = [
  ...idCardKinds.map(
    (kind): Case => ({
      ...base,
      name: kindNames[kind],
      expected: granted,
      async play({ in: gate }, { nextPerson }) {
        await externalShows(gate, nextPerson(kind), 'research');
        await gate.walk();
      },
    }),
  ),
  {
    ...base,
    name: '长期: a card that never runs out',
    expected: granted,
    async play({ in: gate }, { person }) {
      await externalShows(gate, validUntil(person, null), 'research');
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'in the last second of the card’s last day',
    expected: granted,
    async play({ in: gate, sleepUntil, waitUntil }, { person }) {
      await sleepUntil('23:59:45');
      gate.begin();
      await gate.laysCard(validUntil(person, today(gate)));
      await gate.measure(healthy);
      await waitUntil('23:59:59');
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'read on the card’s last day, decided after midnight',
    expected: 'deny expired',
    async play({ in: gate, sleepUntil, waitUntil }, { person }) {
      await sleepUntil('23:59:45');
      gate.begin();
      await gate.laysCard(validUntil(person, today(gate)));
      await gate.measure(healthy);
      await waitUntil('00:00:00');
      await gate.scan(gate.papers.externalForm(person, 'research'));
    },
  },
  {
    ...base,
    name: 'a card that begins only next year',
    expected: 'deny not-yet-valid, deny incomplete',
    async play({ in: gate }, { person }) {
      await externalShows(gate, { ...person, validFrom: '2021-01-01' }, 'research');
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'a person whom the revocation list names',
    expected: 'deny revoked, deny incomplete',
    async play({ in: gate }, { person }) {
      gate.papers.revokeHolder(person);
      await externalShows(gate, person, 'research');
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'form from before the change of the site’s pepper',
    expected: granted,
    async play({ in: gate }, { person }) {
      await externalShows(gate, person, 'research', { olderPepper: true });
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'registry key of the future: sealed to it all the same',
    expected: `registry early, ${granted}`,
    async play({ in: gate, setRegistry }, { person }) {
      setRegistry('early');
      await externalShows(gate, person, 'research');
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'card left lying: starts nothing for the next one',
    expected: 'grant lab-external, passed, deny incomplete',
    async play({ in: gate }, { person }) {
      await externalShows(gate, person, 'research');
      await gate.walk();
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.measure(healthy);
      await gate.pause(silentMs);
    },
  },
  {
    ...base,
    gate: 'building',
    name: 'left lying on a module that falls silent: nothing either',
    expected: 'grant lab-external, passed, deny incomplete',
    async play({ building }, { person }) {
      await externalShows(building, person, 'research');
      await building.walk();
      await building.pause(60_000);
      await building.scan(building.papers.externalForm(person, 'research'));
      await building.measure(healthy);
      await building.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'card left lying, taken away and laid again: it counts',
    expected: 'grant lab-external, flagged, passed',
    async play({ in: gate }, { person }) {
      await externalShows(gate, person, 'research');
      await gate.walk();
      await gate.pause(60_000);
      await gate.takesCard();
      gate.begin();
      await externalShows(gate, person, 'research');
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'another card laid on in the middle: the next person',
    expected: 'next person, deny wrong-holder, deny incomplete',
    async play({ in: gate }, { person, otherPerson }) {
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.takesCard();
      await gate.laysCard(otherPerson);
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.pause(silentMs);
    },
  },
];
