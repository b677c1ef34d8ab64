/** Each rule's own paper, refused for each of the reasons that a paper alone can be refused for. */
import type { Reason } from '../../../config/vocabulary.js';
import type { Change, Papers } from '../papers.js';
import type { Case, Fresh, GateName } from './case.js';

interface Own {
  readonly rule: string;
  readonly clause: string;
  readonly gate: GateName;
  readonly title: string;
  /** what is wrong with it, and the reason that follows */
  readonly wrong: readonly (readonly [what: string, reason: Reason, change: Change])[];
  issue(papers: Papers, fresh: Fresh, change: Change): string;
}

const hour = 3_600;
const day = 24 * hour;
const expired = ['run out', 'expired', { from: -2 * hour, until: -1 }] as const;
const early = ['for tomorrow', 'not-yet-valid', { from: hour, until: 2 * day }] as const;
const revoked = ['revoked', 'revoked', { revoked: true }] as const;
const forged = ['signed by a stranger', 'unknown-key', { by: 'stranger' }] as const;
const foreign = ['for another gate', 'wrong-zone', { zones: ['library'] }] as const;
const byPersonnel = ['signed by another office', 'kind-not-allowed', { by: 'personnel' }] as const;
const byProperty = ['signed by another office', 'kind-not-allowed', { by: 'property' }] as const;
const always = [expired, early, revoked, forged] as const;

const owns: readonly Own[] = [
  {
    rule: 'lab-staff',
    clause: '三.1',
    gate: 'in',
    title: 'laboratory form',
    wrong: [...always, byProperty, foreign],
    issue: (papers, { campusId }, change) => papers.labForm(campusId, change),
  },
  {
    rule: 'lab-external',
    clause: '三.2',
    gate: 'in',
    title: 'collaborator’s form',
    wrong: [...always, byProperty, foreign],
    issue: (papers, { person }, change) => papers.externalForm(person, 'research', change),
  },
  {
    rule: 'posted-service',
    clause: '五',
    gate: 'in',
    title: 'service form',
    wrong: [...always, byProperty, foreign],
    issue: (papers, { person }, change) => papers.externalForm(person, 'service', change),
  },
  {
    rule: 'logistics-service',
    clause: '六',
    gate: 'out',
    title: 'logistics form',
    wrong: [...always, byProperty, foreign],
    issue: (papers, { person }, change) => papers.externalForm(person, 'logistics', change),
  },
  {
    rule: 'hosted-visitor',
    clause: '八',
    gate: 'in',
    title: 'visit filing',
    wrong: [
      ...always,
      byPersonnel,
      foreign,
      ['good for eight days', 'lifetime-too-long', { from: 0, until: 8 * day }],
    ],
    issue: (papers, { person, campusId }, change) => papers.visitFiling(person, campusId, change),
  },
  {
    rule: 'resident-outside-unit',
    clause: '七.2',
    gate: 'out',
    title: 'resumption certificate',
    wrong: [...always, byPersonnel],
    issue: (papers, { person }, change) => papers.certificate(person, change),
  },
  {
    rule: 'resident',
    clause: '七.1',
    gate: 'out',
    title: 'residence pass',
    wrong: [...always, byPersonnel],
    issue: (papers, { household }, change) => papers.pass(household, change),
  },
  {
    rule: 'resident',
    clause: '七.1',
    gate: 'out',
    title: 'ticket',
    wrong: [
      revoked,
      forged,
      ['good for five days', 'lifetime-too-long', { from: 0, until: 5 * day }],
    ],
    issue: (papers, { household }, change) => papers.ticket(household, 0, change),
  },
];

export const paperCases: readonly Case[] = owns.flatMap(
  ({ rule, clause, gate, title, wrong, issue }) =>
    wrong.map(
      ([what, reason, change]): Case => ({
        rule,
        clause,
        gate,
        name: `${title} ${what}`,
        expected: `${gate === 'out' ? 'refer' : 'deny'} ${reason}`,
        async play(stages, fresh) {
          const stage = stages[gate];
          await stage.scan(issue(stage.papers, fresh, change));
        },
      }),
    ),
);
