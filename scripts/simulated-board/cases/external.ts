/** Who comes from outside to work (三.2, 五, 六): a form that names the number on the own ID card. */
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { Purpose } from '../../../kiosk/credential/claims.js';
import type { Stage } from '../stage.js';
import type { Case } from './case.js';
import {
  externalShows,
  feverish,
  guardComes,
  healthy,
  silentMs,
  unreadable,
  validUntil,
} from './shows.js';

interface Work {
  readonly rule: string;
  readonly clause: string;
  readonly purpose: Purpose;
  /** what the rule asks for beside form, card and temperature; shown first */
  also(stage: Stage, person: IdCard): Promise<void>;
}

const nothingElse = (): Promise<void> => Promise.resolve();
const research: Work = {
  rule: 'lab-external',
  clause: '三.2',
  purpose: 'research',
  also: nothingElse,
};
const logistics: Work = {
  rule: 'logistics-service',
  clause: '六',
  purpose: 'logistics',
  also: nothingElse,
};
const service: Work = {
  rule: 'posted-service',
  clause: '五',
  purpose: 'service',
  also: (stage, person) => stage.scan(stage.papers.certificate(person)),
};

/** What the three have in common. */
function formAndCard({ rule, clause, purpose, also }: Work): readonly Case[] {
  const base = { rule, clause, gate: 'in' } as const;
  return [
    {
      ...base,
      name: 'papers, own ID card, temperature: goes in',
      expected: `grant ${rule}, passed`,
      async play({ in: gate }, { person }) {
        await also(gate, person);
        await externalShows(gate, person, purpose);
        await gate.walk();
      },
    },
    {
      ...base,
      name: 'the card before the papers: goes out',
      gate: 'out',
      expected: `grant ${rule}, passed`,
      async play({ out }, { person }) {
        await out.laysCard(person);
        await out.measure(healthy);
        await also(out, person);
        await out.scan(out.papers.externalForm(person, purpose));
        await out.walk();
      },
    },
    {
      ...base,
      name: 'at the door of a laboratory',
      gate: 'building',
      expected: `grant ${rule}, passed`,
      async play({ building }, { person }) {
        await also(building, person);
        await externalShows(building, person, purpose, { zones: ['lab-7'] });
        await building.walk();
      },
    },
    {
      ...base,
      name: 'no ID card',
      expected: 'deny incomplete',
      async play({ in: gate }, { person }) {
        await also(gate, person);
        await gate.scan(gate.papers.externalForm(person, purpose));
        await gate.pause(silentMs);
      },
    },
    {
      ...base,
      name: 'ID card that ran out yesterday',
      expected: 'deny expired, deny incomplete',
      async play({ in: gate }, { person }) {
        await also(gate, person);
        await externalShows(gate, validUntil(person, '2020-02-11'), purpose);
        await gate.pause(silentMs);
      },
    },
    {
      ...base,
      name: 'a copy of somebody else’s form',
      expected: 'deny wrong-holder',
      async play({ in: gate }, { person, otherPerson }) {
        await gate.laysCard(person);
        await gate.scan(gate.papers.externalForm(otherPerson, purpose));
      },
    },
    {
      ...base,
      name: 'a copy of somebody else’s form, on the way out',
      gate: 'out',
      expected: 'refer wrong-holder',
      async play({ out }, { person, otherPerson }) {
        await out.scan(out.papers.externalForm(otherPerson, purpose));
        await out.laysCard(person);
      },
    },
    {
      ...base,
      name: 'ID card that cannot be read',
      expected: 'refer card-unreadable',
      async play({ in: gate }, { person }) {
        await gate.scan(gate.papers.externalForm(person, purpose));
        await gate.laysCard(unreadable);
      },
    },
    {
      ...base,
      name: 'nobody’s key to seal the details to',
      expected: 'registry none, refer registry-missing',
      async play({ in: gate, setRegistry }, { person }) {
        setRegistry('none');
        await also(gate, person);
        await externalShows(gate, person, purpose);
      },
    },
  ];
}

const posted = { rule: 'posted-service', clause: '五', gate: 'in' } as const;

export const externalCases: readonly Case[] = [
  ...formAndCard(research),
  ...formAndCard(service),
  {
    ...posted,
    name: 'resumption certificate on paper: the guard has seen it',
    expected: 'attested resumption-certificate, grant posted-service, passed',
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await externalShows(gate, person, 'service');
      await gate.confirm('attest:resumption-certificate');
      await gate.walk();
    },
  },
  {
    ...posted,
    name: 'certificate that names nobody',
    expected: 'grant posted-service, passed',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.certificate(null));
      await externalShows(gate, person, 'service');
      await gate.walk();
    },
  },
  {
    ...posted,
    name: 'no certificate, and no guard',
    expected: 'deny incomplete',
    async play({ in: gate }, { person }) {
      await externalShows(gate, person, 'service');
      await gate.pause(silentMs);
    },
  },
  {
    ...posted,
    name: 'certificate of somebody else',
    expected: 'deny wrong-holder',
    async play({ in: gate }, { person, otherPerson }) {
      await externalShows(gate, person, 'service');
      await gate.scan(gate.papers.certificate(otherPerson));
    },
  },
  {
    ...posted,
    name: 'forged certificate: the guard’s word does not replace it',
    expected: 'deny unknown-key, deny incomplete',
    async play({ in: gate }, { person, guardId }) {
      await guardComes(gate, guardId);
      await externalShows(gate, person, 'service');
      await gate.scan(gate.papers.certificate(person, { by: 'stranger' }));
      await gate.confirm('attest:resumption-certificate');
      await gate.pause(silentMs);
    },
  },
  ...formAndCard(logistics),
  {
    rule: 'logistics-service',
    clause: '六',
    gate: 'in',
    name: 'fever: all papers in order all the same',
    expected: 'refer fever',
    async play({ in: gate }, { person }) {
      await gate.scan(gate.papers.externalForm(person, 'logistics'));
      await gate.laysCard(person);
      await gate.measure(feverish);
    },
  },
];
