/** Who comes to the gate of `npm start`, at the pace of people. */
import { type Fresh, feverish, healthy } from './cases/case.js';
import type { Stage } from './stage.js';

export interface Visitor {
  readonly rule: string;
  readonly name: string;
  play(stage: Stage, fresh: Fresh): Promise<void>;
  /** until the gate is free for the next one */
  leave(stage: Stage): Promise<void>;
}

const silentMs = 31_000;
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
      await showsPapers(stage, [stage.papers.form(campusId, { from: -7200, until: -1 })]);
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
      await stage.laysCard(person);
      await stage.takesCard();
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
      await stage.laysCard(person);
      await stage.takesCard();
      await stage.measure(healthy);
      await showsPapers(stage, [stage.papers.code(campusId)]);
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
