/**
 * Who can be played at `/sim`: one for each rule and stop, and some with whom something is wrong.
 * Everybody has own papers by fresh keys; the next cast are other people.
 */
import type { Phrase } from '../../../config/policy.js';
import { credentialTitles, type Direction } from '../../../config/vocabulary.js';
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { Fresh } from '../cases/case.js';
import { feverish, hasExpired, healthy, unreadable } from '../cases/shows.js';
import type { Papers } from '../papers.js';

export interface SamplePaper {
  readonly id: string;
  readonly title: Phrase;
  /** a phone shows its code anew when it has been used; paper stays what it is */
  readonly carrier: 'paper' | 'phone';
  issue(): string;
}

export interface SamplePerson {
  /** a rule's or a stop's id, or what is wrong */
  readonly id: string;
  readonly name: Phrase;
  /** what to do with them */
  readonly hint: Phrase;
  readonly direction: Direction | 'both';
  readonly papers: readonly SamplePaper[];
  /** lies on the reader as this; null: none */
  readonly card: IdCard | Uint8Array | null;
  readonly celsius: number;
}

export interface CastOptions {
  readonly papers: Papers;
  fresh(): Fresh;
  /** a code that has been used at a gate; null: none has */
  usedCode(): string | null;
}

/** A code that pays for vegetables. */
const paymentCode = 'https://example.com/pay?id=8841';
const form: Phrase = { zh: '工作人员入校审批表', en: 'staff entry form' };
const labForm: Phrase = { zh: '实验室上岗审批表', en: 'laboratory duty form' };
const externalForm: Phrase = { zh: '外协人员入校审批表', en: 'external entry form' };

/** @returns the cast, with new people each time */
export function samplePeople({ papers, fresh, usedCode }: CastOptions): readonly SamplePerson[] {
  const people: SamplePerson[] = [];
  const add = (
    id: string,
    name: Phrase,
    hint: Phrase,
    rest: Partial<Omit<SamplePerson, 'id' | 'name' | 'hint'>>,
  ): void => {
    const usual = { direction: 'both', papers: [], card: null, celsius: healthy } as const;
    people.push({ id, name, hint, ...usual, ...rest });
  };
  const paper = (id: string, title: Phrase, text: string): SamplePaper => ({
    ...{ id, title, carrier: 'paper' as const },
    issue: () => text,
  });
  const code = (campusId: string): SamplePaper => ({
    id: 'code',
    title: credentialTitles['campus-card-code'],
    carrier: 'phone',
    issue: () => papers.code(campusId),
  });
  const pass = (household: string): SamplePaper =>
    paper('pass', credentialTitles['residence-pass'], papers.pass(household));
  const ticket = (household: string): SamplePaper =>
    paper('ticket', credentialTitles['exit-entry-ticket'], papers.ticket(household));
  const staffPapers = (campusId: string): readonly SamplePaper[] => [
    paper('form', form, papers.form(campusId)),
    code(campusId),
  ];
  const badge = papers.guardBadge(fresh().guardId);

  const duty = fresh();
  add('duty-staff', { zh: '值班职工', en: 'Staff on duty' }, shows('form', 'code'), {
    papers: staffPapers(duty.campusId),
  });
  const lab = fresh();
  add('lab-staff', { zh: '实验室科研人员', en: 'Laboratory staff' }, shows('form', 'code'), {
    papers: [paper('form', labForm, papers.labForm(lab.campusId)), code(lab.campusId)],
  });
  const collaborator = fresh();
  add(
    'lab-external',
    { zh: '校外科研协作人员', en: 'Research collaborator' },
    shows('form', 'card'),
    {
      papers: [paper('form', externalForm, papers.externalForm(collaborator.person, 'research'))],
      card: collaborator.person,
    },
  );
  const clerk = fresh();
  add('posted-service', { zh: '驻校银行职员', en: 'Bank clerk' }, shows('form', 'card'), {
    papers: [
      paper('form', externalForm, papers.externalForm(clerk.person, 'service')),
      paper(
        'certificate',
        credentialTitles['resumption-certificate'],
        papers.certificate(clerk.person),
      ),
    ],
    card: clerk.person,
  });
  const cook = fresh();
  add('logistics-service', { zh: '后勤厨师', en: 'Cook, logistics' }, shows('form', 'card'), {
    papers: [paper('form', externalForm, papers.externalForm(cook.person, 'logistics'))],
    card: cook.person,
  });
  const visit = fresh();
  add(
    'hosted-visitor',
    { zh: '来访人员与接待人', en: 'Visitor, with the host' },
    {
      zh: '来访报备、身份证、测温，最后接待人出示校园卡码',
      en: 'Filing, ID card, temperature, then the code of the host',
    },
    {
      papers: [
        paper(
          'filing',
          credentialTitles['visit-filing'],
          papers.visitFiling(visit.person, visit.campusId),
        ),
        {
          ...code(visit.campusId),
          title: { zh: '接待人校园卡码', en: 'campus card code of the host' },
        },
      ],
      card: visit.person,
    },
  );
  const worker = fresh();
  add(
    'resident-outside-unit',
    { zh: '外单位职工住户', en: 'Resident, outside unit' },
    goesOutFirst,
    {
      direction: 'out',
      papers: [
        paper(
          'certificate',
          credentialTitles['resumption-certificate'],
          papers.certificate(worker.person),
        ),
        pass(worker.household),
      ],
      card: worker.person,
    },
  );
  const resident = fresh();
  add('resident', { zh: '校内住户', en: 'Resident' }, goesOutFirst, {
    direction: 'out',
    papers: [pass(resident.household), ticket(resident.household)],
  });
  for (const [id, zh, en] of [
    ['returning-tenant', '外地返哈租户', 'Tenant, back'],
    ['returning-outside-unit', '外地返哈外单位住户', 'Outside unit, back'],
    ['returning-staff', '外地返哈职工', 'Resident staff, back'],
  ] as const) {
    const back = fresh();
    add(id, { zh, en }, guardSelects, {
      direction: 'in',
      papers: id === 'returning-staff' ? [] : [pass(back.household)],
      card: back.person,
    });
  }
  const student = fresh();
  add('student', { zh: '学生', en: 'Student' }, stops, {
    papers: [{ ...code(student.campusId), issue: () => papers.studentCode(student.campusId) }],
  });
  add('fever', { zh: '发热职工', en: 'Staff with a fever' }, stops, {
    papers: staffPapers(fresh().campusId),
    celsius: feverish,
  });
  const isolated = fresh();
  add('isolation', { zh: '隔离期住户', en: 'Resident in isolation' }, stops, {
    direction: 'out',
    papers: [pass(isolated.household), ticket(isolated.household)],
    card: isolated.person,
  });
  const revoked = fresh();
  add('revoked', { zh: '审批已撤销的职工', en: 'Form revoked' }, refused, {
    papers: [paper('form', form, papers.revokedForm(revoked.campusId)), code(revoked.campusId)],
  });
  const late = fresh();
  add('expired', { zh: '审批已过期的职工', en: 'Form expired' }, refused, {
    papers: [paper('form', form, papers.form(late.campusId, hasExpired)), code(late.campusId)],
  });
  const copier = fresh();
  add('screenshot', { zh: '持截图者', en: 'Old screenshot' }, refused, {
    papers: [
      paper('form', form, papers.form(copier.campusId)),
      {
        id: 'code',
        title: { zh: '用过的校园卡码截图', en: 'screenshot of a used code' },
        carrier: 'paper',
        issue: () => usedCode() ?? papers.code(copier.campusId, hasExpired),
      },
    ],
  });
  add('stranger', { zh: '持付款码的路人', en: 'Stranger, payment code' }, refused, {
    papers: [paper('payment', { zh: '付款码', en: 'payment code' }, paymentCode)],
  });
  add('unreadable-card', { zh: '身份证读不出', en: 'ID card unreadable' }, guardOpens, {
    card: unreadable,
  });
  add(
    'child',
    { zh: '带孩子的职工', en: 'Staff with a child' },
    {
      zh: '值班门卫按 NEXT 选“带儿童”并 CONFIRM，再“两人走”',
      en: 'The guard on duty confirms “with a child” (NEXT, CONFIRM), then two walk',
    },
    { papers: staffPapers(fresh().campusId) },
  );
  add('guard', { zh: '门卫', en: 'Guard' }, guardBadge, {
    papers: [paper('badge', credentialTitles['guard-badge'], badge)],
  });
  return people;
}

/** Ids that the other gates know as isolated: of the sample person of that name. */
export const isolatedPerson = 'isolation';

function shows(...what: readonly ('form' | 'code' | 'card')[]): Phrase {
  const words = { form: '审批表', code: '校园卡码', card: '身份证' } as const;
  const english = { form: 'form', code: 'campus card code', card: 'ID card' } as const;
  return {
    zh: `${what.map((one) => words[one]).join('、')}、测温，然后通行`,
    en: `${what.map((one) => english[one]).join(', ')}, temperature, then walk`,
  };
}

const goesOutFirst: Phrase = {
  zh: '先从出口离校，再凭同样证件从入口返回',
  en: 'Go out at the gate out, then come back in with the same papers',
};
const guardSelects: Phrase = {
  zh: '刷身份证、测温；值班门卫按 NEXT 选类别，逐项 CONFIRM',
  en: 'ID card, temperature; the guard on duty chooses the case (NEXT) and confirms each',
};
const stops: Phrase = { zh: '应被拦下：请到门卫处', en: 'Is stopped: see the guard' };
const refused: Phrase = { zh: '应被拒绝', en: 'Is refused' };
const guardOpens: Phrase = { zh: '转门卫：登记后 OPEN', en: 'Referred: the guard registers, OPEN' };
const guardBadge: Phrase = {
  zh: '“门卫上岗”会按住 NEXT 刷证；单独出示只会报警',
  en: '“On duty” scans it while NEXT is held; alone it is an alarm',
};
