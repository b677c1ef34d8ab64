/** Who comes to the gate of `npm start`, at the pace of people. */

import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import type { Fresh } from './cases/case.js';
import { feverish, hasExpired, healthy, silentMs, unreadable } from './cases/shows.js';
import type { Stage } from './stage.js';

export interface Visitor {
  readonly rule: string;
  readonly name: string;
  play(stage: Stage, fresh: Fresh): Promise<void>;
  /** until the gate is free for the next one */
  leave(stage: Stage): Promise<void>;
}

const readsTheScreenMs = 1_800;

/** The next visitor may come as soon as this one's attempt is over, or at once with other papers. */
const goesAway = (stage: Stage): Promise<void> => stage.pause(1_000);
const guardAcknowledges = async (stage: Stage): Promise<void> => {
  await stage.pause(4_000);
  await stage.press('acknowledge');
};

const guardSendsAway = async (stage: Stage): Promise<void> => {
  await stage.pause(4_000);
  await stage.press('refuse');
};

/** Whoever is on duty; the badge of the one before may have run out. */
async function guardIsThere(stage: Stage, { guardId }: Fresh): Promise<void> {
  if (stage.state().duty === null) await stage.badge(guardId);
}

/** Looks at the booth's page, takes a moment, and confirms. */
async function guardConfirms(stage: Stage, meaning: string): Promise<void> {
  await stage.pause(readsTheScreenMs);
  await stage.confirm(meaning);
}

/** Lays the ID card, and takes it away again. */
async function showsCard(stage: Stage, card: IdCard | Uint8Array): Promise<void> {
  await stage.laysCard(card);
  await stage.takesCard();
}

async function showsPapers(stage: Stage, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await stage.scan(text);
    await stage.pause(readsTheScreenMs);
  }
}

export const visitors: readonly [Visitor, ...Visitor[]] = [
  {
    rule: 'duty-staff',
    name: 'a member of staff on duty',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.form(campusId), stage.papers.code(campusId)]);
      await stage.measure(healthy);
      await stage.pause(700);
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'duty-staff',
    name: 'another, who is measured first',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.code(campusId)]);
      await stage.measure(healthy);
      await stage.pause(readsTheScreenMs);
      await showsPapers(stage, [stage.papers.form(campusId)]);
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'duty-staff',
    name: 'one who does not walk through',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.form(campusId), stage.papers.code(campusId)]);
      await stage.measure(healthy);
      await stage.pause(6_000);
    },
    leave: goesAway,
  },
  {
    rule: 'duty-staff',
    name: 'one whose form has expired',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.form(campusId, hasExpired)]);
      await stage.pause(2_000);
    },
    leave: goesAway,
  },
  {
    rule: 'duty-staff',
    name: 'one who has forgotten the campus card code',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.form(campusId)]);
      await stage.measure(healthy);
      await stage.pause(silentMs);
    },
    leave: goesAway,
  },
  {
    rule: 'lab-staff',
    name: 'a researcher on duty in a laboratory',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.labForm(campusId), stage.papers.code(campusId)]);
      await stage.measure(healthy);
      await stage.pause(700);
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'lab-external',
    name: 'a collaborator with form and ID card',
    async play(stage, { person }) {
      await showsPapers(stage, [stage.papers.externalForm(person, 'research')]);
      await showsCard(stage, person);
      await stage.measure(healthy);
      await stage.pause(700);
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'hosted-visitor',
    name: 'a visitor, with the host',
    async play(stage, { person, campusId }) {
      await showsPapers(stage, [stage.papers.visitFiling(person, campusId)]);
      await showsCard(stage, person);
      await stage.measure(healthy);
      await showsPapers(stage, [stage.papers.code(campusId)]);
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'hosted-visitor',
    name: 'a visitor whose host does not come',
    async play(stage, { person, campusId }) {
      await showsPapers(stage, [stage.papers.visitFiling(person, campusId)]);
      await showsCard(stage, person);
      await stage.measure(healthy);
      await stage.pause(silentMs);
    },
    leave: goesAway,
  },
  {
    rule: 'posted-service',
    name: 'bank staff, the certificate on paper',
    async play(stage, fresh) {
      const { person } = fresh;
      await guardIsThere(stage, fresh);
      await showsPapers(stage, [stage.papers.externalForm(person, 'service')]);
      await showsCard(stage, person);
      await stage.measure(healthy);
      await guardConfirms(stage, 'attest:resumption-certificate');
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'logistics-service',
    name: 'a cook with somebody else’s form',
    async play(stage, { person, otherPerson }) {
      await showsCard(stage, person);
      await showsPapers(stage, [stage.papers.externalForm(otherPerson, 'logistics')]);
    },
    leave: guardSendsAway,
  },
  {
    rule: 'resident',
    name: 'a resident whose exit is not known (the guard asks)',
    async play(stage, fresh) {
      const { household } = fresh;
      await guardIsThere(stage, fresh);
      await showsPapers(stage, [stage.papers.pass(household), stage.papers.ticket(household)]);
      await stage.measure(healthy);
      await guardConfirms(stage, 'attest:not-returning');
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'resident-outside-unit',
    name: 'a resident back from work (the guard asks)',
    async play(stage, fresh) {
      const { person, household } = fresh;
      await guardIsThere(stage, fresh);
      await showsPapers(stage, [stage.papers.certificate(person), stage.papers.pass(household)]);
      await showsCard(stage, person);
      await stage.measure(healthy);
      await guardConfirms(stage, 'attest:not-returning');
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'returning-tenant',
    name: 'a tenant back from outside Harbin',
    async play(stage, fresh) {
      await guardIsThere(stage, fresh);
      await showsCard(stage, fresh.person);
      await stage.measure(healthy);
      await guardConfirms(stage, 'case:returning-tenant');
      for (const what of ['questions', 'landlord', 'property-office'])
        await guardConfirms(stage, `attest:${what}`);
      await stage.details({ 'where-from': '武汉', transport: '火车', phone: '0451-000000' });
      await guardConfirms(stage, 'day:');
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'nobody',
    name: 'one whose ID card cannot be read (the guard opens)',
    async play(stage, fresh) {
      await guardIsThere(stage, fresh);
      await showsCard(stage, unreadable);
      await stage.pause(readsTheScreenMs);
      await stage.press('open');
      await guardConfirms(stage, 'reason:registered-by-hand');
      await stage.walk();
    },
    leave: goesAway,
  },
  {
    rule: 'fever',
    name: 'one with a fever (the guard comes)',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.form(campusId), stage.papers.code(campusId)]);
      await stage.measure(feverish);
      await stage.pause(3_000);
    },
    leave: guardSendsAway,
  },
  {
    rule: 'student',
    name: 'a student (held until the guard acknowledges)',
    async play(stage, { campusId }) {
      await showsPapers(stage, [stage.papers.studentCode(campusId)]);
    },
    leave: guardAcknowledges,
  },
  {
    rule: 'nobody',
    name: 'one with a payment code',
    async play(stage) {
      await showsPapers(stage, ['https://example.com/pay?id=8841']);
      await stage.pause(2_500);
    },
    leave: goesAway,
  },
];
