/** Students (四): stopped whatever else is shown. */

import type { Case } from './case.js';
import { guardComes, healthy, silentMs, staffIsGranted } from './shows.js';

const student = { rule: 'student', clause: '四', gate: 'in' } as const;

export const studentCases: readonly Case[] = [
  {
    ...student,
    name: 'comes in: held; the college is told',
    expected: 'deny student → guard college duty-officer',
    withTells: true,
    async play({ in: gate, powerCut }, { campusId }) {
      await powerCut('in');
      gate.begin();
      await gate.scan(gate.papers.studentCode(campusId));
    },
  },
  {
    ...student,
    name: 'goes out: held; the guard is called, and the duty officer',
    gate: 'out',
    expected: 'deny student → guard duty-officer',
    withTells: true,
    async play({ out, powerCut }, { campusId }) {
      await powerCut('out');
      out.begin();
      await out.scan(out.papers.studentCode(campusId));
    },
  },
  {
    ...student,
    name: 'the lane is held until the guard acknowledges',
    expected: 'deny student, scan ignored, acknowledged, grant duty-staff, passed',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await gate.scan(gate.papers.studentCode(campusId));
      await gate.pause(700_000);
      await gate.scan(gate.papers.form(otherCampusId));
      await gate.press('acknowledge');
      await staffIsGranted(gate, otherCampusId);
      await gate.walk();
    },
  },
  {
    ...student,
    name: 'held on the way out: the guard is called for the next, too',
    gate: 'out',
    expected:
      'deny student, scan ignored, refer guard-needed, acknowledged, grant duty-staff, passed',
    async play({ out }, { campusId, otherCampusId }) {
      await out.scan(out.papers.studentCode(campusId));
      await out.pause(10_000);
      await out.scan(out.papers.form(otherCampusId));
      await out.press('acknowledge');
      await staffIsGranted(out, otherCampusId);
      await out.walk();
    },
  },
  {
    ...student,
    name: 'approved by the college: the guard opens with that reason',
    gate: 'out',
    expected: 'deny student, opened by the guard, passed, reason student-approved',
    async play({ out }, { campusId, guardId }) {
      await guardComes(out, guardId);
      await out.scan(out.papers.studentCode(campusId));
      await out.press('open');
      await out.walk();
      await out.confirm('reason:student-approved');
    },
  },
  {
    ...student,
    name: 'at the door of a laboratory there is no rule: referred',
    gate: 'building',
    expected: 'refer student',
    play: ({ building }, { campusId }) => building.scan(building.papers.studentCode(campusId)),
  },
  {
    ...student,
    name: 'a student’s code beside a staff form is a stop all the same',
    expected: 'deny student',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.scan(gate.papers.studentCode(campusId));
      await gate.pause(silentMs);
    },
  },
];
