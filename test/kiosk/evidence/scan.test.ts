/** What a scan's evidence says of each kind of paper, and what it keeps to itself. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import type { DocumentEvidence, Identity } from '../../../kiosk/core/evidence.js';
import { personToken } from '../../../kiosk/credential/tokens.js';
import { evidenceDesk } from '../../../kiosk/evidence/desk.js';
import { openCampus } from '../../../scripts/simulated-board/papers.js';
import { crowd } from '../../../scripts/simulated-board/people.js';
import { settings, startWallMs } from '../core/hands.js';

const clock = virtualClock({ wallMs: startWallMs });
const { papers, verifier } = openCampus(clock, 480);
const [pepper] = verifier.peppers;
const person = crowd(() => startWallMs)();
const staff = '2019000012';
const host = '1998000034';
const guard = '1998000056';
const campusId = (id: string): string => personToken(pepper, 'campus-id', id);
const household: Identity = {
  space: 'household',
  token: personToken(pepper, 'household', '3-1-202'),
};
const moment = { takenMs: 1_000, wallMs: startWallMs };

function freshDesk() {
  return evidenceDesk({
    ticketsSeen: () => [],
    settings: settings(),
    verifier,
    scheduler: clock,
    random: randomBytes,
    registryChanged: () => {},
  });
}

function accepted(text: string): DocumentEvidence {
  const evidence = freshDesk().scan(text, moment);
  if (evidence.type !== 'document') throw new Error(evidence.reason);
  return evidence;
}

const nothing = {
  variant: null,
  purpose: null,
  identity: null,
  host: null,
  unit: null,
  guard: null,
  masked: null,
};

test.each<[string, string, Partial<DocumentEvidence>]>([
  [
    'approval form',
    papers.form(staff),
    {
      variant: 'staff-entry',
      identity: { space: 'campus-id', token: campusId(staff) },
      masked: '20****12',
    },
  ],
  [
    'laboratory form',
    papers.labForm(staff),
    {
      variant: 'lab-duty',
      identity: { space: 'campus-id', token: campusId(staff) },
      masked: '20****12',
    },
  ],
  [
    'collaborator’s form',
    papers.externalForm(person, 'research'),
    { variant: 'external-entry', purpose: 'research' },
  ],
  [
    'service form',
    papers.externalForm(person, 'service'),
    { variant: 'external-entry', purpose: 'service' },
  ],
  [
    'logistics form',
    papers.externalForm(person, 'logistics'),
    { variant: 'external-entry', purpose: 'logistics' },
  ],
  [
    'student’s code',
    papers.studentCode(staff),
    {
      variant: 'student',
      identity: { space: 'campus-id', token: campusId(staff) },
      unit: '计算学部',
      masked: '20****12',
    },
  ],
  ['residence pass', papers.pass('3-1-202'), { identity: household }],
  [
    'residence pass that names a resident',
    papers.pass('3-1-202', { holder: person }),
    { identity: household },
  ],
  ['ticket', papers.ticket('3-1-202'), { identity: household }],
  ['certificate', papers.certificate(person), {}],
  ['visit filing', papers.visitFiling(person, host), { host: campusId(host), unit: '总务处' }],
  ['guard badge', papers.guardBadge(guard), { guard: campusId(guard), masked: '19****56' }],
])('a %s says whose it is as a token, and what its rule asks', (_name, text, expected) => {
  const evidence = accepted(text);
  expect(evidence).toMatchObject({ ...nothing, ...expected });
  const told = JSON.stringify(evidence);
  for (const id of [staff, host, guard, person.number, '3-1-202']) expect(told).not.toContain(id);
});

test('a host named by a filing is the person of the host’s own code', () => {
  const filing = accepted(papers.visitFiling(person, host));
  const code = accepted(papers.code(host));
  expect(filing.host).toBe(code.identity?.token);
});

test('a guard’s badge is nobody’s paper: it binds to no card and takes no card’s place', () => {
  const desk = freshDesk();
  desk.card(person, moment);
  const badge = desk.scan(papers.guardBadge(guard), moment);
  expect(badge).toMatchObject({ kind: 'guard-badge', identity: null });
  expect(badge).not.toHaveProperty('boundTo');
  const form = desk.scan(papers.externalForm(person, 'research'), moment);
  expect(form).toMatchObject({ boundTo: personToken(pepper, 'id-number', person.number) });
  const again = desk.card(person, moment);
  const bound = again.type === 'card' ? again.bound : [];
  expect(bound).toEqual([form.id]);
});

test('a card that cannot be read takes the place of the one before it', () => {
  const desk = freshDesk();
  desk.card(person, moment);
  expect(desk.unreadableCard(1_200)).toEqual({
    type: 'refused',
    reason: 'card-unreadable',
    kind: null,
    id: null,
    takenMs: 1_200,
  });
  const form = desk.scan(papers.externalForm(person, 'research'), moment);
  expect(form).toMatchObject({ boundTo: null });
});

test('a paper of the older pepper binds while both are valid, its token by the newer one', () => {
  const desk = freshDesk();
  desk.card(person, moment);
  const form = desk.scan(papers.externalForm(person, 'service', { olderPepper: true }), moment);
  expect(form).toMatchObject({ boundTo: personToken(pepper, 'id-number', person.number) });
});

test('a badge from after a time that is only a lower bound counts; no other paper does', () => {
  const later = { from: 3_600, until: 7_200 };
  const late = { ...moment, isLowerBound: true };
  const badge = papers.guardBadge(guard, later);
  expect(freshDesk().scan(badge, moment)).toMatchObject({ reason: 'not-yet-valid' });
  expect(freshDesk().scan(badge, late)).toMatchObject({ guard: campusId(guard) });
  const revoked = papers.guardBadge(guard, { ...later, revoked: true });
  expect(freshDesk().scan(revoked, late)).toMatchObject({ reason: 'revoked' });
  const form = papers.form(staff, later);
  expect(freshDesk().scan(form, late)).toMatchObject({ reason: 'not-yet-valid' });
});
