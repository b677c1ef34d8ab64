/** Whoever shows an ID card: collaborators (三.2), posted service (五), logistics (六), 七.2. */
import { type Case, confirms, feverish, healthy, outsideCelsius } from './case.js';

const research = { rule: 'lab-external', clause: '三.2', gate: 'in' } as const;
const service = { rule: 'posted-service', clause: '五', gate: 'in' } as const;
const logistics = { rule: 'logistics-service', clause: '六', gate: 'in' } as const;
const unit = { rule: 'resident-outside-unit', clause: '七.2', gate: 'out' } as const;

export const outsideCases: readonly Case[] = [
  {
    ...research,
    name: 'form, own card, temperature: registered and in',
    expected: 'grant lab-external, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...research,
    name: 'card first, then temperature and form',
    expected: 'grant lab-external, passed',
    async play({ in: gate }, { person }) {
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.walk();
    },
  },
  {
    ...research,
    gate: 'building',
    name: 'at the laboratory’s door',
    expected: 'grant lab-external, passed',
    async play({ building: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research', { zones: ['lab-7'] }));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...research,
    name: 'a copy of somebody else’s form',
    expected: 'deny wrong-holder',
    async play({ in: gate }, { person, otherPerson }) {
      await gate.scan(gate.papers.externalForm(otherPerson, 'research'));
      await gate.laysCard(person);
    },
  },
  {
    ...research,
    name: 'form without a card',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.measure(healthy);
      await gate.pause(31_000);
    },
  },
  {
    ...research,
    name: 'card that has run out',
    expected: 'deny expired',
    async play({ in: gate }, { person }) {
      await gate.laysCard({ ...person, validTo: '2020-02-11' });
    },
  },
  {
    ...research,
    name: 'card on its last day',
    expected: 'grant lab-external, passed',
    async play({ in: gate }, { person }) {
      const today = new Date(gate.board.gate.state().time.wallMs + 8 * 3_600_000);
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.laysCard({ ...person, validTo: today.toISOString().slice(0, 10) });
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...research,
    name: 'card for ever (长期)',
    expected: 'grant lab-external, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.laysCard({ ...person, validTo: null });
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...research,
    name: 'card that cannot be read: registered by hand',
    expected: 'refer card-unreadable, open unspecified, for no-id-card, passed',
    async play({ in: gate }, { guardId }) {
      await gate.badge(guardId);
      await gate.laysCard(new Uint8Array(256));
      await gate.press('open');
      await gate.walk();
      await confirms(gate, 'reason:no-id-card');
      await gate.takesCard();
    },
  },
  {
    ...research,
    name: 'card left lying starts nothing until it is taken away',
    expected: 'grant lab-external, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.walk();
      await gate.pause(60_000);
      await gate.takesCard();
    },
  },
  {
    ...research,
    name: 'fever: sealed, and told to the health office',
    expected: 'refer fever',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'research'));
      await gate.laysCard(person);
      await gate.measure(feverish);
    },
  },
  {
    ...service,
    name: 'form, own card, signed certificate: in',
    expected: 'grant posted-service, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'service'));
      await gate.laysCard(person);
      await gate.scan(gate.papers.certificate(person));
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...service,
    name: 'certificate that names nobody',
    expected: 'grant posted-service, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.certificate(null));
      await gate.scan(gate.papers.externalForm(person, 'service'));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...service,
    name: 'certificate on paper, seen by the guard',
    expected: 'grant posted-service, passed',
    async play({ in: gate }, { person, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.externalForm(person, 'service'));
      await gate.laysCard(person);
      await confirms(gate, 'attest:resumption-certificate');
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...service,
    name: 'certificate of somebody else',
    expected: 'deny wrong-holder',
    async play({ in: gate }, { person, otherPerson }) {
      await gate.scan(gate.papers.externalForm(person, 'service'));
      await gate.laysCard(person);
      await gate.scan(gate.papers.certificate(otherPerson));
    },
  },
  {
    ...service,
    name: 'no certificate',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'service'));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.pause(31_000);
    },
  },
  {
    ...service,
    gate: 'out',
    name: 'goes out',
    expected: 'grant posted-service, passed',
    async play({ out: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'service'));
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...logistics,
    name: 'form, own card, temperature: in',
    expected: 'grant logistics-service, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'logistics'));
      await gate.laysCard(person);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...logistics,
    name: 'cold wrist and nothing else',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'logistics'));
      await gate.laysCard(person);
      await gate.measure(healthy, outsideCelsius);
      await gate.pause(31_000);
    },
  },
  {
    ...unit,
    name: 'certificate, own card, pass: goes to work',
    expected: 'grant resident-outside-unit, passed',
    async play({ out: gate }, { person, household }) {
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...unit,
    gate: 'in',
    name: 'comes home: this exit is known',
    expected: 'grant resident-outside-unit, passed',
    async play({ in: gate, out }, { person, household }) {
      for (const stage of [out, gate]) {
        await stage.scan(stage.papers.certificate(person));
        await stage.laysCard(person);
        await stage.scan(stage.papers.pass(household));
        await stage.measure(healthy);
        await stage.walk();
        await stage.takesCard();
      }
    },
  },
  {
    ...unit,
    gate: 'in',
    name: 'exit unknown; the guard asks: not back from outside',
    expected: 'grant resident-outside-unit, passed',
    async play({ in: gate }, { person, household, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
      await confirms(gate, 'attest:not-returning');
      await gate.walk();
    },
  },
  {
    ...unit,
    gate: 'in',
    name: 'exit unknown, booth empty',
    expected: 'refer exit-unknown',
    async play({ in: gate }, { person, household }) {
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
    },
  },
  {
    ...unit,
    name: 'neither certificate nor pass names anybody',
    expected: 'refer holder-unnamed',
    async play({ out: gate }, { person, household }) {
      await gate.scan(gate.papers.certificate(null));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
    },
  },
  {
    ...unit,
    name: 'named by the pass; the certificate names nobody',
    expected: 'grant resident-outside-unit, passed',
    async play({ out: gate }, { person, household }) {
      await gate.scan(gate.papers.certificate(null));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household, { holder: person }));
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...unit,
    name: 'pass of somebody else',
    expected: 'refer wrong-holder',
    async play({ out: gate }, { person, otherPerson, household }) {
      await gate.scan(gate.papers.certificate(person));
      await gate.laysCard(person);
      await gate.scan(gate.papers.pass(household, { holder: otherPerson }));
    },
  },
];
